"""Entries of the one hot write, which are found a moment after they are stored.

Cutting a message and indexing it costs half of what appending it does in a set. So that write only
leaves a row that says so, in its own transaction, and the clockwork does the rest by the hundred.
Everything else that is written is found at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert
from sqlmodel import col, select

from gateway.store import search_words
from gateway.store.tables import EntryRow, SearchDueRow
from gateway.store.tx import Store, Tx
from gateway.store.written import Written

AT_ONCE: Final = 200  #: entries in a transaction, so that nobody waits long for theirs
_MARK = insert(SearchDueRow)
_DUE = (
    select(SearchDueRow, EntryRow)
    .join(
        EntryRow,
        (col(EntryRow.store_id) == col(SearchDueRow.store_id))
        & (col(EntryRow.conversation_id) == col(SearchDueRow.conversation_id))
        & (col(EntryRow.seq) == col(SearchDueRow.seq)),
        isouter=True,
    )
    .limit(AT_ONCE)
    .with_for_update(of=SearchDueRow, skip_locked=True)
)
_DONE = delete(SearchDueRow).where(
    col(SearchDueRow.store_id) == bindparam("of_store"),
    col(SearchDueRow.conversation_id) == bindparam("of_log"),
    col(SearchDueRow.seq) == bindparam("of_seq"),
)


def mark(connection: Connection, rows: Sequence[Written]) -> None:
    """These are to be found soon."""
    connection.execute(
        _MARK,
        [
            {
                "store_id": row.store_id,
                "conversation_id": row.conversation_id,
                "seq": row.seq,
            }
            for row in rows
        ],
    )


async def index_due(store: Store) -> int:
    """Let everything be found that is marked; how many entries that were.

    Raises:
        StorageRefused: the database cannot take it now; the marks stay.
    """
    done = 0
    while await store.read(_is_any_due) and (taken := await store.write(_index)):
        done += taken
    return done


def _is_any_due(tx: Tx) -> bool:
    return tx.session.exec(select(SearchDueRow.seq).limit(1)).first() is not None


def _index(tx: Tx) -> int:
    # The join is an outer one, which its type does not tell.
    due: Sequence[tuple[SearchDueRow, EntryRow | None]] = tx.session.exec(_DUE).all()
    if not due:
        return 0
    # As they are now: what was taken back or erased meanwhile is not found.
    rows = [row for _, row in due if row is not None and row.taken_back_at is None]
    connection = tx.session.connection()
    search_words.save_entries(connection, rows)
    connection.execute(
        _DONE,
        [
            {"of_store": each.store_id, "of_log": each.conversation_id, "of_seq": each.seq}
            for each, _ in due
        ],
    )
    return len(due)
