"""The tree of a mail's parts, read within fixed bounds.

The standard library's parser recurses: 1,000 nested multiparts end in ``RecursionError`` after more
than a second. This one refuses past a depth, a count and a size, is linear below them, and copies
nothing but the leaves. A boundary that is missing or misspelt is made out from the lines.
Sources: RFC 2045, RFC 2046 section 5.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.channels.email import headers, transfer
from gateway.channels.email.headers import Headers
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_RAW: Final = 64 * 1024 * 1024
MAX_HEAD: Final = 256 * 1024
MAX_PARTS: Final = 500
MAX_DEPTH: Final = 20
MAX_DECODED: Final = 64 * 1024 * 1024

_BOM: Final = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_CR = re.compile(rb"\r(?!\n)")
_DOUBLED_CR = re.compile(rb"(?<!\r)\r{2,}\n")
_LOOKS_LIKE_BOUNDARY = re.compile(rb"^--(\S{1,200})[ \t]*\r?\n(?=content-)", re.M | re.I)


class TooComplex(BadInput):
    """The mail is larger or deeper than a mail may be."""

    code = "mail_too_complex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: its fields, its type and parameters, its body as sent, and the parts inside.

    A part that has parts inside has no body of its own.
    """

    headers: Headers
    kind: str
    params: Mapping[str, str]
    body: bytes
    children: tuple[Part, ...] = ()

    def content(self, sent: int | None = None) -> bytes:
        """Undo the transfer encoding; an unknown one is taken as none.

        ``sent`` limits the reading to that many bytes of the body as it was sent.
        """
        return _decode(self.headers, self.body if sent is None else self.body[:sent])

    @property
    def disposition(self) -> tuple[str, Mapping[str, str]]:
        """``attachment``, ``inline`` or the empty string, with the parameters."""
        return headers.parameters(self.headers.get("content-disposition") or "")

    def walk(self) -> Iterator[Part]:
        """Yield this part and all inside it, in the order of the mail."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            stack.extend(reversed(part.children))


@dataclass(slots=True)
class _Source:
    """The bytes that places count in, and how many parts may still come."""

    raw: bytes
    parts: int = MAX_PARTS


def read(raw: bytes) -> Part:
    """Read a whole mail.

    Raises:
        TooComplex: past one of the bounds of this module.
    """
    if len(raw) > MAX_RAW:
        raise TooComplex
    raw = _tidy(raw)
    return _read(_Source(raw), 0, len(raw), 0, "text/plain")


def head(raw: bytes) -> Headers:
    """Read the fields of a mail and nothing else.

    Raises:
        TooComplex: there is more of them than there may be.
    """
    raw = _tidy(raw[:MAX_RAW])
    return _split(raw, 0, len(raw), is_inside=False)[0]


def _tidy(raw: bytes) -> bytes:
    """Make every line of the head end in one line break, and all where most end in two."""
    raw = raw.removeprefix(_BOM).lstrip(b"\r\n")
    blank = _BLANK.search(raw, 0, MAX_HEAD)
    head = raw[: blank.end() if blank else MAX_HEAD]
    # Some servers double the CR of what they pass on, and write fields of their own above it.
    if b"\r\r\n" in head or raw.count(b"\r\r\n") * 2 > raw.count(b"\n"):
        raw = _DOUBLED_CR.sub(b"\r\n", raw)
    elif b"\n" not in raw or _CR.search(head):
        # Lone carriage returns in the head are either an old Macintosh or an attempt to smuggle a
        # field past somebody: both are read as line ends by everybody else, so by us too.
        raw = _CR.sub(b"\n", raw)
    return raw


def _read(source: _Source, start: int, end: int, depth: int, default: str) -> Part:
    source.parts -= 1
    if depth > MAX_DEPTH or source.parts < 0:
        raise TooComplex
    fields, start = _split(source.raw, start, end, is_inside=depth > 0)
    kind, params = headers.parameters(fields.get("content-type") or default)
    if kind.count("/") != 1 or kind.startswith("/") or kind.endswith("/"):
        kind = "text/plain" if kind in ("", "text", "plain") else "application/octet-stream"
    children: tuple[Part, ...] = ()
    if kind.startswith("multipart/"):
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        boundary = params.get("boundary", "")
        children = _children(source, start, end, depth, inner, boundary)
        if not children:
            # Forbidden, and done all the same: the whole of the inside is encoded once more.
            decoded = _decode(fields, source.raw[start:end])
            deeper = _Source(decoded, source.parts)
            children = _children(deeper, 0, len(decoded), depth, inner, boundary)
            source.parts = deeper.parts
            kind = kind if children else "text/plain"
    body = b"" if children else source.raw[start:end]
    return Part(headers=fields, kind=kind, params=params, body=body, children=children)


def _decode(fields: Headers, body: bytes) -> bytes:
    encoding = (fields.get("content-transfer-encoding") or "").split(";")[0]
    return transfer.decode(body, encoding.split("(")[0])


def _children(
    source: _Source, start: int, end: int, depth: int, inner: str, boundary: str
) -> tuple[Part, ...]:
    places = _sections(source, start, end, boundary.encode("utf-8", "replace").rstrip())
    if not places:
        guess = _LOOKS_LIKE_BOUNDARY.search(source.raw, start, end)
        places = _sections(source, start, end, guess[1]) if guess else []
    return tuple(_read(source, first, last, depth + 1, inner) for first, last in places)


def _split(raw: bytes, start: int, end: int, *, is_inside: bool) -> tuple[Headers, int]:
    """Read the fields; also say where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Headers(), raw.index(b"\n", start) + 1
    blank = _BLANK.search(raw, start, min(end, start + MAX_HEAD + 1024))
    head_end = blank.start() if blank else end
    if head_end - start > MAX_HEAD:
        raise TooComplex
    fields, used = headers.read(raw[start:head_end])
    if blank is None and is_inside and not _describes(fields):
        return Headers(), start  # "Note: …" and no blank line: these are words.
    if start + used < head_end:
        return fields, start + used
    return fields, blank.end() if blank else end


def _describes(fields: Headers) -> bool:
    return any(name.lower().startswith(("content-", "mime-")) for name, _ in fields)


def _sections(source: _Source, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Cut a multipart body at its delimiter lines; preamble and epilogue fall away.

    A delimiter after the closing one opens a part again: an inner multipart had the same boundary.
    """
    if not boundary:
        return []
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    found: list[tuple[int, int]] = []
    first = -1
    for match in line.finditer(source.raw, start, end):
        if first >= 0:
            found.append((first, _without_last_break(source.raw, first, match.start())))
        first = -1 if match[1] else min(match.end() + 1, end)
        if len(found) > source.parts:
            raise TooComplex
    if first >= 0:
        found.append((first, end))  # The end was lost on the way; what is there is still a part.
    return found


def _without_last_break(raw: bytes, start: int, end: int) -> int:
    end -= raw.endswith(b"\n", start, end)
    return end - raw.endswith(b"\r", start, end)
