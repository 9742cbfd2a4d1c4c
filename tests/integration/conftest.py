"""Databases for the tests: each test gets a fresh one, at the newest schema, of both kinds."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher

from gateway.auth import passwords
from gateway.clock import Clock, SystemClock
from gateway.store.migrate import sqlite_path, upgrade
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.store.tx import Store
from tests.integration.postgres_server import PostgresServer

TEMPLATE = "migrated"
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


@pytest.fixture
async def postgresql_url(
    postgres_server: PostgresServer, postgres_url: str, _postgres_template: str
) -> AsyncIterator[str]:
    """A fresh PostgreSQL database at the newest schema."""
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
    """A fresh, migrated database; a test that asks for it runs once on each kind."""
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
    """An open store on a fresh database; closed after the test."""
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
