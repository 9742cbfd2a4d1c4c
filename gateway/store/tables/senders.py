"""The numbers that stores text from."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class SenderRow(Row, table=True):
    """One number (E.164, a short code) or Messaging Service of a store; no two stores share one.

    ``place`` 0 is the usual one, for whom no other fits. ``country`` is ISO 3166, empty when nobody
    can tell. It sends ``per_minute`` pieces at most, 0 standing for no bound of ours; the end of
    its line is free from ``free_at`` on, and its front from ``front_at`` (see ``core.pace``).
    """

    __tablename__ = "sender"
    store_id: str = key()
    sender: str = key(unique=True)
    place: int = integer()
    country: str = text(default="")
    per_minute: int = integer(default=0)
    free_at: int = integer(default=0)
    front_at: int = integer(default=0)
