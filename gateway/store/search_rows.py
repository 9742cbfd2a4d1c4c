"""What a page of answers shows: conversations, entries, and who their shoppers are.

Each kind is read by one statement for the whole page, as plain values: rows made one by one cost
more than the search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import CursorResult

from gateway.store.search_where import Where, dialect_of
from gateway.store.tx import Tx, pack, unpack

CHOSEN: Final = (
    "c.store_id, c.conversation_id, c.number, c.shopper_id, coalesce(h.name, ''), c.subject,"
    " c.preview, c.state, c.snoozed_until, c.assignee_id, c.last_channel, c.last_at"
)
OWNER: Final = " LEFT JOIN shopper h ON h.store_id = c.store_id AND h.shopper_id = c.shopper_id"
_CONVERSATIONS: Final = f"SELECT {CHOSEN} FROM conversation c{OWNER}"  # noqa: S608  # constants
_ENTRY: Final = (
    "SELECT e.conversation_id, e.seq, e.kind, e.body, e.at, e.author_name, e.side, e.channel,"
    " e.data FROM "
)
#: A list of pairs, for which SQLite would read every entry if they were asked for by ``IN``.
_ENTRIES: Final = {
    "sqlite": _ENTRY + "json_each(:places) v CROSS JOIN entry e"
    " ON e.conversation_id = json_extract(v.value, '$[0]')"
    " AND e.seq = json_extract(v.value, '$[1]')",
    "postgresql": _ENTRY + "json_array_elements(CAST(:places AS json)) v JOIN entry e"
    " ON e.conversation_id = v.value ->> 0 AND e.seq = CAST(v.value ->> 1 AS bigint)",
}
_SHOPPERS: Final = "SELECT h.shopper_id, h.name, h.merged_into FROM shopper h"
_ADDRESSES: Final = "SELECT a.person_id, a.channel, a.value FROM address a"
_TRAITS: Final = "SELECT t.shopper_id, t.name, t.value FROM trait t"


class Conversation(NamedTuple):
    """A conversation as a page shows it; ``shopper`` is a name, or empty."""

    store_id: str
    conversation_id: str
    number: int
    shopper_id: str
    shopper: str
    subject: str
    preview: str
    state: str
    snoozed_until: int | None
    assignee_id: str | None
    last_channel: str
    last_at: int


class Written(NamedTuple):
    """An entry as a page shows it; ``data`` is JSON."""

    about: str
    seq: int
    kind: str
    body: str | None
    at: int
    author_name: str
    side: str
    channel: str
    data: str


class Fact(NamedTuple):
    """What a conversation is found by beside its entries: what it is, its name, its value."""

    what: str
    name: str
    value: str


def read(found: CursorResult[*tuple[Any, ...]]) -> list[Conversation]:
    """The conversations that a statement chose."""
    return [Conversation._make(row) for row in found.all()]


def conversations(tx: Tx, store_id: str, ids: Sequence[str]) -> list[Conversation]:
    """These conversations, in no order."""
    where = Where()
    where.add("c.store_id = :store_id AND c.conversation_id IN :ids", store_id=store_id)
    where.give("ids", ids)
    return read(where.run(tx, _CONVERSATIONS, columns=Conversation._fields))


def entries(
    tx: Tx, store_id: str, places: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Written]:
    """These entries, by conversation and seq."""
    where = Where()
    where.add("e.store_id = :store_id", store_id=store_id, places=pack(places))
    found = where.run(tx, _ENTRIES[dialect_of(tx)], columns=Written._fields)
    return {(row[0], row[1]): Written._make(row) for row in found.all()}


def facts(tx: Tx, store_id: str, rows: Sequence[Conversation]) -> dict[str, list[Fact]]:
    """By what each of these conversations of a store may have been found, by its id."""
    owners, names = _owners(tx, store_id, {row.shopper_id for row in rows})
    known: defaultdict[str, list[Fact]] = defaultdict(list)
    for owner, fact in _known(tx, store_id, sorted(set(owners.values()))):
        known[owner].append(fact)
    return {
        row.conversation_id: [
            Fact("subject", "", row.subject),
            Fact("name", "", names.get(owners[row.shopper_id], "")),
            *known[owners[row.shopper_id]],
        ]
        for row in rows
    }


def _owners(tx: Tx, store_id: str, ids: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Who each of these shoppers turned out to be, and the names that they all go by."""
    names: dict[str, str] = {}
    leads: dict[str, str] = {}
    wanted = ids
    while wanted:
        where = Where()
        where.add("h.store_id = :store_id AND h.shopper_id IN :ids", store_id=store_id)
        where.give("ids", sorted(wanted))
        for shopper_id, name, merged_into in where.run(tx, _SHOPPERS, columns=_OF_A_SHOPPER):
            names[shopper_id] = name
            if merged_into is not None:
                leads[shopper_id] = merged_into
        wanted = set(leads.values()) - names.keys() - wanted
    owners = {}
    for each in ids:
        owners[each] = each
        while owners[each] in leads:
            owners[each] = leads[owners[each]]
    return owners, names


def _known(tx: Tx, store_id: str, owners: Sequence[str]) -> Iterator[tuple[str, Fact]]:
    """Addresses, the oldest first, then what the store said of them, by name."""
    where = Where()
    where.add(
        "a.store_id = :store_id AND a.side = 'shopper' AND a.person_id IN :ids"
        " AND a.joined_to IS NULL AND a.channel <> 'push'",
        store_id=store_id,
    )
    where.give("ids", owners)
    for person_id, channel, value in where.run(
        tx, _ADDRESSES, "ORDER BY a.created_at", columns=("person_id", "channel", "value")
    ):
        yield person_id, Fact("address", channel, value)
    where = Where()
    where.add(
        "t.store_id = :store_id AND t.shopper_id IN :ids AND t.kind IN ('claim', 'set')",
        store_id=store_id,
    )
    where.give("ids", owners)
    for shopper_id, name, value in where.run(
        tx, _TRAITS, "ORDER BY t.kind, t.name", columns=("shopper_id", "name", "value")
    ):
        yield shopper_id, Fact("trait", name, str(unpack(value)))


_OF_A_SHOPPER: Final = ("shopper_id", "name", "merged_into")
