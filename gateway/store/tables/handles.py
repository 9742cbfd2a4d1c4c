"""Handles: how a browser that keeps nothing of ours comes back, by what the shop's page keeps."""

from __future__ import annotations

from sqlmodel import Index

from gateway.store.tables.columns import Row, integer, key, text


class HandleRow(Row, table=True):
    """A handle of a shopper's session; only the hashes of both are kept.

    It is worth nothing once the session is: a ``reset`` ends both.
    """

    __tablename__ = "handle"
    __table_args__ = (Index("ix_handle_expires_at", "expires_at"),)
    store_id: str = key()
    handle_hash: str = key()
    session_hash: str = text()
    expires_at: int = integer()
