"""Where a quote begins: attributions, header blocks, separator and marker lines.

Each recogniser looks at a handful of lines of bounded length, so a mail costs time linear to its
size however hostile it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from gateway.channels.email import attributions, footers
from gateway.channels.email.lines import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.channels.email.lines import Lines

# Put above the quote in the mail that we send: what stands below is not the shopper's.
MARKER: Final = "## Reply above this line ##"

_MAX_SPAN: Final = 5
_MAX_ATTRIBUTION: Final = 420
_MAX_HEADER_LINES: Final = 14


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))


_VERB = re.compile(
    rf"(?<!\w)(?:{_alternatives(attributions.VERBS)})(?!\w)"
    rf"|(?:{_alternatives(attributions.VERBS_UNSPACED)})"
)
_OPENERS: Final = tuple(fold(word) + " " * word.endswith(" ") for word in attributions.OPENERS)
_CITING: Final = tuple(fold(word) + " " for word in attributions.CITING_OPENERS)
_OWN: Final = attributions.OWN_WORDS
_SEPARATORS: Final = frozenset(fold(words) for words in attributions.SEPARATORS)
_FORWARDS: Final = frozenset(fold(words) for words in attributions.FORWARD_OPENINGS)
_MARKERS: Final = tuple(fold(words) for words in footers.MARKER_WORDS)
_NO_KINDS: Final[frozenset[str]] = frozenset()
_KINDS: Final[dict[str, frozenset[str]]] = {}
for _kind, _labels in attributions.LABELS.items():
    for _label in _labels:
        _KINDS[fold(_label)] = _KINDS.get(fold(_label), _NO_KINDS) | {_kind}

_FROM: Final = frozenset({"from"})
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DATE = re.compile(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}")
_TIME = re.compile(r"\d{1,2} ?[:.h\u6642\u70b9\uc2dc] ?\d{2}(?!\d)|(?:\uc624\uc804|\uc624\ud6c4)")
_ENDS_IN_ADDRESS = re.compile(r"[^\s<>@]+@ ?[^\s<>@]+>?\)?,? ?[:\uff1a]$")
_FULL_STOP = re.compile(r"^[^\d@]*\.$")
_COLONS: Final = (":", "\uff1a", "\ufe55", ":-")
_ENDS_OF_STRONG: Final = (
    *_COLONS,
    *(fold(word) for word in attributions.VERBS + attributions.VERBS_UNSPACED),
)
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015_=*~ "
_LABEL_ORNAMENTS: Final = "*_| \u2022"
_MARKER_ORNAMENTS: Final = "#-=*_~<>[]{}|+\u2014\u2013\u2191"


def opening(lines: Lines, place: int) -> int:
    """Say how many lines from here on introduce a quote; 0 when none does."""
    if is_marker(lines, place):
        return 1
    if is_separator(lines, place):
        below = lines.next_filled(place + 1)
        more = header_block(lines, below, after_separator=True) or attribution(lines, below)
        return below + more - place if more else 1
    return attribution(lines, place) or header_block(lines, place)


def is_marker(lines: Lines, place: int) -> bool:
    """Tell whether this line asks to write above it, in our words or another desk's."""
    line = lines.folded[place]
    if fold(MARKER) in line:
        return True
    if not line or len(line) > 140:
        return False
    if line[0] in _MARKER_ORNAMENTS or line[-1] in _MARKER_ORNAMENTS:
        return any(words in line for words in _MARKERS)
    return line.strip(" .:") in _MARKERS


def is_separator(lines: Lines, place: int) -> bool:
    """Tell whether this line is a title like ``-----Original Message-----``."""
    line = lines.folded[place]
    if not line or len(line) > 300:
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
        if titled or core.startswith(("forwarded by ", "original message from ")):
            return True
        return lead >= 2 and trail >= 2 and _has_verb_at_end(core)
    if core in _FORWARDS and line.endswith(_COLONS):
        return True
    below = lines.next_filled(place + 1)
    return core in _SEPARATORS and below < len(lines) and bool(_label_kinds(lines.folded[below]))


