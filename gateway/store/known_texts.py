"""What handing texts over asks for besides, loaded by set (see ``known``)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam
from sqlmodel import col, select

from gateway.store.known import Known
from gateway.store.tables import DeliveryRow, SenderRow
from gateway.store.tx import Tx

_SENDERS = (
    select(SenderRow)
    .where(col(SenderRow.store_id).in_(bindparam("stores", expanding=True)))
    .order_by(col(SenderRow.store_id), col(SenderRow.place), col(SenderRow.sender))
    .with_for_update()
    .execution_options(populate_existing=True)  # what was read before the lock is old
)
_BROUGHT = (
    select(DeliveryRow.address_id)
    .where(
        col(DeliveryRow.store_id).in_(bindparam("stores", expanding=True)),
        col(DeliveryRow.address_id).in_(bindparam("addresses", expanding=True)),
        DeliveryRow.form == "words",
        col(DeliveryRow.accepted_at).is_not(None),
    )
    .distinct()
)
_REFUSED = select(DeliveryRow).where(
    col(DeliveryRow.store_id).in_(bindparam("stores", expanding=True)),
    col(DeliveryRow.person_id).in_(bindparam("people", expanding=True)),
    DeliveryRow.state == "failed",
)


def add_texts(tx: Tx, known: Known, channels: Collection[str]) -> None:
    """For the ``taken`` deliveries of these channels; the numbers of their stores are locked."""
    rows = [row for row in known.taken.values() if row.channel in channels]
    if not rows:
        return
    stores = sorted({row.store_id for row in rows})
    for sender in tx.session.execute(_SENDERS, {"stores": stores}).scalars():
        known.senders.setdefault(sender.store_id, []).append(sender)
    known.senders |= {each: known.senders.get(each, []) for each in stores}
    addresses = sorted({row.address_id for row in rows})
    told = {"stores": stores, "addresses": addresses}
    brought = set(tx.session.execute(_BROUGHT, told).scalars())
    known.brought |= {each: each in brought for each in addresses}
    people = sorted({row.person_id for row in rows})
    known.refused |= {each: [] for each in people}
    for row in tx.session.execute(_REFUSED, {"stores": stores, "people": people}).scalars():
        known.refused[row.person_id].append(row)
