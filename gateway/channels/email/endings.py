"""What stands below a person's words and is not theirs: signatures and "Sent from my phone"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import footers
from gateway.channels.email.lines import fold
from gateway.channels.email.openings import opening

if TYPE_CHECKING:
    from gateway.channels.email.lines import Lines

_MAX_FOOTER: Final = 130
_DELIMITER = re.compile(r"-{2,}|_{2,}|\u2014+|\u2013{2,}|\u2010{2,}")
_MAX_CLAUSE: Final = 11
_FULL_LINE: Final = 45
_MAX_TAIL: Final = 80
_MAX_TAIL_WORDS: Final = 4
_UNDERLINE: Final = 4
_LONGEST_DELIMITER: Final = 4
_SIGNATURE_LINES: Final = 12
_QUESTION: Final = ("?", "\uff1f", "\u061f")
_FROM: Final = tuple(fold(words) for words in footers.FROM)
_WITH: Final = tuple(fold(words) for words in footers.WITH)
_FRAMES: Final = tuple((fold(start), fold(end)) for start, end in footers.FRAMES)
_EXCUSES: Final = tuple(fold(words) for words in footers.EXCUSES)
_KNOWN_LINES: Final = frozenset(fold(words) for words in footers.KNOWN_LINES)
_BEGINNINGS: Final = _FROM + _WITH
_LAST_WORDS: Final = tuple({end for _, end in _FRAMES})


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Match one of these as a word; endings may be glued on ("iPhone'umdan", "iPhonesta")."""
    listed = "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{listed})(?![a-z])|iphon|ipad|outlook|android")


_MAKES: Final = _any_of(footers.MAKES)
_THINGS: Final = _any_of(footers.MAKES + footers.THINGS)
# "with my phone": a thing of the writer's own needs no make.
_OWN = re.compile(
    r"(?<!\w)(?:my|mijn|mein\w*|mon|ma|mi|min|mitt|mio|mia|meu|minha|moj\w*|m\u00f3j\w*"
    r"|\u043c\u043e\u0435\w*|\u043c\u043e\u0433\u043e)(?!\w)"
)
_TARGET = re.compile(r"[<\[(] ?(?:https?:|mailto:)[^<>\[\]()\s]{0,400} ?[>\])]|https?://\S+")
_CLAUSE = re.compile(r"[,;!?]|\.(?:\s|$)|(?<=\w) (?:because|but|and|weil|aber|car|mais|porque) ")


def is_delimiter(lines: Lines, place: int) -> bool:
    """Tell whether this line cuts the signature off: ``-- ``, ``---``, ``__``, a dash alone.

    A row of dashes as long as the line above it underlines a title instead, and a longer one may
    part two questions: no signature asks one.
    """
    line = lines.folded[place]
    if not _DELIMITER.fullmatch(line):
        return False
    if len(line) > _LONGEST_DELIMITER and _asks(lines, place + 1):
        return False
    if len(line) < _UNDERLINE or line[0] not in "-" or place == 0 or lines.is_blank(place - 1):
        return True
    above = len(lines.raw[place - 1].strip())
    return abs(above - len(line)) > 2 or lines.is_blank(place + 1)


def _asks(lines: Lines, place: int) -> bool:
    """Tell whether a question follows, before any quote."""
    for at in range(place, min(place + _SIGNATURE_LINES, len(lines))):
        if lines.is_quoted(at) or _DELIMITER.fullmatch(lines.folded[at]) or opening(lines, at):
            return False
        if lines.folded[at].endswith(_QUESTION):
            return True
    return False


def is_footer(lines: Lines, place: int) -> bool:
    """Tell whether a mail program or a virus scanner wrote this line.

    "Sent from my …" counts when it names a device or a program; when it names none, only as the
    last line before a quote, a signature or the end, and only as one short clause: "Sent from my
    desk, which is easier" is a person's sentence.
    """
    line = lines.folded[place]
    if not line or len(line) > 400:
        return False
    if line in _KNOWN_LINES or (
        ("av" in line or "#dab4" in line) and any(words in line for words in footers.SCANNERS)
    ):
        return True
    bare = (_TARGET.sub(" ", line) if ":" in line else line).strip(
        " *_-.[]()<>|\u2013\u2014\u201c\u201d\"'\uff3b\uff3d\u2022"
    )
    if len(bare) > _MAX_FOOTER or not (bare.startswith(_BEGINNINGS) or bare.endswith(_LAST_WORDS)):
        return False
    clause = _CLAUSE.split(bare, maxsplit=1)[0]
    words = len(bare.split())
    fits = words <= 8 or (words <= 18 and (_is_last(lines, place) or is_tail(lines, place + 1)))
    if bare.startswith(_FROM) and _THINGS.search(clause) and len(clause.split()) <= _MAX_CLAUSE:
        return fits
    if bare.startswith(_WITH):
        own = _OWN.search(clause) and _THINGS.search(clause)
        return fits and bool(own or _MAKES.search(clause))
    if any(bare.startswith(start) and bare.endswith(end) for start, end in _FRAMES):
        return fits and _THINGS.search(clause) is not None
    return bare.startswith("sent from") and clause == bare and words <= 7 and _is_last(lines, place)


def is_excuse(lines: Lines, place: int) -> bool:
    """Tell whether this line, below a footer, asks to excuse its typing errors."""
    return len(lines.folded[place]) <= _MAX_FOOTER and lines.folded[place].startswith(_EXCUSES)


def is_tail(lines: Lines, place: int) -> bool:
    """Tell whether this line, right below a footer, is the footer's end that was wrapped.

    It is a word with a link behind it, or goes on in lower case below a line that was full; a name
    below "Sent from my phone" is neither.
    """
    if place < 1 or lines.is_blank(place) or lines.is_quoted(place):
        return False
    line = lines.raw[place].strip()
    if len(line) > _MAX_TAIL or len(line.split()) > _MAX_TAIL_WORDS:
        return False
    if _TARGET.search(line):
        return line[0].isalpha() and not line.startswith("http")
    return line[0].islower() and len(lines.raw[place - 1]) >= _FULL_LINE


def is_bare_target(lines: Lines, place: int) -> bool:
    """Tell whether this line is only a link: below a footer it is the footer's."""
    line = lines.folded[place]
    return bool(line) and not _TARGET.sub("", line).strip(" <>[]()")


def _is_last(lines: Lines, place: int) -> bool:
    below = lines.next_filled(place + 1)
    return (
        below >= len(lines)
        or lines.is_quoted(below)
        or is_delimiter(lines, below)
        or is_excuse(lines, below)
        or lines.folded[below].startswith(_BEGINNINGS)
        or opening(lines, below) > 0
    )
