"""Servers of the bench, from outside: started, asked, ended, killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.held import Held

PATIENCE = 60.0


class Server:
    """One process of ``bench.serve``."""

    def __init__(self, kind: str, port: int, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # our own
            [sys.executable, "-m", "bench.serve", kind, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**plain_environment(), **environment},
        )
        self.port: int = json.loads(self._said())["port"]

    def held(self, how: str = "") -> Held:
        """What it holds now; ``TRIMMED``: without what lies free in its heaps."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{how}\n")
        self._process.stdin.flush()
        return Held(**json.loads(self._said()))

    def _said(self) -> str:
        assert self._process.stdout is not None
        line: str = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended with {self._process.wait(PATIENCE)}")
        return line

    def kill(self) -> None:
        """As a crash would."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def end(self) -> None:
        """As an operator would."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def plain_environment() -> dict[str, str]:
    """Ours, but that compiled modules are kept: each start would else compile them all."""
    return {name: each for name, each in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def environment(home: Path, url: str, **more: str) -> dict[str, str]:
    """The settings of a gateway on this folder and this database ("": a file in the folder)."""
    given = {"ONETHREAD_DATA": str(home), "PUBLIC_URL": "http://127.0.0.1", "LOG_LEVEL": "warning"}
    return given | ({"DATABASE_URL": url} if url else {}) | more


@contextlib.contextmanager
def running(kind: str, given: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Server]:
    """A server until the end of the block."""
    server = Server(kind, port, given or {})
    try:
        yield server
    finally:
        server.end()
