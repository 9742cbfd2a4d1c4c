"""Adding outcomes up: what a policy came to over a whole history."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from gateway.core.hours import zone
from gateway.core.policy import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.policy import Policy
    from gateway.simulation.compare import Disagreement
    from gateway.simulation.replay import Outcome
    from gateway.simulation.story import Story

AT_ONCE: Final = MINUTE
"""Who has seen a message in the chat within this was there: no policy makes a difference."""

CURVE: Final = (
    *(10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700),
    *(3600, 5400, 7200, 10800, 14400, 21600, 28800, 43200, 57600, 86400, 129600, 172800),
)
"""Seconds at which the share of messages that had reached the shopper is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long messages took to reach the shopper, in seconds; None when none did."""

    messages: int
    median: float | None
    p90: float | None
    never: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one policy came to; ready for JSON but for being a dataclass.

    ``interruptions`` and ``notices`` (the staff's) are by channel and count what is not known to
    have failed; ``failed`` counts that. ``cost`` is in millionths of the policy's currency and
    covers both sides. ``away`` leaves out what was seen in the chat within a minute. ``curve`` is,
    for each of ``CURVE``, the share of the messages of ``away`` that had reached the shopper.
    """

    name: str
    conversations: int
    interruptions: dict[str, int]
    knocks: int
    notices: dict[str, int]
    failed: dict[str, int]
    segments: int
    cost: int
    currency: str
    reached_by: dict[str, int]
    all: Times
    away: Times
    decisions: int
    hours: tuple[int, ...]  #: interruptions of shoppers by the hour of day where they are
    curve: tuple[float, ...]
    disagreements: dict[str, int]
    agreements: int  #: deliveries that were really made and are made alike


class Tally:
    """Counts of one policy; ``add`` each story once."""

    def __init__(self, name: str, policy: Policy) -> None:
        self._name = name
        self._policy = policy
        self._conversations = self._segments = self._cost = self._decisions = 0
        self._knocks = self._agreements = self._never = self._away_never = 0
        self._rang: Counter[str] = Counter()
        self._notices: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._by: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._hours = [0] * 24
        self._spans = array("q")
        self._away = array("q")

    def add(
        self, story: Story, outcome: Outcome, different: Iterable[Disagreement] = (), made: int = 0
    ) -> None:
        """One story's outcome; ``made`` deliveries really were, ``different`` says which not so."""
        self._conversations += 1
        self._decisions += outcome.decisions
        for sent in outcome.sent:
            self._segments += sent.segments
            self._cost += sent.cost
            if sent.failed:
                self._failed[sent.channel] += 1
            elif sent.rang and sent.side == "staff":
                self._notices[sent.channel] += 1
            elif sent.rang:
                self._rang[sent.channel] += 1
                self._knocks += sent.form == "knock"
                self._hours[self._hour(story, sent.at)] += 1
        self._times(outcome)
        self._agreements += made
        for each in different:
            self._kinds[each.kind] += 1
            self._agreements -= each.then is not None

    def _times(self, outcome: Outcome) -> None:
        for each in outcome.reached:
            was_there = each.seen_at is not None and each.seen_at - each.at <= AT_ONCE
            if each.reached_at is None:
                self._never += 1
                self._away_never += 1
                continue
            self._by[each.by] += 1
            self._spans.append(each.reached_at - each.at)
            if not was_there:
                self._away.append(each.reached_at - each.at)

    def _hour(self, story: Story, at: int) -> int:
        name = story.zones[0] if story.zones else self._policy.zone
        return datetime.fromtimestamp(at // SECOND, zone(name)).hour

    def summary(self) -> Summary:
        """What it comes to so far."""
        spans, away = sorted(self._spans), sorted(self._away)
        return Summary(
            name=self._name,
            conversations=self._conversations,
            interruptions=dict(sorted(self._rang.items())),
            knocks=self._knocks,
            notices=dict(sorted(self._notices.items())),
            failed=dict(sorted(self._failed.items())),
            segments=self._segments,
            cost=self._cost,
            currency=self._policy.currency,
            reached_by=dict(sorted(self._by.items())),
            all=_timed(spans, self._never),
            away=_timed(away, self._away_never),
            decisions=self._decisions,
            hours=tuple(self._hours),
            curve=_curve(away, len(away) + self._away_never),
            disagreements=dict(sorted(self._kinds.items())),
            agreements=self._agreements,
        )


def _timed(spans: Sequence[int], never: int) -> Times:
    return Times(
        messages=len(spans) + never,
        median=_quantile(spans, 0.5),
        p90=_quantile(spans, 0.9),
        never=never,
    )


def _quantile(spans: Sequence[int], share: float) -> float | None:
    """By nearest rank, in seconds."""
    if not spans:
        return None
    return round(spans[min(len(spans) - 1, int(share * len(spans)))] / SECOND, 1)


def _curve(spans: Sequence[int], messages: int) -> tuple[float, ...]:
    if not messages:
        return (0.0,) * len(CURVE)
    found, index = [], 0
    for seconds in CURVE:
        while index < len(spans) and spans[index] <= seconds * SECOND:
            index += 1
        found.append(round(index / messages, 4))
    return tuple(found)
