"""Statements of the inbox: pages of a view, and how many conversations a shopper has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from gateway.store.tables import ConversationRow
from gateway.store.tx import Tx


def other_conversations(tx: Tx, store_id: str, shopper_id: str, conversation_id: str) -> int:
    """How many other conversations this shopper has."""
    return tx.session.exec(
        select(func.count())
        .select_from(ConversationRow)
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.shopper_id == shopper_id,
            ConversationRow.conversation_id != conversation_id,
        )
    ).one()


def page(
    tx: Tx, store_id: str, *, state: str, assignee: str | None, before_at: int | None, limit: int
) -> Sequence[ConversationRow]:
    """A page of a store's conversations, newest first.

    ``assignee``: an agent's id, "" for nobody's, None for any.
    """
    found = select(ConversationRow).where(
        ConversationRow.store_id == store_id, ConversationRow.state == state
    )
    if before_at is not None:
        found = found.where(ConversationRow.last_at < before_at)
    if assignee is not None:
        found = found.where(
            col(ConversationRow.assignee_id).is_(None)
            if assignee == ""
            else ConversationRow.assignee_id == assignee
        )
    return tx.session.exec(found.order_by(col(ConversationRow.last_at).desc()).limit(limit)).all()
