"""Conversations, the log of entries, and what came in from outside before it was understood."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Index, event, inspect, update
from sqlalchemy import text as sql

from gateway.core.inbox_order import order_of
from gateway.store.tables.columns import Row, integer, key, one_of, raw, text
from gateway.store.tables.labels import ConversationLabelRow

_NOT_YET: Final = "state IN ('kept', 'stored', 'parsing')"
IS_NOT_UNDERSTOOD: Final = sql(f"inbound.{_NOT_YET}")
"""To be asked besides which of these states it is, as ``IS_LIVE`` of a delivery."""


class ConversationRow(Row, table=True):
    """The one thread between a shopper and a store, with the inbox's columns beside it.

    ``last_all`` is the last seq that the shopper may see. ``waiting_since`` is the first
    unanswered message's instant. ``unread`` counts the shopper's messages after ``seen_staff``.
    ``snoozed_until`` keeps it out of the open ones; ``woken_at`` is when that ended by itself,
    until an agent looks. ``blocked_at`` is its shopper's. ``labels`` are ids, a JSON list in the
    order in which they were given.
    ``inbox_order`` follows from the others and is never set by hand (``core/inbox_order``).
    A merged one says where it goes on (``continued_in``), its place among what continues there
    (``continued_as``), and which entry there tells of it (``continued_seq``); ``places`` is how
    many places were ever given in this one. ``rating`` is the newest, of ``rating_of`` steps.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        one_of("state", "open", "resolved"),
        Index(
            "uq_conversation_one_open",
            "store_id",
            "shopper_id",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
        Index("ix_conversation_inbox", "store_id", "inbox_order", "conversation_id"),
        Index(
            "ix_conversation_assignee", "store_id", "assignee_id", "inbox_order", "conversation_id"
        ),
        Index(
            "ix_conversation_unassigned",
            "store_id",
            "inbox_order",
            "conversation_id",
            sqlite_where=sql("assignee_id IS NULL"),
            postgresql_where=sql("assignee_id IS NULL"),
        ),
        Index(
            "ix_conversation_unreachable",
            "store_id",
            "inbox_order",
            "conversation_id",
            sqlite_where=sql("unreachable = 1"),
            postgresql_where=sql("unreachable = 1"),
        ),
        Index(
            "ix_conversation_snoozed",
            "snoozed_until",
            sqlite_where=sql("snoozed_until IS NOT NULL"),
            postgresql_where=sql("snoozed_until IS NOT NULL"),
        ),
        Index("ix_conversation_shopper", "store_id", "shopper_id", "created_at"),
        Index(
            "ix_conversation_continued",
            "store_id",
            "continued_in",
            sqlite_where=sql("continued_in IS NOT NULL"),
            postgresql_where=sql("continued_in IS NOT NULL"),
        ),
    )
    store_id: str = key()
    conversation_id: str = key()
    number: int = integer()
    shopper_id: str = text()
    state: str = text(default="open")
    resolved_at: int | None = integer(default=None)
    assignee_id: str | None = text(default=None)
    subject: str = text(default="")
    last_seq: int = integer(default=0)
    last_all: int = integer(default=0)
    seen_shopper: int = integer(default=0)
    seen_staff: int = integer(default=0)
    last_at: int = integer()
    preview: str = text(default="")
    last_channel: str = text(default="chat")
    waiting_since: int | None = integer(default=None)
    unread: int = integer(default=0)
    unreachable: int = integer(default=0)
    snoozed_until: int | None = integer(default=None)
    woken_at: int | None = integer(default=None)
    blocked_at: int | None = integer(default=None)
    labels: str = text(default="[]")
    inbox_order: int = integer(default=0)
    continued_in: str | None = text(default=None)
    continued_as: int = integer(default=0)
    continued_seq: int = integer(default=0)
    places: int = integer(default=0)
    rating: int | None = integer(default=None)
    rating_of: int | None = integer(default=None)
    created_at: int = integer()


