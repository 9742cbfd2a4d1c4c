"""A mail relay on loopback, with a ledger and bad days."""

from __future__ import annotations

import asyncio
import email
from collections import deque
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any, cast

import anyio
from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

HANGS = "hangs"  #: takes the mail and never says so
DROPS = "drops"  #: takes the mail and hangs up
SLOW = "slow"  #: takes the mail and says so once ``answers`` is set
ACTS = (HANGS, DROPS, SLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail that the relay took."""

    back: str  #: where bounces go
    to: str
    mail: EmailMessage

    @property
    def words(self) -> str:
        """The plain text."""
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def head(self, name: str) -> str:
        """A header field, empty when it is not there."""
        return str(self.mail.get(name, ""))


@dataclass
class PostOffice:
    """The ledger, and what is said to the next mails; without a script it takes everything."""

    taken: list[Letter] = field(default_factory=list)
    script: deque[str] = field(default_factory=deque)  #: a reply to RCPT, or one of ACTS
    answers: anyio.Event = field(default_factory=anyio.Event)
    port: int = 0
    _server: asyncio.Server | None = None
    _lines: list[_Relay] = field(default_factory=list)

    async def open(self) -> None:
        """Begin to listen, on the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Relay(self, hostname="relay.example", loop=loop), "127.0.0.1", self.port
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Go away with every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for line in self._lines:
            line.hang_up()
        self._lines.clear()
        await server.wait_closed()

    def says(self, *acts: str) -> None:
        """What is said to the next mails: a reply line to RCPT, or one of ACTS."""
        self.script.extend(acts)

    def to(self, mailbox: str) -> list[Letter]:
        """What a mailbox was sent, oldest first."""
        return [each for each in self.taken if each.to == mailbox]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.script and self.script[0] not in ACTS:
            return self.script.popleft()
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = cast("bytes", envelope.content)
        self.taken.extend(
            Letter(
                back=envelope.mail_from or "",
                to=recipient,
                mail=email.message_from_bytes(raw, policy=policy.default),
            )
            for recipient in envelope.rcpt_tos
        )
        act = self.script.popleft() if self.script else None
        if act == SLOW:
            await self.answers.wait()
        if act == DROPS:
            cast("_Relay", server).hang_up()
        if act in (HANGS, DROPS):
            # Until the end of the connection cancels it.
            await anyio.Event().wait()
        return "250 2.0.0 Ok: queued as 4AB12"


class _Relay(SMTP):
    def __init__(self, office: PostOffice, **options: Any) -> None:
        super().__init__(office, **options)
        office._lines.append(self)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_look_at)

    def hang_up(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()


def _look_at(task: asyncio.Task[None]) -> None:
    # Or asyncio complains of each session that was cut off.
    if not task.cancelled():
        task.exception()
