"""Mail in: the built-in SMTP and LMTP server, which says 250 only after the mail has been stored.

It takes mail for addresses that ``accepts`` knows and relays nothing. It offers neither STARTTLS
nor AUTH: it stands behind the house's own relay, or on port 25 for one sub-domain.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import structlog

from gateway.channels.email.listening import Busy, Session
from gateway.channels.email.lmtp import LocalSession
from gateway.errors import StorageRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from aiosmtpd.smtp import SMTP
    from aiosmtpd.smtp import Envelope as Transaction
    from aiosmtpd.smtp import Session as Greeting

    from gateway.clock import Clock

MAX_RECIPIENTS = 100  # RFC 5321 section 4.5.3.1.8 asks for no less
SOCKET_MODE = 0o660
"""The mail server's user has to be in our group; nobody else may put words into people's mouths."""

STOP_GRACE = 5.0
"""Seconds that mail already received has to be stored in when the listener stops."""

_NULL_PATH = "<>"  # how aiosmtpd spells the sender of a bounce
_SPEAKABLE = re.compile(r"[^\x00-\x20\x7f-\xa0\ud800-\udfff]{1,320}")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One received mail as SMTP carried it: the only sure word on whom it was for.

    ``sender`` is empty for a bounce, ``raw`` has CRLF line ends and is unstuffed. ``peer`` is the
    address of the machine that brought it, and empty where that says nothing of the sender: by
    LMTP, from a polled mailbox, from a provider's webhook.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    peer: str


class Listener:
    """Accepts mail on a port of our own event loop, or at a socket in the file system.

    ``host`` is an address, or the path of the socket, and then ``port`` is not looked at. ``lmtp``:
    it speaks LMTP there.

    ``accepts(address)`` says whether a recipient is ours; no: 550. ``store(envelope)`` must have
    committed when it returns, for 250 is said then; ``StorageRefused`` or any other error makes a
    451, and the sender tries again. Sizes are octets, ``timeout`` is seconds of silence.
    """

    def __init__(
        self,
        host: str | Path,
        port: int,
        *,
        accepts: Callable[[str], Awaitable[bool]],
        store: Callable[[Envelope], Awaitable[None]],
        clock: Clock,
        lmtp: bool = False,
        max_size: int = 25 * 1024 * 1024,
        max_connections: int = 50,
        timeout: float = 300.0,
        hostname: str = "localhost",
    ) -> None:
        self._host = host
        self._port = port
        self._clock = clock
        self._speaks: type[Session] = LocalSession if lmtp else Session
        self._desk = _Desk(accepts, store)
        self._max_size = max_size
        self._max_connections = max_connections
        self._timeout = timeout
        self._hostname = hostname
        self._server: asyncio.Server | None = None
        self._sessions: set[Session] = set()
        self._emptied = anyio.Event()

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the port or the path is taken or not ours to take.
        """
        # The library logs every command and address.
        logging.getLogger("mail.log").disabled = True
        loop = asyncio.get_running_loop()
        if isinstance(self._host, str):
            self._server = await loop.create_server(self._answer, self._host, self._port)
        else:
            # A socket that a killed process left there is replaced, any other file is not.
            self._server = await loop.create_unix_server(self._answer, self._host)
            self._host.chmod(SOCKET_MODE)

    @property
    def port(self) -> int:
        """The port in use, also when 0 was asked for; 0 while not listening and at a path."""
        if self._server is None or not self._server.sockets or not isinstance(self._host, str):
            return 0
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more mail; what is being stored is finished and answered first."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self._emptied = anyio.Event()
        for session in list(self._sessions):
            session.retire()
        with anyio.move_on_after(STOP_GRACE):
            while self._sessions:
                await self._emptied.wait()
        for session in list(self._sessions):
            session.abort()
        await server.wait_closed()

    def _answer(self) -> asyncio.Protocol:
        if self._server is None or len(self._sessions) >= self._max_connections:
            return Busy()
        session = self._speaks(
            self._desk,
            clock=self._clock,
            max_size=self._max_size,
            timeout=self._timeout,
            hostname=self._hostname,
            gone=self._forget,
        )
        self._sessions.add(session)
        return session

    def _forget(self, session: Session) -> None:
        self._sessions.discard(session)
        if not self._sessions:
            self._emptied.set()


class _Desk:
    """Answers MAIL, RCPT and a finished mail; aiosmtpd calls the ``handle_`` methods by name."""

    def __init__(
        self,
        accepts: Callable[[str], Awaitable[bool]],
        store: Callable[[Envelope], Awaitable[None]],
    ) -> None:
        self._accepts = accepts
        self._store = store

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Greeting,
        envelope: Transaction,
        address: str,
        options: list[str],
    ) -> str:
        if not _SPEAKABLE.fullmatch(address):
            return "553 5.1.7 Malformed sender"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Greeting,
        envelope: Transaction,
        address: str,
        options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not _SPEAKABLE.fullmatch(address):
            return "550 5.1.1 No such mailbox here"
        try:
            ours = await self._accepts(address)
        except Exception as error:
            _report("recipient_not_checked", error)
            return "451 4.3.0 Cannot tell now; try again later"
        if not ours:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        _report("smtp_session_failed", error)
        return "451 4.3.0 Something went wrong here; try again later"

    async def take(self, transaction: Transaction, raw: bytes, peer: str) -> str:
        """Store a finished mail and choose the reply to its dot."""
        sender = transaction.mail_from or ""
        envelope = Envelope(
            sender="" if sender == _NULL_PATH else sender,
            recipients=tuple(dict.fromkeys(transaction.rcpt_tos)),
            raw=raw,
            peer=peer,
        )
        try:
            await self._store(envelope)
        except StorageRefused as error:
            _report("mail_not_stored", error)
            return "451 4.3.1 Cannot store it now; try again later"
        except Exception as error:
            _report("mail_not_stored", error)
            return "451 4.3.0 Something went wrong here; try again later"
        return "250 2.6.0 OK"


def _report(event: str, error: Exception) -> None:
    # The place but not the message: that may quote an address or a line of the mail.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    _log.warning(event, error=type(error).__name__, at=place)
