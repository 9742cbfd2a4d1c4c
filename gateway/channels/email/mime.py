"""Raw bytes of a mail to its words, its files and its fields.

Everything here may come from an enemy, so every reader is linear and bounded and no input raises.
Trust nothing that a mail says of itself: who sent it is for ``matching`` to decide.
Sources: RFC 5322, RFC 2045 to 2049, RFC 2183, RFC 2387, RFC 3676.
"""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gateway.channels.email import addresses, charsets, flowed, headers, parts

if TYPE_CHECKING:
    from gateway.channels.email.addresses import Mailbox
    from gateway.channels.email.headers import Headers
    from gateway.channels.email.parts import Part

_EXTENSIONS: Final = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/csv": ".csv",
    "message/rfc822": ".eml",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}
# Forms of the same words for other machines; a person loses nothing when they are left out.
_ALTERNATIVES_FOR_MACHINES: Final = {"text/x-amp-html", "text/watch-html", "text/enriched"}
_UNFIT_IN_NAMES = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]'
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail.

    ``name`` is for showing, never a path. ``content_type`` is what the sender claims.
    ``content_id`` is without brackets, the target of ``cid:`` links. ``inline`` says that the HTML
    shows it in its place.
    """

    name: str
    content_type: str
    data: bytes
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail, parsed.

    ``text`` and ``html`` are the words in either form, ``None`` when the mail has none in it. Ids
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


@dataclass(slots=True, kw_only=True)
class _Collected:
    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    left: int = parts.MAX_DECODED


def parse(raw: bytes) -> Mail | None:
    """Parse a mail; ``None`` when it is unreadable.

    Unreadable is: no header field at all, or past the bounds on size, depth and number of parts
    (see ``parts``). Never raises, whatever the bytes.
    """
    try:
        root = parts.read(raw)
        if not root.headers:
            return None
        found = _Collected()
        _collect(root, found, is_root=True)
    except parts.TooComplex:
        return None
    fields = root.headers
    senders = fields.all("from")
    return Mail(
        text="\n".join(found.text) if found.text else None,
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
    )


def _collect(
    part: Part, found: _Collected, *, is_root: bool = False, related: bool = False
) -> None:
    """Sort a part and what is inside it; the depth is bounded by ``parts.MAX_DEPTH``."""
    if part.children:
        alternative = part.kind == "multipart/alternative"
        for place, child in enumerate(part.children):
            if alternative and child.kind in _ALTERNATIVES_FOR_MACHINES:
                continue
            inside = part.kind == "multipart/related" and place > 0
            _collect(child, found, related=related or inside)
        return
    data = part.content()
    found.left -= len(data)
    if found.left < 0:
        raise parts.TooComplex
    disposition, _ = part.disposition
    named = _given_name(part) is not None
    is_body = is_root or not (disposition == "attachment" or named)
    if part.kind == "text/plain" and is_body:
        _add(found.text, _words(part, data))
    elif part.kind == "text/html" and is_body and not (related and found.html):
        _add(found.html, charsets.decode(data, part.params.get("charset")))
    elif data or named:
        found.attachments.append(_attachment(part, data, disposition, related=related))


def _add(bodies: list[str], words: str) -> None:
    # Mail programs put an empty text part behind each attachment.
    if words.strip() or not bodies:
        bodies.append(words)


def _words(part: Part, data: bytes) -> str:
    text = charsets.decode(data, part.params.get("charset"))
    if part.params.get("format", "").strip().lower() == "flowed":
        return flowed.unflow(text, delsp=part.params.get("delsp", "").strip().lower() == "yes")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attachment(part: Part, data: bytes, disposition: str, *, related: bool) -> Attachment:
    ids = headers.message_ids(part.headers.get("content-id"))
    content_id = ids[0][1:-1] if ids else (part.headers.get("content-id") or "").strip() or None
    inline = (
        content_id is not None
        and disposition != "attachment"
        and (related or disposition == "inline")
    )
    name = _clean(_given_name(part) or "")
    if not name and part.kind == "message/rfc822":
        name = _clean(_subject_of(data))
        name = f"{name}.eml" if name else ""
    return Attachment(
        name=name
        or ("invite" if part.kind == "text/calendar" else "attachment")
        + _EXTENSIONS.get(part.kind, ""),
        content_type=part.kind,
        data=data,
        content_id=content_id,
        inline=inline,
    )


def _given_name(part: Part) -> str | None:
    return part.disposition[1].get("filename") or part.params.get("name") or None


def _subject_of(data: bytes) -> str:
    try:
        return parts.read(data).headers.get("subject") or ""
    except parts.TooComplex:
        return ""


def _clean(name: str) -> str:
    """Make a name fit to be shown: no folders, no control or direction marks, 150 characters."""
    last = charsets.scrub(name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = " ".join(_UNFIT_IN_NAMES.sub(" ", last).split()).strip(". ")
    if len(shown) <= 150:
        return shown
    stem, dot, extension = shown.rpartition(".")
    return f"{stem[:130]}{dot}{extension[:15]}" if dot else shown[:150]


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
