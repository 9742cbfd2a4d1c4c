"""Bring a database to the newest schema, from inside the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.errors import Misconfigured
from gateway.store.postgres import async_url
from gateway.store.sqlite import open_engine

HOME = Path(__file__).parent / "migrations"
_Work = Callable[[Connection], None]


def sqlite_path(url: str) -> Path | None:
    """The file of a ``sqlite:///`` URL, or None for another database."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _require_newest(connection: Connection) -> None:
    newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
    current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        raise Misconfigured("the database is not up to date: run `onethread db upgrade`")


async def upgrade(url: str) -> None:
    """Apply every migration that is missing; harmless when none is."""
    await _with_connection(url, _upgrade)


async def require_newest(url: str) -> None:
    """Refuse to go on with an older (or newer) schema.

    Raises:
        Misconfigured: it says which command to run.
    """
    await _with_connection(url, _require_newest)


async def _with_connection(url: str, work: _Work) -> None:
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = open_engine(path, readonly=False)
        try:
            with engine.begin() as connection:
                work(connection)
        finally:
            engine.dispose()
        return
    async_engine = create_async_engine(async_url(url))
    try:
        async with async_engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await async_engine.dispose()
