"""The filters that an agent keeps: a view of the inbox and what it is narrowed to, under a name."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import BadInput, Conflict, NotFound
from gateway.protocol.inbox import Narrowed
from gateway.services.house import Change, House
from gateway.store import inbox
from gateway.store.tables import SavedFilterRow
from gateway.store.tables.people import HOUSE
from gateway.store.tx import Tx, pack, unpack

MOST_NAME = 60  #: characters
MOST = 50  #: of one agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One that is kept."""

    filter_id: str
    name: str
    asks: Narrowed


async def filters(house: House, agent_id: str) -> list[Filter]:
    """All of an agent's, in the order in which they were kept."""
    return await house.store.read(lambda tx: _all(tx, agent_id))


async def keep(house: House, agent_id: str, name: str, asks: Narrowed) -> list[Filter]:
    """Keep one more, or give one of this name another meaning; all of them as they are then.

    Raises:
        BadInput: it has no name, or a long one.
        Conflict: there are too many.
    """
    words = " ".join(name.split())
    if not words or len(words) > MOST_NAME:
        raise BadInput(f"a filter has a name of 1 to {MOST_NAME} characters")

    def work(change: Change) -> list[Filter]:
        tx = change.tx
        held = inbox.filters_of(tx, agent_id)
        row = next((each for each in held if each.name.casefold() == words.casefold()), None)
        if row is None and len(held) >= MOST:
            raise Conflict(f"there are {MOST} filters already; forget one first")
        row = row or SavedFilterRow(
            store_id=HOUSE,
            agent_id=agent_id,
            filter_id=tx.new_id(),
            name=words,
            asks="",
            created_at=tx.now,
        )
        row.name, row.asks = words, pack(asks.model_dump())
        tx.session.add(row)
        tx.session.flush()
        return _all(tx, agent_id)

    return await house.change(work, on=agent_id)


async def forget(house: House, agent_id: str, filter_id: str) -> list[Filter]:
    """Keep it no longer; all that are left.

    Raises:
        NotFound: this agent keeps none by this id.
    """

    def work(change: Change) -> list[Filter]:
        row = change.tx.session.get(SavedFilterRow, (HOUSE, agent_id, filter_id))
        if row is None:
            raise NotFound("there is no such filter")
        change.tx.session.delete(row)
        change.tx.session.flush()
        return _all(change.tx, agent_id)

    return await house.change(work, on=agent_id)


def _all(tx: Tx, agent_id: str) -> list[Filter]:
    return [
        Filter(
            filter_id=row.filter_id,
            name=row.name,
            asks=Narrowed.model_validate(unpack(row.asks)),
        )
        for row in inbox.filters_of(tx, agent_id)
    ]
