"""One SMTP session of the listener.

aiosmtpd speaks the protocol; reading DATA is done here. Its own reader keeps an object for every
line, so 25 MB of empty lines would take a gigabyte, and a line without an end is kept for ever; it
also refuses lines over 1,000 octets, which real mail has.

SMTP smuggling (CERT VU#302671): only CRLF dot CRLF ends a mail, and a bare CR or LF within becomes
CRLF before it is stored, so that nobody behind us can read an end of mail into it.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Transaction
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.clock import Clock

LONGEST_LINE = 64 * 1024
"""Octets looked at in one piece; longer lines of a mail are read in several."""

COMMAND_OCTETS = 1_024  # RFC 5321 section 4.5.3.1.4 asks for 512; SMTPUTF8 and SIZE add to it
SESSION_SECONDS = 1_800
"""However busy, a connection ends after this; a trickle of NOOPs must not hold a place for ever."""

COMMAND_CALLS = {"MAIL": 100, "RCPT": 1_000, "DATA": 100, "RSET": 100, "*": 20}

_CRLF = b"\r\n"
_BARE = re.compile(rb"\r\n|\r|\n")


class Desk(Protocol):
    """What a session hands its mail to."""

    async def take(self, transaction: Transaction, raw: bytes, peer: str) -> str:
        """Store a finished mail and choose the reply to its dot."""
        ...


class Busy(asyncio.Protocol):
    """Turns a connection away when there are too many."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and hang up."""
        wire = cast("asyncio.Transport", transport)
        wire.write(b"421 4.3.2 Too many connections; try again later\r\n")
        wire.close()


class Session(SMTP):
    """One connection: commands by aiosmtpd, DATA and the limits by us."""

    line_length_limit = LONGEST_LINE

    def __init__(
        self,
        desk: Desk,
        *,
        clock: Clock,
        max_size: int,
        timeout: float,
        hostname: str,
        gone: Callable[[Session], None],
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._max_size = max_size
        self._gone = gone
        self._ends = clock.monotonic() + SESSION_SECONDS
        self._storing = False
        self._retired = False
        # The library keeps this on the class and empties it whenever anybody connects.
        self.command_size_limits = defaultdict(lambda: COMMAND_OCTETS)
        super().__init__(
            desk,
            data_size_limit=max_size,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP",
            timeout=timeout,
            command_call_limit=COMMAND_CALLS,
            loop=asyncio.get_running_loop(),
        )

    def retire(self) -> None:
        """Hang up: at once, or when the mail in hand has been answered."""
        self._retired = True
        if not self._storing:
            self._hang_up(b"421 4.3.2 Closing down; try again later\r\n")

    def abort(self) -> None:
        """Hang up without a word."""
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, and look at how the session's task ended, or asyncio complains of each."""
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_look_at)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        """End, and give the place free."""
        super().connection_lost(error)
        self._gone(self)

    @override
    async def smtp_DATA(self, arg: str) -> None:
        """Read the text, have it stored, and only then answer."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        raw = await self._read_text()
        if raw is None:
            status = "552 5.3.4 The mail is too large"
        else:
            status = await self._stored(self.envelope, raw)
        replies = self._replies(self.envelope, status)
        self.envelope = self._create_envelope()
        for reply in replies:
            await self.push(reply)
        if self._retired:
            self._hang_up(b"")

    @override
    async def smtp_VRFY(self, arg: str) -> None:
        """Tell nobody which addresses exist (RFC 5321 section 7.3)."""
        await self.push("252 2.5.2 Send the mail and see")

    async def _stored(self, transaction: Transaction, raw: bytes) -> str:
        self._storing = True
        try:
            return await self._desk.take(transaction, raw, self._peer())
        finally:
            self._storing = False

    def _replies(self, transaction: Transaction, status: str) -> list[str]:
        """What is said to a finished mail: one line, whoever it was for."""
        return [status]

    def _peer(self) -> str:
        """The machine that brought the mail; empty when that says nothing of its sender."""
        peer = self.session.peer if self.session else None
        return str(peer[0]) if peer else ""

    async def _read_text(self) -> bytes | None:
        """Read up to the final dot; ``None`` if it was too much, which is then not kept."""
        text, fits, at_start, unheard = bytearray(), True, True, 0
        while True:
            try:
                line = await self._reader.readuntil(_CRLF)
            except asyncio.LimitOverrunError as error:
                line = await self._reader.readexactly(error.consumed)
            if at_start and line == b".\r\n":
                return bytes(text) if fits else None
            if at_start and line.startswith(b"."):
                line = line[1:]
            unheard += len(line)
            if unheard > LONGEST_LINE:
                self._reset_timeout()
                unheard = 0
            at_start = line.endswith(_CRLF)
            if fits:
                text += _one_line_end(line)
            if len(text) > self._max_size:
                fits = False
                text.clear()

    @override
    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        try:
            return super()._getaddr(arg)
        except (IndexError, ValueError):
            # The standard library's parser trips over some malformed addresses.
            return None, None

    @override
    def _reset_timeout(self, duration: float | None = None) -> None:
        left = self._ends - self._clock.monotonic()
        super()._reset_timeout(max(min(duration or self._timeout_duration, left), 0.001))

    @override
    def _timeout_cb(self) -> None:
        self._hang_up(b"421 4.4.2 Too slow; try again later\r\n")

    def _hang_up(self, words: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        cast("asyncio.Transport", self.transport).write(words)
        self.transport.close()


def _one_line_end(line: bytes) -> bytes:
    body = line.removesuffix(_CRLF)
    if b"\r" in body or b"\n" in body:
        return _BARE.sub(_CRLF, body) + line[len(body) :]
    return line


def _look_at(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
