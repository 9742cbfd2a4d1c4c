"""The part of a text that shows why it was found, with the places that answer the query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from gateway.core.folding import LONGEST_TOKEN, Token, spans
from gateway.core.search_query import Phrase, Term

MOST_SHOWN: Final = 200  #: characters
BEFORE: Final = 60  #: characters of what comes before the first place
MOST_READ: Final = 20_000  #: characters of a text in which places are looked for
MOST_MARKS: Final = 40
_SPACE: Final = re.compile(r"\s")


class Excerpt(NamedTuple):
    """``text`` on one line, and ``marks``: pairs of where in it a place begins and ends.

    Offsets count UTF-16 code units, as JavaScript's strings do. ``…`` stands for what is left out.
    """

    text: str
    marks: tuple[tuple[int, int], ...]


def excerpt(text: str, terms: Sequence[Term]) -> Excerpt:
    """The part of ``text`` around the first place that answers one of the terms."""
    found = places(text[:MOST_READ], terms)
    first = found[0][0] if found else 0
    begin = 0 if first <= BEFORE else _word_at(text, first - BEFORE, first)
    end = min(len(text), begin + MOST_SHOWN)
    if end < len(text):
        end = max(_word_before(text, end, begin), found[0][1] if found else 0)
    shown = text[begin:end]
    if not shown.isprintable():  # no white space but the space itself is
        shown = _SPACE.sub(" ", shown)
    head = "…" if begin > 0 else ""
    tail = "…" if end < len(text) else ""
    ahead = len(head) - begin
    marks = [
        (_units(head + shown[: start - begin]), _units(head + shown[: min(stop, end) - begin]))
        if not shown.isascii()
        else (start + ahead, min(stop, end) + ahead)
        for start, stop in found
        if begin <= start < end
    ]
    return Excerpt(head + shown + tail, tuple(marks[:MOST_MARKS]))


def places(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the phrases of the terms stand in the text, in order and without overlaps."""
    if text.isascii():
        lowered = text.lower()
        found = [
            (each.start(), each.end(1))
            for one in _patterns(tuple(terms))
            for each in one.finditer(lowered)
        ]
    else:
        tokens = spans(text)
        phrases = {phrase for term in terms for phrase in term}
        found = [place for each in phrases for place in _places_of(each, tokens)]
    found.sort()
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@lru_cache(maxsize=256)
def _patterns(terms: tuple[Term, ...]) -> tuple[re.Pattern[str], ...]:
    """The same as ``_places_of`` for most of what is written: nothing to fold, nothing to cut."""
    found = (_pattern(phrase) for term in terms for phrase in term)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _pattern(phrase: Phrase) -> re.Pattern[str] | None:
    if not all(each.isascii() for each in phrase.tokens):
        return None
    # Of a token that was cut short nobody knows how it went on.
    begins = [each if len(each) < LONGEST_TOKEN else f"{each}[0-9a-z]*" for each in phrase.tokens]
    end = "[0-9a-z]*" if phrase.is_start else "(?![0-9a-z])"
    first = phrase.tokens[0]
    rest = "[^0-9a-z]+".join(begins).removeprefix(first)
    # Begins with plain characters, for which a text is searched many times faster than for what
    # is looked up at each place; the next match may begin within what follows the first token.
    return re.compile(rf"{first}(?<![0-9a-z]{first})(?=({rest}{end}))")


def _places_of(phrase: Phrase, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    wanted = phrase.tokens
    found = []
    for at in range(len(tokens) - len(wanted) + 1):
        if all(tokens[at + n].text == each for n, each in enumerate(wanted[:-1])):
            last = tokens[at + len(wanted) - 1]
            goes_on = phrase.is_start and last.text.startswith(wanted[-1])
            if last.text == wanted[-1] or goes_on:
                found.append((tokens[at].start, _end(last, wanted[-1])))
    return found


def _end(token: Token, wanted: str) -> int:
    """Of a pair that begins with the one character that was asked for only that is marked."""
    if len(wanted) == 1 and not wanted.isascii() and len(token.text) == 2:
        return token.start + 1
    return token.end


def _word_at(text: str, at: int, latest: int) -> int:
    while at < latest and not text[at - 1].isspace():
        at += 1
    return at if at < latest else latest - BEFORE


def _word_before(text: str, at: int, earliest: int) -> int:
    cut = at
    while cut > earliest + MOST_SHOWN // 2 and not text[cut - 1].isspace():
        cut -= 1
    return cut if cut > earliest + MOST_SHOWN // 2 else at


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
