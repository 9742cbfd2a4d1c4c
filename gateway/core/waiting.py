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
from gateway.core.rungs import ASKED, Option, Ways, all_of, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.core.policy import Policy
    from gateway.core.scene import Scene
    from gateway.core.timing import Due


def carried(live: Delivery) -> Wait:
    """One delivery is under way: nothing but its outcome changes the answer."""
    considered = (hold_verdict(live, FOREVER),)
    because = (reason("under_way", delivery_facts(live)),)
    return Wait(until=None, because=because, considered=considered)


def all_held(held: Mapping[int, Hold], policy: Policy, now: int, turns: Sequence[int] = ()) -> Wait:
    """Every message is held: by deliveries, or because an agent wants it left.

    ``turns`` are what else may change the answer before the holds end.
    """
    found = [held[seq] for seq in sorted(held)]
    because = held_reasons(found)
    considered = tuple(
        dict.fromkeys(
            hold_verdict(each.by, each.until) for each in found if isinstance(each.by, Delivery)
        )
    )
    ends = [*hold_ends(held), *turns]
    until = min([*ends, now + max(policy.recheck, 1)]) if ends else None
    return Wait(until=until, because=because, considered=considered)


def hold_ends(held: Mapping[int, Hold]) -> list[int]:
    """When the holds end that time alone ends."""
    return [each.until for each in held.values() if each.until < FOREVER]


def openings(ways: Iterable[Option]) -> list[int]:
    """When time alone changes what these are."""
    return [way.until for way in ways if way.until is not None]


def turns_of(scene: Scene, due: Due, ways: Ways) -> list[int]:
    """When where somebody is ends by itself, or the order in which their ways are tried."""
    # An act that stops counting reorders the ladder, whoever's it is.
    turns = [*due.turns, *[act.at + scene.policy.act_counts for act in scene.acts.values()]]
    # So does a store that opens or closes, and a way that an agent asked for.
    edge = scene.edge()
    if edge is not None:
        turns.append(edge)
    if scene.overrides:
        turns += openings(each for each in all_of(ways) if each.place == ASKED)
    return turns


def wait(
    scene: Scene,
    turns: Iterable[int],
    because: tuple[Reason, ...],
    considered: tuple[Verdict, ...] = (),
) -> Wait:
    """Wait for the nearest of these instants, all to come, or for the next recheck."""
    until = min([*turns, scene.now + max(scene.policy.recheck, 1)])
    return Wait(until=until, because=because, considered=considered)


def foreseen(options: Sequence[Option]) -> tuple[Verdict, ...]:
    """What would be chosen, were it time."""
    return verdicts(options, next((each for each in options if each.is_open), None), "next")


def stuck(
    scene: Scene, unreached: Sequence[Message], ways: Ways, due: Due, ends: Sequence[int]
) -> Decision:
    """No rung is open or opens soon: wait for what time may bring, or say that nothing will.

    A row that nothing is hoped for is looked at again when something happens, and that the shopper
    moves is nothing that happens: where a rule asks for it the row goes on waiting.
    """
    considered = verdicts(ways[unreached[0].seq].options)
    opening = openings(all_of(ways))
    hoped = _ruled_in(scene, unreached)
    if opening or hoped or ends:
        why = reason("no_way_yet" if opening or hoped else "no_way")
        # What is only hoped for may be over before the shopper moves.
        over = [each.ends for each in hoped if each.ends is not None]
        turns = [*opening, *openings(hoped), *over, *ends, *turns_of(scene, due, ways)]
        return wait(scene, turns, (*due.because, why), considered)
    why = why_nothing(scene.view, considered)
    return Unreachable(because=(*due.because, why), considered=considered)


def _ruled_in(scene: Scene, unreached: Sequence[Message]) -> list[Option]:
    """What gives some message a way under a rule that may hold before anything else happens."""
    if not scene.policy.rules:
        return []
    return [
        option
        for message in unreached
        for rule in scene.rules_ahead(message)
        for option in weigh(scene, message, rule).options
        if option.is_hopeful
    ]
