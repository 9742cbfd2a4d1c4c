"""Statements about which addresses want nothing of one conversation."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, select

from gateway.store.tables import ConversationRow, ConversationStopRow
from gateway.store.tx import Tx


def stops_of(tx: Tx, conversation: ConversationRow) -> Mapping[str, int]:
    """Since when each address that does wants nothing of this conversation."""
    if tx.known is not None and conversation.conversation_id in tx.known.stops:
        return tx.known.stops[conversation.conversation_id]
    rows = tx.session.exec(
        select(ConversationStopRow).where(
            ConversationStopRow.store_id == conversation.store_id,
            ConversationStopRow.conversation_id == conversation.conversation_id,
            col(ConversationStopRow.stopped_at).is_not(None),
        )
    )
    return {row.address_id: row.stopped_at for row in rows if row.stopped_at is not None}


def stop(tx: Tx, conversation: ConversationRow, address_id: str, *, stopped: bool) -> bool:
    """Write down that an address wants nothing of a conversation, or does again: is it news?"""
    name = (conversation.store_id, conversation.conversation_id, address_id)
    row = tx.session.get(ConversationStopRow, name)
    if (row is not None and row.stopped_at is not None) == stopped:
        return False
    row = row or ConversationStopRow(
        store_id=conversation.store_id,
        conversation_id=conversation.conversation_id,
        address_id=address_id,
    )
    row.stopped_at = tx.now if stopped else None
    tx.session.add(row)
    tx.session.flush()
    return True
