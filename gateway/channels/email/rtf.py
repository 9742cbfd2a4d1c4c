"""Rich text as Outlook sends it: unpacked, and read as words or as the HTML that it was made from.

Every step is linear and the unpacked size is bounded. Pictures, fonts and fields are passed over.
Sources: [MS-OXRTFCP] (packing), [MS-OXRTFEX] (HTML inside RTF), Rich Text Format 1.9.1.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.channels.email import charsets

MAX_UNPACKED: Final = 1_000_000
_PACKED: Final = b"LZFu"
_PLAIN: Final = b"MELA"
# What the packer takes as already said ([MS-OXRTFCP] section 2.1.3.1.1).
_KNOWN: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING: Final = 4_096
_MAX_DEPTH: Final = 1_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_UNSEEN: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata colorschememapping datastore listtable"
    b" listoverridetable rsidtbl generator header footer headerl headerr footerl footerr fldinst"
    b" filetbl revtbl xmlnstbl".split()
)
_WORDS: Final = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t",
    b"cell": "\t", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c",
    b"rdblquote": "\u201d", b"bullet": "\u2022", b"endash": "\u2013", b"emdash": "\u2014",
}  # fmt: skip
_SIGNS: Final = {
    b"~": "\xa0",
    b"_": "-",
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"\n": "\n",
    b"\r": "\n",
}


def unpack(data: bytes) -> bytes:
    """Unpack compressed RTF, up to ``MAX_UNPACKED`` bytes; what is damaged ends where it breaks."""
    size = min(int.from_bytes(data[4:8], "little"), MAX_UNPACKED)
    form, body = data[8:12], data[16:]
    if form == _PLAIN:
        return body[:size]
    if form != _PACKED:
        return b""
    out = bytearray(_KNOWN)
    limit = size + len(_KNOWN)
    place = 0
    while place < len(body) and len(out) < limit:
        control = body[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += body[place : place + 1]
                place += 1
                continue
            pair = int.from_bytes(body[place : place + 2], "big")
            place += 2
            # Places count in a ring; what they mean here is how far back from the end.
            back = (len(out) - (pair >> 4)) % _RING
            if place > len(body) or back == 0:
                return bytes(out[len(_KNOWN) : limit])
            _repeat(out, back, (pair & 15) + 2)
    return bytes(out[len(_KNOWN) : limit])


def _repeat(out: bytearray, back: int, length: int) -> None:
    if back > len(out):
        out += b" " * length  # Before anything was said.
        return
    run = out[-back:]
    out += (run * (length // back + 1))[:length]


@dataclass(slots=True)
class _Group:
    """What holds between two braces."""

    unseen: bool = False
    tag: bool = False  # HTML as it was
    twin: bool = False  # RTF that repeats what the HTML says
    skip: int = 1  # characters after ``\\u`` that say the same for old readers


@dataclass(slots=True)
class _Reading:
    codec: str = "cp1252"
    is_html: bool = False
    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    skip: int = 0

    def say(self, words: str, group: _Group) -> None:
        self.flush(group)
        if group.tag:
            self.html.append(words)
        elif not group.unseen and not group.twin:
            self.text.append(words)
            self.html.append(html.escape(words, quote=False))

    def flush(self, group: _Group) -> None:
        if self.pending:
            words = charsets.decode(bytes(self.pending), self.codec)
            self.pending.clear()
            self.say(words, group)


def read(data: bytes) -> tuple[str, str | None]:
    """Read RTF as plain words, and as HTML when it was made from HTML; never raises."""
    reading = _Reading(is_html=b"\\fromhtml1" in data[:2_000])
    groups = [_Group()]
    starred = False
    place = 0
    while len(groups) <= _MAX_DEPTH and (token := _TOKEN.match(data, place)):
        place = token.end()
        word, number, byte, sign, brace, plain = token.groups()
        group = groups[-1]
        if brace:
            reading.flush(group)
            if brace == b"{":
                groups.append(replace(group))
            elif len(groups) > 1:
                groups.pop()
        elif word == b"bin" and number:
            place += max(int(number), 0)
        elif word:
            _word(reading, group, word, number, starred=starred)
        elif byte:
            _bytes(reading, group, bytes.fromhex(byte.decode()))
        elif sign in _SIGNS:
            reading.say(_SIGNS[sign], group)
        elif plain:
            _bytes(reading, group, plain)
        starred = sign == b"*"
    reading.flush(groups[-1])
    text = "".join(reading.text).strip("\n")
    return charsets.scrub(text), charsets.scrub("".join(reading.html)) if reading.is_html else None


def _bytes(reading: _Reading, group: _Group, data: bytes) -> None:
    dropped = min(reading.skip, len(data))
    reading.skip -= dropped
    if not group.unseen or group.tag:
        reading.pending += data[dropped:]


def _word(
    reading: _Reading, group: _Group, word: bytes, number: bytes | None, *, starred: bool
) -> None:
    value = int(number) if number else None
    if word != b"u":
        reading.flush(group)
    reading.skip = 0 if word != b"u" else reading.skip
    match word:
        case b"u" if value is not None:
            reading.say(chr(value % 65_536), group)
            reading.skip = group.skip
        case b"uc":
            group.skip = min(max(value or 0, 0), 8)
        case b"ansicpg":
            reading.codec = f"cp{value}"
        case b"mac":
            reading.codec = "mac-roman"
        case b"htmltag" | b"mhtmltag":
            group.tag, group.unseen = word == b"htmltag", True
        case b"htmlrtf":
            group.twin = value != 0
        case _ if starred or word in _UNSEEN:
            group.unseen = True
        case _ if word in _WORDS:
            reading.say(_WORDS[word], group)
