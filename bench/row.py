"""One measured row, and how rounds are taken: interleaved with their baseline, median of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A value in ``unit`` beside the baseline's of the same run, and what it must and may be.

    ``must`` and ``aim`` are bounds of the value in its unit; ``lower`` says on which side.
    """

    name: str
    value: float
    unit: str
    baseline: float
    must: float
    aim: float
    lower: bool = True
    rounds: int = ROUNDS
    database: str = ""

    @property
    def met(self) -> bool:
        """Whether the value is on the right side of ``must``."""
        return self.value <= self.must if self.lower else self.value >= self.must

    def told(self) -> dict[str, Any]:
        """As it goes into ``build/bench.json``."""
        row = asdict(self)
        row.pop("lower")
        return row | {"ratio": self.value / self.baseline, "met": self.met}


def seconds(work: Callable[[], object], times: int) -> float:
    """How long ``work`` takes, on average over so many times, without garbage collection."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - begun) / times
    finally:
        gc.enable()


def beside(
    work: Callable[[], object], baseline: Callable[[], object], times: int, rounds: int = ROUNDS
) -> tuple[float, float]:
    """The medians of interleaved rounds: seconds of ``work``, and of its baseline."""
    taken = [(seconds(work, times), seconds(baseline, times)) for _ in range(rounds)]
    return median(one for one, _ in taken), median(other for _, other in taken)
