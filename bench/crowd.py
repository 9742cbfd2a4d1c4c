"""Open conversations by the thousand: one is held as people hold it, the others are its copies.

The gateway's own services write the first; SQL copies its rows under other ids, which is how a
million of them stand in a minute. Whoever is to come by socket gets tickets besides.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import text

from gateway.auth.tokens import digest
from gateway.clock import DAY
from gateway.services import receive
from gateway.services.house import Change, House
from gateway.store import people, seeding
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    EntryRow,
    ReachRow,
    ShopperRow,
    ShopperSessionRow,
    TicketRow,
)
from gateway.store.tables.columns import Row
from gateway.store.tx import Tx

QUESTION = "Hello, where is my order 4711? It should have been here on Monday."
ANSWER = "Your parcel left our warehouse on Tuesday and should be with you tomorrow before noon."
ORIGIN = "http://127.0.0.1"
LATER = 30 * DAY  #: nothing of a crowd's becomes due by itself while the bench runs
_AT_ONCE = 20_000  #: conversations copied in one transaction
_TICKETS_AT_ONCE = 5_000
_KEPT = 16  #: characters of an id that its copies share
_FIRST = 10**9  #: ten digits follow them
#: what is copied, and by which of the pattern's ids it is found
_TABLES: dict[type[Row], str] = {
    ShopperRow: "shopper_id",
    ConversationRow: "conversation_id",
    EntryRow: "conversation_id",
    ReachRow: "conversation_id",
    AddressRow: "address_id",
    ConsentRow: "address_id",
}
_IDS = (
    "shopper_id",
    "conversation_id",
    "entry_id",
    "address_id",
    "person_id",
    "typed_conversation_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The conversation that the others are copies of; with an address if its shopper left one."""

    store_id: str
    shopper_id: str
    conversation_id: str
    address_id: str = ""

    def shopper(self, number: int) -> str:
        """Whose the copy of that number is."""
        return _renamed(self.shopper_id, number)

    def conversation(self, number: int) -> str:
        """The copy of that number."""
        return _renamed(self.conversation_id, number)


async def pattern(house: House, store_id: str, agent_id: str) -> Pattern:
    """Vera asked, and Ada has answered; Vera has not seen it yet."""

    def work(change: Change) -> Pattern:
        vera = people.new_shopper(change.tx, store_id, language="en")
        conversation, _ = receive.conversation_for(change, store_id, vera.shopper_id)
        asked = receive.shopper_writes(change, conversation, QUESTION)
        receive.agent_writes(change, conversation, agent_id, "Ada", ANSWER)
        receive.answered(change, conversation, asked.seq)
        change.work = False
        return Pattern(
            store_id=store_id,
            shopper_id=vera.shopper_id,
            conversation_id=conversation.conversation_id,
        )

    return await house.change(work)


async def multiply(
    house: House, found: Pattern, first: int, count: int, *, later: int = LATER
) -> None:
    """Copies number ``first`` and on, due so much later than what they are copies of."""
    for start in range(first, first + count, _AT_ONCE):
        end = min(start + _AT_ONCE, first + count)
        await house.store.write(partial(_copy, found=found, first=start, end=end, later=later))


def _copy(tx: Tx, found: Pattern, first: int, end: int, later: int) -> None:
    given = {
        "number": seeding.take_numbers(tx, found.store_id, end - first) - first,
        "first": first,
        "end": end,
        "store_id": found.store_id,
        "shopper_id": found.shopper_id,
        "conversation_id": found.conversation_id,
        "address_id": found.address_id,
        "later": later,
    }
    connection = tx.session.connection()
    for table in _TABLES:
        statement = text(_statement(table))
        named = statement.compile().params
        connection.execute(statement, {name: given[name] for name in named})


