"""Statements about files: who brought them, which message took them, which blobs are named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import col, delete, func, select

from gateway.store.tables import AttachmentRow, EntryRow
from gateway.store.tx import Tx, unpack
from gateway.store.written import Written

BATCH = 500
_SCHEDULED = "scheduled:"
IN_DATA = "attachments"  #: where an entry's data tells of its files


def by_shopper(shopper_id: str) -> str:
    """The owner of what a shopper uploads."""
    return f"shopper:{shopper_id}"


def by_agent(agent_id: str) -> str:
    """The owner of what an agent uploads."""
    return f"agent:{agent_id}"


def by_inbound(inbound_key: str) -> str:
    """The owner of what came with a mail."""
    return f"inbound:{inbound_key}"


def by_scheduled(scheduled_id: str) -> str:
    """The owner of what waits with a message for later; it is not forgotten meanwhile."""
    return f"{_SCHEDULED}{scheduled_id}"


def hand_on(tx: Tx, store_id: str, owner: str, to: str, attachment_ids: Sequence[str]) -> int:
    """Give files that are in no message yet to another owner; how many there were."""
    found = untaken(tx, store_id, owner, attachment_ids)
    for row in found:
        row.owner, row.created_at = to, tx.now
        tx.session.add(row)
    tx.session.flush()
    return len(found)


def attachment(tx: Tx, store_id: str, attachment_id: str) -> AttachmentRow | None:
    """One file."""
    return tx.session.get(AttachmentRow, (store_id, attachment_id))


def untaken(
    tx: Tx, store_id: str, owner: str, attachment_ids: Sequence[str]
) -> Sequence[AttachmentRow]:
    """Those of these files that their owner has put into no message yet, alone on them."""
    found = tx.session.exec(
        select(AttachmentRow)
        .where(
            AttachmentRow.store_id == store_id,
            AttachmentRow.owner == owner,
            col(AttachmentRow.attachment_id).in_(attachment_ids),
            col(AttachmentRow.seq).is_(None),
        )
        .with_for_update()
    ).all()
    return sorted(found, key=lambda row: attachment_ids.index(row.attachment_id))


def brought(tx: Tx, store_id: str, owner: str, since: int) -> int:
    """How many bytes an owner has brought since then."""
    found = tx.session.exec(
        select(func.sum(AttachmentRow.size)).where(
            AttachmentRow.store_id == store_id,
            AttachmentRow.owner == owner,
            AttachmentRow.created_at >= since,
        )
    ).one()
    return int(found or 0)  # PostgreSQL's sums are decimals


def holds(tx: Tx, store_id: str, conversation_id: str, digests: Collection[str]) -> set[str]:
    """Which of these blobs a conversation shows already."""
    return set(
        tx.session.exec(
            select(AttachmentRow.digest).where(
                AttachmentRow.store_id == store_id,
                AttachmentRow.conversation_id == conversation_id,
                col(AttachmentRow.digest).in_(digests),
            )
        )
    )


def shown_in(
    tx: Tx, store_id: str, conversation_id: str, before: tuple[int, str] | None, limit: int
) -> Sequence[tuple[AttachmentRow, EntryRow]]:
    """The files that a conversation shows with their entries, the newest first.

    ``before`` is the seq and the id of the last one that is known already.
    """
    found = (
        select(AttachmentRow, EntryRow)
        .where(
            AttachmentRow.store_id == store_id,
            AttachmentRow.conversation_id == conversation_id,
            EntryRow.store_id == AttachmentRow.store_id,
            EntryRow.conversation_id == AttachmentRow.conversation_id,
            EntryRow.seq == AttachmentRow.seq,
            col(EntryRow.taken_back_at).is_(None),
        )
        .order_by(col(AttachmentRow.seq).desc(), col(AttachmentRow.attachment_id).desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(
            tuple_(col(AttachmentRow.seq), col(AttachmentRow.attachment_id)) < before
        )
    return tx.session.exec(found).all()


def forget_untaken(tx: Tx, store_id: str, before: int) -> None:
    """Drop what nobody sent.

    What came with a mail waits for whoever says where it belongs, and what is to be sent later for
    its time.
    """
    tx.session.exec(
        delete(AttachmentRow).where(
            col(AttachmentRow.store_id) == store_id,
            col(AttachmentRow.seq).is_(None),
            col(AttachmentRow.created_at) < before,
            col(AttachmentRow.owner).not_like("inbound:%"),
            col(AttachmentRow.owner).not_like(f"{_SCHEDULED}%"),
        )
    )


def named(tx: Tx, store_id: str, digests: Sequence[str]) -> set[str]:
    """Which of these blobs a row names."""
    found: set[str] = set()
    for start in range(0, len(digests), BATCH):
        some = digests[start : start + BATCH]
        for column in (col(AttachmentRow.digest), col(AttachmentRow.small)):
            rows = tx.session.exec(
                select(column).where(AttachmentRow.store_id == store_id, column.in_(some))
            )
            found.update(each for each in rows if each is not None)
    return found


def fact(row: AttachmentRow) -> dict[str, object]:
    """What an entry tells of a file, in its own data."""
    return {
        "id": row.attachment_id,
        "name": row.name,
        "type": row.kind,
        "size": row.size,
        "width": row.width,
        "height": row.height,
    }


def facts_of(entry: EntryRow | Written) -> list[dict[str, Any]]:
    """What an entry tells of its files; nothing any more once it was taken back."""
    if entry.taken_back_at is not None:
        return []
    found: list[dict[str, Any]] = unpack(entry.data).get(IN_DATA, [])
    return found


def ids_of(entry: EntryRow) -> list[str]:
    """The files of an entry."""
    return [str(each["id"]) for each in facts_of(entry)]
