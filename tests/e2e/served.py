"""A gateway that runs as anybody would run it: by the command line, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.services import setup
from gateway.services.setup import NewStore
from gateway.settings import read_settings
from gateway.store.migrate import upgrade

KEY, EMAIL, PASSWORD = "pk_acme", "ada@acme.example", "correct horse battery"
ORIGIN = "https://shop.example"
ACME = NewStore(key=KEY, name="Acme", origins=(ORIGIN,))
PATIENCE = 60.0  #: seconds that a process may take to answer, on a machine with other work


@dataclass
class Served:
    """``onethread serve`` on SQLite, in a process of its own."""

    environment: dict[str, str]
    origin: str
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"], env=self.environment, stderr=log
            )

    def end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(15)

    async def ready(self) -> None:
        """Wait until it answers; a process that died instead fails the test."""
        with anyio.fail_after(PATIENCE):
            while True:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()
                if await to_thread.run_sync(self._is_ready):
                    return
                await SystemClock().sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.origin + "/readyz", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except urllib.error.URLError:
            return False


@contextlib.asynccontextmanager
async def serve(data: Path, store: NewStore = ACME, **settings: str) -> AsyncIterator[Served]:
    """Migrated, with a store and an agent, and ready; ``settings`` are its environment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ONETHREAD_PORT": str(port),
        "ONETHREAD_DATA": str(data),
        **settings,
    }
    found = Served(environment, f"http://127.0.0.1:{port}", data / "serve.log")
    await _set_up(data, store)
    found.start()
    try:
        await found.ready()
        yield found
    finally:
        found.end(signal.SIGTERM)


async def _set_up(data: Path, store: NewStore) -> None:
    """What the command line does, without three more starts of Python."""
    given = read_settings(data=data)
    await upgrade(given.database)
    async with bootstrap.opened(given, SystemClock()) as opened:
        await setup.ensure_store(opened, store)
        await setup.add_agent(opened, email=EMAIL, name="Ada", password=PASSWORD)
