"""Statements about messages that are changed or taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from gateway.store import thread
from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tx import Tx, pack


def show_newest(tx: Tx, conversation: ConversationRow) -> None:
    """Let the inbox show the newest message that still has its words; its place stays."""
    row = tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == conversation.store_id,
            EntryRow.conversation_id == conversation.conversation_id,
            EntryRow.kind == "message",
            col(EntryRow.taken_back_at).is_(None),
        )
        .order_by(col(EntryRow.seq).desc())
        .limit(1)
    ).first()
    if row is None:
        conversation.preview = ""
    else:
        thread.preview(conversation, row)
    tx.session.add(conversation)


def events_about(tx: Tx, conversation: ConversationRow, event: str, seq: int) -> Sequence[EntryRow]:
    """The events of this kind that are about one entry, oldest first."""
    return tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == conversation.store_id,
            EntryRow.conversation_id == conversation.conversation_id,
            EntryRow.seq > seq,
            EntryRow.event == event,
            EntryRow.data == pack({"seq": seq}),
        )
        .order_by(col(EntryRow.seq))
    ).all()


def last_answer(tx: Tx, conversation: ConversationRow) -> int:
    """The seq of the last message that an agent wrote and has not taken back; 0 for none."""
    return (
        tx.session.exec(
            select(func.max(EntryRow.seq)).where(
                EntryRow.store_id == conversation.store_id,
                EntryRow.conversation_id == conversation.conversation_id,
                EntryRow.kind == "message",
                EntryRow.side == "staff",
                EntryRow.automatic == 0,
                col(EntryRow.taken_back_at).is_(None),
            )
        ).one()
        or 0
    )
