"""``winmail.dat``: the envelope that Outlook puts around rich mails, opened within fixed bounds.

What is damaged gives what stood before the damage.
Sources: [MS-OXTNEF] (the stream), [MS-OXPROPS] (properties), [MS-OXCDATA] section 2.11.1 (types).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gateway.channels.email import charsets, rtf

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
MAX_FILES: Final = 200
_MAX_PROPERTIES: Final = 2_000
# Attributes of the stream.
_RENDERING, _TITLE, _DATA, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_PROPERTIES, _CODEPAGE, _BODY = 0x00069003, 0x00069007, 0x0002800C
# Properties.
_TEXT, _RTF, _HTML, _INTERNET_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_LONG_NAME, _NAME, _FILE, _KIND, _ID, _LOCATION = 0x3707, 0x3704, 0x3701, 0x370E, 0x3712, 0x3713
_STRING8, _UNICODE, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_WIDTHS: Final = {
    0x00: 0, 0x01: 0, 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4,
    0x14: 8, 0x40: 8, 0x48: 16,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class File:
    """A file in the envelope; ``content_type`` is what the sender claims, mostly nothing."""

    name: str = ""
    content_type: str = ""
    content_id: str | None = None
    location: str | None = None
    data: bytes = b""


@dataclass(slots=True)
class Opened:
    """What was in the envelope; not ``whole`` when a part of it could not be read."""

    text: str | None = None
    html: str | None = None
    files: list[File] = field(default_factory=list)
    whole: bool = False


@dataclass(slots=True)
class _Cursor:
    data: bytes
    place: int = 0

    def take(self, length: int) -> bytes:
        """Give the next bytes.

        Raises:
            EOFError: there are not so many.
        """
        if length < 0 or self.place + length > len(self.data):
            raise EOFError
        self.place += length
        return self.data[self.place - length : self.place]

    def number(self, width: int = 4) -> int:
        return int.from_bytes(self.take(width), "little")


def open_envelope(data: bytes) -> Opened | None:
    """Open a TNEF stream; ``None`` when it is none. Never raises."""
    if not data.startswith(SIGNATURE):
        return None
    opened = Opened()
    cursor = _Cursor(data, 6)
    codec = "cp1252"
    try:
        while cursor.place < len(data):
            cursor.take(1)
            attribute = cursor.number()
            value = cursor.take(cursor.number())
            cursor.take(2)
            if attribute == _CODEPAGE:
                codec = f"cp{int.from_bytes(value[:4], 'little')}"
            else:
                _attribute(opened, attribute, value, codec)
    except EOFError:
        return opened
    opened.whole = len(opened.files) <= MAX_FILES
    del opened.files[MAX_FILES:]
    return opened


def _attribute(opened: Opened, attribute: int, value: bytes, codec: str) -> None:
    if attribute == _RENDERING:
        # One past the bound, so that it shows that there were more.
        if len(opened.files) <= MAX_FILES:
            opened.files.append(File())
    elif attribute == _BODY:
        opened.text = opened.text or _string(value, codec)
    elif attribute == _PROPERTIES:
        _words(opened, _properties(value, codec), codec)
    elif opened.files:
        file = opened.files[-1]
        if attribute == _TITLE:
            file.name = file.name or _string(value, codec)
        elif attribute == _DATA:
            file.data = value
        elif attribute == _FILE_PROPERTIES:
            _describe(file, _properties(value, codec))


def _words(opened: Opened, found: dict[int, str | bytes], codec: str) -> None:
    text, rich, marked = found.get(_TEXT), found.get(_RTF), found.get(_HTML)
    if isinstance(text, str) and text.strip():
        opened.text = text
    if isinstance(marked, bytes):
        page = found.get(_INTERNET_CODEPAGE)
        declared = f"cp{int.from_bytes(page, 'little')}" if isinstance(page, bytes) else codec
        marked = charsets.decode(marked, declared)
    if marked:
        opened.html = marked
    elif isinstance(rich, bytes):
        words, made_from = rtf.read(rtf.unpack(rich))
        opened.html = made_from
        opened.text = opened.text or words or None


def _describe(file: File, found: dict[int, str | bytes]) -> None:
    name = found.get(_LONG_NAME) or found.get(_NAME)
    if isinstance(name, str) and name:
        file.name = name
    if isinstance(kind := found.get(_KIND), str):
        file.content_type = kind.strip().lower()
    if isinstance(content_id := found.get(_ID), str):
        file.content_id = content_id.strip().strip("<>") or None
    if isinstance(location := found.get(_LOCATION), str):
        file.location = location.strip() or None
    if isinstance(data := found.get(_FILE), bytes) and data:
        file.data = data


def _properties(data: bytes, codec: str) -> dict[int, str | bytes]:
    """Read a property list; of several values the first counts.

    Raises:
        EOFError: it ends in the middle.
    """
    cursor = _Cursor(data)
    found: dict[int, str | bytes] = {}
    for _ in range(min(cursor.number(), _MAX_PROPERTIES)):
        kind, name = cursor.number(2), cursor.number(2)
        if name >= 0x8000:
            _skip_name(cursor)
        value = _value(cursor, kind, codec)
        if value is not None:
            found.setdefault(name, value)
    return found


def _skip_name(cursor: _Cursor) -> None:
    """Pass over the name of a property that has one instead of a number of its own."""
    cursor.take(16)
    if cursor.number() == 0:
        cursor.take(4)
    else:
        _padded(cursor)


def _value(cursor: _Cursor, kind: int, codec: str) -> str | bytes | None:
    several, kind = bool(kind & 0x1000), kind & 0xEFFF
    width = _WIDTHS.get(kind)
    if width is not None:
        count = cursor.number() if several else 1
        return cursor.take(width * count)[:width]
    if kind not in (_STRING8, _UNICODE, _BINARY, _OBJECT):
        raise EOFError  # How long it is nobody knows, nor where the next one begins.
    first: bytes | None = None
    for _ in range(min(cursor.number(), _MAX_PROPERTIES)):
        value = _padded(cursor)
        first = value if first is None else first
    if first is None:
        return None
    if kind == _UNICODE:
        return _string(first, "utf-16-le")
    if kind == _STRING8:
        return _string(first, codec)
    return first[16:] if kind == _OBJECT else first


def _padded(cursor: _Cursor) -> bytes:
    length = cursor.number()
    value = cursor.take(length)
    cursor.take(-length % 4)
    return value


def _string(value: bytes, codec: str) -> str:
    if codec == "utf-16-le":
        return charsets.scrub(value.decode(codec, "replace").partition("\0")[0])
    return charsets.decode(value.partition(b"\0")[0], codec)
