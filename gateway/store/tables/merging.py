"""Which shoppers turned out to be one, and what has to go back if they were not."""

from __future__ import annotations

from sqlalchemy import Index

from gateway.store.tables.columns import Row, integer, key, text


class MergeRow(Row, table=True):
    """One merge of two shoppers; ``ended_at`` once it was taken back.

    ``conversation_id`` is the younger's open conversation, ``continued_in`` where it went on (None:
    the elder had none open and it was handed over), ``place`` its place there. ``moved`` is JSON:
    the ids of the conversations, addresses and deliveries that changed hands, and what the elder
    and their own addresses were before. It names no address by its value. ``agent_id`` is who said
    that they are one; empty: their store, by its signature.
    """

    __tablename__ = "merge"
    __table_args__ = (
        Index("ix_merge_younger", "store_id", "younger_id"),
        Index("ix_merge_elder", "store_id", "elder_id"),
        Index("ix_merge_conversation", "store_id", "conversation_id"),
        Index("ix_merge_continued", "store_id", "continued_in"),
    )
    store_id: str = key()
    merge_id: str = key()
    elder_id: str = text()
    younger_id: str = text()
    conversation_id: str | None = text(default=None)
    continued_in: str | None = text(default=None)
    place: int = integer(default=0)
    agent_id: str = text(default="")
    moved: str = text(default="{}")
    at: int = integer()
    ended_at: int | None = integer(default=None)
