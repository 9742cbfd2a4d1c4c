"""Processes full of shoppers, from outside; see ``crowd_load`` for what they can be told."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bench.serving import PATIENCE, plain_environment

MOST = 5_000  #: people of one process
AT_ONCE = 32  #: sockets that are being opened, in all

Answer = dict[str, Any]


class Crowd:
    """Some processes, each with a part of the people, that do the same at the same time."""

    def __init__(self, people: Sequence[dict[str, Any]], first: int = 2) -> None:
        """``first``: the loopback address 127.0.0.n of the first of them."""
        parts = [people[at : at + MOST] for at in range(0, len(people), MOST)]
        self._processes = [
            subprocess.Popen(  # our own
                [sys.executable, "-m", "bench.crowd_load", f"127.0.0.{first + number}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=plain_environment(),
            )
            for number in range(len(parts))
        ]
        for process, part in zip(self._processes, parts, strict=True):
            _say(process, part)

    def do(self, what: str, **more: object) -> list[Answer]:
        """Each one's answer, when all have done it."""
        for process in self._processes:
            _say(process, {"do": what, **more})
        return [_said(process) for process in self._processes]

    def arrive(self, port: int, *, echo: bool = False) -> float:
        """Open everybody's tab; seconds until the last has all that it missed."""
        at_once = max(1, AT_ONCE // len(self._processes))
        told = self.do("arrive", port=port, at_once=at_once, echo=echo)
        return max(float(each["seconds"]) for each in told)

    def state(self) -> Answer:
        """How many are open, how much was replayed, what went wrong, and who holds what."""
        told = self.do("state")
        return {
            "open": sum(each["open"] for each in told),
            "replayed": sum(each["replayed"] for each in told),
            "wrong": [wrong for each in told for wrong in each["wrong"]],
            "held": {name: seq for each in told for name, seq in each["held"].items()},
        }

    def end(self) -> None:
        """Everybody goes."""
        for process in self._processes:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        for process in self._processes:
            process.wait(PATIENCE)


def _say(process: subprocess.Popen[str], what: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def _said(process: subprocess.Popen[str]) -> Answer:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the crowd ended with {process.wait(PATIENCE)}")
    found: Answer = json.loads(line)
    return found


@contextlib.contextmanager
def crowd(people: Sequence[dict[str, Any]], first: int = 2) -> Iterator[Crowd]:
    """These people, until the end of the block."""
    gathered = Crowd(people, first)
    try:
        yield gathered
    finally:
        gathered.end()
