"""``make soak``: half an hour at 200 messages a second, and whether anything grows meanwhile.

Pairs come, talk for a stretch, and go; between the stretches, once the consoles have been told of
everything, the gateway says what it holds, its garbage collected and its free memory given back.
The first third, and whatever the first forty thousand messages took, is left out: until then caches
and pools fill. Afterwards the database is looked through. It fails when something grows beyond its
noise, and goes on so in the second half, or when anything was lost. What is too short to leave
enough after the warm-up says what it found, judges nothing and writes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

from bench import crowd_house
from bench.checking import check
from bench.held import Held
from bench.serve import TRIMMED
from bench.serving import Server, environment, running
from bench.settling import settled
from bench.slope import FEWEST, Slope, grows, slope
from bench.talk import Talk, pairs, talking
from gateway.clock import SECOND, SystemClock
from gateway.core.policy import Policy

OUT = Path("build/soak.json")
USUAL = 1_800.0  #: seconds
RATE = 200.0  #: messages a second
PAIRS = 100
STRETCHES = 30
SHORTEST = 20.0  #: seconds of a stretch
WARM = 40_000  #: messages until caches and pools are full
LEFT = Policy().linger / SECOND + 3.0  #: seconds until who left is gone, and that is written
MEBIBYTE = 1 << 20
#: what is looked at: its name, its unit, its share of what the gateway says, growth that is none
LOOKED_AT: tuple[tuple[str, str, Callable[[Held], float], float], ...] = (
    ("memory", "MiB", lambda held: held.resident / MEBIBYTE, 2.0),
    ("descriptors", "", lambda held: held.descriptors, 2.0),
    ("tasks", "", lambda held: held.tasks, 2.0),
)
CLOCK = SystemClock()

Samples = list[tuple[float, Held]]


def main() -> int:
    """Run, print slopes with their noise; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=USUAL)
    parser.add_argument("--rate", type=float, default=RATE, help="messages a second")
    asked = parser.parse_args()
    stretch = max(SHORTEST, asked.seconds / STRETCHES)
    number = max(FEWEST, round(asked.seconds / stretch))
    samples = _soaked(stretch, number, asked.rate)
    warm = samples[max(number // 3, ceil(WARM / (stretch * asked.rate))) :]
    if len(warm) < 2 * FEWEST:
        _print_each(samples)
        print("too short to say whether anything grows")
        return 0
    told = [_judged(name, unit, part, least, warm) for name, unit, part, least in LOOKED_AT]
    seconds = samples[-1][0] - samples[0][0]
    whole = {"seconds": seconds, "rate": asked.rate, "slopes": told}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(whole, indent=2) + "\n")
    return 1 if any(each["grows"] for each in told) else 0


def _judged(
    name: str, unit: str, part: Callable[[Held], float], least: float, warm: Samples
) -> dict[str, Any]:
    values = [(at, part(held)) for at, held in warm]
    found, beyond = slope(values), grows(values, least)
    print(_line(name, unit, values[-1][1], found, beyond=beyond))
    return {
        "name": name,
        "unit": unit,
        "last": values[-1][1],
        "per_hour": found.per_hour,
        "error_per_hour": found.error_per_hour,
        "grows": beyond,
        "samples": [(round(at - values[0][0]), round(value, 2)) for at, value in values],
    }


def _print_each(samples: Samples) -> None:
    for name, unit, part, _ in LOOKED_AT:
        values = " ".join(f"{part(held):.1f}" for _, held in samples)
        print(f"{name:12} {values} {unit}".rstrip())


def _soaked(stretch: float, number: int, rate: float) -> Samples:
    with crowd_house.folder() as home:
        people = asyncio.run(pairs(home, "", number, PAIRS))
        with (
            running("gateway", environment(home, "")) as server,
            talking(server.port, people, tells=True) as talk,
        ):
            samples = [_sample(server, talk, stretch, rate) for _ in range(number)]
        asyncio.run(check(home, "", talk.written))
        print(f"{talk.written} messages: none lost, none doubled, all in order")
    return samples


def _sample(server: Server, talk: Talk, stretch: float, rate: float) -> tuple[float, Held]:
    talk.load(stretch, rate)
    talk.leave()
    asyncio.run(CLOCK.sleep(LEFT))
    asyncio.run(settled(server.port))
    return time.perf_counter(), server.held(TRIMMED)


def _line(name: str, unit: str, last: float, found: Slope, *, beyond: bool) -> str:
    words = "GROWS" if beyond else "within noise"
    return (
        f"{name:12} {last:8.1f} {unit:3}  {found.per_hour:+9.2f} ± {found.error_per_hour:.2f}"
        f" {unit}/h  {words}"
    )


if __name__ == "__main__":
    sys.exit(main())
