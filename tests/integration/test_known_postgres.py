"""What many are decided on, on PostgreSQL: reading it does not follow what the store keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bench import crowd_house
from bench.crowd import Pattern, multiply
from gateway.services.house import House
from gateway.store import known as known_rows
from gateway.store.known import Known
from gateway.store.tx import Tx

pytestmark = pytest.mark.postgres

OPEN = 600  #: conversations of the store
AT_ONCE = 100  #: of them, decided on in one transaction
LOADS: dict[str, Callable[[Tx, Known], None]] = {
    "what is said": known_rows.add_words,
    "what is unread": known_rows.add_headings,
}
#: entries of the log, and of its indexes, that this transaction has read
READ = text(
    "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) + (SELECT"
    " sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_stat_user_indexes"
    " WHERE relname = 'entry') FROM pg_stat_xact_user_tables WHERE relname = 'entry'"
)


@pytest.fixture
async def crowd(fresh_postgresql_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Pattern]]:
    """A busy store on a database that has not counted its rows yet."""
    async with crowd_house.opened(tmp_path, fresh_postgresql_url) as (house, pattern, _):
        await multiply(house, pattern, 1, OPEN)
        yield house, pattern


@pytest.mark.parametrize("mode", ["auto", "force_generic_plan"])
@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
async def test_some_conversations_are_not_each_sought_among_all_of_the_store(
    crowd: tuple[House, Pattern], load: Callable[[Tx, Known], None], mode: str
) -> None:
    house, pattern = crowd
    names = [pattern.conversation(number) for number in range(1, AT_ONCE + 1)]

    def work(tx: Tx) -> tuple[Known, int]:
        connection = tx.session.connection()
        connection.execute(text(f"SET LOCAL plan_cache_mode = {mode}"))
        known = known_rows.locked(tx, [pattern.store_id], names)
        load(tx, known)
        return known, int(connection.execute(READ).scalar_one())

    known, read = await house.store.write(work)
    found = sum(len(known.messages[name]) for name in names)
    assert found >= AT_ONCE
    # All of so short a log some times over, should it have been counted; not once for each of them.
    assert read < 4 * 2 * OPEN
