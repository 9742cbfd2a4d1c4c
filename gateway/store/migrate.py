"""Bring a database to the newest schema, from inside the package."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.errors import Misconfigured
from gateway.store import postgres
from gateway.store.sqlite import open_engine

if TYPE_CHECKING:
    from alembic.config import Config

HOME = Path(__file__).parent / "migrations"
NEWEST = "0001"  #: the last of ``migrations/versions``
OUTDATED = "the database is not up to date: run `onethread db upgrade`"
# Gateways that start together upgrade together; the second finds nothing left to do.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('onethread db upgrade', 0))")
_Work = Callable[[Connection], None]


def sqlite_path(url: str) -> Path | None:
    """The file of a ``sqlite:///`` URL, or None for another database."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _config(connection: Connection) -> Config:
    # Here, since only who migrates needs it: it is a twentieth of what every process imports.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)
    command.upgrade(_config(connection), "head")


def _require_newest(connection: Connection) -> None:
    current = None
    if inspect(connection).has_table("alembic_version"):
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if current != NEWEST:
        raise Misconfigured(OUTDATED)


async def upgrade(url: str) -> None:
    """Apply every migration that is missing; harmless when none is.

    Raises:
        Misconfigured: there is no database to reach at the URL.
    """
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    await _with_connection(url, _upgrade)


async def require_newest(url: str) -> None:
    """Refuse to go on with an older (or newer) schema.

    Raises:
        Misconfigured: it says which command to run.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise Misconfigured(OUTDATED)
    await _with_connection(url, _require_newest)


async def _with_connection(url: str, work: _Work) -> None:
    path = sqlite_path(url)
    if path is not None:
        with _sqlite(path) as connection, connection.begin():
            work(connection)
        return
    async with _postgres(url) as opened, opened.begin():
        await opened.run_sync(work)


@contextlib.contextmanager
def _sqlite(path: Path) -> Iterator[Connection]:
    engine = open_engine(path, readonly=False)
    try:
        try:
            connection = engine.connect()
        except DBAPIError as error:
            raise Misconfigured(f"{path} cannot be opened: {error.orig}") from error
        with connection:
            yield connection
    finally:
        engine.dispose()


@contextlib.asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[AsyncConnection]:
    # No time limit: an index over many messages takes what it takes.
    engine = postgres.open_engine(url, answer_within=None)
    try:
        async with contextlib.AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(engine.connect())
            except (*postgres.TROUBLE, ValueError) as error:
                words = str(getattr(error, "orig", error)).partition("\n")[0]
                raise Misconfigured(f"DATABASE_URL cannot be reached: {words}") from error
            yield connection
    finally:
        await engine.dispose()
