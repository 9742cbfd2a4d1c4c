"""Statements about deliveries that go out as one message: a digest to an agent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx


def queued_beside(
    tx: Tx, row: DeliveryRow, limit: int, *, locked: bool = True
) -> Sequence[DeliveryRow]:
    """Other staff notices that wait for hand-over to the same address, oldest first.

    Also what a worker has reserved: whoever claims it later finds it gone.
    """
    found = (
        select(DeliveryRow)
        .where(
            DeliveryRow.store_id == row.store_id,
            DeliveryRow.address_id == row.address_id,
            DeliveryRow.delivery_id != row.delivery_id,
            DeliveryRow.side == "staff",
            DeliveryRow.form == "words",
            DeliveryRow.state == "queued",
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
        .limit(limit)
    )
    if locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return tx.session.exec(found).all()


def batch_of(tx: Tx, row: DeliveryRow, *, locked: bool = True) -> Sequence[DeliveryRow]:
    """Everything that went out as one message with this delivery, itself among it, oldest first."""
    if row.batch_id is None:
        return [row]
    found = (
        select(DeliveryRow)
        .where(
            DeliveryRow.store_id == row.store_id,
            DeliveryRow.address_id == row.address_id,
            DeliveryRow.batch_id == row.batch_id,
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
    )
    if locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return tx.session.exec(found).all()
