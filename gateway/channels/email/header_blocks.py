"""Quoted header blocks: From, Sent, To, Subject in many languages, one to a line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from gateway.channels.email import attributions
from gateway.channels.email.lines import fold

if TYPE_CHECKING:
    from gateway.channels.email.lines import Lines

_MAX_HEADER_LINES: Final = 14
_MAX_WHEN: Final = 40
_NO_KINDS: Final[frozenset[str]] = frozenset()
_KINDS: Final[dict[str, frozenset[str]]] = {}
for _kind, _labels in attributions.LABELS.items():
    for _label in _labels:
        _KINDS[fold(_label)] = _KINDS.get(fold(_label), _NO_KINDS) | {_kind}

_FROM: Final = frozenset({"from"})
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_TIME = re.compile(r"\d{1,2} ?[:.h\u6642\u70b9\uc2dc] ?\d{2}(?!\d)|(?:\uc624\uc804|\uc624\ud6c4)")
_ADDRESSED = re.compile(r"[<\[] ?(?:mailto:)?[^\s<>@]+@[^\s<>@]+[>\]]")
_ANY_LABEL = re.compile(r"[*_ ]{0,3}[^\W\d_][^\d:@<>]{0,24}[:\uff1a]")
_LABEL_ORNAMENTS: Final = "*_| \u2022"


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
        found = label_kinds(lines.folded[at])
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
        return _unknown_block(lines, place)
    while misses and not lines.is_blank(end) and not lines.is_quoted(end):
        end, misses = end + 1, misses - 1
    return end - place


def column_block(lines: Lines, place: int) -> int:
    """Say how many lines Notes' block takes: a person, a day and time, "To" and "Subject" alone."""
    when = lines.next_filled(place + 1)
    if when > place + 2 or when >= len(lines):
        return 0
    told = lines.folded[when]
    if not (_TIME.search(told) and _YEAR.search(told) and len(told) <= _MAX_WHEN):
        return 0
    kinds: set[str] = set()
    at = when
    for _ in range(_MAX_HEADER_LINES):
        at = lines.next_filled(at + 1)
        if at >= len(lines):
            break
        kinds |= _KINDS.get(lines.folded[at].strip(_LABEL_ORNAMENTS + ":"), _NO_KINDS)
        if {"to", "subject"} <= kinds:
            return lines.next_filled(at + 1) - place
    return 0


def _unknown_block(lines: Lines, place: int) -> int:
    """Say how many lines a block takes whose labels no table knows.

    Three labels or more, a bracketed address under one of the first two, a day with its time: a
    person's own list has not all of these, in any language.
    """
    labelled: list[str] = []
    end = at = place
    for _ in range(_MAX_HEADER_LINES):
        if lines.is_double_spaced:
            at = lines.next_filled(at)
        if at >= len(lines) or not _ANY_LABEL.match(lines.folded[at]):
            break
        labelled.append(lines.folded[at])
        end = at = at + 1
    if len(labelled) < 3 or not lines.is_blank(end):
        return 0
    text = " ".join(labelled)
    if not (_YEAR.search(text) and _TIME.search(text) and _ADDRESSED.search(text[:200])):
        return 0
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
    if "from" not in label_kinds(line):
        return False
    labels = (word.rstrip(":").strip(_LABEL_ORNAMENTS) for word in line.split() if ":" in word)
    kinds: set[str] = set().union(*(_KINDS.get(label, _NO_KINDS) for label in labels))
    return len(kinds) >= 4 and {"from", "subject"} <= kinds


@lru_cache(maxsize=64)  # Blocks are looked for from each line on: each line is asked several times.
def label_kinds(line: str) -> frozenset[str]:
    """Say what a folded line's label may stand for; nothing when it bears none."""
    label, colon, _ = line[:60].replace("\uff1a", ":").lstrip(_LABEL_ORNAMENTS).partition(":")
    if not colon or len(label) > 30:
        return _NO_KINDS
    label = label.strip(_LABEL_ORNAMENTS)
    return _KINDS.get(label) or _KINDS.get(label.replace(" ", "")) or _NO_KINDS
