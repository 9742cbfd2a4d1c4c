"""Two mail programs as people use them, each started as a process and typed at.

mutt honours Reply-To and reads by IMAP; s-nail ignores Reply-To as it comes, answers From and reads
the Maildir. Neither knows anything of the gateway.
"""

from __future__ import annotations

import asyncio
import os
import pty
from dataclasses import dataclass
from pathlib import Path

import anyio

from tests.mail_loop.dovecot import PASSWORD, Dovecot
from tests.mail_loop.postfix import Postfix

PATIENCE = 30.0

_MUTTRC = """\
set from="{mailbox}" realname="{name}" use_from=yes envelope_from=yes hostname="shopper.example"
set smtp_url="smtp://127.0.0.1:{relay}" ssl_force_tls=no ssl_starttls=no
set imap_user="{mailbox}" imap_pass="{password}" spoolfile="imap://127.0.0.1:{imap}/INBOX"
set editor="{editor}" sort=date-received record="" postponed="{home}/postponed"
set reply_to=yes fast_reply=yes include=yes recall=no abort_unmodified=no abort_nosubject=no
set folder="{home}" copy=no quit=yes wait_key=no mark_old=no crypt_use_gpgme=no confirmappend=no
set forward_format="Fwd: %s" mime_forward=no
"""
_EDITOR = """\
#!/bin/sh
{ cat "$WORDS"; echo; cat "$1"; } > "$1.whole" && cat "$1.whole" > "$1"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whoever has a mailbox at ``dovecot`` may read and write; mail goes out by ``postfix``."""

    dovecot: Dovecot
    postfix: Postfix
    home: Path

    async def mutt_answers(self, mailbox: str, words: str) -> None:
        """Answer the newest mail, the words above what is quoted."""
        await self._mutt(mailbox, words, "<last-entry><reply>y<quit>")

    async def mutt_forwards(self, mailbox: str, to: str, words: str) -> None:
        """Send the newest mail on to somebody else."""
        await self._mutt(mailbox, words, f"<last-entry><forward-message>{to}<enter>y<quit>")

    async def s_nail_answers(self, mailbox: str, words: str) -> None:
        """Answer the newest mail, the words above what is quoted, which is indented."""
        command = [
            *("s-nail", "-:/", "-#", "-~", "-S", "v15-compat", "-S", "sendwait"),
            *("-S", f"from={mailbox}", "-S", "hostname=shopper.example"),
            # As on any Unix host: the mail server's own program takes it.
            *("-S", "mta=/usr/sbin/sendmail", "-S", "ttycharset=utf-8"),
            *("-f", f"maildir://{self.dovecot.folder(mailbox)}"),
        ]
        with anyio.fail_after(PATIENCE):
            ran = await anyio.run_process(
                command,
                input=f"reply $\n{words}\n~m\n~.\nexit\n".encode(),
                env={**self._environment(mailbox), "MAIL_CONFIG": str(self.postfix.home)},
                check=False,
            )
        if ran.returncode != 0 or ran.stderr:
            raise AssertionError(f"s-nail: {ran.stderr.decode(errors='replace')[-600:]}")

    async def _mutt(self, mailbox: str, words: str, keys: str) -> None:
        place = self._home(mailbox)
        editor = place / "editor"
        editor.write_text(_EDITOR)
        editor.chmod(0o755)
        (place / "words").write_text(f"{words}\n")
        (place / "muttrc").write_text(
            _MUTTRC.format(
                mailbox=mailbox,
                name=mailbox.partition("@")[0].title(),
                relay=self.postfix.port,
                imap=self.dovecot.imap,
                password=PASSWORD,
                editor=editor,
                home=place,
            )
        )
        command = ["mutt", "-F", str(place / "muttrc"), "-e", f'push "{keys}"']
        shown = await _at_a_terminal(
            command, {**self._environment(mailbox), "WORDS": str(place / "words")}
        )
        if shown.returncode != 0:
            raise AssertionError(f"mutt: {shown.screen[-600:]!r}")

    def _home(self, mailbox: str) -> Path:
        place = self.home / mailbox
        place.mkdir(parents=True, exist_ok=True)
        return place

    def _environment(self, mailbox: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home(mailbox)),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
        }


@dataclass(frozen=True, slots=True)
class _Shown:
    returncode: int
    screen: bytes


async def _at_a_terminal(command: list[str], environment: dict[str, str]) -> _Shown:
    """Run a program that insists on a terminal, and read its screen until it ends."""
    ours, theirs = pty.openpty()
    screen: list[bytes] = []
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            screen.append(os.read(ours, 65_536))
        except OSError:
            loop.remove_reader(ours)  # nobody has the other end any more

    loop.add_reader(ours, read)
    try:
        process = await anyio.open_process(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        async with process:
            with anyio.move_on_after(PATIENCE) as patience:
                await process.wait()
            if patience.cancelled_caught:
                process.kill()
                raise AssertionError(f"{command[0]} never ended: {b''.join(screen)[-600:]!r}")
        return _Shown(process.returncode or 0, b"".join(screen))
    finally:
        loop.remove_reader(ours)
        os.close(ours)
