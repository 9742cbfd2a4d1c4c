"""How long a text is as an SMS, and how to keep it short.

Rules: 3GPP TS 23.038 section 6.2.1 (the GSM 7-bit default alphabet and its extension table) and
TS 23.040 section 9.2.3.24.1 (concatenation takes 6 octets of each part).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

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

_SPACES = "\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u02bc`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7", "-"),
        **dict.fromkeys(
            "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t", " "
        ),
        # Not the zero-width joiner and non-joiner: emoji and Persian words are spelt with them.
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
        "\u2026": "...",
        "\u2028": "\n",
        "\u2029": "\n",
        "\u2044": "/",
    }
)


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
    if all(char in GSM7_BASIC or char in GSM7_EXTENSION for char in text):
        widths = [2 if char in GSM7_EXTENSION else 1 for char in text]
        return _packed("gsm7", widths, GSM7_SINGLE, GSM7_PART)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _packed("ucs2", widths, UCS2_SINGLE, UCS2_PART)


def plain(text: str) -> str:
    """Swap typographic characters for what a phone keyboard has: quotes, dashes, ellipses, spaces.

    One curly apostrophe makes 160 characters per SMS into 70. Letters are left alone but for being
    composed (``e`` + accent reads as ``é``, which the alphabet has).
    """
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


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
