"""A shop's page asks who is chatting in it, to tell its own server.

The answer is a reference for some minutes. It opens nothing: only the store's server, with its
secret, can do anything with it (``app_users``).
"""

from __future__ import annotations

from gateway.auth.shopper_references import ShopperReference, write
from gateway.auth.tokens import digest
from gateway.clock import MINUTE, SECOND
from gateway.services.house import House
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tx import Tx

LASTS = 10 * MINUTE


async def refer(house: House, store_key: str, *sessions: str | None) -> str | None:
    """A reference to the shopper of this browser; None when it has no session yet.

    ``sessions`` are the cookie and the panel's own copy, as for ``sessions.visit``; but nobody is
    made for it: a page that asks before anybody chats would fill the house with strangers.

    Raises:
        NotFound: no store has this key.
    """

    def load(tx: Tx) -> ShopperReference | None:
        store = houses.store_by_key(tx, store_key)
        for token in filter(None, sessions):
            held = people.session_shopper(tx, store.store_id, digest(token))
            if held is not None:
                return ShopperReference(
                    store_id=store.store_id,
                    shopper_id=held.shopper_id,
                    until=(tx.now + LASTS) // SECOND,
                )
        return None

    found = await house.store.read(load)
    return write(house.secrets[0], found) if found is not None else None
