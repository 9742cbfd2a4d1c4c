"""The decision: whether, when, where and with what to reach a side that is away.

``plan`` is one pure function. It is deterministic, never raises on values of its types, and is
monotone in ``now``: when it says ``Wait(until)``, it says ``Wait`` at every instant before. That
holds because every window compared with ``now`` gives its end to ``until``.

In this order: nothing unread → one delivery is under way → the shopper is blocked → all is held, or
left alone as an agent wished → presence cannot be known → an agent does not wait for an unknown
outcome → (staff) somebody may be answering → an agent asked for it now → not yet due → the first
open rung for the oldest message that has a way left; all else that may go along goes along.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from gateway.core.explain import escalations, verdicts
from gateway.core.holds import holds, left_alone, override_facts, passed_by, under_way
from gateway.core.model import (
    Decision,
    Delivery,
    Form,
    Health,
    Message,
    Reason,
    Send,
    Settle,
    Unreachable,
    View,
)
from gateway.core.reasons import REASONS, VERDICTS, reason
from gateway.core.rungs import ASKED, Option, Ways, all_of, ways_of
from gateway.core.scene import Scene, scene_of
from gateway.core.timing import Due, due_for_shopper, due_for_staff, pause_of
from gateway.core.waiting import (
    all_held,
    carried,
    foreseen,
    hold_ends,
    openings,
    stuck,
    turns_of,
    wait,
)
from gateway.core.window import window_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.policy import Policy

__all__ = ["REASONS", "VERDICTS", "agrees", "plan", "without"]

AGE = attrgetter("at", "seq")
"""Oldest first; by the instant, since a merge brings messages of two logs together."""


def plan(view: View, policy: Policy, health: Health, now: int) -> Decision:
    """Decide what to do for this side at ``now`` (microseconds UTC).

    ``view`` is everything that may be known; see its fields for what must be in it. Codes in
    ``because`` and ``considered`` are those of ``REASONS`` and ``VERDICTS``.
    """
    if not view.messages:
        return Settle(because=(reason("nothing"),))
    live = under_way(view)
    if live is not None:
        return carried(live)
    if view.blocked_at is not None:
        return Unreachable(because=(reason("blocked", (("at", view.blocked_at),)),))
    held = left_alone(view, now) | holds(view, policy, now)
    unreached = [each for each in view.messages if each.seq not in held]
    past = passed_by(view, policy, now, held)
    if not unreached and not past:
        return all_held(held, policy, now)
    unreached.sort(key=AGE)
    scene = scene_of(view, policy, health, now)
    if view.accepting_since is None:
        return wait(scene, [now + max(policy.grace, 1)], (reason("no_gateway"),))
    opens: list[int] = []
    if past:
        once_more, opens = _past_holds(scene, past, unreached)
        if once_more is not None:
            return once_more
    if not unreached:
        return all_held(held, policy, now, opens)
    return _reach(scene, unreached, [*hold_ends(held), *opens])


def without(view: View, delivery_id: str) -> View:
    """The same view as though this delivery did not exist: what the claim plans with again."""
    others = tuple(each for each in view.deliveries if each.delivery_id != delivery_id)
    return replace(view, deliveries=others)


def agrees(decision: Decision, delivery: Delivery) -> bool:
    """Whether the claim's second look still wants just this: address, form and messages."""
    return (
        isinstance(decision, Send)
        and decision.address_id == delivery.address_id
        and decision.form is delivery.form
        and frozenset(decision.seqs) == delivery.seqs
    )


def _reach(scene: Scene, unreached: Sequence[Message], ends: Sequence[int]) -> Decision:
    """Something is unreached and nothing is under way: is it time, and is there a way?"""
    paused = pause_of(scene.view, scene.now) if scene.view.side == "staff" else None
    ways = ways_of(scene, unreached)
    # What has no way left must neither hurry nor delay what has one.
    hopeful = [each for each in unreached if ways[each.seq].is_hopeful]
    pending = hopeful or unreached
    if paused is not None:
        opened = reason("paused", (("until", paused),))
        return wait(scene, [paused], (opened,), foreseen(ways[pending[0].seq].options))
    asked = _asked(scene, hopeful, ways)
    if asked is not None:
        return asked
    due = _due(scene, pending, ways)
    if due.at > scene.now:
        fading = [each.ends for each in all_of(ways) if each.ends is not None]
        turns = [due.at, *turns_of(scene, due, ways), *fading, *ends]
        return wait(scene, turns, due.because, foreseen(ways[pending[0].seq].options))
    return _climb(scene, hopeful, ways, due, ends) or stuck(scene, unreached, ways, due, ends)


