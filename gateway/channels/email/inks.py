"""Styles of mail HTML that may stay: what emphasises, and nothing that hides, moves or fetches.

Words are shown on white, so a colour stays only when it can be read there: white on white is how a
mail says one thing to a filter or a machine and another to a person.
"""

from __future__ import annotations

import re
from typing import Final

LEAST_CONTRAST: Final = 2.0
_NAMED: Final = {
    "black": "000000", "red": "ff0000", "blue": "0000ff", "green": "008000", "navy": "000080",
    "maroon": "800000", "purple": "800080", "teal": "008080", "olive": "808000", "gray": "808080",
    "grey": "808080", "darkred": "8b0000", "darkblue": "00008b", "darkgreen": "006400",
    "crimson": "dc143c", "brown": "a52a2a", "magenta": "ff00ff", "fuchsia": "ff00ff",
    "orangered": "ff4500", "indigo": "4b0082", "royalblue": "4169e1", "steelblue": "4682b4",
    "darkorange": "ff8c00", "dimgray": "696969", "firebrick": "b22222", "chocolate": "d2691e",
    "slategray": "708090", "darkslategray": "2f4f4f", "seagreen": "2e8b57", "mediumblue": "0000cd",
    "windowtext": "000000",
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")
_RGB = re.compile(r"rgb\(\s{0,4}(\d{1,3})\s{0,4},\s{0,4}(\d{1,3})\s{0,4},\s{0,4}(\d{1,3})\s{0,4}\)")
_VALUES: Final = {
    "font-style": re.compile("italic|oblique|normal"),
    "font-weight": re.compile("bold|bolder|normal|lighter|[1-9]00"),
    "text-align": re.compile("left|right|center|justify|start|end"),
    "text-decoration": re.compile("underline|line-through|none"),
    "white-space": re.compile("normal|nowrap|pre|pre-wrap|pre-line"),
    "border-collapse": re.compile("collapse|separate"),
    "direction": re.compile("ltr|rtl"),
}
_MAX_STYLE: Final = 4_000


def style(value: str) -> str | None:
    """Give what may stay of a ``style`` attribute; ``None`` when that is nothing."""
    kept: list[str] = []
    for each in value[:_MAX_STYLE].lower().split(";"):
        name, _, said = (part.strip() for part in each.partition(":"))
        said = said.removesuffix("!important").strip()
        pattern = _VALUES.get(name)
        if (pattern and pattern.fullmatch(said)) or (name == "color" and is_legible(said)):
            kept.append(f"{name}:{said}")
    return ";".join(kept) or None


def is_legible(colour: str) -> bool:
    """Tell whether a colour can be read on white; one that is written in another way cannot."""
    colour = colour.strip().lower()
    if match := _RGB.fullmatch(colour):
        rgb = [min(int(each), 255) for each in match.groups()]
    elif match := _HEX.fullmatch(_NAMED.get(colour, colour)):
        digits = match[1] if len(match[1]) == 6 else "".join(each * 2 for each in match[1])
        rgb = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    else:
        return False
    # WCAG 2.2, relative luminance and contrast ratio.
    red, green, blue = ((c / 12.92) if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                        for c in (each / 255 for each in rgb))  # fmt: skip
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 1.05 / (luminance + 0.05) >= LEAST_CONTRAST
