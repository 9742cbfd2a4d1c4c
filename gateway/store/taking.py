"""What is due, taken so that the workers of a house do not all look at the same rows.

A reservation is a courtesy, not a lock: it spares work, and what is right is decided again under
the conversation's lock. It lapses by itself, so a worker that dies holds nothing up for long. Where
nothing is due nothing is written: look first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import tuple_
from sqlmodel import col, select, update

from gateway.store.tables import DeliveryRow, ReachRow
from gateway.store.tx import Store, Tx

Due = tuple[str, str, str]  #: store_id, conversation_id, side


class Queued(NamedTuple):
    """An intention that waits for hand-over."""

    store_id: str
    delivery_id: str
    conversation_id: str
    person_id: str
    side: str
    channel: str
    form: str


def are_many(store: Store) -> bool:
    """Whether several workers may look at this database: one process owns an SQLite file."""
    return store.dialect != "sqlite"


def due_reaches(tx: Tx, limit: int, reserve: int = 0) -> tuple[Sequence[Due], int | None]:
    """Reach rows that are due, the longest due first, and the due time that reserves them.

    ``reserve`` 0: only looked at.
    """
    key = (col(ReachRow.store_id), col(ReachRow.conversation_id), col(ReachRow.side))
    found = (
        select(*key)
        .where(ReachRow.state == "waiting", col(ReachRow.due_at) <= tx.now)
        .order_by(col(ReachRow.due_at))
        .limit(limit)
    )
    if not reserve:
        return [(each[0], each[1], each[2]) for each in tx.session.exec(found)], None
    until = tx.now + reserve
    taken = tx.session.execute(
        update(ReachRow)
        .where(tuple_(*key).in_(found.with_for_update(skip_locked=True)))
        .values(due_at=until)
        .returning(*key)
        .execution_options(synchronize_session=False)
    )
    return [(each[0], each[1], each[2]) for each in taken], until


def queued(tx: Tx, limit: int, reserve: int = 0, *, full: Collection[str] = ()) -> Sequence[Queued]:
    """Intentions that wait for hand-over, oldest first; ``reserve`` 0: only looked at.

    None of a channel that is ``full``.
    """
    key = (col(DeliveryRow.store_id), col(DeliveryRow.delivery_id))
    told = [col(getattr(DeliveryRow, name)) for name in Queued._fields]
    due = [col(DeliveryRow.state) == "queued", col(DeliveryRow.not_before) <= tx.now]
    if full:
        due.append(col(DeliveryRow.channel).not_in(sorted(full)))
    oldest = col(DeliveryRow.queued_at)
    if not reserve:
        found = select(*told).where(*due).order_by(oldest).limit(limit)
        return [Queued(*each) for each in tx.session.execute(found)]
    free = select(*key).where(
        *due, col(DeliveryRow.lease_until).is_(None) | (col(DeliveryRow.lease_until) <= tx.now)
    )
    taken = tx.session.execute(
        update(DeliveryRow)
        .where(
            tuple_(*key).in_(free.order_by(oldest).limit(limit).with_for_update(skip_locked=True))
        )
        .values(lease_until=tx.now + reserve)
        .returning(*told)
        .execution_options(synchronize_session=False)
    )
    return [Queued(*each) for each in taken]
