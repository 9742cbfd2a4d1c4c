"""Raw bytes of a mail to its words, its files and its fields.

Everything here may come from an enemy, so every reader is linear and bounded and no input raises.
Trust nothing that a mail says of itself: who sent it is for ``matching`` to decide.
Sources: RFC 5322, RFC 2045 to 2049, RFC 2183, RFC 2387, RFC 3676.
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.channels.email import addresses, contents, headers, parts
from gateway.channels.email.attached import Attachment

if TYPE_CHECKING:
    from gateway.channels.email.addresses import Mailbox
    from gateway.channels.email.contents import Contents
    from gateway.channels.email.headers import Headers

__all__ = ["Attachment", "Mail", "parse"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail, parsed.

    ``text`` and ``html`` are the words in either form, ``None`` when the mail has none in it; a
    mail whose only words are ``notes``, our sentences on what it brings, has these as its text. Ids
    keep their brackets. ``sender`` is ``None`` when From is missing, double or ambiguous. ``date``
    is what the sender claims, in microseconds UTC.
    """

    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: Headers
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    sender: Mailbox | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    date: int | None
    notes: tuple[str, ...] = ()


def parse(raw: bytes) -> Mail | None:
    """Parse a mail; ``None`` when it is unreadable.

    Unreadable is: no header field at all, or past the bounds on size, depth and number of parts
    (see ``parts``). Never raises, whatever the bytes.
    """
    try:
        root = parts.read(raw)
        if not root.headers:
            return None
        found = contents.read(root)
    except parts.TooComplex:
        return None
    fields = root.headers
    senders = fields.all("from")
    return Mail(
        text=_text(found),
        html="\n".join(found.html) if found.html else None,
        attachments=tuple(found.attachments),
        headers=fields,
        message_id=next(iter(headers.message_ids(fields.get("message-id"))), None),
        in_reply_to=next(iter(headers.message_ids(fields.get("in-reply-to"))), None),
        references=headers.message_ids(" ".join(fields.all("references"))),
        subject=fields.get("subject") or "",
        # Two From fields are a forgery's way to show one sender and be checked as another.
        sender=addresses.parse_mailbox(senders[0]) if len(senders) == 1 else None,
        to=addresses.parse_list(", ".join(fields.all("to"))),
        cc=addresses.parse_list(", ".join(fields.all("cc"))),
        date=_date(fields.get("date")),
        notes=tuple(found.notes),
    )


def _text(found: Contents) -> str | None:
    if found.notes and not any(words.strip() for words in (*found.text, *found.html)):
        return "\n".join(found.notes)
    return "\n".join(found.text) if found.text else None


def _date(value: str | None) -> int | None:
    if not value or len(value) > 200:
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
        span = when - _EPOCH
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
