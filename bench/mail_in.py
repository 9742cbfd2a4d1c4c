"""How many mails a second the listener takes, each on disk before its 250.

The baseline is a bare aiosmtpd whose handler commits one row per mail to a SQLite file of its own,
with ``synchronous=FULL`` as well. It checks no recipient, finds no doublet and knows no store.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlmodel import func, select

from bench import mail_house
from bench.row import Row
from gateway.clock import SystemClock
from gateway.store.tables import InboundRow

CONNECTIONS = 32
MUST = 0.5  #: of the bare script's
AIM = 0.8


class Script:
    """What one writes in ten minutes."""

    def __init__(self, path: Path) -> None:
        self._kept = sqlite3.connect(path, isolation_level=None)
        self._kept.execute("PRAGMA journal_mode=WAL")
        self._kept.execute("PRAGMA synchronous=FULL")
        self._kept.execute("CREATE TABLE mail (sender TEXT, recipients TEXT, raw BLOB)")

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Commit a mail."""
        told = (envelope.mail_from, " ".join(envelope.rcpt_tos), envelope.content)
        self._kept.execute("INSERT INTO mail VALUES (?, ?, ?)", told)
        return "250 2.0.0 kept"

    @property
    def count(self) -> int:
        """How many mails are kept."""
        return int(self._kept.execute("SELECT count(*) FROM mail").fetchone()[0])


def rows(*, quick: bool) -> Iterator[Row]:
    """Mails per second over many connections."""
    count, rounds = (200, 1) if quick else (2_000, 5)
    taken = uvloop.run(_rounds(count, rounds))
    ours, bare = (median(count / took for took in each) for each in zip(*taken, strict=True))
    yield Row(
        name=f"mail in: durable before its 250, {CONNECTIONS} connections",
        value=round(ours, 1),
        unit="mails/s",
        baseline=round(bare, 1),
        must=round(bare * MUST, 1),
        aim=round(bare * AIM, 1),
        lower=False,
        rounds=rounds,
        database="sqlite",
    )


async def _rounds(count: int, rounds: int) -> list[tuple[float, float]]:
    logging.getLogger("mail.log").disabled = True
    async with mail_house.opened(SystemClock(), inbound_smtp_port=0) as (gateway, _, _):
        (listener,) = gateway.listeners
        await listener.start()
        async with _bare() as (port, script):
            found = [
                (await _load(listener.port, count), await _load(port, count)) for _ in range(rounds)
            ]
        await listener.stop()
        kept = await gateway.house.store.read(
            lambda tx: tx.session.exec(select(func.count()).select_from(InboundRow)).one()
        )
    if (kept, script.count) != (count * rounds, count * rounds):
        raise RuntimeError(f"of {count * rounds} mails {kept} were kept, and {script.count}")
    return found


@contextlib.asynccontextmanager
async def _bare() -> AsyncIterator[tuple[int, Script]]:
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as home:
        script = Script(Path(home) / "mails.db")
        server = await loop.create_server(
            lambda: SMTP(script, hostname="bare.example", loop=loop, command_call_limit=1_000),
            "127.0.0.1",
            0,
        )
        yield server.sockets[0].getsockname()[1], script
        server.close()


async def _load(port: int, count: int) -> float:
    """Seconds that a process of its own needs to bring so many mails."""
    told = (str(port), f"support@{mail_house.DOMAIN}", str(CONNECTIONS), str(count))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mail_load", *told, stdout=asyncio.subprocess.PIPE
    )
    seconds, _ = await process.communicate()
    return float(seconds)
