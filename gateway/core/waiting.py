"""The answers that send nothing: until when to wait, and when there is nothing to wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.delivery import FOREVER
from gateway.core.explain import hold_verdict, verdicts, why_nothing
from gateway.core.holds import Hold, delivery_facts, held_reasons
from gateway.core.model import (
    Decision,
    Delivery,
    Message,
    Reason,
    Unreachable,
    Verdict,
    Wait,
)
from gateway.core.reasons import reason
from gateway.core.rungs import Option, Ways, all_of, weigh
from gateway.core.scene import Scene, scene_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.core.policy import Policy
    from gateway.core.timing import Due


def carried(live: Delivery) -> Wait:
    """One delivery is under way: nothing but its outcome changes the answer."""
    considered = (hold_verdict(live, FOREVER),)
    because = (reason("under_way", delivery_facts(live)),)
    return Wait(until=None, because=because, considered=considered)


def all_held(held: Mapping[int, Hold], policy: Policy, now: int) -> Wait:
    """Every message is held: by deliveries, or because an agent wants it left."""
    found = [held[seq] for seq in sorted(held)]
    because = held_reasons(found)
    considered = tuple(
        dict.fromkeys(
            hold_verdict(each.delivery, each.until) for each in found if each.delivery is not None
        )
    )
    ends = hold_ends(held)
    until = min([*ends, now + max(policy.recheck, 1)]) if ends else None
    return Wait(until=until, because=because, considered=considered)


def hold_ends(held: Mapping[int, Hold]) -> list[int]:
    """When the holds end that time alone ends."""
    return [each.until for each in held.values() if each.until < FOREVER]


def openings(ways: Iterable[Option]) -> list[int]:
    """When time alone changes what these are."""
    return [way.until for way in ways if way.until is not None]


def wait(
    scene: Scene,
    turns: Iterable[int],
    because: tuple[Reason, ...],
    considered: tuple[Verdict, ...] = (),
) -> Wait:
    """Wait for the nearest of these instants that is still to come, or for the next recheck."""
    until = scene.now + max(scene.policy.recheck, 1)
    for turn in turns:
        if scene.now < turn < until:
            until = turn
    return Wait(until=until, because=because, considered=considered)


def foreseen(options: Sequence[Option]) -> tuple[Verdict, ...]:
    """What would be chosen, were it time."""
    return verdicts(options, next((each for each in options if each.is_open), None), "next")


def stuck(
    scene: Scene, unreached: Sequence[Message], ways: Ways, due: Due, ends: Sequence[int]
) -> Decision:
    """No rung is open or opens soon: wait for what time may bring, or say that nothing will."""
    considered = verdicts(ways[unreached[0].seq].options)
    opening = openings(all_of(ways))
    opening += _ruled_in(scene, unreached)
    if opening or ends:
        why = reason("no_way_yet" if opening else "no_way")
        return wait(scene, [*opening, *ends, *due.turns], (*due.because, why), considered)
    why = why_nothing(scene.view, considered)
    return Unreachable(because=(*due.because, why), considered=considered)


def _ruled_in(scene: Scene, unreached: Sequence[Message]) -> list[int]:
    """When another rule will hold, by time alone, that gives some message a way.

    Time changes where the shopper is (a last act stops counting, a grace ends), and it opens and
    closes the store: each stay somewhere is looked at as it begins and after the store's next turn.
    """
    if not scene.policy.rules:
        return []
    instants: set[int] = set()
    stay: Scene | None = scene
    while stay is not None:
        instants |= {stay.now} if stay.edge is None else {stay.now, stay.edge}
        stay = _next_stay(stay)
    for instant in sorted(instants - {scene.now}):
        then = scene_of(scene.view, scene.policy, scene.health, instant)
        if any(weigh(then, message).is_hopeful for message in unreached):
            return [instant]
    return []


def _next_stay(scene: Scene) -> Scene | None:
    turns = () if scene.stance is None else scene.stance.turns
    return scene_of(scene.view, scene.policy, scene.health, min(turns)) if turns else None
