"""Letters: read from raw mail, and written as a person's mail program writes them."""

from __future__ import annotations

import html
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING, Final, Literal

from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST: Final = "sandbox.example"
"""The post office's own name (RFC 2606 keeps it free of a real owner)."""

_OWN_HEADERS: Final = ("content-", "mime-")
_POLICY: Final = policy.SMTP.clone(cte_type="7bit", max_line_length=998)
"""Lines as long as RFC 5322 section 2.1.1 allows: the standard library would fold a long message
id into an encoded word, which no mail program reads as an id."""


class Unreadable(ValueError):
    """The bytes are no mail that a mailbox could show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail in one mailbox; ``at`` in microseconds UTC.

    ``text`` and ``html`` are the body's two forms, either absent; ``reply_to`` and ``sender`` are
    header values, ``references`` ids from the root on. ``headers`` joins repeats by line feeds.
    ``status`` is ``received``, or of one written here ``sending``, ``sent`` or ``failed``.
    """

    id: str
    direction: Literal["in", "out"]
    sender: str
    to: str
    subject: str
    text: str | None
    html: str | None
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    reply_to: str | None
    headers: Mapping[str, str]
    attachments: tuple[str, ...]
    status: str
    at: int

    def as_json(self) -> dict[str, object]:
        """Return the fields; ``sender`` goes by ``from``."""
        return {
            "id": self.id,
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": list(self.references),
            "reply_to": self.reply_to,
            "headers": dict(self.headers),
            "attachments": list(self.attachments),
            "status": self.status,
            "at": self.at,
        }


def read(raw: bytes, *, direction: Literal["in", "out"], status: str, at: int) -> Letter:
    """Return the letter in ``raw``, under a new id.

    Raises:
        Unreadable: when the headers cannot be made sense of.
    """
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        headers: dict[str, str] = {}
        for name, value in mail.items():
            headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
        return Letter(
            id=secrets.token_hex(8),
            direction=direction,
            sender=str(mail.get("From", "")),
            to=str(mail.get("To", "")),
            subject=str(mail.get("Subject", "")),
            text=_body(mail, "plain"),
            html=_body(mail, "html"),
            message_id=_trimmed(mail.get("Message-ID")),
            in_reply_to=_trimmed(mail.get("In-Reply-To")),
            references=tuple(str(mail.get("References", "")).split()),
            reply_to=_trimmed(mail.get("Reply-To")),
            headers=headers,
            attachments=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
            status=status,
            at=at,
        )
    except (ValueError, LookupError, AttributeError, TypeError) as broken:
        # The standard library's header parser lets each of these through on malformed input.
        raise Unreadable(str(broken)) from broken


def _trimmed(value: object) -> str | None:
    return (str(value).strip() or None) if value is not None else None


def _body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    try:
        words = payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        words = payload.decode("utf-8", "replace")
    return words.replace("\r\n", "\n")


def write(
    *, sender: str, to: str, subject: str, text: str, headers: Mapping[str, str], at: int
) -> EmailMessage:
    """Return a new mail; ``headers`` are added, or replace those that a mail program writes.

    Raises:
        BadInput: for a header that breaks the line, or that describes the body's form.
    """
    mail = EmailMessage(policy=_POLICY)
    wanted = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": format_datetime(_moment(at)),
        "Message-ID": f"<{secrets.token_hex(12)}@{sender.rpartition('@')[2] or HOST}>",
    }
    try:
        for name, value in wanted.items():
            mail[name] = value
        for name, value in headers.items():
            if name.lower().startswith(_OWN_HEADERS):
                raise BadInput(f"{name} follows from the body.")
            del mail[name]
            mail[name] = value
        mail.set_content(text)
    except (ValueError, IndexError, UnicodeEncodeError) as broken:
        raise BadInput(f"This cannot be written in a mail: {broken}") from broken
    return mail


def answer(original: Letter, *, sender: str, text: str, at: int) -> EmailMessage:
    """Return a reply that quotes ``original`` below, as Gmail does, in text and in HTML.

    It goes to Reply-To, else From, and carries the ids of RFC 5322 section 3.6.4.

    Raises:
        BadInput: when there is nobody to answer to.
    """
    to = parseaddr(original.reply_to or original.sender)
    if "@" not in to[1]:
        raise BadInput("This mail names nobody to answer to.")
    subject = original.subject
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    chain = original.references or ((original.in_reply_to,) if original.in_reply_to else ())
    headers: dict[str, str] = {}
    if original.message_id:
        headers["In-Reply-To"] = original.message_id
        headers["References"] = " ".join((*chain, original.message_id))
    mail = write(
        sender=sender,
        to=formataddr(to),
        subject=subject,
        text=f"{text}\n\n{_quoted_text(original)}\n",
        headers=headers,
        at=at,
    )
    mail.add_alternative(_answer_html(original, text), subtype="html")
    return mail


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, tz=UTC)


def _when(at: int) -> str:
    moment = _moment(at)
    hour = moment.hour % 12 or 12
    return f"{moment:%a, %b} {moment.day}, {moment.year} at {hour}:{moment:%M %p}"


def _quoted_text(original: Letter) -> str:
    name, address = parseaddr(original.sender)
    author = f"{name} <{address}>" if name else f"<{address}>"
    lines = (original.text or "").rstrip("\n").split("\n")
    quoted = "\n".join(f"> {line}" if line else ">" for line in lines)
    return f"On {_when(original.at)} {author} wrote:\n\n{quoted}"


def _answer_html(original: Letter, text: str) -> str:
    name, address = (html.escape(part) for part in parseaddr(original.sender))
    link = f'&lt;<a href="mailto:{address}">{address}</a>&gt;'
    quoted = original.html
    if quoted is None:
        quoted = html.escape(original.text or "").replace("\n", "<br>")
    return (
        f'<div dir="ltr">{html.escape(text).replace(chr(10), "<br>")}</div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f"On {_when(original.at)} {name} {link} wrote:<br></div>"
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        'border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{quoted}</blockquote></div>"
    )
