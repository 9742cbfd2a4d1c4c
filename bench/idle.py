"""What a shopper's idle socket costs in memory, beside a bare echo's on the same server.

Thousands hold a socket each, with an answer in their conversation that they have not seen; nobody
writes. Counted is what the process grew by, garbage collected, from its first two hundred sockets
on: what it loads once is no socket's. The kernel's part is in neither.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import crowd_house
from bench.crowd import admit, multiply
from bench.crowds import crowd
from bench.held import let_many_files_be_open
from bench.row import Row, beside_each
from bench.serving import Server, environment, running
from gateway.clock import SystemClock

WARM = 200
SPARE = 1_000  #: descriptors that are no shopper's
MUST, AIM = 1.6, 1.3  #: times the echo's
BEAT = 25.0  #: seconds within which each socket was pinged, and has answered
MOMENT, SHORT_MOMENT = 3.0, 1.0
CLOCK = SystemClock()
People = list[dict[str, Any]]


def rows(*, quick: bool, url: str = "", database: str = "sqlite") -> Iterator[Row]:
    """KiB for each socket; none may be dropped meanwhile."""
    wanted, rounds = (1_000, 1) if quick else (10_000, 5)
    number = min(wanted, let_many_files_be_open() - SPARE)
    with crowd_house.folder() as home:
        people = asyncio.run(_people(home, url, number + WARM, rounds))
        taken = []
        for turn in range(rounds):
            moment = SHORT_MOMENT if quick else MOMENT
            stays = BEAT if turn == rounds - 1 and not quick else moment
            with running("gateway", environment(home, url)) as ours:
                mine = _each(ours, _lives(people, turn), stays, echo=False)
            with running("echo") as bare:
                taken.append((mine, _each(bare, people, moment, echo=True)))
    yield beside_each(
        f"memory: an idle shopper's socket, {number:,} held",
        taken,
        unit="KiB",
        must=MUST,
        aim=AIM,
        lower=True,
        database=database,
    )


async def _people(home: Path, url: str, number: int, lives: int) -> People:
    async with crowd_house.opened(home, url) as (house, pattern, _):
        await multiply(house, pattern, 1, number)
        return await admit(house, pattern, range(1, number + 1), lives)


def _lives(people: People, turn: int) -> People:
    return [{**each, "shopper": each["shopper"][turn:]} for each in people]


def _each(server: Server, people: People, stays: float, *, echo: bool) -> float:
    with crowd(people[:WARM]) as early, crowd(people[WARM:], 3) as others:
        early.arrive(server.port, echo=echo)
        before = server.held().proportional
        others.arrive(server.port, echo=echo)
        asyncio.run(CLOCK.sleep(stays))
        grown = server.held().proportional - before
        still = early.state()["open"] + others.state()["open"]
    if still != len(people):
        raise RuntimeError(f"of {len(people)} sockets {len(people) - still} were dropped")
    return grown / (len(people) - WARM) / 1_024
