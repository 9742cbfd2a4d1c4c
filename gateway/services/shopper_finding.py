"""Which other shoppers a store has: those who look like one of them, and who is looked for."""

from __future__ import annotations

from typing import Any, Final

from gateway.errors import NotFound
from gateway.services import merge_previews, searching
from gateway.services.house import House
from gateway.store import people
from gateway.store.tables import ConversationRow, ShopperRow
from gateway.store.tx import Tx

SHOPPER = "shopper"
MOST: Final = 8  #: shown at once
LEAST_DIGITS: Final = 7  #: fewer are the number of a conversation, and no phone's
_WRITTEN: Final = frozenset({"message", "note", "file"})


async def about(house: House, store_id: str, shopper_id: str) -> dict[str, Any]:
    """Beside what the panel shows: ``conversations``, ``merges``, and ``alike``, who may be them.

    Of each no more than ``merge_previews.MOST_LISTED``, or ``MOST``: the newest, or who came first.

    Raises:
        NotFound: no such shopper in this store.
    """

    def load(tx: Tx) -> dict[str, Any]:
        now = people.now_of(tx, store_id, shopper_id)
        row = people.shopper(tx, store_id, now)
        if row is None:
            raise NotFound("there is no such shopper")
        return {
            "shopper_id": now,
            "conversations": merge_previews.conversations_of(tx, row),
            "merges": merge_previews.merges_of(tx, now, store_id),
            "alike": [_line(tx, each, by) for each, by in alike(tx, row)],
        }

    return await house.store.read(load)


async def find(house: House, store_id: str, text: str, *, agent_id: str) -> list[dict[str, Any]]:
    """Shoppers by name, address, trait, id, or the number of a conversation; at most ``MOST``."""
    wanted = text.strip()
    asked = f"#{wanted}" if wanted.isdecimal() and len(wanted) < LEAST_DIGITS else wanted
    page = await searching.search_for(house, agent_id, asked, only=store_id)
    named = [
        each.row.conversation_id
        for each in page.found
        # Whoever merely wrote the words is not whom they name.
        if not each.hits or any(hit.what not in _WRITTEN for hit in each.hits)
    ]

    def load(tx: Tx) -> list[dict[str, Any]]:
        rows = (tx.session.get(ConversationRow, (store_id, each)) for each in named)
        ids = [wanted, *(row.shopper_id for row in rows if row is not None)]
        found: dict[str, ShopperRow] = {}
        for each in ids:
            row = people.shopper(tx, store_id, people.now_of(tx, store_id, each))
            if row is not None:
                found.setdefault(row.shopper_id, row)
        return [_line(tx, each, "") for each in list(found.values())[:MOST]]

    return await house.store.read(load) if wanted else []


def alike(tx: Tx, row: ShopperRow) -> list[tuple[ShopperRow, str]]:
    """Who else left one of this shopper's addresses, each with the address."""
    found: dict[str, tuple[ShopperRow, str]] = {}
    for mine in people.addresses_of(tx, row.store_id, SHOPPER, row.shopper_id):
        for each in people.addresses_with(tx, row.store_id, mine.channel, mine.value):
            other = people.shopper(tx, row.store_id, each.person_id)
            if each.store_id != row.store_id or other is None or other.merged_into is not None:
                continue
            if other.shopper_id != row.shopper_id:
                found.setdefault(other.shopper_id, (other, mine.value))
            if len(found) == MOST:
                return list(found.values())
    return list(found.values())


def _line(tx: Tx, row: ShopperRow, by: str) -> dict[str, Any]:
    """One shopper to choose; ``by`` is the address that both have."""
    held = people.addresses_of(tx, row.store_id, SHOPPER, row.shopper_id)
    return {
        "shopper_id": row.shopper_id,
        "name": merge_previews.name_of(tx, row),
        "verified": bool(row.verified),
        "addresses": [each.value for each in held if each.channel not in ("push", "app")],
        "by": by,
        "blocked": row.blocked_at is not None,
    }
