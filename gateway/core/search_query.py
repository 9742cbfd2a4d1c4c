"""What somebody typed into the search, understood: words, phrases, and filters typed as words.

Any string is a query. What is no filter of ours is looked for as words, so a stray ``AND``, ``*``
or quotation mark costs nothing; past ``MOST_TERMS`` the rest is not looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gateway.core.folding import asked_tokens, fold

MOST_TERMS: Final = 12  #: and as many names of authors, and of labels
MOST_TOKENS: Final = 24  #: of one phrase
MOST_CHARACTERS: Final = 10_000
SHORTEST_START: Final = 3  #: characters; a shorter word has to be the whole word
STATES: Final = ("open", "resolved", "snoozed", "unassigned", "unreachable", "unread", "mine")
CHANNELS: Final = ("chat", "sms", "email", "whatsapp", "push", "app")
KINDS: Final = ("file", "note")
_KINDS = {"file": "file", "files": "file", "attachment": "file", "note": "note"}
_CHANNELS = {"mail": "email", "text": "sms", **{each: each for each in CHANNELS}}
_PIECE = re.compile(r'(?:(?P<key>[A-Za-z]{2,9}):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))')
_PHONE = re.compile(r"(?<!\S)(?:\+|\(|0)[\d ().\-/]{5,28}\d(?!\S)")
#: what other searches want between words; here every word has to be there anyway
_BETWEEN = frozenset({"AND", "OR", "NOT"})
_NUMBER = re.compile(r"#(\d{1,15})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Tokens that follow each other; with ``is_start`` the last may go on."""

    tokens: tuple[str, ...]
    is_start: bool = False


Term = tuple[Phrase, ...]
"""One of these has to be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for; each term and each filter has to hold.

    ``assignee`` is ``me``, ``none`` or (part of) a name; ``before`` and ``since`` are days as the
    asking agent's calendar has them, ``before`` not itself among them. ``number`` is a
    conversation's. The names in ``authors`` are tokens, but for ``me``, ``shopper`` and ``staff``.
    """

    terms: tuple[Term, ...] = ()
    authors: tuple[tuple[str, ...], ...] = ()
    labels: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    assignee: str | None = None
    channel: str | None = None
    store: str | None = None
    has: frozenset[str] = frozenset()
    before: date | None = None
    since: date | None = None
    number: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return self == Query()

    @property
    def asks_messages(self) -> bool:
        """Whether there is something that a message or a note can answer."""
        return bool(self.terms or self.authors or self.has)

    @property
    def asks_facts(self) -> bool:
        """Whether a conversation or a shopper itself can answer it."""
        return bool(self.terms) and not self.authors and not self.has


@dataclass(slots=True)
class _Found:
    """A query while it is read."""

    terms: list[Term] = field(default_factory=list)
    authors: list[tuple[str, ...]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    has: set[str] = field(default_factory=set)
    one: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    number: int | None = None


def understand(text: str) -> Query:
    """Read what was typed; never raises."""
    found = _Found()
    text = _PHONE.sub(lambda phone: _take_phone(found, phone[0]), text[:MOST_CHARACTERS])
    for piece in _PIECE.finditer(text):
        key, quoted = (piece["key"] or "").lower(), piece["quoted"]
        value = piece["bare"] if quoted is None else quoted
        if key and _take_filter(found, key, value):
            continue
        number = _NUMBER.match(piece[0])
        if number is not None:
            found.number = int(number[1])
        if number is not None or piece[0] in _BETWEEN:
            continue
        _take_words(found, f"{piece['key']}:{value}" if key else value, is_exact=quoted is not None)
    return Query(
        terms=tuple(dict.fromkeys(found.terms)),
        authors=tuple(dict.fromkeys(found.authors))[:MOST_TERMS],
        labels=tuple(dict.fromkeys(found.labels))[:MOST_TERMS],
        states=frozenset(found.states),
        assignee=found.one.get("assignee"),
        channel=found.one.get("channel"),
        store=found.one.get("store"),
        has=frozenset(found.has),
        before=found.days.get("before"),
        since=found.days.get("since"),
        number=found.number,
    )


def _take_phone(found: _Found, written: str) -> str:
    """A number typed with spaces or without its country is one number all the same."""
    digits = "".join(re.findall(r"\d", fold(written))).lstrip("0")
    if len(digits) < SHORTEST_START or len(found.terms) >= MOST_TERMS:
        return written
    as_written = Phrase(tokens=tuple(asked_tokens(written)), is_start=True)
    found.terms.append((Phrase(tokens=(digits,), is_start=True), as_written))
    return " "


def _take_words(found: _Found, words: str, *, is_exact: bool) -> None:
    tokens = tuple(asked_tokens(words)[:MOST_TOKENS])
    if not tokens or len(found.terms) >= MOST_TERMS:
        return
    last = tokens[-1]
    may_go_on = len(last) >= SHORTEST_START or not last.isascii()
    found.terms.append((Phrase(tokens=tokens, is_start=may_go_on and not is_exact),))


def _take_filter(found: _Found, key: str, value: str) -> bool:
    """Whether this is one of our filters with a value that it knows."""
    word = fold(value).strip()
    match key:
        case "from" if tokens := tuple(asked_tokens(value)[:MOST_TOKENS]):
            found.authors.append(tokens)
        case "label" if word:
            found.labels.append(word)
        case "is" if word in STATES:
            found.states.add(word)
        case "assignee" | "store" if word:
            found.one[key] = word
        case "channel" | "via" if word in _CHANNELS:
            found.one["channel"] = _CHANNELS[word]
        case "has" if word in _KINDS:
            found.has.add(_KINDS[word])
        case "before" | "after" | "since" | "on":
            return _take_day(found, key, word)
        case _:
            return False
    return True


def _take_day(found: _Found, key: str, word: str) -> bool:
    try:
        day = date.fromisoformat(word)
        following = date.fromordinal(day.toordinal() + 1)
    except (ValueError, OverflowError):
        return False
    if key in ("before", "on"):
        found.days["before"] = day if key == "before" else following
    if key in ("since", "on", "after"):
        found.days["since"] = following if key == "after" else day
    return True
