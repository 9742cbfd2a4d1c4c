"""The one clock, with two hands; nothing else tells time or sleeps.

``now()`` is microseconds since 1970 in UTC, never goes back within a process, and can be set to
run ahead (calibrated to the database at start; moved in the demo and in tests). ``monotonic()``
serves leases and time-outs and is never moved.
"""

from __future__ import annotations

import time
from typing import Protocol

import anyio

MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """What the shell may know of time."""

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC; never less than it said before."""
        ...

    def monotonic(self) -> float:
        """Seconds on a hand that nobody moves."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic hand."""
        ...


class SystemClock:
    """The machine's clock, with a floor and an offset."""

    def __init__(self, *, floor: int = 0, ahead: int = 0) -> None:
        self._last = floor
        self._ahead = ahead

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC; never less than it said before."""
        self._last = max(self._last, time.time_ns() // 1_000 + self._ahead)
        return self._last

    def monotonic(self) -> float:
        """Seconds on a hand that nobody moves."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic hand."""
        await anyio.sleep(seconds)

    def lift(self, floor: int) -> None:
        """Never say less than ``floor`` from now on: what the database has already seen."""
        self._last = max(self._last, floor)

    def move_ahead(self, microseconds: int) -> None:
        """Let ``now()`` run ahead by so much more; a clock is never moved back.

        Raises:
            ValueError: for a negative amount.
        """
        if microseconds < 0:
            raise ValueError("a clock is never moved back")
        self._ahead += microseconds
