"""Where a quote begins: marker and separator lines, header blocks, attributions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import attributions, footers
from gateway.channels.email.header_blocks import column_block, header_block, label_kinds
from gateway.channels.email.introductions import attribution, has_verb_at_end
from gateway.channels.email.lines import fold

if TYPE_CHECKING:
    from gateway.channels.email.lines import Lines

# Put above the quote in the mail that we send: what stands below is not the shopper's.
MARKER: Final = "## Reply above this line ##"

_SEPARATORS: Final = frozenset(fold(words) for words in attributions.SEPARATORS)
_FORWARDS: Final = frozenset(fold(words) for words in attributions.FORWARD_OPENINGS)
_MARKERS: Final = tuple(fold(words) for words in footers.MARKER_WORDS)
_FORWARD_STARTS: Final = ("forwarded by ", "forwarded message from ")
_FORWARD_TITLES: Final = frozenset(
    title for title in _SEPARATORS if any(stem in title for stem in attributions.FORWARD_STEMS)
)
_ABOVE = re.compile("|".join(rf"(?<![a-z]){re.escape(fold(word))}" for word in footers.ABOVE_WORDS))
_LINE = re.compile("|".join(rf"(?<![a-z]){re.escape(fold(word))}" for word in footers.LINE_WORDS))
_GROUPWISE = re.compile(r">>> [^>]+(?:<[^<>]+>)?[^>]*\d{1,2}:\d\d[^>]*>>>")
_MAX_TITLE: Final = 300
_MAX_TITLE_WORDS: Final = 5
_COLONS: Final = (":", "\uff1a", "\ufe55", ":-")
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015_=*~ "
_MARKER_STARTS: Final = ("##", "==", "--- ", "-- ", "~~")
_MARKER_ORNAMENTS: Final = "#-=*_~<>[]{}|+\u2014\u2013\u2191"


def opening(lines: Lines, place: int) -> int:
    """Say how many lines from here on introduce a quote; 0 when none does."""
    if is_marker(lines, place):
        return 1
    if is_separator(lines, place):
        below = lines.next_filled(place + 1)
        more = header_block(lines, below, after_separator=True) or attribution(lines, below)
        return below + more - place if more else 1
    return attribution(lines, place) or header_block(lines, place) or column_block(lines, place)


def is_groupwise(lines: Lines, place: int) -> bool:
    """Tell whether this is GroupWise's ``>>> Ada <a@b> 12/03/2024 16:31 >>>``; no marks follow."""
    line = lines.folded[place]
    return len(line) <= _MAX_TITLE and _GROUPWISE.fullmatch(line) is not None


def is_marker(lines: Lines, place: int) -> bool:
    """Tell whether this line asks to write above it, in our words or another desk's."""
    line = lines.folded[place]
    if fold(MARKER) in line:
        return True
    if not line or len(line) > 140:
        return False
    if line.startswith(_MARKER_STARTS) and line[-1] not in _MARKER_ORNAMENTS:
        line += " " + lines.folded[place + 1][:140] if place + 1 < len(lines) else ""
    if line[0] in _MARKER_ORNAMENTS or line[-1] in _MARKER_ORNAMENTS:
        return any(words in line for words in _MARKERS) or _points_above(line)
    return line.strip(" .:") in _MARKERS


def _points_above(line: str) -> bool:
    """Tell whether an ornamented line speaks of "above" or "below" and of a "line"."""
    lead = len(line) - len(line.lstrip(_MARKER_ORNAMENTS))
    trail = len(line) - len(line.rstrip(_MARKER_ORNAMENTS))
    if lead + trail < 2 or not lead:
        return False
    return bool(_ABOVE.search(line) and _LINE.search(line))


def is_forward(lines: Lines, place: int) -> bool:
    """Tell whether this line begins a forwarded mail: nothing below it is the writer's."""
    line = lines.folded[place]
    core = line.strip(_DASHES + ":\uff1a").strip()
    if core in _FORWARDS:
        return True
    return core in _FORWARD_TITLES or core.startswith(_FORWARD_STARTS)


def is_separator(lines: Lines, place: int) -> bool:
    """Tell whether this line is a title like ``-----Original Message-----``."""
    line = lines.folded[place]
    if not line or len(line) > _MAX_TITLE:
        return False
    if line[0] not in _DASHES and line[-1] not in _DASHES + ":\uff1a" and line not in _SEPARATORS:
        return False
    core = line.strip(_DASHES + ":\uff1a").strip()
    lead = len(line) - len(line.lstrip(_DASHES))
    trail = len(line) - len(line.rstrip(_DASHES))
    if lead >= 2 and core.partition("--")[0].strip() in _SEPARATORS:
        return True  # Samsung's program may let the headers follow in the same line.
    if lead >= 2 or trail >= 2:
        titled = core in _SEPARATORS or core in attributions.SHORT_SEPARATORS
        if titled or core.startswith((*_FORWARD_STARTS, "original message from ")):
            return True
        if lead >= 2 and trail >= 2:
            return has_verb_at_end(core) or _titles_quote(lines, place, core)
        return False
    if core in _FORWARDS and line.endswith(_COLONS):
        return True
    below = lines.next_filled(place + 1)
    return core in _SEPARATORS and below < len(lines) and bool(label_kinds(lines.folded[below]))


def _titles_quote(lines: Lines, place: int, core: str) -> bool:
    """Tell whether words between dashes, in any language, stand over headers or an attribution."""
    if not 0 < len(core.split()) <= _MAX_TITLE_WORDS:
        return False
    below = lines.next_filled(place + 1)
    return below < len(lines) and bool(
        header_block(lines, below, after_separator=True) or attribution(lines, below)
    )
