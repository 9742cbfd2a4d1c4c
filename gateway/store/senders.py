"""Statements about the numbers that stores text from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import DeliveryRow, InboundRow, SenderRow
from gateway.store.tables.reaching import IS_LIVE
from gateway.store.tx import Tx


def senders_of(tx: Tx, store_id: str) -> Sequence[SenderRow]:
    """A store's, the usual one first."""
    if tx.known is not None and store_id in tx.known.senders:
        return tx.known.senders[store_id]
    return tx.session.exec(
        select(SenderRow).where(SenderRow.store_id == store_id).order_by(col(SenderRow.place))
    ).all()


def holder(tx: Tx, sender: str) -> SenderRow | None:
    """Whose number this is, if any store's."""
    return tx.session.exec(select(SenderRow).where(SenderRow.sender == sender)).first()


def in_line(tx: Tx, store_id: str, sender: str) -> SenderRow | None:
    """A sender of a store with its line, locked: whoever takes a turn is alone on it."""
    if tx.known is not None and store_id in tx.known.senders:
        return next((row for row in tx.known.senders[store_id] if row.sender == sender), None)
    return tx.session.exec(
        select(SenderRow)
        .where(SenderRow.store_id == store_id, SenderRow.sender == sender)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def next_turn(tx: Tx) -> int | None:
    """When the next delivery that waits for its moment may be handed over; None: none waits."""
    return tx.session.exec(
        select(DeliveryRow.not_before)
        .where(IS_LIVE, DeliveryRow.state == "queued", DeliveryRow.not_before > tx.now)
        .order_by(col(DeliveryRow.not_before))
        .limit(1)
    ).first()


def last_text_from(tx: Tx, store_id: str, number: str) -> InboundRow | None:
    """The newest text that somebody sent to a store."""
    return tx.session.exec(
        select(InboundRow)
        .where(
            InboundRow.store_id == store_id,
            InboundRow.channel == "sms",
            InboundRow.sender == number,
        )
        .order_by(col(InboundRow.received_at).desc())
        .limit(1)
    ).first()
