"""Pairs that talk to a server of another process, round by round; ``pair_load`` is the load."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import crowd_house
from bench.checking import APART
from bench.crowd import admit, multiply
from bench.serving import PATIENCE, plain_environment

PAIRS = 200

Found = dict[str, Any]
People = list[dict[str, Any]]


class Talk:
    """A server, who may talk there, and the tickets that are left."""

    def __init__(self, port: int, pairs: People, *, tells: bool = False) -> None:
        """``tells``: it says at /metrics what it has still to tell of those who came."""
        self._port, self._pairs, self._tells = port, pairs, tells
        self._rounds = 0
        self.written = 0  #: messages that were acknowledged, in all

    def load(self, seconds: float, rate: float = 0.0) -> Found:
        """One round, ``rate`` messages a second or as many as can be (0); see ``pair_load``.

        Raises:
            RuntimeError: a message was lost.
        """
        of_round = [
            {**each, "shopper": each["shopper"][self._rounds], "agent": each["agent"][self._rounds]}
            for each in self._pairs
        ]
        told = (self._port, self._rounds * APART, seconds, rate, int(self._tells))
        self._rounds += 1
        done = subprocess.run(  # our own
            [sys.executable, "-m", "bench.pair_load", *map(str, told)],
            input=json.dumps(of_round),
            capture_output=True,
            text=True,
            check=False,
            env=plain_environment(),
        )
        if done.returncode:
            raise RuntimeError(f"the load failed: {done.stderr[-2_000:]}")
        found: Found = json.loads(done.stdout)
        self.written += found["sent"]
        return found


@contextlib.contextmanager
def rival(command: Sequence[str]) -> Iterator[Talk]:
    """A server that prints ``{"port", "pairs"}``, and whether it ``tells``; ends with its input."""
    process = subprocess.Popen(  # our own
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=plain_environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command[0]} ended with {process.wait(PATIENCE)}")
        told = json.loads(line)
        yield Talk(told["port"], told["pairs"], tells=told.get("tells", False))
    finally:
        process.stdin.close()
        process.wait(PATIENCE)


async def pairs(home: Path, url: str, lives: int, number: int = PAIRS) -> People:
    """Shoppers with open conversations and Ada's consoles, ``lives`` tickets for each."""
    async with crowd_house.opened(home, url) as (house, pattern, ada):
        await multiply(house, pattern, 1, number)
        return await admit(house, pattern, range(1, number + 1), lives, ada)
