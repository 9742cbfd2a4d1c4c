"""Statements about how conversations went."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from gateway.store.tables import EntryRow, RatingRow
from gateway.store.tx import Tx


def resolved_by(tx: Tx, store_id: str, conversation_id: str) -> EntryRow | None:
    """The newest entry that resolved a conversation."""
    return tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == store_id,
            EntryRow.conversation_id == conversation_id,
            EntryRow.event == "resolved",
        )
        .order_by(col(EntryRow.seq).desc())
        .limit(1)
    ).first()


def was_answered(tx: Tx, store_id: str, conversation_id: str, before: int) -> bool:
    """Whether somebody of the staff wrote to the shopper before this seq."""
    found = select(EntryRow.seq).where(
        EntryRow.store_id == store_id,
        EntryRow.conversation_id == conversation_id,
        EntryRow.seq < before,
        EntryRow.kind == "message",
        EntryRow.side == "staff",
        EntryRow.automatic == 0,
    )
    return tx.session.exec(found.limit(1)).first() is not None


def rating(tx: Tx, store_id: str, conversation_id: str, resolved_seq: int) -> RatingRow | None:
    """What was said of the conversation after that entry."""
    return tx.session.get(RatingRow, (store_id, conversation_id, resolved_seq))


def figures(tx: Tx, store_id: str, since: int) -> Sequence[tuple[str | None, int, int, int]]:
    """Who had it, of how many steps, how many ratings there were since then, and their sum."""
    rows = tx.session.exec(
        select(
            RatingRow.agent_id,
            RatingRow.steps,
            func.count(),
            func.sum(RatingRow.score),
        )
        .where(
            RatingRow.store_id == store_id,
            col(RatingRow.score).is_not(None),
            RatingRow.at >= since,
        )
        .group_by(col(RatingRow.agent_id), col(RatingRow.steps))
    ).all()
    return [(agent, steps, int(n), int(total or 0)) for agent, steps, n, total in rows]
