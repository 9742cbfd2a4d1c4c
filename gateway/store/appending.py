"""Rows that are only ever added (events of a log, facts), saved by set past the mapper.

Where much was loaded by set (``known``) most of what is written are these, and the mapper takes
several times what the database does for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import bindparam, event, insert
from sqlalchemy.orm import Session

from gateway.store.ready import Ready
from gateway.store.tables import EntryRow, FactRow
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx

_WAITING: Final = "appended"


def _insert(table: type[EntryRow | FactRow]) -> Ready:
    names = table_of(table).columns.keys()
    return Ready(insert(table).values({name: bindparam(name) for name in names}))


_INSERT: Final[Mapping[type, Ready]] = MappingProxyType(
    {table: _insert(table) for table in (EntryRow, FactRow)}
)


def add(tx: Tx, row: EntryRow | FactRow) -> None:
    """Let it be saved when the session flushes next; nobody changes it afterwards."""
    waiting: list[EntryRow | FactRow] | None = tx.session.info.get(_WAITING)
    if tx.known is not None and waiting is not None:
        waiting.append(row)
        return
    # The first is the mapper's: a session in which nothing has changed does not flush.
    tx.session.add(row)
    if tx.known is not None:
        tx.session.info[_WAITING] = []


@event.listens_for(Session, "before_flush")
def _save(session: Session, _context: object, _instances: Sequence[object] | None) -> None:
    by_table = defaultdict(list)
    for row in session.info.pop(_WAITING, ()):
        by_table[type(row)].append(row.__dict__)
    for table, rows in by_table.items():
        _INSERT[table].run(session.connection(), rows)
