"""Statements that put many made-up rows into a store at once, past the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from gateway.store.tables import ConversationRow, StoreRow
from gateway.store.tables.columns import Row
from gateway.store.tx import Tx


def is_empty(tx: Tx, store_id: str) -> bool:
    """Whether the store never had a conversation."""
    found = select(ConversationRow.conversation_id).where(ConversationRow.store_id == store_id)
    return tx.session.exec(found.limit(1)).first() is None


def take_numbers(tx: Tx, store_id: str, count: int) -> int:
    """The first of so many numbers for conversations, which nobody else gets."""
    row = tx.session.exec(
        select(StoreRow).where(col(StoreRow.store_id) == store_id).with_for_update()
    ).one()
    first = row.next_number
    row.next_number += count
    tx.session.add(row)
    tx.session.flush()
    return first


def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Insert all of them, a statement for each table; nothing is asked and nothing is derived."""
    by_table: defaultdict[type[Row], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        values = dict(row.__dict__)
        values.pop("_sa_instance_state", None)
        by_table[type(row)].append(values)
    connection = tx.session.connection()
    for table, many in by_table.items():
        connection.execute(insert(table.__table__), many)  # type: ignore[attr-defined]
