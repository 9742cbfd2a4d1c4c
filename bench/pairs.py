"""How many messages a second are durable and delivered: 200 shoppers, each with an agent who looks.

The gateway runs as ``serve`` does, on a database of its own. Beside it, over the same sockets and
from the same load: a floor that keeps nothing, a session of the mapper for each message (see
``pair_rivals``), and ``ws`` on Node with a transaction for each (``node_rival``). A socket's rate
limit is lifted, since no person writes so fast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from statistics import median

from bench.row import Row
from bench.talk import PAIRS, Found, Talk, rival

MUST_FLOOR, AIM_FLOOR = 0.35, 0.5
MUST_NAIVE, AIM_NAIVE = 20.0, 40.0
MUST_NODE, AIM_NODE = 2.0, 3.0
STEADY = 1_000.0  #: messages a second at which latency is looked at
MUST_LATENCY, AIM_LATENCY = 3.0, 2.0  #: times the floor's


def rows(*, quick: bool) -> Iterator[Row]:
    """Messages per second in a closed loop, and the time until delivery at a steady rate."""
    seconds, rounds = (1.0, 1) if quick else (3.0, 5)
    with (
        _serving("bench.pair_house") as ours,
        _serving("bench.pair_rivals", "floor") as floor,
        _serving("bench.pair_rivals", "naive") as naive,
        _serving("bench.node_rival") as node,
    ):
        servers = (ours, floor, naive, node)
        for each in servers:
            each.load(seconds, 0)  # each conversation has begun, and each engine is warm
        loops = [[each.load(seconds, 0) for each in servers] for _ in range(rounds)]
        steady = [[each.load(seconds, STEADY) for each in servers[:2]] for _ in range(rounds)]
    mine, least, plain, other = (_rate(each) for each in zip(*loops, strict=True))
    for name, baseline, must, aim in (
        ("a floor that keeps nothing", least, MUST_FLOOR, AIM_FLOOR),
        ("a session a message", plain, MUST_NAIVE, AIM_NAIVE),
        ("ws-js, a transaction a message", other, MUST_NODE, AIM_NODE),
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


def _serving(module: str, *kind: str) -> AbstractContextManager[Talk]:
    return rival([sys.executable, "-m", module, *kind, str(PAIRS)])
