"""Conversations that never happened, drawn one by one; ``docs/seed.md`` says from what.

Each depends on the seed and its own number alone, so the same seed gives the same conversations
with the same store, agents and present.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.services import seed_words as words

NAMELESS: Final = 0.15
LATIN: Final = 0.7  #: of those with a name
OLDEST: Final = 365 * DAY
MEAN_AGE: Final = 60 * DAY
OPEN: Final = ((DAY, 0.8), (7 * DAY, 0.35), (30 * DAY, 0.06), (OLDEST, 0.001))
"""The share of conversations that are open, by how long ago anything was last said."""
MINE: Final = 0.65  #: of the open ones somebody has taken; of the resolved, all
WAITING: Final = ((DAY, 0.7), (7 * DAY, 0.3), (30 * DAY, 0.05), (OLDEST, 0.0))
"""The share of the open ones that wait for an answer, by the same."""
SNOOZED: Final = 0.06
UNREACHABLE: Final = 0.12  #: of those who do not wait
UNREAD: Final = 0.6  #: of those who wait
NOTES: Final = 0.05
LENGTH_SPREAD: Final = 0.9  #: sigma of the lognormal that lengths are drawn from
CHANNELS: Final = (("chat", 0.62), ("email", 0.2), ("sms", 0.13), ("whatsapp", 0.05))
PAUSES: Final = ((0.55, 40 * SECOND), (0.85, 6 * MINUTE), (0.97, 2 * HOUR), (1.0, 14 * HOUR))
"""How long the next message took: so many did not take longer than about that."""


@dataclass(slots=True)
class Said:
    """A message, or a note that names an agent."""

    side: str
    at: int
    body: str
    note: bool = False


@dataclass(slots=True)
class Drawn:
    """One conversation before it has rows; agents by their place among the house's."""

    number: int
    name: str
    verified: bool
    language: str
    channel: str
    said: list[Said]
    resolved: bool
    agent: int | None
    labels: tuple[int, ...]
    unread: bool
    unreachable: bool
    snoozed_for: int | None
    _chance: Random = field(repr=False)

    def new_id(self, at: int) -> str:
        """An id as the gateway makes them, from this conversation's own dice."""
        return written_id(at, self._chance.getrandbits(82))


def lengths(conversations: int, messages: int, chance: Random) -> list[int]:
    """How many messages each has: lognormal, at least one each, and so many altogether."""
    drawn = [chance.lognormvariate(0, LENGTH_SPREAD) for _ in range(conversations)]
    scale = (messages - conversations) / sum(drawn)
    found, carried = [], 0.0
    for each in drawn:
        carried += each * scale
        whole = int(carried)
        found.append(1 + whole)
        carried -= whole
    found[-1] += messages - sum(found)
    return found


def draw(seed: str, number: int, length: int, now: int, agents: int) -> Drawn:
    """One conversation of ``length`` messages that ended before ``now`` (microseconds UTC)."""
    # Seeded by text: a sum would make the second of a seed the first one of the next.
    chance = Random(f"{seed}:{number}")  # noqa: S311  # nothing here is a secret
    age = int(min(chance.expovariate(1 / MEAN_AGE), OLDEST - DAY)) + MINUTE
    is_open = chance.random() < _by_age(OPEN, age)
    waits = is_open and chance.random() < _by_age(WAITING, age)
    said = list(_said(chance, length, now - age, "shopper" if waits else "staff"))
    name, language = _name(chance)
    taken = not is_open or chance.random() < MINE
    return Drawn(
        number=number,
        name=name,
        verified=bool(name) and chance.random() < 0.5,
        language=language,
        channel=_of(chance, CHANNELS),
        said=said,
        resolved=not is_open,
        agent=chance.randrange(agents) if taken else None,
        labels=tuple(
            at for at, (_, _, share) in enumerate(words.LABELS) if chance.random() < share
        ),
        unread=waits and chance.random() < UNREAD,
        unreachable=is_open and not waits and chance.random() < UNREACHABLE,
        snoozed_for=(
            chance.randrange(HOUR, 7 * DAY) if is_open and chance.random() < SNOOZED else None
        ),
        _chance=chance,
    )


def _by_age(shares: Sequence[tuple[int, float]], age: int) -> float:
    return next(share for upto, share in shares if age < upto)


def written_id(at: int, drawn: int) -> str:
    """An id as ``store.ids`` writes them, of 82 given bits."""
    number, alphabet = ((at // 1_000) << 82) | drawn, "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[(number >> shift) & 31] for shift in range(125, -1, -5))


def _said(chance: Random, length: int, end: int, last: str) -> Iterator[Said]:
    """Messages that alternate in runs, told from the last one back and given in order."""
    side, at, told = last, end, []
    for left in range(length, 0, -1):
        first = left == 1
        side = "shopper" if first else side
        if chance.random() < NOTES and not first:
            told.append(Said("staff", at, _fill(chance, words.NOTED), note=True))
            at -= _pause(chance)
        told.append(Said(side, at, _fill(chance, _sentences(side, first=first))))
        at -= _pause(chance)
        if chance.random() < 0.7:
            side = "staff" if side == "shopper" else "shopper"
    yield from reversed(told)


def _sentences(side: str, *, first: bool) -> Sequence[str]:
    if side == "staff":
        return words.ANSWERED
    return words.ASKED if first else words.MORE


def _fill(chance: Random, sentences: Sequence[str]) -> str:
    sentence = _any(chance, sentences)
    if "{" not in sentence:
        return sentence
    return sentence.format(
        thing=_any(chance, words.THINGS),
        kind=_any(chance, words.KINDS),
        town=_any(chance, words.TOWNS),
        day=_any(chance, words.DAYS),
        order=10_000 + int(chance.random() * 90_000),
    )


def _any(chance: Random, things: Sequence[str]) -> str:
    return things[int(chance.random() * len(things))]


def _pause(chance: Random) -> int:
    rolled = chance.random()
    usual = next(span for upto, span in PAUSES if rolled <= upto)
    return SECOND + int(chance.random() * 2 * usual)


def _name(chance: Random) -> tuple[str, str]:
    if chance.random() < NAMELESS:
        return "", "en"
    script = "latin" if chance.random() < LATIN else chance.choice(list(words.NAMES))
    given, family = (_any(chance, each) for each in words.NAMES[script])
    language = {"arabic": "ar", "kana": "ja"}.get(script, "en")
    if script in words.WRITTEN_TOGETHER:
        return family + given, language
    return f"{given} {family}", language


def _of(chance: Random, shares: Sequence[tuple[str, float]]) -> str:
    rolled = chance.random()
    for name, share in shares:
        rolled -= share
        if rolled < 0:
            return name
    return shares[0][0]
