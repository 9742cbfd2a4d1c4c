"""``onethread serve`` as a process of its own, which may be killed, drained and started again."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import Process

from gateway.clock import ClockFile, SystemClock

TOP = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  #: seconds that a process may take to listen, on a machine with other work


@dataclass(slots=True, kw_only=True)
class Serving:
    """One gateway over all its lives, on one database, with a clock that the test moves."""

    data: Path
    database_url: str
    smtp_port: int
    port: int = field(default_factory=lambda: free_port())
    _process: Process | None = None

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it said, over all its lives."""
        return self.data / "gateway.log"

    @property
    def clock(self) -> SystemClock:
        """The same time as the gateway's."""
        return SystemClock(ahead=self._file.read())

    def move_clock(self, microseconds: int) -> None:
        """Let so much time pass for the gateway, also while it does not run."""
        self._file.raise_to(self._file.read() + microseconds)

    async def start(self) -> None:
        """Start it, and wait until it accepts sockets."""
        with self.log.open("ab") as log:
            self._process = await anyio.open_process(
                [sys.executable, "-m", "gateway", "serve"],
                cwd=TOP,
                env={**os.environ, **self._environment()},
                stdin=None,
                stdout=log,
                stderr=log,
            )
        clock = SystemClock()
        with anyio.fail_after(PATIENCE):
            while True:
                assert self._process.returncode is None, self.log.read_text()[-4000:]
                with contextlib.suppress(OSError):
                    stream = await anyio.connect_tcp("127.0.0.1", self.port)
                    await stream.aclose()
                    return
                await clock.sleep(0.02)

    async def kill(self) -> None:
        """``kill -9``."""
        await self._end(lambda process: process.kill())

    async def drain(self) -> None:
        """End it as an operator does."""
        await self._end(lambda process: process.terminate())

    async def end(self) -> None:
        """End what is left of it."""
        if self._process is not None:
            await self._end(lambda process: process.kill())

    async def _end(self, how: Callable[[Process], None]) -> None:
        process, self._process = self._process, None
        assert process is not None, "it does not run"
        if process.returncode is None:
            how(process)
        await process.wait()
        await process.aclose()

    @property
    def _file(self) -> ClockFile:
        return ClockFile(self.data / "clock")

    def _environment(self) -> dict[str, str]:
        return {
            "ONETHREAD_PORT": str(self.port),
            "ONETHREAD_DATA": str(self.data),
            "ONETHREAD_CLOCK": str(self.data / "clock"),
            "DATABASE_URL": self.database_url,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.smtp_port),
            "SMTP_TLS": "none",
            "LOG_LEVEL": "warning",
        }


def free_port() -> int:
    """A port below those that the kernel gives to outgoing connections.

    While the gateway is dead, one of those could take its place.
    """
    draw = random.SystemRandom()
    while True:
        with socket.socket() as probe:
            port = draw.randrange(15_000, 32_000)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
