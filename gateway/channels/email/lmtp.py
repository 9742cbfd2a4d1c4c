"""LMTP (RFC 2033): how a mail server on this machine or next to it hands mail over.

As SMTP, but a session begins with LHLO, and after the final dot there is one reply for each
recipient. All recipients of a mail are stored in one transaction, so all get the same one, after
the mail is on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosmtpd.lmtp import LMTP
from typing_extensions import override

from gateway.channels.email.listening import Session

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope as Transaction


class LocalSession(Session, LMTP):
    """One connection of a mail server of the house."""

    @override
    def _replies(self, transaction: Transaction, status: str) -> list[str]:
        return [status for _ in transaction.rcpt_tos]

    @override
    def _peer(self) -> str:
        # Whoever brought the mail to that server is known to it alone.
        return ""
