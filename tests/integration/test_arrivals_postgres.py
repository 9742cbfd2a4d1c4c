"""Tabs that come on PostgreSQL: what is read for them does not follow what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bench import crowd_house
from bench.crowd import Pattern, admit, multiply
from gateway.auth.tokens import digest
from gateway.services.house import House
from gateway.store import arrivals, log_pages
from gateway.store.tx import Tx

pytestmark = pytest.mark.postgres

OPEN = 3_000  #: conversations of the store
AT_ONCE = 64  #: tabs that come in the same moment
TABLES = ("address", "conversation", "entry", "reach", "shopper", "shopper_session", "ticket")
#: rows of those tables, and entries of their indexes, that this transaction has read
READ = text(
    "SELECT (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))"
    " FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables))"
    " + (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))"
    " FROM pg_stat_user_indexes WHERE relname = ANY(:tables))"
)
Look = Callable[[Tx, Pattern], int]


def who(found: Pattern) -> list[tuple[str, str]]:
    return [(found.store_id, found.shopper(number)) for number in range(1, AT_ONCE + 1)]


def logs(found: Pattern) -> list[tuple[str, str]]:
    return [(found.store_id, found.conversation(number)) for number in range(1, AT_ONCE + 1)]


LOOKS: dict[str, Look] = {
    "who they are": lambda tx, found: len(
        arrivals.guests(tx, [(*person, "no session") for person in who(found)])
    ),
    "their conversations": lambda tx, found: len(arrivals.newest_conversations(tx, who(found))),
    "what is unread": lambda tx, found: len(arrivals.unread(tx, who(found))),
    "what was said": lambda tx, found: sum(
        map(bool, arrivals.entries_since(tx, dict.fromkeys(logs(found), 1)).values())
    ),
    "how far their logs have grown": lambda tx, found: len(log_pages.heads(tx, logs(found))),
}


@pytest.fixture
async def crowd(fresh_postgresql_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Pattern]]:
    """A busy store on a database that has not counted its rows yet."""
    async with crowd_house.opened(tmp_path, fresh_postgresql_url) as (house, found, _):
        await multiply(house, found, 1, OPEN)
        yield house, found


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_who_comes_with_others_is_not_sought_among_all_of_the_store(
    crowd: tuple[House, Pattern], look: Look
) -> None:
    house, found = crowd
    came, read = await house.store.read(partial(counted, found=found, look=look))
    assert came == AT_ONCE
    # Shoppers, conversations and both their sides once from end to end at most, as a hash takes
    # them, and the shoppers again for the sessions; not each for every one who comes.
    assert read < 5 * (OPEN + AT_ONCE)


async def test_a_ticket_is_not_sought_among_all_tickets(crowd: tuple[House, Pattern]) -> None:
    house, found = crowd
    admitted = await admit(house, found, range(1, OPEN + 1), 1)
    tickets = [digest(each["shopper"][0]) for each in admitted[:AT_ONCE]]

    def spend(tx: Tx, _: Pattern) -> int:
        spent = arrivals.spend(tx, [(each, "shopper") for each in tickets])
        return sum(each is not None for each in spent)

    came, read = await house.store.write(partial(counted, found=found, look=spend))
    assert came == AT_ONCE
    assert read < 2 * (OPEN + AT_ONCE)


def counted(tx: Tx, found: Pattern, look: Look) -> tuple[int, int]:
    before = rows_read(tx)  # by earlier transactions, and not handed in yet
    return look(tx, found), rows_read(tx) - before


def rows_read(tx: Tx) -> int:
    told = {"tables": list(TABLES)}
    return int(tx.session.connection().execute(READ, told).scalar_one())
