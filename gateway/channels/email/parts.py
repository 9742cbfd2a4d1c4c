"""The tree of a mail's parts, read within fixed bounds.

The standard library's parser recurses: 1,000 nested multiparts end in ``RecursionError`` after more
than a second. This one refuses past a depth, a count and a size, and is linear below them.
Sources: RFC 2045, RFC 2046 section 5.1.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.channels.email import headers
from gateway.channels.email.headers import Headers
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_RAW: Final = 64 * 1024 * 1024
MAX_HEAD: Final = 256 * 1024
MAX_PARTS: Final = 500
MAX_DEPTH: Final = 20
MAX_DECODED: Final = 64 * 1024 * 1024

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_CR = re.compile(rb"\r(?!\n)")


class TooComplex(BadInput):
    """The mail is larger or deeper than a mail may be."""

    code = "mail_too_complex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: its fields, its type and parameters, its body as sent, and the parts inside."""

    headers: Headers
    kind: str
    params: Mapping[str, str]
    body: bytes
    children: tuple[Part, ...] = ()

    def content(self, sent: int | None = None) -> bytes:
        """Undo the transfer encoding; an unknown one is taken as none.

        ``sent`` limits the reading to that many bytes of the body as it was sent.
        """
        body = self.body if sent is None else self.body[:sent]
        encoding = headers.parameters(self.headers.get("content-transfer-encoding") or "")[0]
        if encoding == "base64":
            return _base64(body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        return body

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
class _Budget:
    parts: int = MAX_PARTS


def read(raw: bytes) -> Part:
    """Read a whole mail.

    Raises:
        TooComplex: past one of the bounds of this module.
    """
    if len(raw) > MAX_RAW:
        raise TooComplex
    if b"\n" not in raw or _CR.search(raw[:MAX_HEAD]):
        # Lone carriage returns in the head are either an old Macintosh or an attempt to smuggle a
        # field past somebody: both are read as line ends by everybody else, so by us too.
        raw = _CR.sub(b"\n", raw)
    return _read(raw.lstrip(b"\r\n"), _Budget(), 0, "text/plain")


def _read(raw: bytes, budget: _Budget, depth: int, default: str) -> Part:
    budget.parts -= 1
    if depth > MAX_DEPTH or budget.parts < 0:
        raise TooComplex
    fields, body = _split(raw)
    value = fields.get("content-type")
    kind, params = headers.parameters(value or default)
    if kind.count("/") != 1 or kind.startswith("/") or kind.endswith("/"):
        kind = "text/plain" if kind in ("", "text") else "application/octet-stream"
    children: tuple[Part, ...] = ()
    if kind.startswith("multipart/"):
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        sections = _sections(body, params.get("boundary", ""), budget)
        children = tuple(_read(one, budget, depth + 1, inner) for one in sections)
        if not children:
            kind = "text/plain"
    return Part(headers=fields, kind=kind, params=params, body=body, children=children)


def _split(raw: bytes) -> tuple[Headers, bytes]:
    if raw.startswith((b"\n", b"\r\n")):
        return Headers(), raw.split(b"\n", 1)[1]
    blank = _BLANK.search(raw, 0, MAX_HEAD + 1024)
    end = blank.start() if blank else len(raw)
    if end > MAX_HEAD:
        raise TooComplex
    fields, used = headers.read(raw[:end])
    if used < end:
        return fields, raw[used:]
    return fields, raw[blank.end() :] if blank else b""


def _sections(body: bytes, boundary: str, budget: _Budget) -> list[bytes]:
    """Cut a multipart body at its delimiter lines; preamble and epilogue fall away."""
    if not boundary:
        return []
    mark = re.escape(b"--" + boundary.encode("utf-8", "replace").rstrip())
    line = re.compile(rb"^" + mark + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    found: list[bytes] = []
    start = -1
    for match in line.finditer(body):
        if start >= 0:
            found.append(_without_last_break(body[start : match.start()]))
        start = match.end() + 1
        if match[1]:
            start = -1
            break
        if len(found) > budget.parts:
            raise TooComplex
    if start >= 0:
        found.append(body[start:])  # The end was lost on the way; what is there is still a part.
    return found


def _without_last_break(section: bytes) -> bytes:
    return section.removesuffix(b"\n").removesuffix(b"\r")


def _base64(data: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", data)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
