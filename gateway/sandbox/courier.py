"""Takes mail from the mailboxes to the gateway's inbound SMTP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import aiosmtplib
import structlog

from gateway.sandbox.letters import HOST
from gateway.sandbox.retries import persist

if TYPE_CHECKING:
    from gateway.clock import Clock

_TIMEOUT: Final = 30.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The SMTP reply in the end; ``code`` is ``None`` when there was no server to give one."""

    code: int | None
    message: str
    attempts: int

    @property
    def taken(self) -> bool:
        """Whether the gateway has taken the mail on itself."""
        return self.code is not None and 200 <= self.code < 300

    @property
    def refused(self) -> bool:
        """Whether it said never."""
        return self.code is not None and self.code >= 500


class Courier:
    """A mail server's sending half, with a patience fit for a demo."""

    def __init__(self, *, host: str, port: int, clock: Clock) -> None:
        self._host = host
        self._port = port
        self._clock = clock

    async def carry(self, *, sender: str, recipient: str, raw: bytes) -> Reply:
        """Hand over one mail, and again after a lost connection or a 4xx.

        ``sender`` is the envelope's and may be empty (RFC 5321 section 4.5.5). After a lost
        connection the mail may have arrived; sending it again is what mail servers do.
        """
        return await persist(
            partial(self._try, sender, recipient, raw),
            settled=lambda reply: reply.taken or reply.refused,
            clock=self._clock,
        )

    async def _try(self, sender: str, recipient: str, raw: bytes, attempt: int) -> Reply:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=HOST,
            timeout=_TIMEOUT,
            use_tls=False,
            start_tls=False,
        )
        try:
            async with client:
                await client.mail(sender)
                await client.rcpt(recipient)
                code, message = await client.data(raw)
                return Reply(code=code, message=message, attempts=attempt)
        except aiosmtplib.SMTPResponseException as refusal:
            return Reply(code=refusal.code, message=refusal.message, attempts=attempt)
        except ValueError:
            return Reply(code=553, message="5.1.3 This address cannot be mailed.", attempts=attempt)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            _log.info("inbound_smtp_unreachable", attempt=attempt, failure=type(failure).__name__)
            return Reply(code=None, message="No mail server answered.", attempts=attempt)
