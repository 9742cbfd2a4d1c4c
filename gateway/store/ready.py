"""Statements that are compiled once and handed to the driver as they are.

Compiling, or looking up what was compiled, and naming each parameter of each row costs several
times what SQLite takes for a row of the one hot write.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, cast

from sqlalchemy import CTE, Connection, Executable, String, bindparam, column, values
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.selectable import SelectBase

from gateway.store import driver
from gateway.store.tx import Tx

SIZES: Final = (1, 4, 16, 64)  #: rows of what is asked for at once; the last ones are repeated


class Ready:
    """One statement, as each database takes it."""

    def __init__(self, statement: Executable) -> None:
        """``statement`` names what it is given by ``bindparam``."""
        assert isinstance(statement, ClauseElement)  # noqa: S101  # for the type: all of them are
        self._statement = statement
        self._compiled: dict[str, tuple[str, Callable[..., tuple[Any, ...]]]] = {}
        self._row = _row_of(statement)

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Execute it for each of these."""
        if rows:
            text, ordered = self._for(connection)
            driver.run(connection, text, [ordered(row) for row in rows])

    def rows(self, connection: Connection, given: dict[str, Any]) -> Sequence[Any]:
        """What it finds."""
        text, ordered = self._for(connection)
        return driver.rows(connection, text, ordered(given), self._row)

    def found(self, tx: Tx, **given: object) -> Sequence[Any]:
        """The same, with all that this transaction has changed; rows that nobody can change.

        Of one with what was loaded by set (``Tx.known``), with what has been flushed.
        """
        tx.flush()
        return self.rows(tx.session.connection(), given)

    def _for(self, connection: Connection) -> tuple[str, Callable[..., tuple[Any, ...]]]:
        found = self._compiled.get(connection.dialect.name)
        if found is None:
            compiled: Any = self._statement.compile(dialect=connection.dialect)
            left = [each.name for each in (*compiled.insert_prefetch, *compiled.update_prefetch)]
            if left:  # the driver knows nothing of them
                raise TypeError(f"left to a default of Python's: {', '.join(left)}")
            fixed: dict[str, Any] = compiled.params
            names: list[str] = compiled.positiontup

            def ordered(row: dict[str, Any]) -> tuple[Any, ...]:
                whole = fixed | row
                return tuple([whole[name] for name in names])

            found = self._compiled[connection.dialect.name] = (str(compiled), ordered)
        return found


def _row_of(statement: ClauseElement) -> Callable[[Iterable[Any]], Any]:
    """What makes a row of what the driver brings; a name that comes twice is no name."""
    if not isinstance(statement, SelectBase):
        return tuple
    names = [each.key or "" for each in statement.selected_columns]
    row = cast("Any", namedtuple)("Row", names, rename=True)
    return cast("Callable[[Iterable[Any]], Any]", row._make)


class Asked:
    """A statement that joins a table of what is asked for, which has as many rows as were asked."""

    def __init__(self, names: Sequence[str], statement: Callable[[CTE], Executable]) -> None:
        """``statement`` is made of a table ``asked`` with these columns, all of them text."""
        self._names = names
        self._by_size = {size: Ready(statement(self._table(size))) for size in SIZES}

    def rows(self, connection: Connection, asked: Iterable[Sequence[Hashable]]) -> list[Any]:
        """What it finds for these, in no order; each of them once."""
        ordered, found = sorted(set(map(tuple, asked))), list[Any]()
        for first in range(0, len(ordered), SIZES[-1]):
            some = ordered[first : first + SIZES[-1]]
            size = next(each for each in SIZES if each >= len(some))
            some += [some[-1]] * (size - len(some))
            given = {
                f"{name}_{number}": value
                for number, row in enumerate(some)
                for name, value in zip(self._names, row, strict=True)
            }
            found += self._by_size[size].rows(connection, given)
        return list(dict.fromkeys(map(tuple, found)))

    def _table(self, size: int) -> CTE:
        rows = [
            tuple(bindparam(f"{name}_{number}", type_=String()) for name in self._names)
            for number in range(size)
        ]
        return values(*(column(name, String) for name in self._names)).data(rows).cte("asked")
