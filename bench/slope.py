"""Whether something grows: a line through samples, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

SURE = 4.0  #: standard errors
FEWEST = 4  #: samples that say anything of noise
HOUR = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Growth over the seconds of ``span``, and its standard error, in the samples' unit."""

    growth: float
    error: float
    span: float

    @property
    def per_hour(self) -> float:
        """Growth in an hour, if it goes on."""
        return self.growth / self.span * HOUR

    @property
    def error_per_hour(self) -> float:
        """The standard error of that."""
        return self.error / self.span * HOUR

    def is_beyond_noise(self, least: float) -> bool:
        """Whether it surely grows, and by more than ``least`` over the span.

        What grows by less was a buffer that found its size.
        """
        return self.growth > max(least, SURE * self.error)


def slope(samples: Sequence[tuple[float, float]]) -> Slope:
    """The least-squares line through (second, value) pairs.

    Raises:
        ValueError: too few to tell growth from noise.
    """
    if len(samples) < FEWEST:
        raise ValueError(f"{len(samples)} samples say nothing, {FEWEST} do")
    times, values = zip(*samples, strict=True)
    middle, mean = fmean(times), fmean(values)
    spread = sum((at - middle) ** 2 for at in times)
    steep = sum((at - middle) * (value - mean) for at, value in samples) / spread
    off = sum((value - mean - steep * (at - middle)) ** 2 for at, value in samples)
    span = times[-1] - times[0]
    error = sqrt(off / (len(samples) - 2) / spread)
    return Slope(growth=steep * span, error=error * span, span=span)


def grows(samples: Sequence[tuple[float, float]], least: float) -> bool:
    """Whether it surely grows by more than ``least``, and goes on so in the second half.

    What fills up rises ever less, and its first part alone would make the whole steep.

    Raises:
        ValueError: too few to tell growth from noise.
    """
    later = samples[len(samples) // 2 :]
    return slope(samples).is_beyond_noise(least) and slope(later).is_beyond_noise(least / 2)
