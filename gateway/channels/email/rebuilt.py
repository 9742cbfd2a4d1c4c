"""A mail that a provider took apart, put together again.

Providers can post a mail whole or in fields, and whole is better: a signature, an odd part or a
damaged header survives only there. For fields this builds the mail that says the same. It keeps
every header line but those that describe a body which is gone, and all files. Equal fields give
equal bytes, so that a mail which is posted twice is one mail also when it has no Message-ID.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gateway.channels.email.addresses import normalise
from gateway.channels.email.headers import parameters

_FOLD_AT = 900  #: octets; a line may have 998 (RFC 5322 section 2.1.1)
_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]{1,200}")
_BREAKS = re.compile(r"[\r\n]+[ \t]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,120}/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}")
_ID = re.compile(r"[^\x00-\x20\x7f<>]{1,900}")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BASE64_LINE = 57  #: octets that make 76 characters (RFC 2045 section 6.8)
_ABOUT_THE_BODY = ("content-", "mime-version")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the mail, its name and type as the sender claims them."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail in fields: ``headers`` in their order, decoded; ``None`` for words that it has not."""

    headers: Sequence[tuple[str, str]]
    text: str | None
    html: str | None
    files: Sequence[File] = ()


def person(name: str, address: str) -> str:
    """A header's value for one mailbox; an address that is not plainly one stays a mere name."""
    found = normalise(address)
    shown = _clean(name if found else f"{name} {address}").strip()
    quoted = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if found is None:
        return quoted
    return f"{quoted} <{address.strip()}>" if shown else f"<{address.strip()}>"


def build(taken: Taken) -> bytes:
    """Write the mail; CRLF throughout, UTF-8 in its head (RFC 6532)."""
    kept = [
        (name, value)
        for name, value in taken.headers
        if _NAME.fullmatch(name) and not name.lower().startswith(_ABOUT_THE_BODY)
    ]
    head = b"".join(_line(name, value) for name, value in kept)
    parts = [*_words(taken), *(_file(each) for each in taken.files)]
    boundary = "=_" + hashlib.sha256(head + b"\0".join(parts)).hexdigest()[:40]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return (
        head
        + b"MIME-Version: 1.0\r\n"
        + f'Content-Type: {_kind(taken)}; boundary="{boundary}"\r\n\r\n'.encode()
        + body
        + f"--{boundary}--\r\n".encode()
    )


def _kind(taken: Taken) -> str:
    """A report stays one (RFC 6522), or a bounce would read as somebody's words."""
    said = next((value for name, value in taken.headers if name.lower() == "content-type"), "")
    kind, more = parameters(said)
    report = more.get("report-type", "")
    if kind == "multipart/report" and re.fullmatch(r"[A-Za-z0-9-]{1,60}", report):
        return f"multipart/report; report-type={report}"
    return "multipart/mixed"


def _words(taken: Taken) -> list[bytes]:
    forms = [("plain", taken.text), ("html", taken.html)]
    parts = [_part(f"text/{kind}; charset=utf-8", _octets(words)) for kind, words in forms if words]
    if len(parts) < 2:
        return parts or [_part("text/plain; charset=utf-8", b"")]
    boundary = "=_" + hashlib.sha256(b"words\0" + b"\0".join(parts)).hexdigest()[:40]
    inner = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return [
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode()
        + inner
        + f"--{boundary}--\r\n".encode()
    ]


def _file(file: File) -> bytes:
    kind = file.content_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(kind) or kind.startswith("multipart/"):
        kind = "application/octet-stream"
    more = []
    name = _clean(file.name).strip()
    if name:
        more.append(f"filename*=utf-8''{quote(name.encode('utf-8', 'replace'), safe='')[:900]}")
    content_id = file.content_id.strip().removeprefix("<").removesuffix(">")
    shown = "inline" if _ID.fullmatch(content_id) else "attachment"
    extra = f"Content-Disposition: {'; '.join([shown, *more])}\r\n"
    if shown == "inline":
        extra += f"Content-ID: <{content_id}>\r\n"
    if kind.startswith("message/"):
        # RFC 2046 section 5.2.1: such a part may not be in base64.
        data = _LINE_END.sub(b"\r\n", file.data)
        return (
            f"Content-Type: {kind}\r\n{extra}Content-Transfer-Encoding: 8bit\r\n\r\n".encode(
                "utf-8", "replace"
            )
            + data
        )
    return _part(kind, file.data, extra)


def _part(kind: str, data: bytes, extra: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\n{extra}Content-Transfer-Encoding: base64\r\n\r\n"
    return head.encode("utf-8", "replace") + b"\r\n".join(_base64(data)) + b"\r\n"


def _base64(data: bytes) -> Iterable[bytes]:
    for start in range(0, len(data), _BASE64_LINE):
        yield base64.b64encode(data[start : start + _BASE64_LINE])


def _octets(words: str) -> bytes:
    return words.encode("utf-8", "replace")


def _line(name: str, value: str) -> bytes:
    """One header, folded where a space lets it: no value can begin a header of its own."""
    lines, line = [], f"{name}:"
    for word in _clean(value).split(" "):
        # At most four octets a character, so this many fit in any script.
        if len(line) + len(word) >= _FOLD_AT // 4 and not line.isspace():
            lines.append(line)
            line = ""
        line += f" {word}"
    return ("\r\n".join([*lines, line]).rstrip(" \t") + "\r\n").encode("utf-8", "replace")


def _clean(value: str) -> str:
    return _CONTROLS.sub("", _BREAKS.sub(" ", value))
