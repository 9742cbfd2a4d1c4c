"""The post office: takes every mail by SMTP, lays it into mailboxes, and reports bounces."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

import anyio
import structlog
from aiosmtpd.smtp import SMTP
from typing_extensions import override

from gateway.sandbox import bounces, letters
from gateway.sandbox.switches import SLOW

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session
    from anyio.abc import TaskGroup

    from gateway.clock import Clock
    from gateway.sandbox.courier import Courier
    from gateway.sandbox.ledger import Ledger
    from gateway.sandbox.switches import Switches
    from gateway.sandbox.world import World

LARGEST: Final = 25 * 1024 * 1024
"""Octets of a mail, as announced by SIZE (RFC 1870)."""

_DOWN: Final = f"421 4.3.2 {letters.HOST} Service not available, closing transmission channel"
_log = structlog.get_logger(__name__)


class PostOffice:
    """An aiosmtpd handler; the mail switch decides how it behaves.

    There is no AUTH and no TLS: it listens on loopback and keeps whatever comes.
    """

    def __init__(
        self,
        *,
        world: World,
        ledger: Ledger,
        courier: Courier,
        clock: Clock,
        tasks: TaskGroup,
    ) -> None:
        self._world = world
        self._ledger = ledger
        self._courier = courier
        self._clock = clock
        self._tasks = tasks

    def protocol(self) -> asyncio.BaseProtocol:
        """Return what serves the next connection."""
        if self._world.switches.mail == "down":
            return _Closed()
        return SMTP(
            self,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=letters.HOST,
            ident="Onethread sandbox",
            loop=asyncio.get_running_loop(),
        )

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names its hooks so
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        mail_options: list[str],
    ) -> str:
        """Begin a mail; a connection from before ``down`` is told so now, and ended."""
        if self._world.switches.mail == "down":
            transport = cast("asyncio.Transport", server.transport)
            asyncio.get_running_loop().call_soon(transport.close)
            return _DOWN
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks so
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Take any recipient, or none at all under ``reject``."""
        if self._world.switches.mail == "reject":
            return f"550 5.1.1 <{address}>: Recipient address rejected: user unknown"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail for each recipient, then answer, or fail to."""
        switches = self._world.switches
        raw = envelope.original_content or b""
        # aiosmtpd leaves the null sender in its brackets, and would take no recipient without.
        sender = (envelope.mail_from or "").removeprefix("<>")
        try:
            self._keep(raw, sender, envelope.rcpt_tos, switches)
        except letters.Unreadable:
            return "554 5.6.0 This mail cannot be read"
        except OSError as full:
            _log.error("ledger_refused", failure=type(full).__name__)
            return "452 4.3.1 Insufficient system storage"
        if switches.mail == "timeout":
            cast("asyncio.Transport", server.transport).abort()
            await anyio.sleep_forever()  # aiosmtpd cancels its task once the connection is gone
        if switches.mail == "slow":
            await self._clock.sleep(SLOW)
        return "250 2.0.0 Ok: queued"

    def _keep(self, raw: bytes, sender: str, recipients: list[str], switches: Switches) -> None:
        now = self._clock.now()
        for recipient in recipients:
            letter = letters.read(raw, direction="in", status="received", at=now)
            self._ledger.append(
                {
                    "message_id": letter.message_id,
                    "to": recipient,
                    "from": sender,
                    "subject": letter.subject,
                    "text": letter.text,
                    "at": now,
                }
            )
            if switches.mail == "bounce":
                self._tasks.start_soon(self._bounce, raw, letter.message_id, sender, recipient)
            else:
                self._world.put_letter(recipient, letter)

    async def _bounce(
        self, raw: bytes, message_id: str | None, sender: str, recipient: str
    ) -> None:
        now = self._clock.now()
        line = {"message_id": message_id, "event": "bounced", "to": recipient, "at": now}
        if not sender:
            # A report is never reported on (RFC 5321 section 6.1), or two hosts would go on so.
            self._ledger.append({**line, "code": None})
            return
        report = bounces.report(raw, sender=sender, recipient=recipient, at=now)
        reply = await self._courier.carry(sender="", recipient=sender, raw=report)
        self._ledger.append({**line, "code": reply.code})


class _Closed(asyncio.Protocol):
    """Says 421 instead of a greeting and hangs up (RFC 5321 section 3.8)."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)
        stream.write(f"{_DOWN}\r\n".encode())
        stream.close()
