"""Statements about what persons wrote in a conversation, leaving out all that merely happened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tx import Tx


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
    return tx.session.exec(
        select(EntryRow.at)
        .where(
            EntryRow.store_id == conversation.store_id,
            EntryRow.conversation_id == conversation.conversation_id,
            EntryRow.seq < seq,
            EntryRow.kind == "message",
            EntryRow.side == written_by,
            EntryRow.automatic == 0,
            col(EntryRow.taken_back_at).is_(None),
        )
        .order_by(col(EntryRow.seq).desc())
        .limit(1)
    ).first()


def after(
    tx: Tx, store_id: str, conversation_id: str, seq: int, *, written_by: str
) -> Sequence[EntryRow]:
    """What persons of one side wrote to the other after ``seq``, and have not taken back.

    Automatic entries are none.
    """
    if tx.known is not None and tx.known.messages_since.get(conversation_id, seq + 1) <= seq:
        return [
            row
            for row in tx.known.messages[conversation_id]
            if row.seq > seq
            and row.side == written_by
            and not row.automatic
            and row.taken_back_at is None
        ]
    return tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == store_id,
            EntryRow.conversation_id == conversation_id,
            EntryRow.seq > seq,
            EntryRow.kind == "message",
            EntryRow.side == written_by,
            EntryRow.automatic == 0,
            col(EntryRow.taken_back_at).is_(None),
        )
        .order_by(col(EntryRow.seq))
    ).all()
