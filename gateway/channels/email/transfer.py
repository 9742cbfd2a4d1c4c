"""Transfer encodings undone, damaged ones too: what can be read of them is.

Sources: RFC 2045 section 6, RFC 4648; uuencode as POSIX has it, yEnc 1.3.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from gateway.channels.email import inserted

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDING = re.compile(rb"=+")
_LONE_CR = re.compile(rb"\r(?!\n)")
_ENCODINGS: Final = {
    "base64": "base64", "base-64": "base64", "b": "base64", "bas64": "base64", "x-base64": "base64",
    "quoted-printable": "qp", "quoted printable": "qp", "quotedprintable": "qp", "qp": "qp",
    "q": "qp", "quoted-printeable": "qp", "quoted-printabel": "qp", "quote-printable": "qp",
    "uuencode": "uu", "x-uuencode": "uu", "x-uue": "uu", "uue": "uu", "uu": "uu", "x-uu": "uu",
    "yenc": "yenc", "x-yenc": "yenc", "x-yencode": "yenc",
}  # fmt: skip
_LOOK_AT: Final = 4_096
_MAX_PIECES: Final = 10_000
_MAX_BLANKS: Final = 20  # lines, in what somebody appended


def decode(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding, named as the mail names it; an unknown one is taken as none."""
    match _ENCODINGS.get(encoding.strip().strip("\"'").strip().lower()):
        case "base64":
            return body if _is_words(body) else base64(_without_footer(body))
        case "qp":
            # After `=` a lone CR would swallow everything up to the next line.
            return binascii.a2b_qp(_LONE_CR.sub(b"\n", body))
        case "uu" | "yenc":
            found = inserted.find(body)
            return found[0].data if found else body
        case _:
            return body


def base64(data: bytes) -> bytes:
    """Decode what is base64 of this; strange characters are passed over, lost ones are lost.

    Padding ends a piece and not the whole: pieces are sometimes encoded each for itself. Words that
    a list or a virus scanner wrote below are not decoded with it.
    """
    out: list[bytes] = []
    for piece in _pieces(data):
        clean = piece[:-1] if len(piece) % 4 == 1 else piece
        out.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(out)


def _pieces(data: bytes) -> list[bytes]:
    found: list[bytes] = []
    held: list[bytes] = []
    length = place = 0
    for padding in _PADDING.finditer(data):
        clean = _NOT_BASE64.sub(b"", data[place : padding.start()])
        held.append(clean)
        length += len(clean)
        place = padding.end()
        if length % 4 >= 2:  # Else the sign was put there by whatever broke the rest.
            found.append(b"".join(held))
            held, length = [], 0
            if _is_words(data, place):
                return found
            if len(found) == _MAX_PIECES:
                break
    found.append(b"".join(held) + _NOT_BASE64.sub(b"", data[place:]))
    return found


def _without_footer(data: bytes) -> bytes:
    """Cut off words below the last lines: looked for from the end, as there may be many blanks."""
    end = len(data)
    for _ in range(_MAX_BLANKS):
        end = max(data.rfind(b"\n\n", 0, end), data.rfind(b"\n\r\n", 0, end))
        if end <= 0:
            break
        if _is_words(data, end):
            return data[:end]
    return data


def _is_words(data: bytes, place: int = 0) -> bool:
    """Tell whether what begins here is words and no base64: words have blanks between them."""
    padding = data.find(b"=", place, place + _LOOK_AT)
    head = data[place : padding if padding >= 0 else place + _LOOK_AT]
    blanks = sum(line.strip().count(b" ") for line in head.split(b"\n"))
    return blanks * 12 > len(head)
