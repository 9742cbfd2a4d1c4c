"""One delivery as the bytes of a mail, so that every client puts it into the right thread.

The head is written here by hand. The standard library's header folding has let line breaks
through, encoded long Message-IDs out of recognition, and dropped the quotes around a name with a
comma in it, depending on the Python version; each would split a thread or let a shopper's name
write headers. So is the body: to build a tree of objects for it took three times as long as to send
it. Only the names of files are left to the library.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from gateway.channels.email.mailbox import Mailbox, mailbox
from gateway.channels.email.tokens import message_id
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.channels.port import Attached, Inlined, Outgoing

REFERENCES_KEPT = 10
"""Ids kept besides the root; RFC 5256 section 3 threads by the root or the nearest ancestor."""

_LINE = 76
_BASE64 = 4 / 3 * 78 / 76  # what it makes of a byte, line ends included
_LINE_LIMIT = 998  # RFC 5322 section 2.1.1
_WORD_OCTETS = 39  # beside `Subject: `, an encoded word ends by column 76 (RFC 2047 section 2)
_LONGEST_QUOTED = 200  # some readers put spaces between encoded words: quoted is kinder to names
_SECOND = 1_000_000

_BREAK = re.compile(r"[\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_ID = re.compile(r"<[!-;=?-~]{1,900}>")

#: No encoding is allowed for these (RFC 2046 section 5.2.1, RFC 2045 section 6.4); a mail that is
#: a file goes unchanged only in one, and programs open it by its name.
_COMPOSED = frozenset({"message", "multipart"})

_OURS = frozenset(
    {
        "bcc",
        "cc",
        "date",
        "from",
        "in-reply-to",
        "message-id",
        "mime-version",
        "received",
        "references",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
    }
)

# Base64 or quoted-printable whenever a byte is not ASCII: no server needs 8BITMIME for us.
_POLICY = SMTP.clone(cte_type="7bit")


def compose(outgoing: Outgoing, *, date: int) -> bytes:
    """Write a delivery as an RFC 5322 message, CRLF throughout, ready for DATA.

    ``date`` is microseconds UTC. Text alone makes ``text/plain``; with HTML it is
    ``multipart/alternative``, text first, the HTML in ``multipart/related`` with its pictures;
    files stand beside all that in ``multipart/mixed``.
    Equal arguments give equal bytes.

    Control characters in names and subjects are dropped, and references that are no Message-ID.
    The head holds bytes over 127 only when an address has a local part that needs SMTPUTF8.

    Raises:
        BadInput: a line break in any value of the head, a malformed address, or an extra header
            that is ours to set. ``details["field"]`` names it.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in _head(outgoing, date))
    return head.encode() + _body(outgoing)


