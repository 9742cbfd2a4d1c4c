"""Statements about what persons wrote in a conversation, leaving out all that merely happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlmodel import col, select

from gateway.store.ready import Ready
from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx


class Heading(NamedTuple):
    """A message without its words; ``at`` in microseconds UTC."""

    seq: int
    at: int
    author_id: str
    author_name: str


_entry = table_of(EntryRow)
_BY_PERSONS = (
    (_entry.c.store_id == bindparam("store"))
    & (_entry.c.conversation_id == bindparam("conversation"))
    & (_entry.c.kind == "message")
    & (_entry.c.side == bindparam("side"))
    & (_entry.c.automatic == 0)
    & _entry.c.taken_back_at.is_(None)
)
_AFTER = Ready(
    select_bare(*(_entry.c[each] for each in Heading._fields))
    .where(_BY_PERSONS, _entry.c.seq > bindparam("after"))
    .order_by(_entry.c.seq)
)
_LAST = Ready(
    select_bare(_entry.c.at)
    .where(_BY_PERSONS, _entry.c.seq < bindparam("before"))
    .order_by(_entry.c.seq.desc())
    .limit(1)
)


def between(
    tx: Tx, store_id: str, conversation_id: str, first: int, before: int
) -> Sequence[EntryRow]:
    """Messages from seq ``first`` on and before another, whoever wrote them, oldest first."""
    if tx.known is not None and tx.known.messages_since.get(conversation_id, first) < first:
        rows = tx.known.messages[conversation_id]
        return [row for row in rows if first <= row.seq < before and row.audience == "all"]
    return tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == store_id,
            EntryRow.conversation_id == conversation_id,
            EntryRow.seq >= first,
            EntryRow.seq < before,
            EntryRow.kind == "message",
            EntryRow.audience == "all",
        )
        .order_by(col(EntryRow.seq))
    ).all()


def last_before(tx: Tx, conversation: ConversationRow, seq: int, *, written_by: str) -> int | None:
    """When this side last wrote before ``seq``; None when it never did."""
    found = _LAST.found(
        tx,
        store=conversation.store_id,
        conversation=conversation.conversation_id,
        before=seq,
        side=written_by,
    )
    return found[0][0] if found else None


def after(
    tx: Tx, store_id: str, conversation_id: str, seq: int, *, written_by: str
) -> Sequence[Heading]:
    """What persons of one side wrote to the other after ``seq``, and have not taken back.

    Automatic entries are none. Somebody who is not answered may write thousands, and each look at
    them is one at all: the words stay where they are.
    """
    if tx.known is not None and tx.known.messages_since.get(conversation_id, seq + 1) <= seq:
        return [
            Heading(row.seq, row.at, row.author_id, row.author_name)
            for row in tx.known.messages[conversation_id]
            if row.seq > seq
            and row.side == written_by
            and not row.automatic
            and row.taken_back_at is None
        ]
    found = _AFTER.found(
        tx, store=store_id, conversation=conversation_id, after=seq, side=written_by
    )
    return [Heading(*row) for row in found]


def nearest(tx: Tx, store_id: str, conversation_id: str, at: int) -> EntryRow | None:
    """The first message or note from an instant on, else the last one; None when there is none."""
    written = select(EntryRow).where(
        EntryRow.store_id == store_id,
        EntryRow.conversation_id == conversation_id,
        col(EntryRow.kind).in_(("message", "note")),
    )
    first = written.where(EntryRow.at >= at).order_by(col(EntryRow.seq)).limit(1)
    last = written.order_by(col(EntryRow.seq).desc()).limit(1)
    return tx.session.exec(first).first() or tx.session.exec(last).first()
