"""Mails that people and mail servers write."""

from __future__ import annotations

import itertools

from tests.integration.town.post_office import Letter

_mails = itertools.count(1)


def mail(words: str, **fields: str) -> bytes:
    """A plain mail; field names are spelt as in a head."""
    head = {
        "Message-ID": f"<{next(_mails)}@shopper.example>",
        "Date": "Fri, 09 Jan 2026 12:00:00 +0000",
        "Content-Type": "text/plain; charset=utf-8",
        **fields,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{words}\r\n".encode()


def bounce(
    letter: Letter,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 No such user",
) -> bytes:
    """What a mail server sends back for a mail of ours (RFC 3464), for good if not told better."""
    boundary = "=_bounce"
    return (
        "From: MAILER-DAEMON@mx.shopper.example\r\n"
        f"To: {letter.back}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce{next(_mails)}@mx.shopper.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n{words}\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.shopper.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {words}\r\n\r\n"
        f"--{boundary}--\r\n"
    ).encode()
