"""One attempt in a replayed world, and how it moves on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gateway.core.delivery import advance
from gateway.core.model import Delivery, DeliveryState, Form, Interruption, Override
from gateway.simulation.outcomes import ARRIVED, BAD, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.model import Send, Side
    from gateway.simulation.story import Recorded, Step

ACCEPTS: Final = ARRIVED | {DeliveryState.ACCEPTED, DeliveryState.SENT}


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A delivery as it stands, and what a report wants to know of it."""

    side: Side
    delivery: Delivery
    interruption: Interruption
    recorded: Recorded | None = None  #: the recorded delivery that it is, if it is one
    arrived_at: int | None = None  #: words that are on their phone or in their mailbox


def handed_over(
    side: Side, number: int, send: Send, now: int, recorded: Recorded | None
) -> Attempt:
    """What ``plan`` wanted sent, now in the provider's hands."""
    delivery = Delivery(
        delivery_id=f"replayed-{number}",
        person_id=send.person_id,
        address_id=send.address_id,
        channel=send.channel,
        form=send.form,
        state=DeliveryState.SUBMITTING,
        seqs=frozenset(send.seqs),
        queued_at=now,
        handed_at=now,
        state_at=now,
        attempt=send.attempt,
    )
    rings = Interruption(person_id=send.person_id, channel=send.channel, at=now)
    return Attempt(side=side, delivery=delivery, interruption=rings, recorded=recorded)


def move(attempt: Attempt, step: Step, at: int) -> bool:
    """Let an outcome or a receipt in; False when it changes nothing."""
    was = attempt.delivery
    state = advance(was.state, step.state)
    if state is None:
        return False
    accepted_at = was.accepted_at
    if accepted_at is None and state in ACCEPTS:
        accepted_at = at
    attempt.delivery = Delivery(
        delivery_id=was.delivery_id,
        person_id=was.person_id,
        address_id=was.address_id,
        channel=was.channel,
        form=was.form,
        state=state,
        seqs=was.seqs,
        queued_at=was.queued_at,
        handed_at=was.handed_at,
        accepted_at=accepted_at,
        state_at=at,
        attempt=was.attempt,
        content_rejected=was.content_rejected or step.refuses,
    )
    attempt.arrived_at = arrival(was.channel, was.form, state, at, attempt.arrived_at)
    return True


def as_replayed(wish: Override, attempts: Iterable[Attempt]) -> tuple[Override, ...]:
    """A recorded wish where it makes sense in this world.

    One that speaks of a delivery speaks of its double; where that never went, nobody wished.
    """
    if wish.delivery_id is None:
        return (wish,)
    doubles = [
        each.delivery.delivery_id
        for each in attempts
        if each.recorded is not None and each.recorded.delivery_id == wish.delivery_id
    ]
    return tuple(replace(wish, delivery_id=each) for each in doubles)


def arrival(
    channel: str, form: Form, state: DeliveryState, at: int, before: int | None
) -> int | None:
    """When words arrived, after one more state; ``before`` is what was known until then."""
    if form is not Form.WORDS or state in BAD:
        return None
    if state in ARRIVED or (channel in SILENT and state is DeliveryState.ACCEPTED):
        return at if before is None else before
    return before
