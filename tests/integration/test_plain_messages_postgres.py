"""Plain messages on PostgreSQL: what a batch reads and says does not follow what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import select

from bench import crowd_house
from bench.crowd import multiply
from gateway.services.house import House
from gateway.services.plain_messages import Said, take
from gateway.store.tables import ActRow, ConversationRow
from gateway.store.tx import Tx

pytestmark = pytest.mark.postgres

OPEN = 300  #: conversations of the store
AT_ONCE = 64  #: shoppers who write in the same moment
TABLES = ("act", "conversation", "reach", "shopper")
#: rows of those tables that this transaction has read
READ = text(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
    " WHERE relname = ANY(:tables)"
)
#: entries of their indexes that it has read
ENTRIES = text(
    "SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_stat_user_indexes"
    " WHERE relname = ANY(:tables)"
)


@pytest.fixture
async def house(fresh_postgresql_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A busy store on a database that has not counted its rows yet."""
    async with crowd_house.opened(tmp_path, fresh_postgresql_url) as (opened, pattern, _):
        await multiply(opened, pattern, 1, OPEN)
        yield opened


async def shoppers(house: House) -> list[Said]:
    """The words of those who wrote in the chat last, and write again."""

    def work(tx: Tx) -> list[Said]:
        found = tx.session.exec(select(ConversationRow).limit(AT_ONCE)).all()
        tx.session.add_all(
            ActRow(
                store_id=each.store_id,
                side="shopper",
                person_id=each.shopper_id,
                channel="chat",
                at=tx.now,
            )
            for each in found
        )
        return [Said(each.store_id, each.shopper_id, "again", "Is it back?") for each in found]

    return await house.store.write(work)


async def test_shoppers_who_write_at_once_are_not_each_sought_among_all_of_the_store(
    house: House,
) -> None:
    said = await shoppers(house)

    def work(tx: Tx) -> tuple[int, int]:
        taken = take(tx, said)
        connection = tx.session.connection()
        read = [connection.execute(each, {"tables": list(TABLES)}) for each in (READ, ENTRIES)]
        return sum(each is not None for each in taken), sum(int(each.scalar_one()) for each in read)

    taken, read = await house.store.write(work)
    assert taken == AT_ONCE
    # Each table's rows some times over, and not once for each who writes.
    assert read < 2 * len(TABLES) * (OPEN + AT_ONCE) * 4


async def test_a_batch_is_as_many_statements_however_many_write(house: House) -> None:
    said = await shoppers(house)
    sent: list[str] = []

    def count(_of: Connection, _cursor: object, words: str, *rest: object) -> None:
        sent.append(words)
        assert not rest[-1], "each row of a statement for many is one more for the server"

    async def statements(some: list[Said]) -> int:
        sent.clear()

        def taken(tx: Tx) -> None:
            connection = tx.session.connection()
            event.listen(connection, "before_cursor_execute", count)
            assert None not in take(tx, some)

        await house.store.write(taken)
        return len(sent)

    alone = await statements(said[:1])
    assert await statements(said[1:]) == alone