def _has_verb_at_end(text: str) -> bool:
    verbs = list(_VERB.finditer(text))
    return bool(verbs) and (verbs[-1].end() >= len(text) - 1 or _has_when(text))


def header_block(lines: Lines, place: int, *, after_separator: bool = False) -> int:
    """Say how many lines a block of From, Sent, To, Subject takes; 0 when there is none."""
    if _is_flattened(lines.folded[place] if place < len(lines) else ""):
        return 1
    kinds: set[str] = set()
    evidence: list[str] = []
    end = at = place
    misses = 0
    for _ in range(_MAX_HEADER_LINES):
        at = lines.next_filled(at)
        if at >= len(lines) or lines.is_quoted(at):
            break
        found = _label_kinds(lines.folded[at])
        if found == _FROM and kinds >= _FROM:
            break  # A block names its writer once.
        if found:
            kinds |= found
            misses = 0
            end = at + 1
            evidence.append(lines.folded[at])
        elif not kinds or misses == 2 or lines.is_blank(at - 1):
            break
        else:
            misses += 1  # A long list of recipients runs on in the next line.
        at += 1
    if not _is_block(kinds, " ".join(evidence), after_separator=after_separator):
        return 0
    while misses and not lines.is_blank(end) and not lines.is_quoted(end):
        end, misses = end + 1, misses - 1
    return end - place


def _is_block(kinds: set[str], text: str, *, after_separator: bool) -> bool:
    """Weigh the labels: "From: Paris, To: London, Date: 5 July" is a shopper's own list."""
    if "from" not in kinds or len(kinds) < 2:
        return False
    if after_separator or ("subject" in kinds and len(kinds) >= 3):
        return True
    if "@" in text and ("date" in kinds or "subject" in kinds):
        return True
    return len(kinds) >= 3 and bool(_YEAR.search(text) and _TIME.search(text))


def _is_flattened(line: str) -> bool:
    """Tell whether one line holds the whole block: some programs drop its breaks."""
    if "from" not in _label_kinds(line):
        return False
    labels = (word.rstrip(":").strip(_LABEL_ORNAMENTS) for word in line.split() if ":" in word)
    kinds: set[str] = set().union(*(_KINDS.get(label, _NO_KINDS) for label in labels))
    return len(kinds) >= 4 and {"from", "subject"} <= kinds


@lru_cache(maxsize=64)  # Blocks are looked for from each line on: each line is asked several times.
def _label_kinds(line: str) -> frozenset[str]:
    label, colon, _ = line[:60].replace("\uff1a", ":").lstrip(_LABEL_ORNAMENTS).partition(":")
    if not colon or len(label) > 30:
        return _NO_KINDS
    label = label.strip(_LABEL_ORNAMENTS)
    return _KINDS.get(label) or _KINDS.get(label.replace(" ", "")) or _NO_KINDS


def attribution(lines: Lines, place: int) -> int:
    """Say how many lines "On …, X wrote:" takes here; 0 when there is none.

    A strong one (who, when, "wrote") opens a quote by itself; a weak one only directly above quote
    marks.
    """
    pieces: list[str] = []
    if not lines.is_punctuated_within(place, _MAX_SPAN):
        return 0
    for at in range(place, min(place + _MAX_SPAN, len(lines))):
        line = lines.folded[at]
        if not line or lines.is_quoted(at) or len(line) > _MAX_ATTRIBUTION:
            break
        pieces.append(line)
        joined = " ".join(pieces)
        if len(joined) > _MAX_ATTRIBUTION + 200:
            break
        if "@" in joined or joined.endswith(_COLONS):
            quotes_follow = lines.is_quoted(lines.next_filled(at + 1))
            if _fits(joined, quotes_follow=quotes_follow) or _runs_into_quote(joined):
                later = _starts_later(pieces, quotes_follow=quotes_follow)
                return 0 if later else len(pieces)
        if line.endswith(("!", "?", *_COLONS)) or _FULL_STOP.search(line):
            break  # Attributions run on over lines, but not over sentences.
    return 0


