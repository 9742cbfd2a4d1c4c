"""Labels, what bears them, and the filters that agents keep."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index
from sqlalchemy import text as sql

from gateway.store.tables.columns import Row, integer, key, one_of, text

COLOURS: Final = ("grey", "green", "blue", "violet", "amber", "red")


class LabelRow(Row, table=True):
    """A word that agents put on conversations of one store.

    ``folded`` is the name as it is compared. One that was removed keeps its row, for the logs name
    it.
    """

    __tablename__ = "label"
    __table_args__ = (
        one_of("colour", *COLOURS),
        Index(
            "uq_label_name",
            "store_id",
            "folded",
            unique=True,
            sqlite_where=sql("removed_at IS NULL"),
            postgresql_where=sql("removed_at IS NULL"),
        ),
    )
    store_id: str = key()
    label_id: str = key()
    name: str = text()
    folded: str = text()
    colour: str = text(default="grey")
    created_at: int = integer()
    removed_at: int | None = integer(default=None)


class ConversationLabelRow(Row, table=True):
    """A conversation bears a label; ``inbox_order`` is the conversation's, for paging by label."""

    __tablename__ = "conversation_label"
    __table_args__ = (
        Index(
            "ix_conversation_label_order",
            "store_id",
            "label_id",
            "inbox_order",
            "conversation_id",
        ),
    )
    store_id: str = key()
    conversation_id: str = key()
    label_id: str = key()
    inbox_order: int = integer()


class SavedFilterRow(Row, table=True):
    """What an agent likes to look at, under a name; ``asks`` is JSON; the store is the house."""

    __tablename__ = "saved_filter"
    store_id: str = key()
    agent_id: str = key()
    filter_id: str = key()
    name: str = text()
    asks: str = text()
    created_at: int = integer()
