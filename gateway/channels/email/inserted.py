"""Files that stand in the middle of a mail's words: uuencode and yEnc, as before MIME.

Sources: POSIX ``uuencode``, the yEnc draft 1.3.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final

MAX_FILES: Final = 100
_BEGIN = re.compile(rb"^(?:begin [0-7]{3,4} ([^\r\n]{1,300})|=ybegin ([^\r\n]{1,500}))\r?$", re.M)
_YENC_MARK = re.compile(rb"^=y(begin|end)\b", re.M)
_YENC_NAME = re.compile(rb"\bname=(.*)$")
_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_BACK: Final = bytes((n - 42) % 256 for n in range(256))


@dataclass(frozen=True, slots=True)
class Inserted:
    """One file, and where in the words it begins and ends."""

    name: bytes
    data: bytes
    start: int
    end: int


def find(body: bytes) -> tuple[Inserted, ...]:
    """Find the files in a body, at most ``MAX_FILES``; what does not end as it must is words."""
    found: list[Inserted] = []
    place = 0
    while len(found) < MAX_FILES and (begin := _BEGIN.search(body, place)):
        one = _uuencoded(body, begin) if begin[1] is not None else _yencoded(body, begin)
        if one:
            found.append(one)
        place = one.end if one else begin.end()
    return tuple(found)


def without(body: bytes, files: tuple[Inserted, ...]) -> bytes:
    """Give the words around the files."""
    out: list[bytes] = []
    place = 0
    for each in files:
        out.append(body[place : each.start])
        place = each.end
    return b"".join([*out, body[place:]])


def _uuencoded(body: bytes, begin: re.Match[bytes]) -> Inserted | None:
    data: list[bytes] = []
    place = begin.end() + 1
    while place < len(body):
        end = body.find(b"\n", place)
        end = len(body) if end < 0 else end
        line = body[place:end].rstrip(b"\r\n ")
        place = end + 1
        if line == b"end":
            return Inserted(begin[1], b"".join(data), begin.start(), min(place, len(body)))
        taken = _uu_line(line)
        if taken is None:
            return None
        data.append(taken)
    return None


def _uu_line(line: bytes) -> bytes | None:
    """Decode a line, blanks lost at its end put back; ``None`` when it is none."""
    if line in (b"", b"`"):
        return b""
    length = (line[0] - 32) & 63
    wanted = 1 + (length + 2) // 3 * 4
    if not 32 < line[0] <= 96 or len(line) > wanted + 2:
        return None
    try:
        return binascii.a2b_uu(line[:wanted].ljust(wanted))
    except binascii.Error:
        return None


def _yencoded(body: bytes, begin: re.Match[bytes]) -> Inserted | None:
    mark = _YENC_MARK.search(body, begin.end())
    if mark is None or mark[1] == b"begin":
        return None
    end = body.find(b"\n", mark.end())
    end = len(body) if end < 0 else end + 1
    inside = body[begin.end() + 1 : mark.start()]
    if inside.startswith(b"=ypart "):
        inside = inside.partition(b"\n")[2]
    flat = inside.replace(b"\r", b"").replace(b"\n", b"")
    plain = _ESCAPED.sub(lambda each: bytes(((each[1][0] - 64) % 256,)), flat)
    name = _YENC_NAME.search(begin[2])
    return Inserted(name[1].strip() if name else b"", plain.translate(_BACK), begin.start(), end)
