"""Colours that can be read on one another (WCAG 2.2, 1.4.3: at least 4.5 to 1)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

DEFAULT_ACCENT: Final = "#2f5d50"
MIDDLE: Final = 0.179  #: the luminance on which black and white stand out equally, at 4.58 to 1
ENOUGH: Final = 4.5
_STEPS: Final = 20


def accent_of(colour: str) -> str:
    """A store's colour as ``#rrggbb``; ours for what is none, since it goes into stylesheets."""
    return colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else DEFAULT_ACCENT


@lru_cache(maxsize=1024)
def text_on(accent: str) -> str:
    """Black or white, whichever reads better on the colour ``#rrggbb``."""
    return "#000" if _luminance(accent) > MIDDLE else "#fff"


@lru_cache(maxsize=1024)
def readable(colour: str, ground: str, enough: float = ENOUGH) -> str:
    """The colour, moved towards black or white until it stands out enough from the ground."""
    light, parts = text_on(ground) == "#fff", _parts(colour)
    goal = 255 if light else 0
    for step in range(_STEPS + 1):
        mixed = [round(part + (goal - part) * step / _STEPS) for part in parts]
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if _contrast(found, ground) >= enough:
            return found
    return "#ffffff" if light else "#000000"


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
