"""The lines of a mail, with what the recognisers of quotes ask of them, each in constant time."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

# Longer lines are words; no mail program writes an attribution or a header of that length.
MAX_LINE: Final = 600

_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029\x85]")
# Vowel points of Arabic and Hebrew too, and what only stretches a word: only some write them.
_INVISIBLE = re.compile(
    "[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u0640\u064b-\u0652\u0670]"
)
# Marks without a width that programs leave at the ends of lines.
_NOTHING: Final = "\u200b\u2060\ufeff"
_PUNCTUATION = re.compile("[:@\uff1a\ufe55]")
_AT_END: Final = f"{_NOTHING} \t\xa0"
_SPACES = re.compile(r"\s+")
_QUOTE = re.compile(r"\s*(?:>|&gt;|\uff1e)(?!(?:[_.]<|:-?[()]))")
_INITIALS = re.compile(r"\s?(?!PS>)[A-Z\u0410-\u042f]{1,3}>(?:\s|$|>)")


def fold(text: str) -> str:
    """Make text comparable: no case, no invisible marks or vowel points, one kind of space, NFC."""
    if text.isascii():
        return " ".join(text.split()).lower()
    seen = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
    # Turkish capital dotted I case-folds to two code points; the tables are written with one.
    return unicodedata.normalize("NFC", seen).casefold().replace("i\u0307", "i")


class Lines:
    """A mail's text as lines; only the quote marks may be corrected."""

    def __init__(self, text: str) -> None:
        self.raw = [line.lstrip(_NOTHING).rstrip().rstrip(_AT_END) for line in _BREAKS.split(text)]
        self.folded = [fold(line) if len(line) <= MAX_LINE else "" for line in self.raw]

    def __len__(self) -> int:
        return len(self.raw)

    def is_blank(self, place: int) -> bool:
        """Tell whether this line shows nothing; past the end all is blank."""
        return place >= len(self.raw) or not self._filled[place]

    def is_quoted(self, place: int) -> bool:
        """Tell whether this line bears a quote mark."""
        return place < len(self.raw) and self._quoted[place]

    def mark(self, places: Iterable[int], *, quoted: bool) -> None:
        """Say of these lines that they bear a quote mark, or that they do not."""
        for place in places:
            self._quoted[place] = quoted

    def next_filled(self, place: int) -> int:
        """Give the first line from here on that is not blank, or the number of lines."""
        return self._next[min(place, len(self.raw))]

    def is_punctuated_within(self, place: int, count: int) -> bool:
        """Tell whether one of these many lines holds a colon or an ``@``, as attributions do."""
        return self._punctuated[min(place, len(self.raw))] < place + count

    @cached_property
    def is_double_spaced(self) -> bool:
        """Whether a blank line follows each line, as in text that was made of HTML paragraphs."""
        return not any(
            this and following
            for this, following in zip(self._filled, self._filled[1:], strict=False)
        )

    @cached_property
    def _punctuated(self) -> list[int]:
        following = [len(self.raw)] * (len(self.raw) + 1)
        for place in range(len(self.raw) - 1, -1, -1):
            found = _PUNCTUATION.search(self.folded[place])
            following[place] = place if found else following[place + 1]
        return following

    @cached_property
    def _filled(self) -> list[bool]:
        return [
            bool(line) and (len(line) > MAX_LINE or bool(folded))
            for line, folded in zip(self.raw, self.folded, strict=True)
        ]

    @cached_property
    def _quoted(self) -> list[bool]:
        heads = (_INVISIBLE.sub("", line[:80]) for line in self.raw)
        return [bool(_QUOTE.match(head) or _INITIALS.match(head)) for head in heads]

    @cached_property
    def _next(self) -> list[int]:
        following = [len(self.raw)] * (len(self.raw) + 1)
        for place in range(len(self.raw) - 1, -1, -1):
            following[place] = place if self._filled[place] else following[place + 1]
        return following
