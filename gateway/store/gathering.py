"""Handing in together: what comes while a call is under way shares the next one.

SQLite's one writer does so by itself; here is the same for a database with many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, cast

from gateway.errors import StorageRefused
from gateway.store.tx import Tx

I = TypeVar("I")  # noqa: E741
T = TypeVar("T")
Together = Callable[[Tx, Sequence[Any]], Sequence[Any]]

MOST: Final = 64  #: items of one call, each of which locks what it is about
#: so many refused alone, one after the other: it is the database, and the rest need not wait for it
ENOUGH: Final = 2


class Write(Protocol):
    """A store's ``write``."""

    def __call__(
        self, fn: Callable[[Tx], Sequence[Any]], *, on: tuple[str, ...]
    ) -> Awaitable[Sequence[Any]]:
        """Run ``fn`` in a transaction, alone on each name in ``on``."""
        ...


@dataclass(frozen=True, slots=True)
class _Item:
    brings: Any
    names: tuple[str, ...]
    result: asyncio.Future[Any]


class Gathering:
    """What waits to be handed in, by the function that takes it."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: dict[Together, list[_Item]] = {}
        self._working: dict[Together, asyncio.Task[None]] = {}

    async def hand_in(
        self, fn: Callable[[Tx, Sequence[I]], Sequence[T]], item: I, names: tuple[str, ...]
    ) -> T:
        """What ``fn`` gives for ``item``, once that is committed."""
        mine = _Item(item, names, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(fn, []).append(mine)
        if fn not in self._working:
            self._working[fn] = asyncio.create_task(self._work(fn))
        return cast("T", await asyncio.shield(mine.result))

    async def _work(self, fn: Together) -> None:
        while items := self._waiting.pop(fn, []):
            if len(items) > MOST:
                self._waiting[fn] = items[MOST:]
            await self._commit(fn, items[:MOST])
        del self._working[fn]

    async def _commit(self, fn: Together, items: Sequence[_Item]) -> None:
        names = {name for each in items for name in each.names}
        brought = [each.brings for each in items]
        try:
            found = await self._write(lambda tx: fn(tx, brought), on=tuple(sorted(names)))
        except Exception as error:
            if len(items) > 1:
                await self._one_by_one(fn, items)
            elif not items[0].result.done():
                items[0].result.set_exception(error)
            return
        for each, result in zip(items, found, strict=True):
            if not each.result.done():
                each.result.set_result(result)

    async def _one_by_one(self, fn: Together, items: Sequence[_Item]) -> None:
        refused = 0
        for each in items:
            if refused == ENOUGH:
                each.result.set_exception(StorageRefused())
                continue
            await self._commit(fn, [each])
            was_refused = isinstance(each.result.exception(), StorageRefused)
            refused = refused + 1 if was_refused else 0
