"""The same on PostgreSQL, beside baselines of its own, on a server that lives for the bench.

The server is durable as it is shipped, and shares the machine's cores with gateway and load. Memory
and the slow disk are left to SQLite: a socket holds nothing of the database, and the disk is not
the gateway's.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Iterator

import asyncpg

from bench import crowd_house, growing, herd
from bench.checking import check
from bench.postgres_server import PostgresServer
from bench.row import Row, beside_each
from bench.serving import environment, running
from bench.slow_disk import UNLIMITED
from bench.talk import PAIRS, Found, Talk, pairs, rival

DATABASE = "postgresql"
MUST_FLOOR, AIM_FLOOR = 0.35, 0.5
MUST_NAIVE, AIM_NAIVE = 20.0, 40.0
STEADY = 1_000.0  #: messages a second at which latency is looked at
MUST_LATENCY, AIM_LATENCY = 3.0, 2.0  #: times the floor's
STEADY_SECONDS = 10.0  #: so that a p99 is that of ten thousand messages
FEW_OPEN = 2_000  #: when it has to be quick, as the next
FEW = 100  #: who come back: the server shares the cores
_numbers = itertools.count(1)


def rows(*, quick: bool) -> Iterator[Row]:
    """Messages, what is due, the start and the herd."""
    server = PostgresServer()
    try:
        server.start()
        yield from _messages(server, quick=quick)
        urls = (_fresh(server), _fresh(server))
        yield from growing.rows(quick=quick, urls=urls, database=DATABASE, few=FEW_OPEN)
        yield from herd.rows(quick=quick, url=_fresh(server), database=DATABASE, few=FEW)
    finally:
        server.remove()


def _messages(server: PostgresServer, *, quick: bool) -> Iterator[Row]:
    seconds, steadily, rounds, number = (
        (1.0, 1.0, 1, 50) if quick else (2.0, STEADY_SECONDS, 5, PAIRS)
    )
    url = _fresh(server)
    module = [sys.executable, "-m"]
    with crowd_house.folder() as home:
        people = asyncio.run(pairs(home, url, 2 * rounds + 1, number))
        with (
            running("gateway", environment(home, url, ONETHREAD_FRAME_RATE=UNLIMITED)) as ours,
            rival([*module, "bench.pair_rivals", "floor", str(number)]) as floor,
            rival([*module, "bench.postgres_rival", _fresh(server), str(number)]) as naive,
        ):
            talks = (Talk(ours.port, people, tells=True), floor, naive)
            for each in () if quick else talks:
                each.load(seconds)  # each engine is warm
            loops = [[_rate(each.load(seconds)) for each in talks] for _ in range(rounds)]
            steady = [
                [each.load(steadily, STEADY)["delivered"] for each in talks[:2]]
                for _ in range(rounds)
            ]
        asyncio.run(check(home, url, talks[0].written))
    for name, at, must, aim in (
        ("a floor that keeps nothing", 1, MUST_FLOOR, AIM_FLOOR),
        ("a session a message", 2, MUST_NAIVE, AIM_NAIVE),
    ):
        yield beside_each(
            f"messages: durable and delivered, beside {name}",
            [(each[0], each[at]) for each in loops],
            unit="messages/s",
            must=must,
            aim=aim,
            lower=False,
            database=DATABASE,
        )
    for part in ("p50", "p99"):
        yield beside_each(
            f"messages: {part} until delivered, at {STEADY:,.0f}/s",
            [(mine[part], least[part]) for mine, least in steady],
            unit="ms",
            must=MUST_LATENCY,
            aim=AIM_LATENCY,
            lower=True,
            database=DATABASE,
        )


def _rate(found: Found) -> float:
    return float(found["messages"] / found["seconds"])


def _fresh(server: PostgresServer) -> str:
    name = f"bench{next(_numbers)}"
    asyncio.run(_create(server.url("postgres"), name))
    return server.url(name)


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
