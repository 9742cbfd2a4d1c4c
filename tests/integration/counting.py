"""The smallest rows that a store test can write: how often something happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import asyncpg
from sqlalchemy import text
from sqlmodel import select

from gateway.store.migrate import sqlite_path
from gateway.store.tables import CountRow
from gateway.store.tx import Store, Tx

_UP = text(
    "INSERT INTO count (store_id, scope, since, n) VALUES ('acme', :scope, 0, 1)"
    " ON CONFLICT (store_id, scope, since) DO UPDATE SET n = count.n + 1"
)
_ALL = "SELECT scope, n FROM count"


def up(tx: Tx, scope: str) -> str:
    """Count one more; a write that was applied twice shows as 2."""
    tx.session.execute(_UP, {"scope": scope})
    return scope


def upped(scope: str) -> Callable[[Tx], str]:
    """A write function that counts one more of ``scope`` and returns it."""
    return lambda tx: up(tx, scope)


async def counted(store: Store) -> dict[str, int]:
    """What the store reads."""
    return await store.read(
        lambda tx: {row.scope: row.n for row in tx.session.exec(select(CountRow)).all()}
    )


async def counted_by_a_stranger(url: str) -> dict[str, int]:
    """What another connection reads, which shares nothing with the store."""
    path = sqlite_path(url)
    if path is not None:
        connection = sqlite3.connect(path)
        try:
            return dict(connection.execute(_ALL).fetchall())
        finally:
            connection.close()
    stranger = await asyncpg.connect(url)
    try:
        return {row["scope"]: row["n"] for row in await stranger.fetch(_ALL)}
    finally:
        await stranger.close()
