"""The same on PostgreSQL, beside baselines of its own, on a server that lives for the bench.

The server is durable as it is shipped, and shares the machine's cores with gateway and load. Memory
and the slow disk are left to SQLite: a socket holds nothing of the database, and the disk is not
the gateway's.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace

import asyncpg

from bench import growing, herd, pairs
from bench.postgres_server import PostgresServer
from bench.row import Row

DATABASE = "postgresql"
FEW_OPEN = 2_000  #: when it has to be quick, as the next
FEW = 100  #: who come back: the server shares the cores
_numbers = itertools.count(1)


def rows(*, quick: bool) -> Iterator[Row]:
    """Messages, what is due, the start and the herd."""
    server = PostgresServer()
    try:
        server.start()
        naive = replace(pairs.NAIVE, command=("bench.postgres_rival", _fresh(server)))
        yield from pairs.rows(
            quick=quick, url=_fresh(server), database=DATABASE, rivals=(pairs.FLOOR, naive)
        )
        urls = (_fresh(server), _fresh(server))
        yield from growing.rows(quick=quick, urls=urls, database=DATABASE, few=FEW_OPEN)
        yield from herd.rows(quick=quick, url=_fresh(server), database=DATABASE, few=FEW)
    finally:
        server.remove()


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
