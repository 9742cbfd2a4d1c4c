"""Statements about what was spent on a day: by a store, and on one of its shoppers."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col, select

from gateway.store.tables import CountRow
from gateway.store.tx import Tx

SCOPE = "spent"  #: of the store; followed by a colon and a person, of that one


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
    insert = sqlite_insert if tx.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    for scope in (SCOPE, f"{SCOPE}:{person_id}"):
        row = insert(CountRow).values(store_id=store_id, scope=scope, since=day, n=amount)
        tx.session.execute(
            row.on_conflict_do_update(
                index_elements=["store_id", "scope", "since"],
                set_={"n": col(CountRow.n) + row.excluded.n},
            )
        )
