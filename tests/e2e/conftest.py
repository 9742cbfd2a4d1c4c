"""The whole product, as ``onethread demo`` starts it, and people with browsers.

Every story runs twice: under Playwright's defaults on SQLite, and with storage partitioned, as
people's browsers have it, on PostgreSQL. Each of these two worlds has one demo for all stories but
those that leave it other than they found it.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, async_playwright, expect

from bench.postgres_server import PostgresServer
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, patient

# What Playwright passes to switch off, without ThirdPartyStoragePartitioning: the last one wins.
_FEATURES_OFF = (
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "DialMediaRouteProvider,GlobalMediaControls,HttpsUpgrades,LensOverlay,MediaRouter,"
    "PaintHolding,Translate,AutoDeElevate,OptimizationHints"
)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_numbers = itertools.count()

# Five seconds are too few on a machine that has other work.
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
)
def world(request: pytest.FixtureRequest) -> str:
    """Which database the house stands on, and whether browsers keep storage apart."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the tests' own."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
async def fresh_database(world: str, request: pytest.FixtureRequest) -> str | None:
    """An empty PostgreSQL database for one house; None for SQLite."""
    return await _fresh(world, request)


@pytest.fixture(scope="module")
async def module_database(world: str, request: pytest.FixtureRequest) -> str | None:
    """The same for the house of a few stories."""
    return await _fresh(world, request)


@pytest.fixture(scope="session")
async def standing_database(world: str, request: pytest.FixtureRequest) -> str | None:
    """The same for the house that all stories share."""
    return await _fresh(world, request)


async def _fresh(world: str, request: pytest.FixtureRequest) -> str | None:
    if world == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"story_{next(_numbers)}"
    connection = await asyncpg.connect(server.url("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server.url(name)


@pytest.fixture(scope="session")
def standing_house(
    tmp_path_factory: pytest.TempPathFactory, standing_database: str | None
) -> Iterator[DemoHouse]:
    """A demo on free ports, with delays short enough to watch."""
    with DemoHouse(tmp_path_factory.mktemp("demo"), database=standing_database) as started:
        yield started


@pytest.fixture
def house(standing_house: DemoHouse, request: pytest.FixtureRequest) -> DemoHouse:
    """The demo that all stories share, its policy as it was at first when a module begins."""
    standing_house.lend(request.module.__name__)
    return standing_house


@pytest.fixture
def own_house(tmp_path: Path, fresh_database: str | None) -> Iterator[DemoHouse]:
    """A demo for one story."""
    with DemoHouse(tmp_path, database=fresh_database) as started:
        yield started


@pytest.fixture(scope="session")
async def browser(world: str) -> AsyncIterator[Browser]:
    """Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("these tests need Chromium on PATH (`make chromium`)")
    flags = _FLAGS + ([_FEATURES_OFF] if "partitioned" in world else [])
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=flags)
        yield patient(launched)
        await launched.close()
