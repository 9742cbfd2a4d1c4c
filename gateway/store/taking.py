"""What is due, taken so that the workers of a house do not all look at the same rows.

A reservation is a courtesy, not a lock: it spares work, and what is right is decided again under
the conversation's lock. It lapses by itself, so a worker that dies holds nothing up for long. Where
nothing is due nothing is written: look first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select, tuple_, update

from gateway.store.tables import DeliveryRow, InboundRow, ReachRow
from gateway.store.tables.columns import table_of
from gateway.store.tables.reaching import IS_LIVE, IS_WAITING
from gateway.store.tables.thread import IS_NOT_UNDERSTOOD
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


# Built once: each look at what is due would else cost more to say than to do.
_REACH, _DELIVERY = table_of(ReachRow), table_of(DeliveryRow)
_inbound = table_of(InboundRow).c
_reach, _delivery = _REACH.c, _DELIVERY.c
_side = (_reach.store_id, _reach.conversation_id, _reach.side)
_DUE: Final = (
    select(*_side)
    .where(IS_WAITING, _reach.due_at <= bindparam("now"))
    .order_by(_reach.due_at)
    .limit(bindparam("limit"))
)
_RESERVE_DUE: Final = (
    update(_REACH)
    .where(tuple_(*_side).in_(_DUE.with_for_update(skip_locked=True)))
    .values(due_at=bindparam("until"))
    .returning(*_side)
)
_told = tuple(_delivery[name] for name in Queued._fields)
_waits = (
    IS_LIVE,
    _delivery.state == "queued",
    _delivery.not_before <= bindparam("now"),
    _delivery.channel.not_in(bindparam("full", expanding=True)),
)
_QUEUED: Final = (
    select(*_told).where(*_waits).order_by(_delivery.queued_at).limit(bindparam("limit"))
)
_FREE: Final = (
    select(_delivery.store_id, _delivery.delivery_id)
    .where(
        *_waits,
        _delivery.lease_until.is_(None) | (_delivery.lease_until <= bindparam("now")),
    )
    .order_by(_delivery.queued_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_RESERVE_QUEUED: Final = (
    update(_DELIVERY)
    .where(tuple_(_delivery.store_id, _delivery.delivery_id).in_(_FREE))
    .values(lease_until=bindparam("until"))
    .returning(*_told)
)

_NEXT: Final = (
    select(_reach.due_at).where(IS_WAITING).order_by(_reach.due_at).limit(1),
    select(_inbound.due_at).where(IS_NOT_UNDERSTOOD).order_by(_inbound.due_at).limit(1),
)


def are_many(store: Store) -> bool:
    """Whether several workers may look at this database: one process owns an SQLite file."""
    return store.dialect != "sqlite"


def due_reaches(tx: Tx, limit: int, reserve: int = 0) -> tuple[Sequence[Due], int | None]:
    """Reach rows that are due, the longest due first, and the due time that reserves them.

    ``reserve`` 0: only looked at.
    """
    told = {"now": tx.now, "limit": limit}
    if not reserve:
        return [(each[0], each[1], each[2]) for each in tx.session.execute(_DUE, told)], None
    until = tx.now + reserve
    taken = tx.session.execute(_RESERVE_DUE, told | {"until": until})
    return [(each[0], each[1], each[2]) for each in taken], until


def next_due(tx: Tx) -> int | None:
    """When the next reach row or inbound is due; None when nothing waits."""
    found = [tx.session.execute(each).scalar() for each in _NEXT]
    return min((each for each in found if each is not None), default=None)


def queued(tx: Tx, limit: int, reserve: int = 0, *, full: Collection[str] = ()) -> Sequence[Queued]:
    """Intentions that wait for hand-over, oldest first; ``reserve`` 0: only looked at.

    None of a channel that is ``full``.
    """
    told = {"now": tx.now, "limit": limit, "full": sorted(full)}
    if not reserve:
        return [Queued(*each) for each in tx.session.execute(_QUEUED, told)]
    taken = tx.session.execute(_RESERVE_QUEUED, told | {"until": tx.now + reserve})
    return [Queued(*each) for each in taken]
