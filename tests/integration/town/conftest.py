"""Each test gets a town of its own on each kind of database, and a checker looks at what is left.

The checker reads only the database and the providers' ledgers.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bench.postgres_server import PostgresServer
from gateway.files.child import Child
from gateway.store.tx import Store
from tests.integration.conftest import EMPTY, open_store
from tests.integration.town.building import Town, open_town
from tests.integration.town.checker import faults
from tests.integration.town.moving_clock import MovingClock


@pytest.fixture(scope="session")
async def _postgresql_of_towns(
    postgres_server: PostgresServer, postgres_url: str, _postgres_template: str
) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE towns TEMPLATE {_postgres_template}")
    # No server dies here: to wait for the disk at each commit took half of the time of most tests.
    await connection.execute("ALTER DATABASE towns SET synchronous_commit = off")
    await connection.close()
    connection = await asyncpg.connect(postgres_server.url("towns"))
    yield connection
    await connection.close()


@pytest.fixture
async def postgresql_url(
    postgres_server: PostgresServer, _postgresql_of_towns: asyncpg.Connection
) -> str:
    """One database for all towns, emptied before each; the stores on it stay open."""
    await _postgresql_of_towns.execute(EMPTY)
    return postgres_server.url("towns")


@pytest.fixture(scope="session")
def _sqlite_of_towns(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Path:
    path = tmp_path_factory.mktemp("towns") / "onethread.db"
    shutil.copyfile(_sqlite_template, path)
    return path


@pytest.fixture
def sqlite_url(_sqlite_of_towns: Path) -> str:
    """One file for all towns, emptied before each."""
    with contextlib.closing(sqlite3.connect(_sqlite_of_towns)) as connection, connection:
        # The index of what is searched is no table of ours: triggers empty it.
        named = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name <> 'alembic_version' AND name NOT LIKE 'search_index%'"
        )
        for (name,) in connection.execute(named).fetchall():
            connection.execute(f"DELETE FROM {name}")  # noqa: S608  # our own tables
    return f"sqlite:///{_sqlite_of_towns}"


class LentClock:
    """The clock of whichever test is running, for a store that outlives it."""

    def __init__(self) -> None:
        self.of = MovingClock()

    def now(self) -> int:
        """What that clock says."""
        return self.of.now()

    def monotonic(self) -> float:
        """What that clock says."""
        return self.of.monotonic()

    async def sleep(self, seconds: float) -> None:
        """As that clock does."""
        await self.of.sleep(seconds)


class KeptStores:
    """The stores on the towns' two databases, each opened when it is first asked for.

    To connect anew, and to compile each statement anew, took as long as most tests.
    """

    def __init__(self) -> None:
        self._clock = LentClock()
        self._open: dict[str, Store] = {}

    def of(self, url: str, clock: MovingClock) -> Store:
        """The store, telling the time of one test."""
        self._clock.of = clock
        if url not in self._open:
            self._open[url] = open_store(url, self._clock)
        return self._open[url]

    async def aclose(self) -> None:
        """Let their connections go."""
        for each in self._open.values():
            await each.aclose()


@pytest.fixture(scope="session")
async def _kept_stores() -> AsyncIterator[KeptStores]:
    kept = KeptStores()
    yield kept
    await kept.aclose()


@pytest.fixture
async def store(database_url: str, clock: MovingClock, _kept_stores: KeptStores) -> Store:
    """An open store on an empty database."""
    return _kept_stores.of(database_url, clock)


@pytest.fixture
def clock() -> MovingClock:
    """A clock that the test moves; the store tells time by it too."""
    return MovingClock()


@pytest.fixture(scope="session")
async def mail_child() -> AsyncIterator[Child]:
    """The process that reads mails, started once: it takes a second to import."""
    child = Child("gateway.worker.mail_reader")
    yield child
    await child.aclose()


@pytest.fixture
async def town(store: Store, clock: MovingClock, mail_child: Child) -> AsyncIterator[Town]:
    """A house with Ada and Ben on call, Vera in the shop, and providers on loopback."""
    async with open_town(store, clock, mail_child) as built:
        yield built
        await built.tick()
        assert await faults(built) == []
