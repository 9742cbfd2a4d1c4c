"""How many parts a text takes on the air."""

from __future__ import annotations

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")


def count(body: str) -> int:
    """Return the number of parts: 160 or 153 septets, or 70 or 67 UTF-16 units, each.

    Nothing straddles two parts: neither an escaped character nor a surrogate pair. Alphabet: 3GPP
    TS 23.038 section 6.2.1; lengths: 3GPP TS 23.040 section 9.2.3.24.1.
    """
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        return _parts([2 if letter in _EXTENDED else 1 for letter in body], 160, 153)
    return _parts(
        [len(letter.encode("utf-16-le", "surrogatepass")) // 2 for letter in body], 70, 67
    )


def _parts(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