def _past_holds(
    scene: Scene, past: Sequence[Message], unreached: Sequence[Message]
) -> tuple[Send | None, list[int]]:
    """What an agent asked for without waiting for an unknown outcome, else when it opens.

    Only the way that they asked for goes past the hold; where it is shut the hold stands.
    """
    opens: list[int] = []
    for asked in dict.fromkeys(scene.overrides[each.seq].address_id for each in past):
        mine = [each for each in past if scene.overrides[each.seq].address_id == asked]
        ways = ways_of(scene, sorted([*mine, *unreached], key=AGE))
        found = _asked(scene, [each for each in mine if ways[each.seq].is_hopeful], ways)
        if found is not None:
            return found, []
        wanted = [option for each in mine for option in ways[each.seq].options]
        opens += openings(each for each in wanted if each.place == ASKED)
    return None, opens


def _asked(scene: Scene, hopeful: Sequence[Message], ways: Ways) -> Send | None:
    """What an agent asked to be brought now, if the way that they asked for is open."""
    if not scene.overrides:
        return None
    for message in hopeful:
        rung = ways[message.seq].options[0]
        if rung.place == ASKED and rung.is_open:
            now = reason("asked", override_facts(scene.overrides[message.seq]))
            return _send(scene, rung, message, ways, (now,))
    return None


def _due(scene: Scene, messages: Sequence[Message], ways: Ways) -> Due:
    view, policy, now = scene.view, scene.policy, scene.now
    rule, options, _ = ways[messages[0].seq]
    if view.side == "staff":
        turn = next((way.person for way in options if way.is_hopeful), None)
        return due_for_staff(turn, messages, view, policy, now, rule)
    if scene.stance is not None:
        return due_for_shopper(scene.stance, messages, policy, rule)
    return Due(at=now)


def _climb(
    scene: Scene, hopeful: Sequence[Message], ways: Ways, due: Due, ends: Sequence[int]
) -> Decision | None:
    """Take the first open rung of the oldest message, or wait for one that opens soon.

    A message whose every way is shut for longer than patience does not keep the next one back.
    """
    passed: list[Option] = []
    for message in hopeful:
        options = ways[message.seq].options
        for rung in options:
            if rung.is_open:
                return _send(scene, rung, message, ways, due.because)
            passed.append(rung)
            if _worth_waiting(scene, rung):
                way = (("channel", rung.address.channel), ("verdict", rung.verdict))
                turns = [*turns_of(scene, due, ways), *ends, *openings(passed)]
                because = (*due.because, reason("patience", way))
                return wait(scene, turns, because, verdicts(options))
    return None


def _worth_waiting(scene: Scene, way: Option) -> bool:
    if way.until is None:
        return False
    return way.worth_waiting or way.until - scene.now <= scene.policy.patience


def _send(
    scene: Scene, rung: Option, message: Message, ways: Ways, because: tuple[Reason, ...]
) -> Send:
    along = {
        seq: way
        for seq, each in ways.items()
        for way in each.options
        if way is rung or _goes_along(way, rung)
    }
    earlier = escalations(scene.view, rung, message)
    extra: list[Reason] = []
    if rung.form is Form.KNOCK:
        extra.append(reason("knock"))
    if rung.template:
        extra.append(reason("template", window_facts(rung.address)))
    if rung.resends is not None:
        way = (("channel", rung.address.channel), ("delivery", rung.resends))
        extra.append(reason("resend", way))
    elif rung.attempt > 1:
        extra.append(reason("retry", (("attempt", rung.attempt),)))
    where = reason(rung.place, (("channel", rung.address.channel),))
    return Send(
        person_id=rung.person.person_id,
        address_id=rung.address.address_id,
        channel=rung.address.channel,
        form=rung.form,
        seqs=tuple(sorted(along)),
        attempt=max([way.attempt for way in along.values()]),
        resends=rung.resends,
        template=rung.template,
        because=(*because, where, *earlier, *extra),
        considered=verdicts(ways[message.seq].options, rung, "chosen"),
    )


def _goes_along(way: Option, rung: Option) -> bool:
    """Whether a message may go along: open here too, and no stranger to a mail sent again."""
    return way is rung or (
        way.address.address_id == rung.address.address_id
        and way.person.person_id == rung.person.person_id
        and way.is_open
        and way.resends == rung.resends
    )
