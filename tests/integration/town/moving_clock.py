"""A clock that only moves when somebody moves it, but never says the same instant twice."""

from __future__ import annotations

import threading

import anyio
from typing_extensions import override

from gateway.clock import SECOND, SystemClock

NOON = 1_767_960_000_000_000  # 2026-01-09 12:00:00 UTC, in microseconds


class MovingClock(SystemClock):
    """Both hands stand still between moves; each look at ``now()`` takes a microsecond."""

    def __init__(self, at: int = NOON) -> None:
        super().__init__()
        self._now = at
        self._monotonic = 1_000.0
        self._lock = threading.Lock()
        self._sleepers: list[tuple[float, anyio.Event]] = []

    @override
    def now(self) -> int:
        with self._lock:
            self._now += 1
            return self._now

    @override
    def monotonic(self) -> float:
        return self._monotonic

    @override
    async def sleep(self, seconds: float) -> None:
        if seconds < 1:
            # A transaction steps aside before it tries again; nobody moves the clock for that.
            await anyio.lowlevel.checkpoint()
            return
        woken = anyio.Event()
        self._sleepers.append((self._monotonic + seconds, woken))
        await woken.wait()

    @property
    def asleep(self) -> int:
        """How many wait for the monotonic hand to be moved."""
        return len(self._sleepers)

    @override
    def lift(self, floor: int) -> None:
        with self._lock:
            self._now = max(self._now, floor)

    @override
    def move_ahead(self, microseconds: int) -> None:
        if microseconds < 0:
            raise ValueError("a clock is never moved back")
        with self._lock:
            self._now += microseconds
        self.stall(microseconds / SECOND)

    def stall(self, seconds: float) -> None:
        """Move the monotonic hand alone, as a process that was stopped for so long finds it."""
        self._monotonic += seconds
        due = [event for at, event in self._sleepers if at <= self._monotonic]
        self._sleepers = [each for each in self._sleepers if each[0] > self._monotonic]
        for event in due:
            event.set()
