"""Somebody uploads a file, to send it with their next message."""

from __future__ import annotations

from collections.abc import AsyncIterable

from gateway.auth.tokens import digest
from gateway.clock import DAY, HOUR
from gateway.errors import NotSignedIn, TooMany
from gateway.protocol.entry import Attachment
from gateway.services import attachments
from gateway.services.house import House
from gateway.services.wire import attachment_of
from gateway.store import attachments as rows
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import ShopperSessionRow
from gateway.store.tx import Tx

MOST_BYTES = 25_000_000  #: of one file
MOST_FILES = 10  #: that a shopper may upload in an hour: as many as one message has
MOST_A_DAY = 100_000_000  #: bytes that a shopper may upload


async def by_agent(
    house: House, store_id: str, agent_id: str, name: str, chunks: AsyncIterable[bytes]
) -> Attachment:
    """Keep an agent's file until they send it.

    Raises:
        NotFound: there is no such store.
        TooLarge: it has more than ``MOST_BYTES``.
        StorageRefused: it could not be stored; nothing was kept.
    """
    await house.store.read(lambda tx: houses.store(tx, store_id))
    return await _keep(house, store_id, rows.by_agent(agent_id), name, chunks)


async def by_shopper(
    house: House,
    store_key: str,
    sessions: tuple[str | None, ...],
    name: str,
    chunks: AsyncIterable[bytes],
) -> Attachment:
    """Keep a shopper's file until they send it; ``sessions`` as in ``sessions.visit``.

    Raises:
        NotSignedIn: none of the sessions is good.
        TooMany: too many files in an hour, or bytes in a day.
        NotFound, TooLarge, StorageRefused: as for an agent.
    """
    store_id, shopper_id = await shopper_of(house, store_key, sessions)
    owner = rows.by_shopper(shopper_id)

    def may(tx: Tx) -> None:
        if people.count(tx, store_id, f"upload:{shopper_id}", HOUR) > MOST_FILES:
            raise TooMany("these are many files; try again in an hour", why="many_files")
        if rows.brought(tx, store_id, owner, tx.now - DAY) > MOST_A_DAY - MOST_BYTES:
            raise TooMany("these are large files; try again tomorrow", why="large_files")

    # Alone on the shopper, and counted before the first byte: uploads at once are several.
    await house.store.write(may, on=shopper_id)
    return await _keep(house, store_id, owner, name, chunks)


async def shopper_of(
    house: House, store_key: str, sessions: tuple[str | None, ...]
) -> tuple[str, str]:
    """Whose session this is: store and shopper.

    Raises:
        NotFound: no store has this key.
        NotSignedIn: none of the sessions is good.
    """

    def load(tx: Tx) -> tuple[str, ShopperSessionRow | None]:
        store_id = houses.store_by_key(tx, store_key).store_id
        held = (people.session_shopper(tx, store_id, digest(each)) for each in sessions if each)
        return store_id, next((each for each in held if each is not None), None)

    store_id, session = await house.store.read(load)
    if session is None:
        raise NotSignedIn("this chat is not known here any more")
    return store_id, session.shopper_id


async def _keep(
    house: House, store_id: str, owner: str, name: str, chunks: AsyncIterable[bytes]
) -> Attachment:
    shelf = attachments.shelf_of(house)
    kept = await shelf.keep(store_id, name, chunks, most=MOST_BYTES)
    row = await house.store.write(lambda tx: rows.fact(attachments.add(tx, store_id, owner, kept)))
    return attachment_of(row)
