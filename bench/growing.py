"""What must not grow with the house: taking what is due, and starting up.

Two houses stand side by side: one keeps a thousand open conversations, the other grows. In both a
hundred are due at a time, and each round asks both. At its largest the second one is started, over
and over, beside a bare echo.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from bench import crowd_house
from bench.crowd import LATER, Pattern, admit, multiply
from bench.mail_house import waiting_letters
from bench.row import Row, beside_each
from bench.starting import starts
from gateway.clock import SystemClock
from gateway.services import claiming, nodes
from gateway.services.house import House
from gateway.store import taking
from gateway.store.tx import Tx

SMALL = 1_000
DUE = 100
TIMES = 20  #: scans of a round
MUST, AIM = 2.0, 1.3  #: times what it takes among a thousand
MUST_START, AIM_START = 2.0, 1.0  #: seconds
_DUE_AT = text(
    "UPDATE reach SET due_at = :at"
    " WHERE side = 'shopper' AND state = 'waiting' AND conversation_id IN :names"
).bindparams(bindparam("names", expanding=True))
_MESSAGES = text("SELECT count(*) FROM entry WHERE kind = 'message'")

Taken = list[tuple[float, float]]


@dataclass(slots=True, kw_only=True)
class Growing:
    """One of the two houses."""

    house: House
    clock: SystemClock
    pattern: Pattern
    agent_id: str
    open: int = 1

    async def grow(self, to: int) -> None:
        """Until so many are open."""
        await multiply(self.house, self.pattern, self.open, to - self.open)
        self.open = to

    async def scan(self) -> float:
        """Seconds until one hears of the hundred that are due."""
        await self._set_due(self.clock.now())
        found = await self._due()
        gc.collect()
        begun = time.perf_counter()
        for _ in range(TIMES):
            found = await self._due()
        took = (time.perf_counter() - begun) / TIMES
        await self._set_due(self.clock.now() + LATER)
        if found != DUE:
            raise RuntimeError(f"{found} of {DUE} were due")
        return took

    async def _set_due(self, at: int) -> None:
        given = {"at": at, "names": [self.pattern.conversation(n) for n in range(1, DUE + 1)]}

        def work(tx: Tx) -> None:
            tx.session.connection().execute(_DUE_AT, given)

        await self.house.store.write(work)

    async def _due(self) -> int:
        due, _ = await self.house.store.read(lambda tx: taking.due_reaches(tx, DUE))
        return len(due)

    async def claim(self) -> float:
        """Seconds until the hundred that are queued are claimed, each decided on once more."""
        store_id = self.pattern.store_id
        await waiting_letters(self.house, self.clock, store_id, self.agent_id, DUE)
        gc.collect()
        begun = time.perf_counter()
        queued = await claiming.waiting(self.house, limit=DUE)
        claimed = await claiming.claim_all(self.house, queued)
        took = time.perf_counter() - begun
        if len(claimed) != DUE:
            raise RuntimeError(f"{len(claimed)} of {DUE} were claimed")
        return took


def rows(
    *,
    quick: bool,
    urls: tuple[str, str] = ("", ""),
    database: str = "sqlite",
    few: int = 20_000,
) -> Iterator[Row]:
    """Scans and claims among more and more, then the start with all of that on disk.

    ``few``: how many are open when it has to be quick.
    """
    sizes, rounds = ((few,), 1) if quick else ((100_000, 1_000_000), 5)
    with crowd_house.folder() as one, crowd_house.folder() as other:
        taken, visitor, messages = asyncio.run(_asked((one, other), urls, sizes, rounds))
        begun = starts(other, urls[1], visitor, rounds)
    for what, size in taken:
        yield beside_each(
            f"{what} of {DUE} among {size:,} open, beside {SMALL:,}",
            [(mine * 1_000, least * 1_000) for mine, least in taken[what, size]],
            unit="ms",
            must=MUST,
            aim=AIM,
            lower=True,
            database=database,
        )
    yield _started(begun, messages, database)


def _started(taken: Taken, messages: int, database: str) -> Row:
    found = beside_each(
        f"start until the first shopper is welcomed, {messages:,} messages kept",
        taken,
        unit="s",
        must=MUST_START,
        aim=AIM_START,
        lower=True,
        database=database,
    )
    return replace(found, must=MUST_START, aim=AIM_START)


async def _asked(
    homes: tuple[Path, Path], urls: tuple[str, str], sizes: tuple[int, ...], rounds: int
) -> tuple[dict[tuple[str, int], Taken], dict[str, Any], int]:
    taken: dict[tuple[str, int], Taken] = {}
    async with AsyncExitStack() as stack:
        small, large = [
            await _house(stack, home, url) for home, url in zip(homes, urls, strict=True)
        ]
        await small.grow(SMALL)
        for size in sizes:
            await large.grow(size)
            for _ in range(rounds):
                for what, work in (("due scan", Growing.scan), ("claim", Growing.claim)):
                    each = (await work(large), await work(small))
                    taken.setdefault((what, size), []).append(each)
        (visitor,) = await admit(large.house, large.pattern, [1], rounds + 1)
        messages = await large.house.store.read(_messages)
    return taken, visitor, messages


def _messages(tx: Tx) -> int:
    return int(tx.session.execute(_MESSAGES).scalar_one())


async def _house(stack: AsyncExitStack, home: Path, url: str) -> Growing:
    clock = SystemClock()
    house, pattern, ada = await stack.enter_async_context(crowd_house.opened(home, url, clock))
    await nodes.begin_node(house)
    return Growing(house=house, clock=clock, pattern=pattern, agent_id=ada)
