"""Mail out: one SMTP transaction per delivery, over a few connections that are kept open.

Each phase is driven here rather than by the library's ``send``, because what a failure means
depends on whether the final dot may have left (see ``replies``). The dot is held back until the
rest of the text has drained into the kernel, so that a line that breaks midway is not "unknown".
"""

from __future__ import annotations

import contextlib
import re
import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

import aiosmtplib
import anyio

from gateway.channels.email.letter import Letter, write
from gateway.channels.email.replies import Phase, answered, said, silent, taken
from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable
from gateway.clock import SystemClock

if TYPE_CHECKING:
    import asyncio

    from gateway.channels.email.dkim_signing import Signer
    from gateway.channels.port import Outgoing
    from gateway.clock import Clock

IDLE_CONNECTIONS = 8
"""As many as the clockwork hands over at once: with fewer, every other mail would dial anew."""

FINAL_REPLY_FACTOR = 3
"""Servers scan between the dot and their reply; giving up early makes duplicates (RFC 1047)."""

GOODBYE_SECONDS = 2.0
"""How long a known outcome may be kept waiting by tidying the connection."""

_DOT = b".\r\n"
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_START_INPUT = 354
_CLOSING = 421
_YES = frozenset({250, 251})  # RFC 5321 section 4.2.3; 251: it is passed on

_Trouble = (aiosmtplib.SMTPException, OSError, ValueError)
"""All that connecting and sending raise: time-outs, TLS and DNS errors are OSErrors, a host name
that cannot be encoded is a ValueError."""


@dataclass(slots=True)
class _Progress:
    phase: Phase = Phase.MAIL


