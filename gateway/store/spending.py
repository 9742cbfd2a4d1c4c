"""Statements about what was spent on a day: by a store, and on one of its shoppers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select

from gateway.store.known import Known, Purse
from gateway.store.tables import CountRow
from gateway.store.tx import Tx

SCOPE = "spent"  #: of the store; followed by a colon and a person, of that one


_COUNT = SQLModel.metadata.tables["count"]


def _adding(
    insert: Callable[[Table], sqlite.Insert] | Callable[[Table], postgresql.Insert],
) -> sqlite.Insert | postgresql.Insert:
    row = insert(_COUNT)
    return row.on_conflict_do_update(
        index_elements=["store_id", "scope", "since"], set_={"n": _COUNT.c.n + row.excluded.n}
    )


_SPEND = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


def spent(tx: Tx, store_id: str, day: int, person_id: str) -> tuple[int, int]:
    """Millionths of the store's currency since ``day`` began: in all, and on this shopper."""
    scopes = (SCOPE, f"{SCOPE}:{person_id}")
    rows = tx.session.exec(
        select(CountRow.scope, CountRow.n).where(
            CountRow.store_id == store_id,
            col(CountRow.scope).in_(scopes),
            CountRow.since == day,
        )
    )
    found: dict[str, int] = dict(rows.all())
    return found.get(scopes[0], 0), found.get(scopes[1], 0)


def spend(tx: Tx, store_id: str, day: int, person_id: str, amount: int) -> None:
    """Add to both; several may do so at once."""
    to = Counter({(store_id, scope, day): amount for scope in (SCOPE, f"{SCOPE}:{person_id}")})
    if tx.known is None:
        _add(tx, to)
    else:
        tx.known.spent += to


def spend_known(tx: Tx, known: Known) -> None:
    """What was spent by those who were loaded by set, by one statement for all of them."""
    spent, known.spent = known.spent, Counter()
    if spent:
        _add(tx, spent)


def _add(tx: Tx, spent: Counter[Purse]) -> None:
    # Past the unit of work, which nothing here concerns. In order: others add to the same.
    rows = [
        {"store_id": store_id, "scope": scope, "since": since, "n": spent[store_id, scope, since]}
        for store_id, scope, since in sorted(spent)
    ]
    connection = tx.session.connection()
    connection.execute(_SPEND[connection.dialect.name], rows)
