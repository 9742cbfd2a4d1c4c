"""A database that takes nothing for a while, and then does again."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg

from gateway.store.migrate import sqlite_path
from gateway.store.sqlite import BUSY_TIMEOUT_MS
from gateway.store.tx import Store, Tx

FULL = "53100"  #: disk_full, postgresql.org/docs/current/errcodes-appendix.html


@asynccontextmanager
async def deliveries_refused(url: str, store: Store) -> AsyncIterator[None]:
    """No delivery can be changed for as long as the block runs."""
    path = sqlite_path(url)
    if path is None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '{FULL}'; END $$"
            )
            await connection.execute(
                "CREATE TRIGGER refuse BEFORE UPDATE ON delivery"
                " FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
            yield
        finally:
            await connection.execute("DROP FUNCTION refuse() CASCADE")
            await connection.close()
        return
    await store.write(lambda tx: _wait(tx, 0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    await store.write(lambda tx: _wait(tx, BUSY_TIMEOUT_MS))


def _wait(tx: Tx, milliseconds: int) -> None:
    tx.session.connection().exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
