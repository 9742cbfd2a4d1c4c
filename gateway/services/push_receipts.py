"""A browser tells that it has shown a notification: the one receipt that web push has."""

from __future__ import annotations

from gateway.auth.tokens import SEAL_CHARS, sealed
from gateway.errors import NotFound
from gateway.services.house import House
from gateway.services.pushes import SHOWN
from gateway.services.receipts import Receipt, take
from gateway.store import house as houses


async def shown(house: House, token: str) -> None:
    """The notification that bears this token was shown; a repeat changes nothing.

    Raises:
        NotFound: a token that we did not make.
    """
    store_key, _, rest = token.rpartition(".")
    delivery_id, mark = rest[:-SEAL_CHARS], rest[-SEAL_CHARS:]
    store = await house.store.read(lambda tx: houses.store_by_key(tx, store_key))
    if not sealed(house.secrets, mark, SHOWN, store.store_id, delivery_id):
        raise NotFound
    await take(
        house,
        store_key,
        Receipt(key=f"shown:{delivery_id}", state="delivered", delivery_id=delivery_id),
    )
