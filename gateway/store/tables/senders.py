"""The numbers that stores text from."""

from __future__ import annotations

from sqlmodel import SQLModel

from gateway.store.tables.columns import integer, key, text


class SenderRow(SQLModel, table=True):
    """One number (E.164, a short code) or Messaging Service of a store; no two stores share one.

    ``place`` 0 is the usual one, for whom no other fits. ``country`` is ISO 3166, empty when nobody
    can tell.
    """

    __tablename__ = "sender"
    store_id: str = key()
    sender: str = key(unique=True)
    place: int = integer()
    country: str = text(default="")
