"""How each database's index is asked, and conditions with what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CursorResult, Executable, Text, bindparam, column, text

from gateway.core.search_query import Phrase, Term
from gateway.store.tx import Tx

#: Joined in this order: SQLite would else begin with a store's every row.
MATCHED: Final = {
    "sqlite": "search_index i CROSS JOIN search_text s ON s.place = i.rowid",
    "postgresql": "search_text s",
}
MATCHES: Final = {
    "sqlite": "i.search_index MATCH :match",
    "postgresql": "s.found @@ CAST(:match AS tsquery)",
}


@dataclass(slots=True)
class Where:
    """Conditions that all have to hold; constants of ours, with values beside them."""

    clauses: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)

    def add(self, clause: str, **given: object) -> None:
        """One more condition."""
        self.clauses.append(clause)
        self.given.update(given)

    def give(self, name: str, values: Sequence[str]) -> None:
        """The values of a list that a condition names."""
        self.given[name] = list(values)
        self.lists.append(name)

    def written(self) -> str:
        """The conditions as a statement has them."""
        return " AND ".join(self.clauses)

    def run(
        self, tx: Tx, chosen: str, order: str = "", *, columns: tuple[str, ...]
    ) -> CursorResult[*tuple[Any, ...]]:
        """The rows of a statement with these conditions, which has these columns."""
        return self.ask(tx, f"{chosen} WHERE {self.written()} {order}", columns)

    def ask(self, tx: Tx, whole: str, columns: tuple[str, ...]) -> CursorResult[*tuple[Any, ...]]:
        """The rows of a whole statement that is given the same values."""
        statement = _statement(whole, columns, tuple(self.lists))
        return tx.session.connection().execute(statement, self.given)


@lru_cache(maxsize=256)
def _statement(whole: str, columns: tuple[str, ...], lists: tuple[str, ...]) -> Executable:
    """Made once for each of the few forms: making one costs more than many a search.

    Its columns are told, for the driver's own description of them would be read each time.
    """
    of = [bindparam(each, expanding=True, type_=Text()) for each in lists]
    return text(whole).bindparams(*of).columns(*(column(each) for each in columns))


def dialect_of(tx: Tx) -> str:
    """Which database this is."""
    return tx.session.connection().dialect.name


def expression(dialect: str, terms: Sequence[Term], facets: Sequence[str]) -> str:
    """The terms and facets in the index's own language; tokens cannot be taken for any of it."""
    write = _fts5 if dialect == "sqlite" else _tsquery
    both = " AND " if dialect == "sqlite" else " & "
    either = " OR " if dialect == "sqlite" else " | "
    wanted = [*terms, *((Phrase(tokens=(each,)),) for each in facets)]
    return both.join(f"({either.join(write(each) for each in term)})" for term in wanted)


def _fts5(phrase: Phrase) -> str:
    """https://sqlite.org/fts5.html, 3.2 and 3.3."""
    return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.is_start else "")


def _tsquery(phrase: Phrase) -> str:
    """https://www.postgresql.org/docs/current/datatype-textsearch.html, 8.11.2."""
    quoted = [f"'{each}'" for each in phrase.tokens]
    return " <-> ".join(quoted) + (":*" if phrase.is_start else "")
