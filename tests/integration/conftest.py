"""Databases for the tests: each test gets an empty one, at the newest schema, of both kinds."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher

from bench.postgres_server import PostgresServer
from gateway.auth import passwords
from gateway.clock import Clock, SystemClock
from gateway.store.migrate import sqlite_path, upgrade
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.store.tx import Store

TEMPLATE = "migrated"
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        IF name <> 'alembic_version' THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
END $$
"""
# Whoever had it before may have left a connection, with a lock, a moment ago.
ALONE = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_numbers = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A hash costs nothing here; what it really costs is shown in ``tests/unit/auth``."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", cheap)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for the whole test run; a test that kills one starts its own."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The server's maintenance database, as a superuser."""
    return postgres_server.url("postgres")


@pytest.fixture(scope="session")
async def _postgres_template(postgres_server: PostgresServer, postgres_url: str) -> str:
    await _order(postgres_url, f"CREATE DATABASE {TEMPLATE}")
    await upgrade(postgres_server.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
async def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    await upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(fresh_sqlite_url: str) -> str:
    """A SQLite database at the newest schema."""
    return fresh_sqlite_url


@pytest.fixture
def fresh_sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A fresh SQLite file at the newest schema."""
    path = tmp_path / "onethread.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
async def _kept_postgresql(
    postgres_server: PostgresServer, postgres_url: str, _postgres_template: str
) -> AsyncIterator[asyncpg.Connection]:
    await _order(postgres_url, f"CREATE DATABASE kept TEMPLATE {_postgres_template}")
    connection = await asyncpg.connect(postgres_server.url("kept"))
    yield connection
    await connection.close()


@pytest.fixture
async def postgresql_url(
    postgres_server: PostgresServer, _kept_postgresql: asyncpg.Connection
) -> str:
    """One database at the newest schema, emptied before each test.

    To make one and drop it costs the server a third of a second, to empty it a millisecond.
    """
    await _kept_postgresql.execute(ALONE)
    await _kept_postgresql.execute(EMPTY)
    return postgres_server.url("kept")


@pytest.fixture
async def fresh_postgresql_url(
    postgres_server: PostgresServer, postgres_url: str, _postgres_template: str
) -> AsyncIterator[str]:
    """A database of the test's own, for who changes more than rows, or asks how it is read."""
    name = f"test_{next(_numbers)}"
    await _order(postgres_url, f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    yield postgres_server.url(name)
    await _order(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def empty_postgresql_url(
    postgres_server: PostgresServer, postgres_url: str
) -> AsyncIterator[str]:
    """A fresh PostgreSQL database without a single table."""
    name = f"test_{next(_numbers)}"
    await _order(postgres_url, f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    await _order(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, migrated; a test that asks for it runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing is yet, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'onethread.db'}"
    return str(request.getfixturevalue("empty_postgresql_url"))


@pytest.fixture
def clock() -> SystemClock:
    """The machine's clock; a test may move it ahead."""
    return SystemClock()


@pytest.fixture
async def store(database_url: str, clock: SystemClock) -> AsyncIterator[Store]:
    """An open store on an empty database; closed after the test."""
    opened = open_store(database_url, clock)
    yield opened
    await opened.aclose()


def open_store(url: str, clock: Clock) -> Store:
    """The store that serves a URL."""
    path = sqlite_path(url)
    return SqliteStore(path, clock) if path is not None else PostgresStore(url, clock)


async def _order(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
