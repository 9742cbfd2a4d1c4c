"""Writes the report that a mail server sends back when a mailbox does not exist."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Final

from gateway.sandbox.letters import HOST

_NOTICE: Final = """\
This is the mail system at host {host}.

Your message could not be delivered to the recipient below. No further attempt will be made.

<{recipient}>: {reply}
"""


def report(original: bytes, *, sender: str, recipient: str, at: int) -> bytes:
    """Return a delivery status notification for ``original``, as bytes to mail.

    ``sender`` is the envelope sender that it goes to, ``at`` microseconds UTC. Form: RFC 6522
    (multipart/report), RFC 3464 (the status part), RFC 3463 (5.1.1), RFC 3834 (Auto-Submitted).
    """
    moment = format_datetime(datetime.fromtimestamp(at // 1_000_000, tz=UTC))
    reply = f"550 5.1.1 <{recipient}>: Recipient address rejected: user unknown"
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["From"] = f"Mail Delivery System <MAILER-DAEMON@{HOST}>"
    mail["To"] = sender
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Date"] = moment
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@{HOST}>"
    mail["Auto-Submitted"] = "auto-replied"
    mail.attach(MIMEText(_NOTICE.format(host=HOST, recipient=recipient, reply=reply)))
    mail.attach(_status(recipient, reply, moment))
    mail.attach(_headers(original))
    return mail.as_bytes(policy=policy.SMTP)


def _status(recipient: str, reply: str, moment: str) -> MIMEBase:
    server: Message[str, str] = Message()
    server["Reporting-MTA"] = f"dns; {HOST}"
    server["Arrival-Date"] = moment
    address: Message[str, str] = Message()
    address["Final-Recipient"] = f"rfc822; {recipient}"
    address["Action"] = "failed"
    address["Status"] = "5.1.1"
    address["Remote-MTA"] = f"dns; mx.{HOST}"
    address["Diagnostic-Code"] = f"smtp; {reply}"
    part = MIMEBase("message", "delivery-status")
    part.attach(server)
    part.attach(address)
    return part


def _headers(original: bytes) -> MIMEBase:
    kept = message_from_bytes(original, policy=policy.compat32)
    lines = "".join(f"{name}: {value}\n" for name, value in kept.items())
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload(lines, "utf-8" if not lines.isascii() else "us-ascii")
    return part