@event.listens_for(ConversationRow, "before_insert")
@event.listens_for(ConversationRow, "before_update")
def _stand(_mapper: object, _connection: Connection, row: ConversationRow) -> None:
    """Whoever changed what the order follows from: it is right in the same statement."""
    order = order_of(
        state=row.state,
        last_at=row.last_at,
        waiting_since=row.waiting_since,
        snoozed_until=row.snoozed_until,
        woken_at=row.woken_at,
        blocked_at=row.blocked_at,
    )
    if order != row.inbox_order:
        row.inbox_order = order


@event.listens_for(ConversationRow, "after_update")
def _stand_by_label(_mapper: Any, connection: Connection, row: ConversationRow) -> None:  # noqa: ANN401
    if row.labels == "[]" or not inspect(row).attrs.inbox_order.history.has_changes():
        return
    labelled = ConversationLabelRow.__table__.c  # type: ignore[attr-defined]
    connection.execute(
        update(ConversationLabelRow)
        .where(
            labelled.store_id == row.store_id,
            labelled.conversation_id == row.conversation_id,
        )
        .values(inbox_order=row.inbox_order)
    )


class EntryRow(Row, table=True):
    """One row of the log. ``prev`` is the seq before it that everybody may see.

    What was taken back keeps its row and its seq, and has no body.
    """

    __tablename__ = "entry"
    __table_args__ = (
        one_of("kind", "message", "note", "event"),
        one_of("audience", "all", "staff"),
        one_of("side", "shopper", "staff", "system"),
        Index("uq_entry_cmid", "store_id", "author_id", "cmid", unique=True),
    )
    store_id: str = key()
    conversation_id: str = key()
    seq: int = integer(primary_key=True)
    entry_id: str = text()
    prev: int = integer()
    at: int = integer()
    kind: str = text()
    audience: str = text()
    side: str = text()
    author_id: str = text()
    author_name: str = text()
    channel: str = text()
    cmid: str | None = text(default=None)
    body: str | None = text(default=None)
    event: str | None = text(default=None)
    data: str = text(default="{}")
    inbound_key: str | None = text(default=None)
    automatic: int = integer(default=0)
    edited_at: int | None = integer(default=None)
    taken_back_at: int | None = integer(default=None)


class InboundRow(Row, table=True):
    """What a provider handed us, as it came, under the key that makes a repeat harmless.

    ``stored`` → ``parsing`` (leased) → ``done`` | ``quarantined``; ``outcome`` says what became of
    it. A webhook is ``kept`` until it is understood, in order of ``due_at``; a text whose pictures
    are to be fetched is ``stored`` then. ``sender`` is the number of whoever texted.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        one_of("state", "kept", "stored", "parsing", "done", "quarantined"),
        one_of("channel", "sms", "email", "whatsapp", "push", "app"),
        Index("ix_inbound_conversation", "store_id", "conversation_id"),
        Index(
            "ix_inbound_sender",
            "store_id",
            "sender",
            "received_at",
            sqlite_where=sql("sender IS NOT NULL"),
            postgresql_where=sql("sender IS NOT NULL"),
        ),
        Index(
            "ix_inbound_quarantined",
            "store_id",
            "received_at",
            sqlite_where=sql("state = 'quarantined'"),
            postgresql_where=sql("state = 'quarantined'"),
        ),
        Index(
            "ix_inbound_due",
            "due_at",
            sqlite_where=sql(_NOT_YET),
            postgresql_where=sql(_NOT_YET),
        ),
    )
    store_id: str = key()
    inbound_key: str = key()
    channel: str = text()
    state: str = text(default="stored")
    envelope: str = text(default="{}")
    raw: bytes = raw()
    attempts: int = integer(default=0)
    due_at: int = integer()
    outcome: str = text(default="")
    sender: str | None = text(default=None)
    conversation_id: str | None = text(default=None)
    received_at: int = integer()
