"""Statements about answers from outside: which conversation a number names, who answered what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow
from gateway.store.tx import Tx

ENOUGH = 5


def sent_of_number(
    tx: Tx, store_id: str, number: int, address_ids: Sequence[str]
) -> Sequence[DeliveryRow]:
    """The newest deliveries to these addresses of the conversation with this number.

    By the address, which has few: numbers have no index of their own.
    """
    return tx.session.exec(
        select(DeliveryRow)
        .join(
            ConversationRow,
            (col(ConversationRow.store_id) == col(DeliveryRow.store_id))
            & (col(ConversationRow.conversation_id) == col(DeliveryRow.conversation_id)),
        )
        .where(
            DeliveryRow.store_id == store_id,
            col(DeliveryRow.address_id).in_(address_ids),
            ConversationRow.number == number,
        )
        .order_by(col(DeliveryRow.queued_at).desc(), col(DeliveryRow.delivery_id).desc())
        .limit(ENOUGH)
    ).all()


def assigned_of_number(tx: Tx, store_id: str, number: int, agent_id: str) -> ConversationRow | None:
    """The open conversation with this number, if it is assigned to this agent."""
    return tx.session.exec(
        select(ConversationRow).where(
            ConversationRow.store_id == store_id,
            ConversationRow.state == "open",
            ConversationRow.assignee_id == agent_id,
            ConversationRow.number == number,
        )
    ).first()


def last_written(tx: Tx, conversation: ConversationRow, author_id: str, channel: str) -> int:
    """When this person last wrote a message here by this channel; 0 for never."""
    return (
        tx.session.exec(
            select(EntryRow.at)
            .where(
                EntryRow.store_id == conversation.store_id,
                EntryRow.conversation_id == conversation.conversation_id,
                EntryRow.kind == "message",
                EntryRow.author_id == author_id,
                EntryRow.channel == channel,
            )
            .order_by(col(EntryRow.seq).desc())
            .limit(1)
        ).first()
        or 0
    )
