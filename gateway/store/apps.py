"""Statements about the stores' own apps."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import select

from gateway.store import people
from gateway.store.tables import AddressRow, AppRow
from gateway.store.tx import Tx

CHANNEL = "app"


def app_of(tx: Tx, store_id: str) -> AppRow | None:
    """A store's app, if it has one."""
    return tx.session.get(AppRow, store_id)


def linked_to(tx: Tx, store_id: str, user: str) -> AddressRow | None:
    """The address of the shopper that this user of the app is linked to, if any is."""
    rows = people.addresses_with(tx, store_id, CHANNEL, user)
    return next((row for row in rows if row.proven_at is not None), None)


def links_of(tx: Tx, store_id: str, shopper_id: str) -> Sequence[AddressRow]:
    """Every user of the app that was ever linked to a shopper."""
    return tx.session.exec(
        select(AddressRow).where(
            AddressRow.store_id == store_id,
            AddressRow.side == "shopper",
            AddressRow.person_id == shopper_id,
            AddressRow.channel == CHANNEL,
        )
    ).all()