class SmtpChannel:
    """Hands mail to one relay.

    ``tls``: ``"tls"`` from the first byte, ``"starttls"`` before anything else is said, or
    ``"none"``. A TLS failure ends the attempt; nothing falls back to plaintext. ``timeout`` is
    seconds per step: to connect (greeting, TLS and sign-in included), per command, and three times
    that for the reply to the final dot. ``signer`` puts a DKIM signature on what it is for.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None = None,
        password: str | None = None,
        tls: Literal["none", "starttls", "tls"],
        timeout: float = 20.0,
        clock: Clock | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._tls = tls
        self._timeout = timeout
        self._clock = clock or SystemClock()
        self._signer = signer
        self._context: ssl.SSLContext | None = None
        self._hello: str | None = None
        self._idle: list[aiosmtplib.SMTP] = []
        self._closed = False

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one mail over; never raises a provider's exception."""
        letter = write(outgoing, date=self._clock.now())
        if isinstance(letter, Rejected):
            return letter
        if self._signer is not None:
            letter = replace(letter, raw=self._signer.signed(letter.raw, sender=outgoing.sender))
        while self._idle:
            kept = self._idle.pop()
            if kept.is_connected and (outcome := await self._hand_over(kept, letter, reused=True)):
                return outcome
            # One was dead; the others have lain there at least as long.
            self._drop_idle()
        fresh = await self._connect()
        if not isinstance(fresh, aiosmtplib.SMTP):
            return fresh
        # A fresh connection is never stale, so it always has an outcome.
        return await self._hand_over(fresh, letter) or silent(Phase.MAIL, timed_out=False)

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Say ``None``: a relay keeps no record that can be asked."""
        return None

    async def aclose(self) -> None:
        """Say goodbye on idle connections; one in use is closed when its mail is done."""
        self._closed = True
        while self._idle:
            await self._quit(self._idle.pop())

    async def _connect(self) -> aiosmtplib.SMTP | Outcome:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            local_hostname=self._hello,
            timeout=self._timeout,
            use_tls=self._tls == "tls",
            # Never None: that is opportunistic, and whoever strips STARTTLS would read along.
            start_tls=self._tls == "starttls",
            tls_context=None if self._tls == "none" else await self._trust(),
        )
        try:
            with anyio.fail_after(self._timeout):
                await client.connect()
                await _greet(client)
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            return answered(Phase.CONNECT, error.code, error.message)
        except _Trouble as error:
            client.close()
            return _unreachable(error)
        except BaseException:
            client.close()
            raise
        self._hello = client.local_hostname
        return client

    async def _trust(self) -> ssl.SSLContext:
        if self._context is None:
            # Reads the machine's certificates from disk, some tens of milliseconds.
            self._context = await anyio.to_thread.run_sync(ssl.create_default_context)
        return self._context

    async def _hand_over(
        self, client: aiosmtplib.SMTP, letter: Letter, *, reused: bool = False
    ) -> Outcome | None:
        """Run one transaction; ``None`` if a reused connection turned out to be dead."""
        progress = _Progress()
        try:
            outcome = await self._transact(client, letter, progress)
        except aiosmtplib.SMTPResponseException as error:
            if reused and progress.phase is Phase.MAIL and error.code == _CLOSING:
                _abandon(client)
                return None
            if progress.phase in (Phase.DATA, Phase.DOT) or not 400 <= error.code < 600:
                # Perhaps out of step: what is left of the text must not be read as commands.
                _abandon(client)
            outcome = answered(progress.phase, error.code, error.message)
        except _Trouble as error:
            _abandon(client)
            if reused and progress.phase is Phase.MAIL:
                return None
            return silent(progress.phase, timed_out=isinstance(error, TimeoutError))
        except BaseException:
            # Cancelled midway: the next reply on this line would be taken for another's.
            _abandon(client)
            raise
        await self._keep(client, clean=isinstance(outcome, Accepted))
        return outcome

    async def _transact(
        self, client: aiosmtplib.SMTP, letter: Letter, progress: _Progress
    ) -> Outcome:
        if refusal := _cannot_carry(client, letter):
            return refusal
        # Not by the library's own: those read an address a third time, which ``mailbox`` has done.
        options = _options(client, letter)
        await _said_yes(client, b"MAIL", f"FROM:<{letter.sender}>", *options)
        progress.phase = Phase.RCPT
        await _said_yes(client, b"RCPT", f"TO:<{letter.recipient}>")
        progress.phase = Phase.DATA
        start = await client.execute_command(b"DATA")
        if start.code != _START_INPUT:
            raise aiosmtplib.SMTPDataError(start.code, start.message)
        wire = client.protocol
        if wire is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        # A server may refuse halfway; without this the library would drop that reply.
        wire._response_pending = True
        wire.write(_LEADING_DOT.sub(b"..", letter.raw))
        with anyio.fail_after(self._timeout), contextlib.suppress(ConnectionError):
            await wire._drain_helper()
        if wire.is_connected:
            progress.phase = Phase.DOT
            wire.write(_DOT)
        reply = await wire.read_response(timeout=self._timeout * FINAL_REPLY_FACTOR)
        if progress.phase is not Phase.DOT or not 200 <= reply.code < 300:
            raise aiosmtplib.SMTPDataError(reply.code, reply.message)
        return taken(reply.message)

    async def _keep(self, client: aiosmtplib.SMTP, *, clean: bool) -> None:
        if not clean and client.is_connected:
            try:
                await client.rset(timeout=GOODBYE_SECONDS)
            except _Trouble:
                client.close()
        if client.is_connected and not self._closed and len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append(client)
        else:
            await self._quit(client)

    async def _quit(self, client: aiosmtplib.SMTP) -> None:
        # Whatever it answers, it is gone afterwards.
        with contextlib.suppress(*_Trouble):
            await client.quit(timeout=GOODBYE_SECONDS)
        client.close()

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _abandon(client: aiosmtplib.SMTP) -> None:
    """Hang up without waiting for a stalled server to take the rest, which may never end."""
    line = cast("asyncio.Transport | None", client.transport)
    client.close()
    if line is not None:
        line.abort()


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, or HELO to a server that does not know it; signing in has already said it."""
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


async def _said_yes(client: aiosmtplib.SMTP, command: bytes, *arguments: str) -> None:
    said_to = await client.execute_command(command, *(each.encode() for each in arguments))
    if said_to.code not in _YES:
        raise aiosmtplib.SMTPResponseException(said_to.code, said_to.message)


def _unreachable(error: Exception) -> Outcome:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Unavailable(code="tls", words="The mail server's TLS certificate is not good")
    if type(error) is aiosmtplib.SMTPException:
        # What the server lacks (STARTTLS, AUTH), in the library's words.
        return Unavailable(code="not_offered", words=said(error.message))
    return silent(Phase.CONNECT, timed_out=isinstance(error, TimeoutError))


def _options(client: aiosmtplib.SMTP, letter: Letter) -> list[str]:
    options = ["SMTPUTF8", "BODY=8BITMIME"] if letter.smtputf8 else []
    if client.supports_extension("size"):
        options.append(f"SIZE={len(letter.raw)}")
    return options


def _cannot_carry(client: aiosmtplib.SMTP, letter: Letter) -> Rejected | None:
    """Spare both sides a mail that this server has already said it will not take (RFC 1870)."""
    if letter.smtputf8 and not client.supports_extension("smtputf8"):
        return Rejected(
            blame="us" if letter.recipient.isascii() else "address",
            code="smtputf8",
            words="Our mail server cannot write to addresses in this script",
        )
    limit = client.esmtp_extensions.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(letter.raw):
        return Rejected(blame="content", code="size", words="The mail is too large for the server")
    return None
