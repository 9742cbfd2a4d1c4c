"""One measured row, and how rounds are taken: interleaved with their baseline, median of them."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A value in ``unit`` beside the baseline's of the same run, and what it must and may be.

    ``must`` and ``aim`` are bounds of the value in its unit; ``lower`` says on which side.
    ``taken`` are the rounds where they were kept: the value and the baseline of each.
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
    taken: tuple[tuple[float, float], ...] = ()

    @property
    def met(self) -> bool:
        """Whether the value is on the right side of ``must``."""
        return self.value <= self.must if self.lower else self.value >= self.must

    @property
    def has_figure(self) -> bool:
        """Whether something was measured at all."""
        return math.isfinite(self.value) and math.isfinite(self.baseline)

    def told(self) -> dict[str, Any]:
        """As it goes into ``build/bench.json``; ``spread``: the ratio's least and greatest."""
        row = asdict(self)
        ratios = [value / other for value, other in self.taken if other]
        return row | {
            "ratio": _ratio(self.value, self.baseline),
            "met": self.met,
            "spread": [min(ratios), max(ratios)] if ratios else None,
        }


def _ratio(value: float, baseline: float) -> float | None:
    return value / baseline if baseline else None


def beside_each(
    name: str,
    taken: Sequence[tuple[float, float]],
    *,
    unit: str,
    must: float,
    aim: float,
    lower: bool,
    database: str = "",
) -> Row:
    """A row of rounds; ``must`` and ``aim`` are times the baseline's median."""
    value, baseline = (median(each) for each in zip(*taken, strict=True))
    return Row(
        name=name,
        value=round(value, 3),
        unit=unit,
        baseline=round(baseline, 3),
        must=round(baseline * must, 3),
        aim=round(baseline * aim, 3),
        lower=lower,
        rounds=len(taken),
        database=database,
        taken=tuple((round(one, 4), round(other, 4)) for one, other in taken),
    )


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
