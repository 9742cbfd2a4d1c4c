"""Looking at a database from outside, and keeping a transaction from being committed."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import anyio
import asyncpg
from anyio import to_thread

from gateway.store.migrate import sqlite_path
from gateway.store.tx import Store

T = TypeVar("T")
LOCK = 424_242
PATIENCE = 45.0  #: seconds, on a machine with other work


async def count(url: str, statement: str) -> int:
    """One number, as a connection that has nothing to do with the gateway's sees it."""
    path = sqlite_path(url)
    if path is not None:
        with closing(sqlite3.connect(path)) as file:
            return int(file.execute(statement).fetchone()[0])
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(statement))
    finally:
        await connection.close()


class Held(Protocol):
    """Commits of what appends to a log do not come through until ``release``."""

    async def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin the work; returns when its transaction has done everything but commit."""
        ...

    async def release(self) -> None:
        """Let the commit through."""
        ...


@asynccontextmanager
async def commits_held(url: str, store: Store) -> AsyncIterator[Held]:
    """Hold commits back for as long as the block runs, at most."""
    if sqlite_path(url) is not None:
        held = _HeldFile(store)
        try:
            yield held
        finally:
            await held.release()
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NULL; END'"
        )
        for table in ("entry", "inbound"):
            await connection.execute(
                f"CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON {table}"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()"
            )
        await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
        yield _HeldServer(connection)
    finally:
        await connection.execute("SELECT pg_advisory_unlock_all()")
        await connection.execute("DROP FUNCTION hold() CASCADE")
        await connection.close()


@dataclass
class _Gate:
    """A piece of work that the writer cannot finish before somebody opens the gate."""

    running: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def work(self, _tx: object) -> None:
        self.running.set()
        self.opened.wait(PATIENCE)


@dataclass
class _HeldFile:
    """The work and a closed gate behind it are one group, which is committed as one."""

    store: Store
    gates: list[_Gate] = field(default_factory=list)
    waiting: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        first = await self._gate()
        await to_thread.run_sync(first.running.wait, PATIENCE)
        task = asyncio.create_task(work)
        for _ in range(200):  # until its write stands in the queue
            await anyio.lowlevel.checkpoint()
        second = await self._gate()
        first.opened.set()
        await to_thread.run_sync(second.running.wait, PATIENCE)
        return task

    async def release(self) -> None:
        for gate in self.gates:
            gate.opened.set()
        await asyncio.gather(*self.waiting)

    async def _gate(self) -> _Gate:
        gate = _Gate()
        self.gates.append(gate)
        self.waiting.append(asyncio.create_task(self.store.write(gate.work)))
        await anyio.lowlevel.checkpoint()
        return gate


@dataclass
class _HeldServer:
    """COMMIT fires a trigger that waits for a lock which this connection holds."""

    connection: asyncpg.Connection

    async def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        with anyio.fail_after(PATIENCE):
            while not await self.connection.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            ):
                await anyio.lowlevel.checkpoint()
        return task

    async def release(self) -> None:
        await self.connection.execute("SELECT pg_advisory_unlock_all()")
