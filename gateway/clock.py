"""The one clock, with two hands; nothing else tells time or sleeps.

``now()`` is microseconds since 1970 in UTC, never goes back within a process, and can be set to
run ahead (calibrated to the database at start; moved in the demo and in tests). ``monotonic()``
serves leases and time-outs and is never moved.

How far a demonstration runs ahead stands in a file that its processes share; an installation in
earnest has no such file, and nothing looks for one.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import Protocol

import anyio

from gateway.errors import Misconfigured, StorageRefused

MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FURTHEST = 3_650 * DAY  #: nobody shows more, and calendars end somewhere
_MICROSECONDS = re.compile(r"[0-9]{1,18}\n?", re.ASCII)


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

    @property
    def ahead(self) -> int:
        """Microseconds that ``now()`` was told to run ahead of the machine."""
        return self._ahead

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


class ClockFile:
    """Says how many microseconds ``now()`` runs ahead of the machine, for all who share the file.

    One process writes it, any number read it; what it says only grows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int:
        """How far ahead; 0 while nobody has moved the clock.

        Raises:
            Misconfigured: it cannot be read, or holds something else than microseconds.
        """
        try:
            held = self._path.read_bytes().decode("ascii", "replace")
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise Misconfigured(f"the clock's file cannot be read: {error.strerror}") from None
        if not _MICROSECONDS.fullmatch(held) or int(held) > FURTHEST:
            raise Misconfigured(f"{self._path} does not say how far the clock runs ahead")
        return int(held)

    def raise_to(self, ahead: int) -> int:
        """Let the file say ``ahead``, unless it says more already; returns what it says then.

        A reader finds the old number or the new one, never half of it.

        Raises:
            ValueError: further than ``FURTHEST``.
            Misconfigured: what it holds is no number.
            StorageRefused: the disk does not take it; the old number stands.
        """
        if ahead > FURTHEST:
            raise ValueError("so far ahead nobody shows anything any more")
        held = self.read()
        if ahead <= held:
            return held
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            with fresh.open("w", encoding="ascii") as file:
                file.write(f"{ahead}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise StorageRefused(f"the clock's file cannot be written: {error.strerror}") from None
        return ahead


def clock_from(path: Path | None) -> SystemClock:
    """The machine's clock, running ahead as the file says; without a file, just the machine's.

    Raises:
        Misconfigured: the file holds something else.
    """
    return SystemClock(ahead=ClockFile(path).read() if path is not None else 0)