def _statement(table: type[Row]) -> str:
    columns = [each.name for each in table.__table__.columns]  # type: ignore[attr-defined]
    which = _TABLES[table]
    # The casts are for PostgreSQL, which asks of what type each parameter is.
    return (
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"  # noqa: S608  # our own names
        " WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT)"
        " UNION ALL SELECT i + 1 FROM n WHERE i + 1 < CAST(:end AS BIGINT))"
        f" SELECT {', '.join(map(_value, columns))} FROM n CROSS JOIN {table.__tablename__} t"
        f" WHERE t.store_id = CAST(:store_id AS TEXT) AND t.{which} = CAST(:{which} AS TEXT)"
    )


def _value(column: str) -> str:
    if column in _IDS:
        return _copied(f"t.{column}")
    if column == "consent_id":  # of one moment, so they begin alike
        return "t.consent_id || CAST(n.i AS TEXT)"
    if column == "value":
        number = "substr(t.value, 1, 5) || CAST(CAST(substr(t.value, 6) AS BIGINT) + n.i AS TEXT)"
        mailbox = "CAST(n.i AS TEXT) || t.value"
        return f"CASE WHEN t.channel = 'email' THEN {mailbox} ELSE {number} END"
    if column == "author_id":
        theirs = "t.author_id = CAST(:shopper_id AS TEXT)"
        return f"CASE WHEN {theirs} THEN {_copied('t.author_id')} ELSE t.author_id END"
    if column == "data":
        return f"replace(t.data, CAST(:shopper_id AS TEXT), {_copied('CAST(:shopper_id AS TEXT)')})"
    if column == "number":
        return "CAST(:number AS BIGINT) + n.i"
    return "t.due_at + CAST(:later AS BIGINT)" if column == "due_at" else f"t.{column}"


def _copied(name: str) -> str:
    return f"substr({name}, 1, {_KEPT}) || CAST({_FIRST} + n.i AS TEXT)"


def _renamed(name: str, number: int) -> str:
    return f"{name[:_KEPT]}{_FIRST + number}"


async def admit(
    house: House, found: Pattern, numbers: Sequence[int], lives: int, agent_id: str = ""
) -> list[dict[str, Any]]:
    """Sessions and tickets for the shoppers of these copies, as ``pair_load`` wants to be told.

    ``lives``: sockets that each may open. With an ``agent_id`` so many consoles' tickets as well.
    """
    admitted = []
    for at in range(0, len(numbers), _TICKETS_AT_ONCE):
        some = numbers[at : at + _TICKETS_AT_ONCE]
        admitted += await house.store.write(
            partial(_admit, found=found, numbers=some, lives=lives, agent_id=agent_id)
        )
    return admitted


def _admit(
    tx: Tx, found: Pattern, numbers: Sequence[int], lives: int, agent_id: str
) -> list[dict[str, Any]]:
    rows: list[Row] = []
    admitted = []
    for number in numbers:
        shopper_id, session = found.shopper(number), digest(secrets.token_hex(16))
        tickets = [secrets.token_hex(16) for _ in range(lives)]
        consoles = [secrets.token_hex(16) for _ in range(lives if agent_id else 0)]
        rows.append(
            ShopperSessionRow(
                store_id=found.store_id,
                token_hash=session,
                shopper_id=shopper_id,
                expires_at=tx.now + LATER,
            )
        )
        rows += [
            _ticket(tx, each, "shopper", found.store_id, shopper_id, session) for each in tickets
        ]
        rows += [_ticket(tx, each, "agent", "", agent_id, "") for each in consoles]
        admitted.append(
            {
                "store_id": found.store_id,
                "conversation_id": found.conversation(number),
                "origin": ORIGIN,
                "shopper": tickets,
                "agent": consoles,
            }
        )
    seeding.save(tx, rows)
    return admitted


def _ticket(
    tx: Tx, ticket: str, kind: str, store_id: str, person_id: str, session: str
) -> TicketRow:
    return TicketRow(
        token_hash=digest(ticket),
        kind=kind,
        store_id=store_id,
        person_id=person_id,
        session_hash=session,
        expires_at=tx.now + LATER,
    )
