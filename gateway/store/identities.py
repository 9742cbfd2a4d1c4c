"""Statements about who shoppers are by their store's word, and about their browsers' sessions."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlmodel import col, delete, select

from gateway.store.ready import Ready
from gateway.store.tables import (
    IdentityRow,
    IdentitySecretRow,
    IdentityTokenRow,
    ShopperSessionRow,
    TicketRow,
)
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx

_identity = table_of(IdentityRow)
_OF_SHOPPER = Ready(
    select_bare(_identity).where(
        _identity.c.store_id == bindparam("store"), _identity.c.shopper_id == bindparam("shopper")
    )
)


def secret_of(tx: Tx, store_id: str) -> IdentitySecretRow | None:
    """What a store signs with, if it does."""
    return tx.session.get(IdentitySecretRow, store_id)


def identity(tx: Tx, store_id: str, sub: str) -> IdentityRow | None:
    """One of the store's customers, if we have met them."""
    return tx.session.get(IdentityRow, (store_id, sub))


def identity_of(tx: Tx, store_id: str, shopper_id: str) -> IdentityRow | None:
    """Which of the store's customers a shopper is, if the store has said so; for reading alone."""
    return next(iter(_OF_SHOPPER.found(tx, store=store_id, shopper=shopper_id)), None)


def spend_token(tx: Tx, store_id: str, jti_hash: str, until: int) -> bool:
    """Note that a token was used; False when it was before. What has run out is forgotten."""
    tx.session.exec(
        delete(IdentityTokenRow).where(
            col(IdentityTokenRow.store_id) == store_id, col(IdentityTokenRow.until) <= tx.now
        )
    )
    if tx.session.get(IdentityTokenRow, (store_id, jti_hash)) is not None:
        return False
    tx.session.add(IdentityTokenRow(store_id=store_id, jti_hash=jti_hash, until=until))
    tx.session.flush()
    return True


def end_session(tx: Tx, store_id: str, token_hash: str) -> None:
    """One browser is nobody's any more, and what it bought opens no socket."""
    tx.session.exec(
        delete(ShopperSessionRow).where(
            col(ShopperSessionRow.store_id) == store_id,
            col(ShopperSessionRow.token_hash) == token_hash,
        )
    )
    tx.session.exec(
        delete(TicketRow).where(
            col(TicketRow.store_id) == store_id, col(TicketRow.session_hash) == token_hash
        )
    )


def end_sessions(tx: Tx, store_id: str, shopper_id: str) -> None:
    """No browser is this shopper's any more."""
    held = select(ShopperSessionRow.token_hash).where(
        ShopperSessionRow.store_id == store_id, ShopperSessionRow.shopper_id == shopper_id
    )
    for token_hash in tx.session.exec(held).all():
        end_session(tx, store_id, token_hash)
