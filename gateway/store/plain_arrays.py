"""What plain messages leave behind, as one statement with an array for each column: PostgreSQL's.

A statement for each row of each table, as SQLite takes them, was most of what a message cost the
server, and six answers to wait for while the conversations are locked. Here it is one, which
SQLite could not take: there only the outermost statement may write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

from sqlalchemy import BigInteger, Connection
from sqlmodel import SQLModel

from gateway.store.tables import ActRow, ConversationRow, EntryRow, ReachRow
from gateway.store.tables.columns import table_of

Rows = Sequence[dict[str, Any]]

#: columns of a conversation that a message moves
MOVED: Final = (
    "last_seq",
    "last_all",
    "last_at",
    "preview",
    "last_channel",
    "waiting_since",
    "unread",
    "inbox_order",
)
_ENTRY: Final = tuple(table_of(EntryRow).columns.keys())
#: what is given of each conversation, and which table's column it is kept in
_TALK: Final[Mapping[str, tuple[type[SQLModel], str]]] = {
    "store_id": (ConversationRow, "store_id"),
    "conversation_id": (ConversationRow, "conversation_id"),
    "shopper_id": (ConversationRow, "shopper_id"),
    **{name: (ConversationRow, name) for name in MOVED},
    "staff_head": (ReachRow, "head_seq"),
    "staff_due_at": (ReachRow, "due_at"),
    "act_at": (ActRow, "at"),
}
_numbers = count(1)


def _array(table: type[SQLModel], name: str) -> str:
    kind = "bigint" if isinstance(table_of(table).columns[name].type, BigInteger) else "text"
    return f"${next(_numbers)}::{kind}[]"


_SAVE: Final = f"""
WITH written({", ".join(_ENTRY)}) AS MATERIALIZED (
    SELECT * FROM unnest({", ".join(_array(EntryRow, name) for name in _ENTRY)})
), talk({", ".join(_TALK)}) AS MATERIALIZED (
    SELECT * FROM unnest({", ".join(_array(*kept) for kept in _TALK.values())})
), appended AS (
    INSERT INTO entry ({", ".join(_ENTRY)}) SELECT {", ".join(_ENTRY)} FROM written
), marked AS (
    INSERT INTO search_due (store_id, conversation_id, seq)
    SELECT store_id, conversation_id, seq FROM written
), moved AS (
    UPDATE conversation SET {", ".join(f"{name} = talk.{name}" for name in MOVED)} FROM talk
    WHERE conversation.store_id = talk.store_id
    AND conversation.conversation_id = talk.conversation_id
), raised AS (
    UPDATE reach SET head_seq = talk.staff_head, due_at = talk.staff_due_at, state = 'waiting'
    FROM talk WHERE reach.store_id = talk.store_id
    AND reach.conversation_id = talk.conversation_id AND reach.side = 'staff'
)
UPDATE act SET address_id = NULL, at = talk.act_at FROM talk
WHERE act.store_id = talk.store_id AND act.side = 'shopper' AND act.person_id = talk.shopper_id
"""  # noqa: S608  # names of our own columns


def save(connection: Connection, entries: Rows, talks: Rows) -> None:
    """Append these entries, and leave these conversations and their sides as told."""
    arrays = [[row[name] for row in entries] for name in _ENTRY]
    arrays += [[row[name] for row in talks] for name in _TALK]
    connection.exec_driver_sql(_SAVE, tuple(arrays))
