"""The decision: whether, when, where and with what to reach a side that is away.

``plan`` is one pure function. It is deterministic, never raises on values of its types, and is
monotone in ``now``: when it says ``Wait(until)``, it says ``Wait`` at every instant before. That
holds because every window compared with ``now`` gives its end to ``until``.

In this order: nothing unread → one delivery is under way → all is held → presence cannot be known →
(staff) somebody may be answering → not yet due → the first open rung for the oldest message that
has a way left; all else that may go along goes along.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.core.delivery import FOREVER
from gateway.core.explain import escalations, hold_verdict, verdicts, why_nothing
from gateway.core.holds import Hold, delivery_facts, held_reasons, holds, under_way
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
    Verdict,
    View,
    Wait,
)
from gateway.core.reasons import REASONS, VERDICTS, reason
from gateway.core.rungs import Option, Scene, options_for, people_of, scene_of
from gateway.core.timing import (
    Due,
    act_elsewhere,
    due_for_shopper,
    due_for_staff,
    pause_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.policy import Policy

__all__ = ["REASONS", "VERDICTS", "agrees", "plan", "without"]

Ways = dict[int, tuple[Option, ...]]


def plan(view: View, policy: Policy, health: Health, now: int) -> Decision:
    """Decide what to do for this side at ``now`` (microseconds UTC).

    ``view`` is everything that may be known; see its fields for what must be in it. Codes in
    ``because`` and ``considered`` are those of ``REASONS`` and ``VERDICTS``.
    """
    if not view.messages:
        return Settle(because=(reason("nothing"),))
    live = under_way(view)
    if live is not None:
        return _carried(live)
    held = holds(view, policy, now)
    unreached = sorted(
        (each for each in view.messages if each.seq not in held), key=lambda each: each.seq
    )
    scene = scene_of(view, policy, health, now)
    if not unreached:
        return _held(scene, held)
    if view.accepting_since is None:
        return _wait(scene, [now + max(policy.grace, 1)], (reason("no_gateway"),))
    return _reach(scene, unreached, _ends(held.values()))


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
    ways = {message.seq: options_for(scene, message) for message in unreached}
    # What has no way left must neither hurry nor delay what has one.
    hopeful = [each for each in unreached if any(way.is_hopeful for way in ways[each.seq])]
    due = _due(scene, hopeful or unreached, ways)
    if paused is not None:
        opened = reason("paused", (("until", paused),))
        considered = _foreseen(ways, hopeful or unreached)
        return _wait(scene, [paused], (opened,), considered)
    if due.at > scene.now:
        fading = [way.ends for options in ways.values() for way in options if way.ends is not None]
        considered = _foreseen(ways, hopeful or unreached)
        turns = [due.at, *due.turns, *fading, *ends]
        return _wait(scene, turns, due.because, considered)
    return _climb(scene, hopeful, ways, due, ends) or _stuck(scene, unreached, ways, due, ends)


def _due(scene: Scene, messages: Sequence[Message], ways: Ways) -> Due:
    view, policy, now = scene.view, scene.policy, scene.now
    people = people_of(view)
    if view.side == "staff":
        turn = next((way.person for way in ways[messages[0].seq] if way.is_hopeful), None)
        due = due_for_staff(turn, messages, view, policy, now)
    elif people:
        due = due_for_shopper(people[0], messages, view, policy, now)
    else:
        due = Due(at=now)
    # An act that stops counting reorders the ladder, whoever's it is.
    acts = (act_elsewhere(person, policy, now) for person in people)
    fading = tuple(act.at + policy.act_counts for act in acts if act is not None)
    return replace(due, turns=due.turns + fading)


def _climb(
    scene: Scene, hopeful: Sequence[Message], ways: Ways, due: Due, ends: Sequence[int]
) -> Decision | None:
    """Take the first open rung of the oldest message, or wait for one that opens soon.

    A message whose every way is shut for longer than patience does not keep the next one back.
    """
    passed: list[Option] = []
    for message in hopeful:
        options = ways[message.seq]
        rung = next((each for each in options if _stops_at(scene, each)), None)
        if rung is None:
            passed += options
            continue
        if rung.is_open:
            return _send(scene, rung, message, ways, due)
        why = reason("patience", (("channel", rung.address.channel), ("verdict", rung.verdict)))
        turns = [*due.turns, *ends, *_openings([*passed, *options[: options.index(rung) + 1]])]
        return _wait(scene, turns, (*due.because, why), verdicts(options, rung))
    return None


def _stops_at(scene: Scene, way: Option) -> bool:
    if way.is_open or way.worth_waiting:
        return True
    return way.until is not None and way.until - scene.now <= scene.policy.patience


def _send(scene: Scene, rung: Option, message: Message, ways: Ways, due: Due) -> Send:
    along = {seq: way for seq, options in ways.items() for way in options if _same(way, rung)}
    earlier = escalations(scene.view, rung, message)
    extra: list[Reason] = []
    if rung.form is Form.KNOCK:
        extra.append(reason("knock"))
    if rung.resends is not None:
        extra.append(reason("resend", (("delivery", rung.resends),)))
    elif rung.attempt > 1:
        extra.append(reason("retry", (("attempt", rung.attempt),)))
    where = reason(rung.place, (("channel", rung.address.channel),))
    return Send(
        person_id=rung.person.person_id,
        address_id=rung.address.address_id,
        channel=rung.address.channel,
        form=rung.form,
        seqs=tuple(sorted(along)),
        attempt=max(way.attempt for way in along.values()),
        resends=rung.resends,
        because=(*due.because, where, *earlier, *extra),
        considered=verdicts(ways[message.seq], rung, "chosen"),
    )


def _same(way: Option, rung: Option) -> bool:
    """Whether a message may go along: open here too, and no stranger to a mail sent again."""
    return (
        way.is_open
        and way.person.person_id == rung.person.person_id
        and way.address.address_id == rung.address.address_id
        and way.resends == rung.resends
    )


def _stuck(
    scene: Scene, unreached: Sequence[Message], ways: Ways, due: Due, ends: Sequence[int]
) -> Decision:
    """No rung is open or opens soon: wait for what time may bring, or say that nothing will."""
    considered = verdicts(ways[unreached[0].seq])
    openings = _openings(way for options in ways.values() for way in options)
    if openings or ends:
        why = reason("no_way_yet" if openings else "no_way")
        return _wait(scene, [*openings, *ends, *due.turns], (*due.because, why), considered)
    why = why_nothing(scene.view, considered)
    return Unreachable(because=(*due.because, why), considered=considered)


def _held(scene: Scene, held: dict[int, Hold]) -> Wait:
    found = [held[seq] for seq in sorted(held)]
    because = held_reasons(found)
    considered = tuple(dict.fromkeys(hold_verdict(each) for each in found))
    ends = _ends(found)
    if not ends:
        return Wait(until=None, because=because, considered=considered)
    return _wait(scene, ends, because, considered)


def _carried(live: Delivery) -> Wait:
    considered = (hold_verdict(Hold(delivery=live, until=FOREVER)),)
    because = (reason("under_way", delivery_facts(live)),)
    return Wait(until=None, because=because, considered=considered)


def _ends(found: Iterable[Hold]) -> list[int]:
    return [each.until for each in found if each.until < FOREVER]


def _openings(ways: Iterable[Option]) -> list[int]:
    return [way.until for way in ways if way.until is not None]


def _wait(
    scene: Scene,
    turns: Iterable[int],
    because: tuple[Reason, ...],
    considered: tuple[Verdict, ...] = (),
) -> Wait:
    """Wait for the nearest of these instants that is still to come, or for the next recheck."""
    ahead = [each for each in turns if each > scene.now]
    until = min([*ahead, scene.now + max(scene.policy.recheck, 1)])
    return Wait(until=until, because=because, considered=considered)


def _foreseen(ways: Ways, messages: Sequence[Message]) -> tuple[Verdict, ...]:
    """What would be chosen, were it time."""
    options = ways[messages[0].seq]
    return verdicts(options, next((each for each in options if each.is_open), None), "next")
