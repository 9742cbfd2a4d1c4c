"""Statements about web push: stores' keys and browsers' subscriptions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import PushKeyRow, SubscriptionRow
from gateway.store.tx import Tx


def keys_of(tx: Tx, store_id: str) -> Sequence[PushKeyRow]:
    """All keys that a store ever had, the newest first."""
    return tx.session.exec(
        select(PushKeyRow)
        .where(PushKeyRow.store_id == store_id)
        .order_by(col(PushKeyRow.made_at).desc(), col(PushKeyRow.public_key))
    ).all()


def key_in_use(tx: Tx, store_id: str) -> PushKeyRow | None:
    """The key that browsers are subscribed with now; None while the store notifies none."""
    return next((row for row in keys_of(tx, store_id) if row.retired_at is None), None)


def subscription(tx: Tx, store_id: str, address_id: str) -> SubscriptionRow | None:
    """How the browser behind an address is spoken to."""
    return tx.session.get(SubscriptionRow, (store_id, address_id))
