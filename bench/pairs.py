"""How many messages a second are durable and delivered: 200 shoppers, each with an agent who looks.

The gateway runs as ``serve`` does, on a database of its own. Beside it, over the same sockets and
from the same load: a floor that keeps nothing, and a session of the mapper for each message (see
``pair_rivals``). A socket's rate limit is lifted, since no person writes so fast.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bench.row import Row

PAIRS = 200
MUST_FLOOR, AIM_FLOOR = 0.35, 0.5
MUST_NAIVE, AIM_NAIVE = 20.0, 40.0
STEADY = 1_000.0  #: messages a second at which latency is looked at
MUST_LATENCY, AIM_LATENCY = 3.0, 2.0  #: times the floor's
APART = 1_000_000  #: numbers of messages that a round may use up

Found = dict[str, Any]


def rows(*, quick: bool) -> Iterator[Row]:
    """Messages per second in a closed loop, and the time until delivery at a steady rate."""
    seconds, rounds = (1.0, 1) if quick else (3.0, 5)
    with (
        _serving("bench.pair_house") as ours,
        _serving("bench.pair_rivals", "floor") as floor,
        _serving("bench.pair_rivals", "naive") as naive,
    ):
        servers = (ours, floor, naive)
        for each in servers:
            each.load(seconds, 0)  # each conversation has begun, and each engine is warm
        loops = [[each.load(seconds, 0) for each in servers] for _ in range(rounds)]
        steady = [[each.load(seconds, STEADY) for each in servers[:2]] for _ in range(rounds)]
    mine, least, plain = (_rate(each) for each in zip(*loops, strict=True))
    for name, baseline, must, aim in (
        ("a floor that keeps nothing", least, MUST_FLOOR, AIM_FLOOR),
        ("a session a message", plain, MUST_NAIVE, AIM_NAIVE),
    ):
        yield _row(
            f"messages: durable and delivered, beside {name}",
            mine,
            "messages/s",
            (baseline, baseline * must, baseline * aim),
            rounds,
            lower=False,
        )
    for part in ("p50", "p99"):
        own, other = (
            median(each["delivered"][part] for each in taken) for taken in zip(*steady, strict=True)
        )
        yield _row(
            f"messages: {part} until delivered, at {STEADY:,.0f}/s",
            own,
            "ms",
            (other, other * MUST_LATENCY, other * AIM_LATENCY),
            rounds,
            lower=True,
        )


def _row(
    name: str,
    value: float,
    unit: str,
    beside: tuple[float, float, float],
    rounds: int,
    *,
    lower: bool,
) -> Row:
    baseline, must, aim = (round(each, 2) for each in beside)
    return Row(
        name=name,
        value=round(value, 2),
        unit=unit,
        baseline=baseline,
        must=must,
        aim=aim,
        lower=lower,
        rounds=rounds,
        database="sqlite",
    )


def _rate(taken: Sequence[Found]) -> float:
    return float(median(each["messages"] / each["seconds"] for each in taken))


class _Server:
    """A server in a process of its own, and the tickets that are left."""

    def __init__(self, told: Found) -> None:
        self._port, self._pairs = told["port"], told["pairs"]
        self._rounds = 0

    def load(self, seconds: float, rate: float) -> Found:
        """One round; it fails when a message was lost."""
        of_round = [
            {**each, "shopper": each["shopper"][self._rounds], "agent": each["agent"][self._rounds]}
            for each in self._pairs
        ]
        told = (self._port, self._rounds * APART, seconds, rate)
        self._rounds += 1
        done = subprocess.run(  # our own
            [sys.executable, "-m", "bench.pair_load", *map(str, told)],
            input=json.dumps(of_round),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the load failed: {done.stderr[-2_000:]}")
        found: Found = json.loads(done.stdout)
        return found


@contextlib.contextmanager
def _serving(module: str, *kind: str) -> Iterator[_Server]:
    process = subprocess.Popen(  # our own
        [sys.executable, "-m", module, *kind, str(PAIRS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield _Server(json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(30)
