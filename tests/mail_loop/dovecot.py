"""A Dovecot of our own, with a mailbox for everybody, and Sieve scripts for some."""

from __future__ import annotations

import email
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

import anyio

PASSWORD = "letmein"  # of mailboxes that last a minute

_CONFIGURATION = """\
base_dir = {home}/run
state_dir = {home}/state
instance_name = mail_loop
log_path = {home}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
first_valid_uid = 1
submission_host = 127.0.0.1:{relay}
hostname = mx.shopper.example
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = passwd-file
  args = {home}/users
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
protocol lmtp {{
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@shopper.example
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_extensions = +editheader
  sieve_vacation_min_period = 0
}}
"""
_AWAY = 'vacation :days 7 :subject "Out of the office" "I am at the sea until the 9th.";\n'
VACATION = f'require ["vacation"];\n{_AWAY}'
VACATION_FOR_ALL = f"""\
require ["editheader", "vacation"];
# Pigeonhole answers nothing that can be unsubscribed from; other servers do not look.
deleteheader "List-Unsubscribe";
deleteheader "List-Unsubscribe-Post";
{_AWAY}"""
NO_DOUBLES = """\
require ["duplicate"];
if duplicate { discard; stop; }
"""


def forwards_to(mailbox: str) -> str:
    """A script that sends a copy of everything on."""
    return f'require ["copy"];\nredirect :copy "{mailbox}";\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """``relay`` takes what Sieve sends. ``scripts``: everybody with a mailbox, and their Sieve."""

    home: Path
    lmtp: int
    imap: int
    relay: int
    scripts: Mapping[str, str]

    def folder(self, mailbox: str) -> Path:
        """The Maildir of a mailbox."""
        return self.home / "homes" / mailbox / "Maildir"

    def url(self, mailbox: str) -> str:
        """Where a program reads a mailbox by IMAP."""
        user = mailbox.replace("@", "%40")
        return f"imap://{user}:{PASSWORD}@127.0.0.1:{self.imap}/INBOX?tls=none"

    def letters(self, mailbox: str) -> list[EmailMessage]:
        """What lies in a mailbox, oldest first."""
        found = [path for part in ("new", "cur") for path in self.folder(mailbox).glob(f"{part}/*")]
        found.sort(key=lambda path: path.stat().st_mtime_ns)
        return [
            email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in found
        ]

    def said(self) -> str:
        """The end of its log."""
        log = self.home / "dovecot.log"
        return log.read_text()[-3000:] if log.exists() else ""


@asynccontextmanager
async def running(dovecot: Dovecot) -> AsyncIterator[None]:
    """Start it, and stop it at the end."""
    home = dovecot.home
    home.mkdir(mode=0o755)
    (home / "homes").mkdir(mode=0o755)
    users = []
    for mailbox, script in dovecot.scripts.items():
        place = home / "homes" / mailbox
        place.mkdir()
        if script:
            (place / ".dovecot.sieve").write_text(script)
        shutil.chown(place, "mail", "mail")
        users.append(f"{mailbox}:{{PLAIN}}{PASSWORD}:mail:mail::{place}::\n")
    (home / "users").write_text("".join(users))
    file = home / "dovecot.conf"
    file.write_text(
        _CONFIGURATION.format(home=home, relay=dovecot.relay, lmtp=dovecot.lmtp, imap=dovecot.imap)
    )
    await _order(dovecot, "dovecot", "-c", str(file))
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await _order(dovecot, "doveadm", "-c", str(file), "stop")


async def _order(dovecot: Dovecot, *command: str) -> None:
    told = dovecot.home / "told"
    # Not by a pipe: what goes on in the background would keep it open.
    with told.open("wb") as out:
        ran = await anyio.run_process(command, stdout=out, stderr=out, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{command[0]}: {told.read_text()[-500:]}\n{dovecot.said()}")
