"""What becomes of a delivery that never was: the model behind every replay, in this order.

1. The record holds the same delivery (this address and form, handed over within ``CLOSE``): it goes
   as it went then. Each recorded delivery stands for one.
2. The provider refused what one of these messages says, at this address: it does so again.
3. The address's own evidence: an address that bounced or failed for good does so from then on, one
   that was delivered to is delivered to with the recorded lag. What lies nearest before counts,
   else what comes first after.
4. Nothing is recorded of the address: the channel's observed rate and medians (``Rate``). Which
   addresses are the bad ones is drawn from their ids, so that a replay says the same again.

What people do is taken as recorded, at its recorded times: their coming back, reading and answering
neither follow from a delivery that the record does not know nor stay away for want of one.
"""

from __future__ import annotations

from binascii import crc32
from typing import TYPE_CHECKING, Final, Protocol

from gateway.core.model import DeliveryState
from gateway.core.policy import SECOND
from gateway.simulation.story import Course, Rate, Recorded, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.model import Send, Side
    from gateway.simulation.story import Story

CLOSE: Final = 60 * SECOND
"""Two hand-overs this near each other are the same one: the clockwork may be a moment late."""

SOON: Final = SECOND // 1_000
"""The clockwork is never there at once: what happens in the same instant comes before it."""

MOMENT: Final = 5 * SECOND
"""It takes so long at most from due to hand-over, unless something is wrong."""

SILENT: Final = frozenset({"email"})
"""Channels on which success is silent: accepted is as good as delivered, until it bounces."""

USUAL: Final = {
    "sms": Rate(
        channel="sms",
        bad=0.02,
        accepted_after=SECOND // 2,
        delivered_after=4 * SECOND,
        failed_after=5 * SECOND,
    ),
    "email": Rate(
        channel="email",
        bad=0.03,
        accepted_after=SECOND,
        delivered_after=SECOND,
        failed_after=40 * SECOND,
    ),
}
"""For a channel of which the whole history holds nothing."""

BAD: Final = frozenset({DeliveryState.BOUNCED, DeliveryState.FAILED})
ARRIVED: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ANSWERED})


class Fates(Protocol):
    """Says what becomes of deliveries, in the order in which they are handed over."""

    def looked_at(self, side: Side, due: int) -> int:
        """When the clockwork comes to look at a side that is due."""
        ...

    def of(self, send: Send, now: int) -> tuple[Course, Recorded | None]:
        """The course of this one, and the recorded delivery that it is, if it is one."""
        ...


class RecordedFates:
    """The model above, for one replay of one story."""

    def __init__(self, story: Story, rates: Iterable[Rate]) -> None:
        self._left: dict[str, list[Recorded]] = {}
        self._known: dict[str, list[Recorded]] = {}
        for each in story.recorded:
            self._left.setdefault(each.address_id, []).append(each)
            self._known.setdefault(each.address_id, []).append(each)
        self._handed_at: dict[Side, list[int]] = {"shopper": [], "staff": []}
        for each in story.recorded:
            self._handed_at[each.side].append(each.handed_at)
        self._last_at = max((each.handed_at for each in story.recorded), default=0)
        self._rates = {each.channel: each for each in rates}

    def looked_at(self, side: Side, due: int) -> int:
        """When something was really handed over to this side within a moment, else soon."""
        if self._last_at >= due:
            for each in self._handed_at[side]:
                if due <= each <= due + MOMENT:
                    return each
        return due + SOON

    def of(self, send: Send, now: int) -> tuple[Course, Recorded | None]:
        """The course of this delivery, and the recorded one that it is, if it is one."""
        same = self._same(send, now)
        if same is not None:
            self._left[send.address_id].remove(same)
            return same.course, same
        known = self._known.get(send.address_id, ())
        wanted = frozenset(send.seqs)
        for each in known:
            if each.seqs & wanted and any(step.refuses for step in each.course):
                return each.course, None
        told = _nearest([each for each in known if _tells(each)], now)
        if told is not None:
            return _plain(told), None
        return self._by_rate(send), None

    def _same(self, send: Send, now: int) -> Recorded | None:
        near = [
            each
            for each in self._left.get(send.address_id, ())
            if each.form is send.form and abs(each.handed_at - now) <= CLOSE
        ]
        return min(near, key=lambda each: abs(each.handed_at - now), default=None)

    def _by_rate(self, send: Send) -> Course:
        rate = self._rates.get(send.channel) or USUAL.get(send.channel, USUAL["sms"])
        taken = Step(after=rate.accepted_after, state=DeliveryState.ACCEPTED)
        if crc32(send.address_id.encode()) < rate.bad * 2**32:
            state = DeliveryState.BOUNCED if send.channel == "email" else DeliveryState.FAILED
            return taken, Step(after=rate.failed_after, state=state, condemns=True)
        if send.channel in SILENT:
            return (taken,)
        return taken, Step(after=rate.delivered_after, state=DeliveryState.DELIVERED)


def _nearest(known: list[Recorded], now: int) -> Recorded | None:
    """The last before ``now``, else the first after."""
    before = [each for each in known if each.handed_at <= now]
    if before:
        return max(before, key=lambda each: each.handed_at)
    return min(known, key=lambda each: each.handed_at, default=None)


def _tells(each: Recorded) -> bool:
    """Whether it says something about the address: it arrived there, or never will."""
    return bool(each.course) and (_is_bad(each.course) or _arrived(each.channel, each.course))


def _is_bad(course: Iterable[Step]) -> bool:
    return any(step.condemns for step in course)


def _arrived(channel: str, course: Course) -> bool:
    states = {step.state for step in course}
    if states & ARRIVED:
        return True
    return channel in SILENT and DeliveryState.ACCEPTED in states and not states & BAD


def _plain(told: Recorded) -> Course:
    """The course without hiccups: a provider's bad minute belongs to its own minute."""
    return tuple(
        step
        for step in told.course
        if step.condemns
        or step.state in ARRIVED
        or step.state in BAD
        or step.state in (DeliveryState.ACCEPTED, DeliveryState.SENT)
    )
