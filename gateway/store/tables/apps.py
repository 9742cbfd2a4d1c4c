"""The stores' own apps, which are told and answer by signed webhooks."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class AppRow(Row, table=True):
    """Where a store's app is called, and what signs both ways.

    ``secrets`` is a JSON list of locked ones, the newest first: two while one is being replaced.
    Both sign, and either is believed. ``with_words``: the app is told what the messages say.
    """

    __tablename__ = "app"
    store_id: str = key()
    url: str = text()
    secrets: str = text()
    with_words: int = integer(default=0)
    created_at: int = integer()
