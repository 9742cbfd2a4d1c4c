"""Pairs that talk to a server of another process, stretch by stretch; ``pair_load`` is the load."""

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
    """Who may talk on a server.

    They come with the first stretch and stay, so that coming is paid for once. After ``leave`` the
    next stretch has them come once more, by another ticket.
    """

    def __init__(self, port: int, pairs: People, *, tells: bool = False) -> None:
        """``tells``: it says at /metrics what it has still to tell of those who came."""
        self._port, self._pairs, self._tells = port, pairs, tells
        self._stretches = self._visits = 0
        self._process: subprocess.Popen[str] | None = None
        self.written = 0  #: messages that were acknowledged, in all

    def come(self) -> None:
        """Set out; several servers' pairs may be on their way at once, as nobody is measured."""
        if self._process is not None:
            return
        visit = self._visits
        self._visits += 1
        self._process = subprocess.Popen(  # our own
            [sys.executable, "-m", "bench.pair_load", str(self._port), str(int(self._tells))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=plain_environment(),
        )
        people = [
            {**each, "shopper": each["shopper"][visit], "agent": each["agent"][visit]}
            for each in self._pairs
        ]
        _say(self._process, people)

    def load(self, seconds: float, rate: float = 0.0) -> Found:
        """A stretch of ``rate`` messages a second or as many as can be (0); see ``pair_load``.

        Raises:
            RuntimeError: a message was lost.
        """
        self.come()
        assert self._process is not None
        asked = {"first": self._stretches * APART, "seconds": seconds, "rate": rate}
        self._stretches += 1
        _say(self._process, asked)
        found = _said(self._process)
        self.written += found["sent"]
        return found

    def leave(self) -> None:
        """Everybody goes."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(PATIENCE)


def _say(process: subprocess.Popen[str], what: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def _said(process: subprocess.Popen[str]) -> Found:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the load ended with {process.wait(PATIENCE)}")
    found: Found = json.loads(line)
    return found


@contextlib.contextmanager
def talking(port: int, people: People, *, tells: bool = False) -> Iterator[Talk]:
    """These people on a server, until the end of the block."""
    talk = Talk(port, people, tells=tells)
    try:
        yield talk
    finally:
        talk.leave()


@contextlib.contextmanager
def rival(command: Sequence[str]) -> Iterator[Talk]:
    """A server that prints ``{"port", "pairs"}``, as ``admit`` tells them; ends with its input."""
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
        with talking(told["port"], told["pairs"]) as talk:
            yield talk
    finally:
        process.stdin.close()
        process.wait(PATIENCE)


async def pairs(home: Path, url: str, visits: int = 1, number: int = PAIRS) -> People:
    """Shoppers with open conversations and Ada's consoles, who may come so many times."""
    async with crowd_house.opened(home, url) as (house, pattern, ada):
        await multiply(house, pattern, 1, number)
        return await admit(house, pattern, range(1, number + 1), visits, ada)
