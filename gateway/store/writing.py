"""Statements about what agents write before it is an entry."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlmodel import col, delete, select, update

from gateway.errors import NotFound
from gateway.store.ready import Ready
from gateway.store.tables import CannedRow, DraftRow, MentionRow, ScheduledRow
from gateway.store.tables.columns import table_of
from gateway.store.tables.writing import IS_FOR_LATER
from gateway.store.tx import Tx

_later = table_of(ScheduledRow)
_SCHEDULED = Ready(
    select_bare(_later)
    .where(
        _later.c.store_id == bindparam("store"),
        _later.c.conversation_id == bindparam("conversation"),
        (_later.c.state == "waiting") | (_later.c.state == "held"),
    )
    .order_by(_later.c.due_at, _later.c.scheduled_id)
)


def canned_for(tx: Tx, store_id: str, agent_id: str) -> Sequence[CannedRow]:
    """The store's canned replies and this agent's own, by shortcut, own ones first."""
    return tx.session.exec(
        select(CannedRow)
        .where(CannedRow.store_id == store_id, col(CannedRow.agent_id).in_(("", agent_id)))
        .order_by(col(CannedRow.shortcut), col(CannedRow.agent_id).desc())
    ).all()


def canned(tx: Tx, store_id: str, canned_id: str) -> CannedRow:
    """One of them.

    Raises:
        NotFound: it is not there.
    """
    row = tx.session.get(CannedRow, (store_id, canned_id))
    if row is None:
        raise NotFound("this canned reply is not there any more")
    return row


def by_shortcut(tx: Tx, store_id: str, agent_id: str, shortcut: str) -> CannedRow | None:
    """The one that is called so, of the store's (no agent) or of an agent's own."""
    return tx.session.exec(
        select(CannedRow).where(
            CannedRow.store_id == store_id,
            CannedRow.agent_id == agent_id,
            CannedRow.shortcut == shortcut,
        )
    ).first()


def drafts_of(tx: Tx, store_id: str, agent_id: str, conversation_id: str) -> Sequence[DraftRow]:
    """What an agent has begun to write in a conversation."""
    return tx.session.exec(
        select(DraftRow).where(
            DraftRow.store_id == store_id,
            DraftRow.agent_id == agent_id,
            DraftRow.conversation_id == conversation_id,
        )
    ).all()


def draft(tx: Tx, store_id: str, agent_id: str, conversation_id: str, kind: str) -> DraftRow | None:
    """One of those."""
    return tx.session.get(DraftRow, (store_id, agent_id, conversation_id, kind))


def forget_drafts(tx: Tx, before: int) -> None:
    """Drop the drafts that nobody has touched since."""
    for row in tx.session.exec(select(DraftRow).where(DraftRow.at < before)).all():
        tx.session.delete(row)


def see_mentions(tx: Tx, store_id: str, agent_id: str, conversation_id: str, upto: int) -> bool:
    """An agent's console showed everything up to ``upto``; whether they were named in it."""
    found = tx.session.exec(
        update(MentionRow)
        .where(
            col(MentionRow.store_id) == store_id,
            col(MentionRow.agent_id) == agent_id,
            col(MentionRow.conversation_id) == conversation_id,
            col(MentionRow.seq) <= upto,
            col(MentionRow.seen_at).is_(None),
        )
        .values(seen_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    return bool(found.rowcount)


def forget_mentions(tx: Tx, store_id: str, conversation_id: str, seq: int) -> None:
    """An entry names nobody any more."""
    tx.session.exec(
        delete(MentionRow)
        .where(
            col(MentionRow.store_id) == store_id,
            col(MentionRow.conversation_id) == conversation_id,
            col(MentionRow.seq) == seq,
        )
        .execution_options(synchronize_session=False)
    )


def scheduled_in(tx: Tx, store_id: str, conversation_id: str) -> Sequence[ScheduledRow]:
    """What is to be sent later in a conversation, or was held back, the next first.

    For reading alone.
    """
    return _SCHEDULED.found(tx, store=store_id, conversation=conversation_id)


def scheduled_as(tx: Tx, store_id: str, agent_id: str, cmid: str) -> ScheduledRow | None:
    """The one that an agent scheduled under this ``cmid``, whatever became of it."""
    return tx.session.exec(
        select(ScheduledRow).where(
            ScheduledRow.store_id == store_id,
            ScheduledRow.agent_id == agent_id,
            ScheduledRow.cmid == cmid,
        )
    ).first()


def scheduled(tx: Tx, store_id: str, scheduled_id: str) -> ScheduledRow:
    """One message for later, as it is now.

    Raises:
        NotFound: it is not there.
    """
    row = tx.session.exec(
        select(ScheduledRow)
        .where(ScheduledRow.store_id == store_id, ScheduledRow.scheduled_id == scheduled_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("there is no such message")
    return row


def due(tx: Tx, limit: int) -> Sequence[ScheduledRow]:
    """The messages whose time has come, of every store, the oldest first."""
    return tx.session.exec(
        select(ScheduledRow)
        .where(IS_FOR_LATER, col(ScheduledRow.due_at) <= tx.now)
        .order_by(col(ScheduledRow.due_at))
        .limit(limit)
    ).all()


def next_due(tx: Tx) -> int | None:
    """When the next message for later is to be sent."""
    return tx.session.exec(
        select(ScheduledRow.due_at).where(IS_FOR_LATER).order_by(col(ScheduledRow.due_at)).limit(1)
    ).first()
