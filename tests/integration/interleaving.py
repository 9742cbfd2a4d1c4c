"""Doing something else in the middle of a write or read function, on either database.

SQLite's functions run in a thread, PostgreSQL's in a greenlet on the loop; so waiting differs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio
import asyncpg
from anyio import from_thread, to_thread
from sqlalchemy.util import await_only

from gateway.store.tx import Store

T = TypeVar("T")
PATIENCE = 20.0


def meanwhile(store: Store, do: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Called by a read function (or PostgreSQL's write function): wait until ``do`` is done."""
    if store.dialect == "sqlite":
        return from_thread.run(do)
    return await_only(do())


class Gate:
    """A write function stops at ``pass_`` until the test opens it."""

    def __init__(self, store: Store) -> None:
        self._dialect = store.dialect
        self._reached, self._opened = threading.Event(), threading.Event()
        self._reached_here, self._opened_here = anyio.Event(), anyio.Event()

    def pass_(self) -> None:
        """Say that somebody stands here, and wait."""
        if self._dialect == "sqlite":
            self._reached.set()
            assert self._opened.wait(PATIENCE)
        else:
            self._reached_here.set()
            await_only(self._opened_here.wait())

    async def reached(self) -> None:
        """Wait until a write function stands at the gate."""
        with anyio.fail_after(PATIENCE):
            if self._dialect == "sqlite":
                await to_thread.run_sync(self._reached.wait)
            else:
                await self._reached_here.wait()

    def open(self) -> None:
        """Let it pass, and all that come later."""
        self._opened.set()
        self._opened_here.set()


async def somebody_waits(url: str) -> None:
    """Until a transaction of this PostgreSQL database stands before another's lock."""
    stranger = await asyncpg.connect(url)
    try:
        with anyio.fail_after(PATIENCE):
            while not await stranger.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ):
                pass
    finally:
        await stranger.close()
