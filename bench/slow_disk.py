"""The same talk on a disk whose every fsync takes a millisecond more.

Here an fsync may cost a twentieth of that, which no disk behind a cloud volume does: a design with
a commit for each message would be flattered. The delay is a library of thirty lines, built by the
machine's C compiler and preloaded into the gateway.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import crowd_house
from bench.checking import check
from bench.pairs import FEW, UNLIMITED, WARM
from bench.row import Row, beside_each
from bench.serving import environment, running
from bench.talk import PAIRS, Talk, pairs, rival, talking

SOURCE = Path(__file__).with_name("slow_fsync.c")
MUST = 0.5  #: of what it is without
STEADY = 1_000.0  #: messages a second at which latency is looked at
MORE_MS = 5.0  #: than the floor's p50
FLOOR = [sys.executable, "-m", "bench.pair_rivals", "floor"]


def rows(*, quick: bool) -> Iterator[Row]:
    """Messages a second with and without the delay, and the time until delivery with it."""
    seconds, rounds, number = (0.5, 1, FEW) if quick else (2.0, 5, PAIRS)
    warm = 0.5 if quick else WARM
    with crowd_house.folder() as usual, crowd_house.folder() as slow:
        people = [asyncio.run(pairs(home, "", number=number)) for home in (usual, slow)]
        given = [environment(each, "", ONETHREAD_FRAME_RATE=UNLIMITED) for each in (usual, slow)]
        given[1]["LD_PRELOAD"] = str(delay(slow))
        with (
            running("gateway", given[0]) as plain,
            running("gateway", given[1]) as delayed,
            talking(plain.port, people[0], tells=True) as without,
            talking(delayed.port, people[1], tells=True) as with_it,
            rival([*FLOOR, str(number)]) as floor,
        ):
            talks = (without, with_it, floor)
            for each in talks:
                each.come()
            for each in talks:
                each.load(warm)  # each engine is warm
            loops = [(_rate(with_it, seconds), _rate(without, seconds)) for _ in range(rounds)]
            steady = [(_p50(with_it, seconds), _p50(floor, seconds)) for _ in range(rounds)]
        for home, talk in ((usual, without), (slow, with_it)):
            asyncio.run(check(home, "", talk.written))
    yield beside_each(
        "messages, every fsync 1 ms slower: durable and delivered, beside without",
        loops,
        unit="messages/s",
        must=MUST,
        aim=MUST,
        lower=False,
        database="sqlite",
    )
    yield _later(steady)


def _later(steady: list[tuple[float, float]]) -> Row:
    found = beside_each(
        f"messages, every fsync 1 ms slower: p50 until delivered, at {STEADY:,.0f}/s",
        steady,
        unit="ms",
        must=1,
        aim=1,
        lower=True,
        database="sqlite",
    )
    bound = round(found.baseline + MORE_MS, 3)
    return replace(found, must=bound, aim=bound)


def _rate(talk: Talk, seconds: float) -> float:
    found = talk.load(seconds)
    return float(found["messages"] / found["seconds"])


def _p50(talk: Talk, seconds: float) -> float:
    return float(talk.load(seconds, STEADY)["delivered"]["p50"])


def delay(home: Path) -> Path:
    """The library, built.

    Raises:
        RuntimeError: this machine has no C compiler.
    """
    compiler = os.environ.get("CC") or next(
        filter(None, map(shutil.which, ("cc", "gcc", "clang"))), ""
    )
    if not compiler:
        raise RuntimeError("no C compiler: nothing can slow the disk down here; set CC")
    library = home / "slow_fsync.so"
    subprocess.run([compiler, "-O2", "-fPIC", "-shared", "-o", library, SOURCE, "-ldl"], check=True)
    return library
