"""Statements about handles."""

from __future__ import annotations

from sqlmodel import col, delete

from gateway.store.tables import HandleRow
from gateway.store.tx import Tx


def put(tx: Tx, store_id: str, handle_hash: str, session_hash: str, *, expires_at: int) -> None:
    """Let this handle stand for this session."""
    tx.session.add(
        HandleRow(
            store_id=store_id,
            handle_hash=handle_hash,
            session_hash=session_hash,
            expires_at=expires_at,
        )
    )


def find(tx: Tx, store_id: str, handle_hash: str) -> HandleRow | None:
    """What a handle stands for, unless it has run out."""
    row = tx.session.get(HandleRow, (store_id, handle_hash))
    return row if row is not None and row.expires_at > tx.now else None


def forget_old(tx: Tx) -> None:
    """Drop those that have run out."""
    tx.session.exec(delete(HandleRow).where(col(HandleRow.expires_at) <= tx.now))
