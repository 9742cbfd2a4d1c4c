"""How long a text is as an SMS, and how to keep it short.

Rules: 3GPP TS 23.038 section 6.2.1 (the GSM 7-bit default alphabet and its extension table) and
TS 23.040 section 9.2.3.24.1 (concatenation takes 6 octets of each part).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Encoding = Literal["gsm7", "ucs2"]

GSM7_SINGLE = 160
GSM7_PART = 153
UCS2_SINGLE = 70
UCS2_PART = 67

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""

GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
"""An escape and a septet: two, which a part may not tear apart."""

_UNSEEN: dict[int, str] = dict.fromkeys(map(ord, "\u00ad\u2060\ufeff"), "")
"""Where a line may break and where not: nothing on a phone, but one of them makes 160 characters
into 70. Not the zero-width joiner and non-joiner: emoji and Persian words are spelt with them.
"""

_LIGATURES: dict[int, str] = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
}
_FULL_WIDTH: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}

_SWAPS: dict[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a`\u00b4", "'"),
    **dict.fromkeys("\u02b9\u02bb\u02bc\u02bd\u02ca\u02cb\u275b\u275c", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb", '"'),
    **dict.fromkeys("\u02ba\u02ee\u275d\u275e\u301d\u301e\u301f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2022\u2023\u2043\u25aa\u25cf\u00b7", "-"),
    **dict.fromkeys(
        "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
    ),
    # Invisible: what parts and joins, which way to read (a number copied out of a phone's contacts
    # comes between such marks), and how an emoji looks. Scripts that need one are never within the
    # alphabet.
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u061c\u034f\u180e\ufe0e\ufe0f", ""),
    **dict.fromkeys(map(chr, [*range(0x202A, 0x202F), *range(0x2061, 0x206A)]), ""),
    **dict.fromkeys("\u2028\u2029\u000b\u0085", "\n"),
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u2026": "...",
    "\u2025": "..",
    "\u203c": "!!",
    "\u00d7": "x",
    "\u2192": "->",
}
_PLAIN = str.maketrans(_SWAPS) | _UNSEEN | _LIGATURES | _FULL_WIDTH

_BEFORE_TAIL = " \n\r\t.,;:…"  #: what would stand oddly before the ellipsis of a tail
_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text costs: ``units`` are septets for gsm7, UTF-16 code units for ucs2."""

    encoding: Encoding
    units: int
    count: int


def segments(text: str) -> Segments:
    """Count the parts that a text is sent in; the empty text has none.

    An extension character and a surrogate pair each stay whole, so a part may end one unit early
    and the count be higher than ``units`` alone suggests.
    """
    if _is_gsm7(text):
        widths = [2 if char in GSM7_EXTENSION else 1 for char in text]
        return _packed("gsm7", widths, GSM7_SINGLE, GSM7_PART)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _packed("ucs2", widths, UCS2_SINGLE, UCS2_PART)


def plain(text: str) -> str:
    """Swap typographic characters for what a phone keyboard has, where that makes a text cheaper.

    One curly apostrophe makes 160 characters per SMS into 70. Quotes, dashes, bullets, ellipses,
    spaces, ligatures and full-width letters are swapped only if nothing but GSM 7-bit is left then:
    a text in Russian or with an emoji is read as it was written, since its guillemets cost nothing.
    What is invisible goes in either case. No letter becomes another one; they are but composed
    (``e`` + accent reads as ``é``, which the alphabet has).
    """
    composed = unicodedata.normalize("NFC", text)
    swapped = unicodedata.normalize("NFC", composed.translate(_PLAIN))
    if _is_gsm7(swapped):
        return swapped
    seen = text.translate(_UNSEEN)
    composed = unicodedata.normalize("NFC", seen)
    # Some letters of Indian scripts have no composed form, and would grow.
    return composed if _units(composed) <= _units(seen) else seen


def beginning(text: str, tail: str, *, most: int, longest: int) -> str:
    """As much of a text as goes into ``most`` parts and ``longest`` characters with its tail.

    It ends at a word, unless that would lose half of what fits (a script without spaces); then
    between two characters as a reader sees them. A link is never torn: it would lead elsewhere.

    Returns:
        ``plain`` of both; the tail alone when no word fits.
    """
    text = plain(text)

    def fits(end: int) -> bool:
        said = plain(text[:end].rstrip(_BEFORE_TAIL) + tail)
        return len(said) <= longest and segments(said).count <= most

    parted = [each for each in range(1, len(text)) if text[each].isspace()]
    words = _last([each for each in parted if not text[each - 1].isspace()], fits)
    letters = _last([each for each in range(1, len(text) + 1) if _may_end(text, each)], fits)
    is_link = "://" in text[words:letters]
    end = words if words * 2 >= letters or is_link else letters
    return plain(text[:end].rstrip(_BEFORE_TAIL) + tail)


def _last(ends: Sequence[int], fits: Callable[[int], bool]) -> int:
    """The last of these that fits, found by halving; 0 when none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if fits(ends[middle]):
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else 0


def _may_end(text: str, end: int) -> bool:
    """Whether no sign that readers take for one is torn here (flags, families, accents)."""
    if end == len(text):
        return True
    before, after = text[end - 1], text[end]
    if before == _JOINER or after == _JOINER or unicodedata.category(after).startswith("M"):
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff":
        return False  # the tone of a skin
    # A flag is two letters of an alphabet of its own.
    letters = len(text[:end]) - len(text[:end].rstrip(_FLAG_LETTERS))
    return after not in _FLAG_LETTERS or letters % 2 == 0


def _is_gsm7(text: str) -> bool:
    return all(char in GSM7_BASIC or char in GSM7_EXTENSION for char in text)


def _units(text: str) -> int:
    """UTF-16 code units."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def _packed(encoding: Encoding, widths: Iterable[int], single: int, part: int) -> Segments:
    widths = list(widths)
    units = sum(widths)
    if units <= single:
        return Segments(encoding=encoding, units=units, count=1 if units else 0)
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return Segments(encoding=encoding, units=units, count=count)
