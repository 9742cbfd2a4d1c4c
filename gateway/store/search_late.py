"""Entries of the one hot write, which are found a moment after they are stored.

Cutting a message and indexing it costs half of what appending it does in a set. So that write only
leaves a row that says so, in its own transaction, and the clockwork does the rest by the dozen.
Everything else that is written is found at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlmodel import col

from gateway.store import search_words
from gateway.store.ready import Ready
from gateway.store.tables import EntryRow, SearchDueRow
from gateway.store.tx import Store, Tx
from gateway.store.written import Written

AT_ONCE: Final = 100  #: entries in a transaction: on SQLite no message is stored meanwhile
_MARK = Ready(
    insert(SearchDueRow).values(
        {name: bindparam(name) for name in ("store_id", "conversation_id", "seq")}
    )
)
_KEY = ("store_id", "conversation_id", "seq")
_REST = tuple(each.name for each in fields(Written) if each.name not in _KEY)
_DUE = Ready(
    select(
        *(col(getattr(SearchDueRow, name)) for name in _KEY),
        *(col(getattr(EntryRow, name)) for name in _REST),
    )
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
_ANY = Ready(select(col(SearchDueRow.seq)).limit(1))
_DONE = Ready(
    delete(SearchDueRow).where(
        col(SearchDueRow.store_id) == bindparam("of_store"),
        col(SearchDueRow.conversation_id) == bindparam("of_log"),
        col(SearchDueRow.seq) == bindparam("of_seq"),
    )
)


def mark(connection: Connection, rows: Sequence[Written]) -> None:
    """These are to be found soon."""
    _MARK.run(
        connection,
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
    return bool(_ANY.found(tx))


def _index(tx: Tx) -> int:
    connection = tx.session.connection()
    due: Sequence[Any] = _DUE.rows(connection, {})  # each with the names of a ``Written``
    # As they are now: what was taken back or erased meanwhile is not found.
    found = [each for each in due if each.entry_id is not None and each.taken_back_at is None]
    search_words.save_entries(connection, found)
    _DONE.run(
        connection,
        [
            {"of_store": each.store_id, "of_log": each.conversation_id, "of_seq": each.seq}
            for each in due
        ],
    )
    return len(due)
