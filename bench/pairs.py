"""How many messages a second are durable and delivered: 200 shoppers, each with an agent who looks.

The gateway runs as ``serve`` does, on a database of its own. Beside it, over the same sockets and
from the same load: a floor that keeps nothing, a session of the mapper for each message (see
``pair_rivals`` and ``postgres_rival``), and, on SQLite, ``ws`` on Node with a transaction for each
(``node_rival``). A socket's rate limit is lifted, since no person writes so fast.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from bench import crowd_house
from bench.checking import check
from bench.row import Row, beside_each
from bench.serving import environment, running
from bench.talk import PAIRS, Found, Talk, pairs, rival, talking

FEW = 50  #: pairs when it has to be quick
WARM = 1.5  #: seconds
STEADY = 1_000.0  #: messages a second at which latency is looked at
STEADY_SECONDS = 10.0  #: so that a p99 is that of ten thousand messages
MUST_LATENCY, AIM_LATENCY = 3.0, 2.0  #: times the floor's
UNLIMITED = "10000"  #: frames a second of one socket: no person writes so fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """What the same load is put on, and what of it must and may be reached."""

    name: str
    command: tuple[str, ...]  #: how many pairs there are follows
    must: float
    aim: float


FLOOR = Rival(
    name="a floor that keeps nothing", command=("bench.pair_rivals", "floor"), must=0.35, aim=0.5
)
NAIVE = Rival(
    name="a session a message", command=("bench.pair_rivals", "naive"), must=20.0, aim=40.0
)
NODE = Rival(
    name="ws-js, a transaction a message", command=("bench.node_rival",), must=2.0, aim=3.0
)


def rows(
    *,
    quick: bool,
    url: str = "",
    database: str = "sqlite",
    rivals: Sequence[Rival] = (FLOOR, NAIVE, NODE),
) -> Iterator[Row]:
    """Messages per second in a closed loop, and the time until delivery at a steady rate.

    Latency stands beside that of the first rival.
    """
    number = FEW if quick else PAIRS
    with crowd_house.folder() as home:
        people = asyncio.run(pairs(home, url, number=number))
        given = environment(home, url, ONETHREAD_FRAME_RATE=UNLIMITED)
        with running("gateway", given) as server, ExitStack() as stack:
            ours = stack.enter_context(talking(server.port, people, tells=True))
            talks = [ours, *(stack.enter_context(_serving(each, number)) for each in rivals)]
            loops, steady = _measured(talks, quick=quick)
        asyncio.run(check(home, url, ours.written))
    for at, beside in enumerate(rivals, 1):
        yield beside_each(
            f"messages: durable and delivered, beside {beside.name}",
            [(each[0], each[at]) for each in loops],
            unit="messages/s",
            must=beside.must,
            aim=beside.aim,
            lower=False,
            database=database,
        )
    yield from _latency(steady, database, ("p50",) if quick else ("p50", "p99"))


def _measured(
    talks: Sequence[Talk], *, quick: bool
) -> tuple[list[list[float]], list[list[dict[str, float]]]]:
    """Messages a second on each by round, and the times until delivery on the first two."""
    seconds, steadily, rounds = (0.5, 0.5, 1) if quick else (2.0, STEADY_SECONDS, 5)
    warm = 0.5 if quick else WARM
    for each in talks:
        each.come()
    for each in talks:
        each.load(warm)  # each conversation has begun, and each engine is warm
    loops = [[_rate(each.load(seconds)) for each in talks] for _ in range(rounds)]
    steady = [
        [each.load(steadily, STEADY)["delivered"] for each in talks[:2]] for _ in range(rounds)
    ]
    return loops, steady


def _latency(
    steady: Sequence[Sequence[dict[str, float]]], database: str, parts: Sequence[str]
) -> Iterator[Row]:
    for part in parts:
        yield beside_each(
            f"messages: {part} until delivered, at {STEADY:,.0f}/s",
            [(mine[part], least[part]) for mine, least in steady],
            unit="ms",
            must=MUST_LATENCY,
            aim=AIM_LATENCY,
            lower=True,
            database=database,
        )


def _serving(which: Rival, number: int) -> AbstractContextManager[Talk]:
    return rival([sys.executable, "-m", *which.command, str(number)])


def _rate(found: Found) -> float:
    return float(found["messages"] / found["seconds"])
