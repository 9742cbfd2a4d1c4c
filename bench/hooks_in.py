"""How many of Twilio's webhooks a second the gateway takes: verified and on disk.

The texts come over HTTP to the gateway as ``serve`` runs it, the clockwork left out: what they say
is understood after the 200, here when the clock has stopped, and each has to become a message.
Beside it: an ORM session for each request, which knows no more than whose conversation it is; and
a bare script that knows the signature and the row (see ``hook_rivals``).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import uvicorn
import uvloop
from sqlmodel import func, select

from bench import hook_load, mail_house
from bench.hook_rivals import App, Bare, Naive
from bench.row import Row
from gateway.bootstrap import web_server
from gateway.clock import SystemClock
from gateway.services.kept_hooks import understand_due
from gateway.services.setup import NewStore, ensure_store
from gateway.settings import read_settings
from gateway.store.tables import EntryRow, InboundRow
from gateway.store.tx import Tx

PHONES = 200
MUST_NAIVE = 10.0  #: times what a session for each request takes
AIM_NAIVE = 20.0
MUST_BARE = 0.3  #: of what the bare script takes
AIM_BARE = 0.6


def rows(*, quick: bool) -> Iterator[Row]:
    """Webhooks per second, each durable before its 200."""
    count, rounds = (200, 1) if quick else (1_000, 5)
    taken = uvloop.run(_rounds(count, rounds))
    ours, naive, bare = (median(count / took for took in each) for each in zip(*taken, strict=True))
    for name, baseline, must, aim in (
        ("a session a request", naive, MUST_NAIVE, AIM_NAIVE),
        ("a bare script", bare, MUST_BARE, AIM_BARE),
    ):
        yield Row(
            name=f"texts in: webhooks, beside {name}",
            value=round(ours, 1),
            unit="webhooks/s",
            baseline=round(baseline, 1),
            must=round(baseline * must, 1),
            aim=round(baseline * aim, 1),
            lower=False,
            rounds=rounds,
            database="sqlite",
        )


async def _rounds(count: int, rounds: int) -> list[tuple[float, float, float]]:
    settings = {"public_url": hook_load.PUBLIC, "twilio_auth_token": hook_load.TOKEN}
    async with mail_house.opened(SystemClock(), **settings) as (gateway, _, _):
        house = gateway.house
        new = NewStore(
            key="acme",
            name="Acme",
            origins=("https://acme.example",),
            sms_from=hook_load.OURS,
        )
        await ensure_store(house.store, new)
        with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as home:
            naive, bare = Naive(Path(home) / "naive.db"), Bare(Path(home) / "bare.db")
            server = web_server(gateway.app, read_settings(), house.hub)
            async with (
                _served(server) as mine,
                _served(_plain(naive.app)) as theirs,
                _served(_plain(bare.app)) as script,
            ):
                ports, first = (mine, theirs, script), PHONES
                for port in ports:
                    await _load(port, 0, PHONES)  # every phone has its conversation
                found = []
                for _ in range(rounds):
                    found.append([await _load(port, first, count) for port in ports])
                    first += count
            kept = (await house.store.read(_kept), naive.count(), bare.count())
            while await understand_due(house):
                pass
            if kept != (first,) * 3 or await house.store.read(_messages) != first:
                raise RuntimeError(f"of {first} texts there are {kept}")
        return [(one, two, three) for one, two, three in found]


def _kept(tx: Tx) -> int:
    return tx.session.exec(select(func.count()).select_from(InboundRow)).one()


def _messages(tx: Tx) -> int:
    messages = select(func.count()).select_from(EntryRow).where(EntryRow.kind == "message")
    return tx.session.exec(messages).one()


def _plain(app: App) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app, interface="asgi3", log_level="warning", access_log=False, lifespan="off"
        )
    )


@contextlib.asynccontextmanager
async def _served(server: uvicorn.Server) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        # Signals stay the bench's own.
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await serving


async def _load(port: int, first: int, count: int) -> float:
    """Seconds that a process of its own needs to bring so many."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.hook_load"),
        *map(str, (port, first, count, PHONES)),
        stdout=asyncio.subprocess.PIPE,
    )
    seconds, _ = await process.communicate()
    return float(seconds)
