"""Deliveries of the log as the simulator reads them: what was handed over, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from gateway.core.delivery import ENDED_BADLY, NEVER_SENT
from gateway.core.model import DeliveryState, Form, Side
from gateway.core.segments import segments
from gateway.services.places import country_of
from gateway.simulation.story import Rang, Recorded, Replied, Step
from gateway.store.tables import DeliveryRow, EntryRow
from gateway.store.tx import unpack

Move = tuple[int, DeliveryState]  #: when a delivery entered which state

PEOPLES: Final = frozenset({DeliveryState.ANSWERED, DeliveryState.READ})
"""What people did about a delivery; providers tell the rest."""

RANG_NOT: Final = ENDED_BADLY | NEVER_SENT


def side_of(name: str) -> Side:
    """A side, by its name."""
    return "staff" if name == "staff" else "shopper"


def moves_of(entries: Iterable[EntryRow]) -> dict[str, list[Move]]:
    """Every state that each delivery entered, as the log tells it."""
    found: dict[str, list[Move]] = {}
    for row in entries:
        if row.event == "delivery":
            told = unpack(row.data)
            state = DeliveryState(told["state"])
            if state not in (DeliveryState.QUEUED, DeliveryState.SUBMITTING):
                found.setdefault(told["delivery_id"], []).append((row.at, state))
    return found


def recorded_of(
    row: DeliveryRow, moves: Sequence[Move], condemned: Collection[tuple[str, int]]
) -> Recorded:
    """What was handed over; ``condemned`` says which address was found to be bad, and when."""
    handed_at = row.handed_at or row.queued_at
    return Recorded(
        delivery_id=row.delivery_id,
        side=side_of(row.side),
        person_id=row.person_id,
        address_id=row.address_id,
        channel=row.channel,
        form=Form(row.form),
        seqs=frozenset(unpack(row.seqs)),
        handed_at=handed_at,
        country=country_of(row.channel, row.value),
        segments=_segments(row),
        along=row.batch_id not in (None, row.delivery_id),
        course=tuple(
            Step(
                after=max(0, at - handed_at),
                state=state,
                condemns=(row.address_id, at) in condemned,
                refuses=state is DeliveryState.FAILED and bool(row.content_rejected),
            )
            for at, state in moves
            if state not in PEOPLES
        ),
    )


def _segments(row: DeliveryRow) -> int:
    text = unpack(row.content).get("text") if row.channel == "sms" else None
    return segments(text).count if text else 0


def replies_of(
    rows: Iterable[DeliveryRow], moves: Mapping[str, Sequence[Move]]
) -> Iterable[Replied]:
    """When people answered what they had been sent."""
    for row in rows:
        for at, state in moves.get(row.delivery_id, ()):
            if state in PEOPLES:
                yield Replied(
                    at=at,
                    side=side_of(row.side),
                    address_id=row.address_id,
                    delivery_id=row.delivery_id,
                    state=state,
                )


def rang_of(rows: Iterable[DeliveryRow], own: Iterable[DeliveryRow]) -> Iterable[Rang]:
    """What rang elsewhere; a digest rings once, whatever it tells of, and not beside ``own``."""
    batches = {row.batch_id for row in own if row.batch_id is not None}
    rang = {
        row.batch_id or row.delivery_id: row
        for row in rows
        if row.handed_at is not None and row.batch_id not in batches
    }
    for row in rang.values():
        if row.handed_at is not None:
            yield Rang(
                person_id=row.person_id,
                channel=row.channel,
                at=row.handed_at,
                until=row.state_at if row.state in RANG_NOT else None,
            )
