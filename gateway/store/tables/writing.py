"""What agents write before it is an entry: canned replies, drafts, and messages for later."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index
from sqlalchemy import text as sql

from gateway.store.tables.columns import Row, integer, key, one_of, text

_FOR_LATER: Final = "state = 'waiting'"
IS_FOR_LATER: Final = sql(f"scheduled.{_FOR_LATER}")
"""In words: a plan that PostgreSQL keeps for whatever is given takes no index of some rows."""


class CannedRow(Row, table=True):
    """Words that are used again and again; ``agent_id`` is whose own they are, empty: the store's.

    ``bodies`` is JSON, language → words. One that ``resolves`` ends the conversation when it is
    sent.
    """

    __tablename__ = "canned"
    __table_args__ = (Index("uq_canned_shortcut", "store_id", "agent_id", "shortcut", unique=True),)
    store_id: str = key()
    canned_id: str = key()
    agent_id: str = text(default="")
    shortcut: str = text()
    name: str = text()
    bodies: str = text(default="{}")
    resolves: int = integer(default=0)
    version: int = integer(default=1)
    changed_at: int = integer()
    changed_by: str = text()


class DraftRow(Row, table=True):
    """What an agent began to write in a conversation: one answer and one note at most."""

    __tablename__ = "draft"
    __table_args__ = (one_of("kind", "answer", "note"),)
    store_id: str = key()
    agent_id: str = key()
    conversation_id: str = key()
    kind: str = key()
    body: str = text()
    at: int = integer()


class ScheduledRow(Row, table=True):
    """A message that its author wants sent at ``due_at``; until then it is no entry.

    ``waiting`` → ``sent`` | ``cancelled`` | ``held``, and from ``held`` to any of the others.
    ``because`` says who wrote meanwhile, ``why`` what was wrong. ``attachments`` is a JSON list of
    ids, ``wish`` JSON or empty. ``seen_seq`` is the last entry that its author had on screen.
    """

    __tablename__ = "scheduled"
    __table_args__ = (
        one_of("state", "waiting", "held", "sent", "cancelled"),
        Index("uq_scheduled_cmid", "store_id", "agent_id", "cmid", unique=True),
        Index("ix_scheduled_conversation", "store_id", "conversation_id", "due_at"),
        Index(
            "ix_scheduled_due",
            "due_at",
            sqlite_where=sql(_FOR_LATER),
            postgresql_where=sql(_FOR_LATER),
        ),
    )
    store_id: str = key()
    scheduled_id: str = key()
    conversation_id: str = text()
    agent_id: str = text()
    cmid: str = text()
    body: str = text()
    attachments: str = text(default="[]")
    wish: str = text(default="")
    resolves: int = integer(default=0)
    due_at: int = integer()
    seen_seq: int = integer()
    state: str = text(default="waiting")
    because: str = text(default="")
    why: str = text(default="")
    created_at: int = integer()
    state_at: int = integer()
