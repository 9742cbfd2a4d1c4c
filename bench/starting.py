"""From nothing to the first shopper who is welcomed: how long a start takes, process and all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvloop

from bench.frames import Client
from bench.serving import PATIENCE, environment, plain_environment
from gateway.clock import SystemClock

LOOK = 0.002  #: seconds between tries
#: Another address than the server's: whoever tries a port that nobody listens on may otherwise be
#: given that very port to call from, and is then connected with themselves.
CALLER = "127.0.0.2"
CLOCK = SystemClock()


def starts(home: Path, url: str, visitor: dict[str, Any], rounds: int) -> list[tuple[float, float]]:
    """Seconds that ``serve`` takes on this database, and a bare echo; once before, to warm up."""
    taken = []
    for ticket in visitor["shopper"][: rounds + 1]:
        port = _free_port()
        given = environment(home, url, ONETHREAD_PORT=str(port))
        with _started([sys.executable, "-m", "gateway", "serve"], given) as begun:
            ours = uvloop.run(_welcomed(port, visitor["origin"], ticket)) - begun
        port = _free_port()
        with _started([sys.executable, "-m", "bench.serve", "echo", str(port)], {}) as begun:
            taken.append((ours, uvloop.run(_welcomed(port, visitor["origin"], ticket)) - begun))
    return taken[1:]


@contextlib.contextmanager
def _started(command: Sequence[str], given: dict[str, str]) -> Iterator[float]:
    begun = time.perf_counter()
    process = subprocess.Popen(  # our own
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=plain_environment() | given,
    )
    try:
        yield begun
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _welcomed(port: int, origin: str, ticket: str) -> float:
    """When the first frame came back."""
    loop = asyncio.get_running_loop()
    welcomed: asyncio.Future[float] = loop.create_future()

    def heard(_text: bytes) -> None:
        if not welcomed.done():
            welcomed.set_result(time.perf_counter())

    client = Client("/ws/shopper", origin, heard)
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await loop.create_connection(
                    lambda: client, "127.0.0.1", port, local_addr=(CALLER, 0)
                )
                break
            except OSError:
                await CLOCK.sleep(LOOK)
        await client.opened
        client.say(json.dumps({"t": "hello", "ticket": ticket, "resume": None}).encode())
        at = await welcomed
    client.close()
    return at


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
