"""The clock on the wall of the pretend world: all go by it, and somebody may move it ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from gateway.clock import DAY, FURTHEST, SECOND, ClockFile, SystemClock
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST: Final = 31 * DAY
"""Of one move: a slip of the finger is not to end the demo."""


class WallClock(SystemClock):
    """The machine's clock, as far ahead as its file says; without a file nobody can move it."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else ClockFile(path)
        self._moved = anyio.Event()
        super().__init__(ahead=0 if self._file is None else self._file.read())

    def shown(self) -> dict[str, object]:
        """Return the time as JSON values, in microseconds, and whether it can be moved."""
        return {"now": self.now(), "ahead": self.ahead, "moves": self._file is not None}

    def move(self, wish: Mapping[str, object]) -> None:
        """Move ahead by ``seconds``, or to the instant ``at`` in microseconds UTC; wake who waits.

        Raises:
            BadInput: for anything else, or a move back or too far.
            StorageRefused: when the file cannot be written; the clock stands where it stood.
        """
        if self._file is None:
            raise BadInput("Time cannot be moved here: the sandbox was started without --clock.")
        by = _by(wish, self.now())
        if not 0 < by <= LONGEST:
            raise BadInput("Time moves ahead only, and at most 31 days at once.")
        if self.ahead + by > FURTHEST:
            raise BadInput("Time is ten years ahead already. Start again with an empty folder.")
        self.move_ahead(self._file.raise_to(self.ahead + by) - self.ahead)
        self._moved.set()
        self._moved = anyio.Event()

    async def passes(self, seconds: float) -> None:
        """Wait until so much time has passed here, by itself or because somebody moved it."""
        end = self.now() + round(seconds * SECOND)
        while (left := end - self.now()) > 0:
            with anyio.move_on_after(left / SECOND):
                await self._moved.wait()


def _by(wish: Mapping[str, object], now: int) -> int:
    match dict(wish):
        case {"seconds": int() | float() as seconds, **more} if not more and seconds is not True:
            # Checked before it is rounded: JSON may say NaN or 1e999.
            return round(seconds * SECOND) if 0 < seconds <= LONGEST // SECOND else 0
        case {"at": int() as at, **more} if not more:
            return at - now
    raise BadInput("Say by how many seconds, or at what instant in microseconds.")