def _starts_later(pieces: list[str], *, quotes_follow: bool) -> bool:
    """Tell whether the attribution begins further down, so that this first line is the writer's."""
    first = pieces[0]
    dated = re.search(r"\d", first) is not None
    if dated and (_opens(first) or (_starts_dated(first) and _has_when(first))):
        return False
    for start in range(1, len(pieces)):
        rest = " ".join(pieces[start:])
        says = "@" in rest or _VERB.search(rest)
        if (
            rest[0] in "<([,"
            or (dated and rest[0].isdigit())
            or not (says or not ("@" in first or _VERB.search(first)))
        ):
            continue
        if not (_fits(rest, quotes_follow=quotes_follow) or _runs_into_quote(rest)):
            continue
        later = pieces[start]
        if _opens(first) and not (_opens(later) and re.search(r"\d", later)):
            continue
        if not _VERB.match(rest):
            return True
    return False


def _fits(text: str, *, quotes_follow: bool) -> bool:
    core = text.strip("*_- ")
    if quotes_follow and _is_weak(core):
        return True
    return _is_strong(core)


def _is_weak(text: str) -> bool:
    if len(text.split()) > 30:
        return False
    if not text.endswith(_COLONS):  # Gmail once wrote "2011/11/7 Ada <ada@acme.example>".
        return bool(_DATE.match(text) and _ENDS_IN_ADDRESS.search(text + ":"))
    if text.startswith(_CITING) or _VERB.search(text) or _ENDS_IN_ADDRESS.search(text):
        return True
    return bool((_YEAR.search(text) or _DATE.search(text)) and _TIME.search(text))


def _is_strong(text: str) -> bool:
    if len(text.split()) > 60 or not text.endswith(_ENDS_OF_STRONG):
        return False
    verb = _VERB.search(text)
    if verb is None:
        return (
            _ENDS_IN_ADDRESS.search(text) is not None
            and _starts_dated(text)
            and bool(_YEAR.search(text) or _DATE.search(text))
            and bool(_TIME.search(text))
        )
    if any(own in text for own in _OWN):
        return False
    if not text.endswith(_COLONS):
        return "@" in text and _has_when(text) and _opens(text)
    if _has_when(text):
        early = len(text[: verb.start()].split()) <= 5
        short = len(text.split()) <= 14 and bool(_TIME.search(text) and _DATE.search(text))
        return short or early or _opens(text) or _starts_dated(text) or _names_first(text)
    return _names_first(text)


def _has_when(text: str) -> bool:
    return bool(_YEAR.search(text) or _DATE.search(text) or _TIME.search(text))


def _opens(text: str) -> bool:
    return text.startswith(_OPENERS)


def _starts_dated(text: str) -> bool:
    return any(char.isdigit() for word in text.split(None, 3)[:3] for char in word)


def _names_first(text: str) -> bool:
    """Tell whether it begins ``X <x@y>``, a name of at most six words."""
    before, at, _ = text.partition("@")
    return bool(at) and len(before.split()) <= 7 and not before.startswith(("<", "("))


def _runs_into_quote(text: str) -> bool:
    """Tell whether the quoted words follow "wrote:" in the same line, as Yahoo's app has it."""
    if not (_YEAR.search(text) and (_opens(text) or _starts_dated(text))):
        return False
    for verb in _VERB.finditer(text[:_MAX_ATTRIBUTION]):
        rest = text[verb.end() :].lstrip(" ")
        if rest.startswith(_COLONS) and rest.strip(": \uff1a*_"):
            head = text[: verb.end()] + ":"
            return "@" in head and bool(_YEAR.search(head)) and _is_strong(head)
    return False
