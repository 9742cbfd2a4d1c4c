"""What shoppers see of an agent's name: all of it, or how it begins, as the store likes."""

from __future__ import annotations

from gateway.store import house as houses
from gateway.store.tables import StoreRow
from gateway.store.tx import Store, Tx


def shown(store: StoreRow, name: str) -> str:
    """An agent's name as this store's shoppers see it."""
    return name.split()[0] if store.first_names and name.split() else name


def shown_in(tx: Tx, store_id: str, name: str) -> str:
    """The same of a store by its id."""
    return shown(houses.store(tx, store_id), name)


async def set_first_names(store: Store, key: str, *, first: bool) -> None:
    """From now on show shoppers first names only, or whole ones; what was written stays.

    Raises:
        NotFound: no store has this key.
    """

    def work(tx: Tx) -> None:
        row = houses.store_by_key(tx, key)
        row.first_names = int(first)
        tx.session.add(row)

    await store.write(work)
