"""Who was called into a conversation by a note."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from gateway.store.tables.columns import Row, integer, key


class MentionRow(Row, table=True):
    """A note at ``seq`` names an agent; ``seen_at`` once that agent had it on screen."""

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_conversation", "store_id", "conversation_id"),
        Index("ix_mention_agent", "store_id", "agent_id", "at", "conversation_id"),
        Index(
            "ix_mention_unseen",
            "store_id",
            "agent_id",
            "conversation_id",
            sqlite_where=sql("seen_at IS NULL"),
            postgresql_where=sql("seen_at IS NULL"),
        ),
    )
    store_id: str = key()
    agent_id: str = key()
    conversation_id: str = key()
    seq: int = integer(primary_key=True)
    at: int = integer()
    seen_at: int | None = integer(default=None)
