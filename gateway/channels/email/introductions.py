"""Attributions: "On 12 March, Ada wrote:" in many languages, over one line or several.

A strong one (who, when, "wrote") opens a quote by itself, a weak one only directly above quote
marks. Each look takes a handful of lines of bounded length, so the time is linear to the mail's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import attributions
from gateway.channels.email.lines import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.channels.email.lines import Lines

_MAX_SPAN: Final = 5
_MAX_ATTRIBUTION: Final = 420


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))


_VERB = re.compile(
    rf"(?<!\w)(?:{_alternatives(attributions.VERBS)})(?!\w)"
    rf"|(?:{_alternatives(attributions.VERBS_UNSPACED)})"
)
_OPENERS: Final = tuple(fold(word) + " " * word.endswith(" ") for word in attributions.OPENERS)
_CITING: Final = tuple(fold(word) + " " for word in attributions.CITING_OPENERS)
_OWN: Final = attributions.OWN_WORDS
_OF_THINGS: Final = attributions.OF_THINGS
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DATE = re.compile(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}")
_TIME = re.compile(r"\d{1,2} ?[:.h\u6642\u70b9\uc2dc] ?\d{2}(?!\d)|(?:\uc624\uc804|\uc624\ud6c4)")
_ENDS_IN_ADDRESS = re.compile(r"[^\s<>@]+@ ?[^\s<>@]+>?\)?,? ?[:\uff1a]$")
_BRACKETED = re.compile(r"[<\u2039(\[] ?(?:mailto:)?[^\s<>@]+@[^\s<>@]+ ?[>\u203a)\]]")
_RUNS_ON_AFTER_ADDRESS = re.compile(r"@[^\s<>@]{3,}> ?:(?= \S)")
_FULL_STOP = re.compile(r"^[^\d@]*\.$")
_COLONS: Final = (":", "\uff1a", "\ufe55", ":-")
_ENDS_OF_STRONG: Final = (
    *_COLONS,
    *(fold(word) for word in attributions.VERBS + attributions.VERBS_UNSPACED),
)


def attribution(lines: Lines, place: int) -> int:
    """Say how many lines "On …, X wrote:" takes here; 0 when there is none.

    A strong one (who, when, "wrote") opens a quote by itself; a weak one only directly above quote
    marks.
    """
    pieces: list[str] = []
    if not lines.is_punctuated_within(place, _MAX_SPAN * 2):
        return 0
    span = _MAX_SPAN * 2 if lines.is_double_spaced else _MAX_SPAN
    for at in range(place, min(place + span, len(lines))):
        line = lines.folded[at]
        if not line and pieces and lines.is_double_spaced and _begins(pieces[0]):
            continue
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
                return 0 if later else at - place + 1
        if line.endswith(("!", "?", *_COLONS)) or _FULL_STOP.search(line):
            break  # Attributions run on over lines, but not over sentences.
    return 0


def _begins(first: str) -> bool:
    """Tell whether an attribution may begin with this line: "On 12 March", "2024-03-12 16:31"."""
    dated = re.search(r"\d", first) is not None
    return dated and (_opens(first) or (_starts_dated(first) and _has_when(first)))


def _starts_later(pieces: list[str], *, quotes_follow: bool) -> bool:
    """Tell whether the attribution begins further down, so that this first line is the writer's."""
    first = pieces[0]
    if _begins(first):
        return False
    dated = re.search(r"\d", first) is not None
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
        if (_opens(first) or (_BRACKETED.search(first) and "@" not in rest)) and not (
            _opens(later) and re.search(r"\d", later)
        ):
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
    if text.startswith(_OF_THINGS) and "@" not in text and not _has_when(text):
        return False
    if text.startswith(_CITING) or _VERB.search(text) or _ENDS_IN_ADDRESS.search(text):
        return True
    return bool((_YEAR.search(text) or _DATE.search(text)) and _TIME.search(text))


def _is_strong(text: str) -> bool:
    if len(text.split()) > 60 or not text.endswith(_ENDS_OF_STRONG):
        return False
    verb = _VERB.search(text)
    if _is_complete(text):
        return True
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


def _is_complete(text: str) -> bool:
    """Tell whether it names an address, a day and a time: an attribution in any language."""
    return (
        text.endswith(_COLONS)
        and len(text.split()) <= 25
        and _BRACKETED.search(text) is not None
        and bool(_YEAR.search(text) or _DATE.search(text))
        and _TIME.search(text) is not None
        and not any(own in text for own in _OWN)
    )


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
    after_address = _RUNS_ON_AFTER_ADDRESS.search(text[:_MAX_ATTRIBUTION])
    if after_address and _is_strong(text[: after_address.end()]):
        return True
    for verb in _VERB.finditer(text[:_MAX_ATTRIBUTION]):
        rest = text[verb.end() :].lstrip(" ")
        if rest.startswith(_COLONS) and rest.strip(": \uff1a*_"):
            head = text[: verb.end()] + ":"
            return "@" in head and bool(_YEAR.search(head)) and _is_strong(head)
    return False


def has_verb_at_end(text: str) -> bool:
    """Tell whether this folded text ends in "wrote", or says it with a date."""
    verbs = list(_VERB.finditer(text))
    return bool(verbs) and (verbs[-1].end() >= len(text) - 1 or _has_when(text))
