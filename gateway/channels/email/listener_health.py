"""Whether a mail server takes mail for us, and for nobody else: asked up to RCPT and taken back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aiosmtplib

from gateway.core.finding import Finding, ok, wrong

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN: Final = "nobody@not-ours.invalid"
"""A name that can exist nowhere (RFC 2606 section 2)."""

_ANY_V4: Final = "0.0.0.0"  # noqa: S104  # read, not bound
_LOCAL: Final = {_ANY_V4: "127.0.0.1", "::": "::1", "": "127.0.0.1"}
_Trouble = (aiosmtplib.SMTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where mail comes in. ``about`` is what the report calls it; ``timeout`` seconds per step."""

    about: str
    host: str | Path
    port: int = 0
    lmtp: bool = False
    timeout: float = 5.0

    @property
    def words(self) -> str:
        """The place as an operator knows it."""
        return f"{self.host}:{self.port}" if isinstance(self.host, str) else str(self.host)


class NotReached(Exception):
    """Nobody talks there."""


async def knock(door: Door, recipient: str) -> list[Finding]:
    """Ask it to take a mail for ``recipient``, and one for somebody elsewhere; none is sent.

    Raises:
        NotReached: nobody talks there.
    """
    client = _client(door)
    try:
        try:
            await client.connect()
            hello = b"LHLO" if door.lmtp else b"EHLO"
            greeted = await client.execute_command(hello, b"doctor.invalid")
            if greeted.code == 250:
                greeted = await client.execute_command(b"MAIL", b"FROM:<>")
            if greeted.code != 250:
                return [_refuses_to_talk(door, greeted.code)]
            ours = await client.execute_command(b"RCPT", f"TO:<{recipient}>".encode())
            foreign = await client.execute_command(b"RCPT", f"TO:<{FOREIGN}>".encode())
            await client.execute_command(b"RSET")
        except _Trouble as error:
            raise NotReached from error
        return [_takes_ours(door, recipient, ours.code), _takes_others(door, foreign.code)]
    finally:
        with contextlib.suppress(*_Trouble):
            await client.quit(timeout=1.0)
        client.close()


async def look_at_listener(door: Door, recipient: str) -> list[Finding]:
    """The built-in listener: is it there, does it take our mail, and nobody else's."""
    try:
        return await knock(door, recipient)
    except NotReached:
        return [
            wrong(
                door.about,
                f"nothing takes mail at {door.words}",
                "start `onethread serve` with this setting, and look at what it logs",
            )
        ]


def _client(door: Door) -> aiosmtplib.SMTP:
    if not isinstance(door.host, str):
        return aiosmtplib.SMTP(
            hostname="localhost", socket_path=door.host, timeout=door.timeout, start_tls=False
        )
    return aiosmtplib.SMTP(
        hostname=_LOCAL.get(door.host, door.host),
        port=door.port,
        timeout=door.timeout,
        start_tls=False,
    )


def _refuses_to_talk(door: Door, code: int) -> Finding:
    return wrong(door.about, f"{door.words} takes no mail at all ({code})", "look at what it logs")


def _takes_ours(door: Door, recipient: str, code: int) -> Finding:
    domain = recipient.rpartition("@")[2]
    if code in (250, 251):
        return ok(door.about, f"{door.words} takes mail for {domain}")
    return wrong(
        door.about,
        f"{door.words} refuses mail for {domain} ({code})",
        f"have it take all mail for {domain}; at the listener, set the store's --mail-domain",
    )


def _takes_others(door: Door, code: int) -> Finding:
    if code in (250, 251, 252):
        return wrong(
            door.about,
            f"{door.words} takes mail for everybody: it is an open relay",
            "close it at once: spammers find it within hours",
        )
    return ok(door.about, f"{door.words} refuses mail for others")