def _head(outgoing: Outgoing, date: int) -> Iterable[tuple[str, str]]:
    sender = mailbox(outgoing.sender, field="sender")
    own_id = outgoing.message_id or message_id(outgoing.delivery_id, sender.domain)
    yield "From", _person("From", sender)
    yield "To", _person("To", mailbox(outgoing.to, field="to"))
    if outgoing.reply_to:
        yield "Reply-To", _person("Reply-To", mailbox(outgoing.reply_to, field="reply_to"))
    if outgoing.subject is not None:
        yield "Subject", _words("Subject", outgoing.subject)
    yield "Date", format_datetime(datetime.fromtimestamp(date // _SECOND, UTC))
    yield "Message-ID", _one_id(own_id)
    parents = _ids("In-Reply-To", [outgoing.in_reply_to] if outgoing.in_reply_to else [])
    if parents:
        yield "In-Reply-To", parents[0]
    # Our own id too: Amazon SES replaces the Message-ID and leaves References alone, so a reply
    # still names what it answers (docs.aws.amazon.com/ses/latest/dg/header-fields.html).
    references = _ids("References", [*outgoing.references, *parents, own_id])
    yield "References", "\r\n ".join(_nearest(references))
    for name, value in outgoing.headers:
        yield _extra_name(name), _words(name, value)


def _person(field: str, who: Mailbox) -> str:
    name = _cleaned(field, who.name)
    if not name:
        return who.address
    if not name.isascii() or len(name) > _LONGEST_QUOTED or "=?" in name:
        return f"{_encoded(len(field) + 2, name)}\r\n <{who.address}>"
    if _ATOMS.fullmatch(name):
        return f"{name} <{who.address}>"
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}"\r\n <{who.address}>'


def _words(field: str, value: str) -> str:
    text = _cleaned(field, value)
    longest = max(map(len, text.split(" ")))
    # An ASCII "=?…?=" is encoded too: the reader would decode what the writer meant literally.
    if not text.isascii() or "=?" in text or longest > _LINE_LIMIT - len(field) - 2:
        return _encoded(len(field) + 2, text)
    return _folded(len(field) + 2, text)


def _cleaned(field: str, value: str) -> str:
    _refuse_breaks(field, value)
    whole = _SURROGATE.sub("\ufffd", _CONTROL.sub("", value))
    return " ".join(whole.split())


def _refuse_breaks(field: str, value: str) -> None:
    if _BREAK.search(value):
        raise BadInput(f"{field} may not hold a line break", field=field)


def _folded(used: int, text: str) -> str:
    folded: list[str] = []
    for word in text.split(" "):
        if folded and used + 1 + len(word) > _LINE:
            folded.append("\r\n ")
            used = 1
        elif folded:
            folded.append(" ")
            used += 1
        folded.append(word)
        used += len(word)
    return "".join(folded)


def _encoded(used: int, text: str) -> str:
    """RFC 2047 section 2, cut between characters as its section 5 demands."""
    chunks: list[str] = [""]
    for char in text:
        if len((chunks[-1] + char).encode()) > _WORD_OCTETS:
            chunks.append("")
        chunks[-1] += char
    words = [f"=?utf-8?b?{base64.b64encode(chunk.encode()).decode()}?=" for chunk in chunks]
    return ("\r\n " if used + len(words[0]) > _LINE else "") + "\r\n ".join(words)


def _ids(field: str, values: Iterable[str]) -> list[str]:
    # They come from strangers' mails: what is no id threads nothing, and is left out.
    kept: dict[str, None] = {}
    for value in values:
        _refuse_breaks(field, value)
        kept.update(dict.fromkeys(id_ for id_ in value.split() if _ID.fullmatch(id_)))
    return list(kept)


def _one_id(value: str) -> str:
    if not _ID.fullmatch(value) or "@" not in value:
        raise BadInput("A Message-ID reads <left@right>", field="message_id")
    return value


def _nearest(references: list[str]) -> list[str]:
    if len(references) <= REFERENCES_KEPT + 1:
        return references
    return [references[0], *references[-REFERENCES_KEPT:]]


def _extra_name(name: str) -> str:
    lowered = name.lower()
    if not _FIELD.fullmatch(name) or lowered in _OURS or lowered.startswith("content-"):
        raise BadInput("This header cannot be added", field=name)
    return name


def _body(outgoing: Outgoing) -> bytes:
    body = _text("plain", outgoing.text)
    # Named by what it parts, so that the bytes repeat and no text can hold its own boundary.
    seed = f"{outgoing.delivery_id}\0{outgoing.text}\0{outgoing.html}"
    name = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()
    if outgoing.html is not None:
        html = _text("html", outgoing.html)
        if outgoing.inlined:
            html = _several("related", name[24:], [html, *map(_picture, outgoing.inlined)])
        body = _several("alternative", name[:40], [body, html])
    if outgoing.attachments:
        seed = "\0".join([outgoing.delivery_id, *(each.digest for each in outgoing.attachments)])
        name = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()
        body = _several("mixed", name[:40], [body, *map(_file, outgoing.attachments)])
    return b"MIME-Version: 1.0\r\n" + body


def _text(subtype: str, text: str) -> bytes:
    """A part that holds words: as it is, or in whichever encoding of RFC 2045 is the shorter."""
    printable = _printable(text)
    data = b"".join(line + b"\r\n" for line in printable.encode().splitlines())
    charset, how, coded = "utf-8", "quoted-printable", binascii.b2a_qp(data)
    if printable.isascii():
        charset = "us-ascii"
        if all(len(line) <= _LINE + 2 for line in data.splitlines()):
            how, coded = "7bit", data
    elif len(coded) > len(data) * _BASE64:
        how, coded = "base64", _base64(data)
    head = (
        f'Content-Type: text/{subtype}; charset="{charset}"\r\n'
        f"Content-Transfer-Encoding: {how}\r\n\r\n"
    )
    return head.encode() + coded


def _several(kind: str, name: str, parts: Iterable[bytes]) -> bytes:
    boundary = f"=_{name}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'
    line = f"\r\n--{boundary}".encode()
    return head.encode() + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def _picture(picture: Inlined) -> bytes:
    name = f"{picture.cid}.{picture.subtype}"
    head = (
        f"Content-Type: image/{picture.subtype}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.cid}>\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\n\r\n'
    )
    return head.encode() + _base64(picture.data)


def _file(file: Attached) -> bytes:
    # Names are anything that a file can be called: how such are written is the library's.
    part = EmailMessage(policy=_POLICY)
    main, _, sub = file.content_type.partition("/")
    if main.lower() in _COMPOSED:
        main, sub = "application", "octet-stream"
    part.set_content(
        file.data, main, sub, disposition="attachment", filename=file.name, cte="base64"
    )
    del part["MIME-Version"]
    return part.as_bytes(policy=_POLICY)


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _printable(text: str) -> str:
    return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", text))
