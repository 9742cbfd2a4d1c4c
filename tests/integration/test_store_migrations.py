"""The schema that the migrations make is the one that the tables describe, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

import gateway.store.tables
from gateway.clock import SystemClock
from gateway.errors import Misconfigured
from gateway.store.migrate import HOME, NEWEST, require_newest, sqlite_path, upgrade
from gateway.store.migrations.beside import is_declared
from gateway.store.postgres import open_engine
from tests.integration.conftest import open_store
from tests.integration.counting import counted, upped

COMMAND = "run `onethread db upgrade`"

# What alembic does not compare: CHECKs, the WHERE of an index, the order of a key's columns.
POSTGRES_SCHEMA = """
    SELECT c.relname AS of, conname AS name, pg_get_constraintdef(k.oid) AS says
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT table_name, column_name, concat_ws(' ', data_type, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema = 'public'
"""

Schema = dict[tuple[str, str], object]


def without_alembic(found: Schema) -> Schema:
    return {key: says for key, says in found.items() if key[0] != "alembic_version"}


def sqlite_schema(path: Path) -> Schema:
    """Every table's columns and CHECKs, every index's columns and WHERE."""
    connection = sqlite3.connect(path)
    try:
        found: Schema = {}
        for kind, name, of, sql in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ):
            words = " ".join((sql or "").replace('"', "").split())
            if kind == "index":
                found[of, name] = words
                continue
            found[name, "columns"] = connection.execute(f"PRAGMA table_info({name})").fetchall()
            inside = words.partition("(")[2].rpartition(")")[0]
            found[name, "constraints"] = sorted(
                part.strip().rstrip(",").strip() for part in inside.split("CONSTRAINT ")[1:]
            )
        return without_alembic(found)
    finally:
        connection.close()


async def postgres_schema(url: str) -> Schema:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(POSTGRES_SCHEMA)
    finally:
        await connection.close()
    return without_alembic({(row["of"], row["name"]): row["says"] for row in rows})


def drift(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_name": is_declared,
        },
    )
    return list(compare_metadata(context, SQLModel.metadata))


async def on(url: str) -> list[object]:
    path = sqlite_path(url)
    if path is not None:
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            found = drift(connection)
        engine.dispose()
        return found
    async_engine = open_engine(url)
    async with async_engine.connect() as opened:
        found = await opened.run_sync(drift)
    await async_engine.dispose()
    return found


async def test_alembic_finds_nothing_left_to_migrate(database_url: str) -> None:
    assert gateway.store.tables.__all__
    assert await on(database_url) == []


def test_what_every_process_asks_for_is_the_last_of_the_migrations() -> None:
    """Each start asks for it: from alembic itself, it would have to import alembic."""
    config = Config()
    config.set_main_option("script_location", str(HOME))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


async def test_alembic_would_notice_a_table_that_no_migration_makes(
    empty_database_url: str,
) -> None:
    assert len(await on(empty_database_url)) >= len(SQLModel.metadata.tables)


async def test_on_sqlite_the_tables_themselves_would_make_the_same_schema(
    sqlite_url: str, tmp_path: Path
) -> None:
    migrated = sqlite_path(sqlite_url)
    assert migrated is not None
    made = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{made}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    found = sqlite_schema(migrated)
    assert found == sqlite_schema(made)
    assert len(found) > 40
    assert any("CHECK" in str(says) for says in found.values())


@pytest.mark.postgres
async def test_on_postgresql_the_tables_themselves_would_make_the_same_schema(
    postgresql_url: str, empty_postgresql_url: str
) -> None:
    engine = open_engine(empty_postgresql_url)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await engine.dispose()
    found = await postgres_schema(postgresql_url)
    assert found == await postgres_schema(empty_postgresql_url)
    assert len(found) > 200
    assert any("WHERE" in str(says) for says in found.values())


async def test_an_empty_database_is_refused_with_the_command_that_helps(
    empty_database_url: str,
) -> None:
    with pytest.raises(Misconfigured) as refused:
        await require_newest(empty_database_url)
    assert COMMAND in refused.value.message
    path = sqlite_path(empty_database_url)
    assert path is None or not path.exists()


async def test_a_file_of_another_program_is_refused_with_the_command_that_helps(
    tmp_path: Path,
) -> None:
    path = tmp_path / "onethread.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.commit()
    connection.close()
    with pytest.raises(Misconfigured) as refused:
        await require_newest(f"sqlite:///{path}")
    assert COMMAND in refused.value.message


async def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "onethread.db"
    path.write_text("Dear diary, " * 100)
    for way in (require_newest, upgrade):
        with pytest.raises(
            Misconfigured, match=r"onethread\.db cannot be opened: .*not a database"
        ):
            await way(f"sqlite:///{path}")


async def test_upgrading_twice_harms_nothing_that_is_stored(
    empty_database_url: str, clock: SystemClock
) -> None:
    await upgrade(empty_database_url)
    await require_newest(empty_database_url)
    store = open_store(empty_database_url, clock)
    await store.write(upped("vera"))
    await store.aclose()
    await upgrade(empty_database_url)
    await require_newest(empty_database_url)
    store = open_store(empty_database_url, clock)
    assert await counted(store) == {"vera": 1}
    await store.aclose()


@pytest.mark.postgres
async def test_gateways_that_start_together_upgrade_together(empty_postgresql_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_postgresql_url) for _ in range(4)))
    await require_newest(empty_postgresql_url)
