"""One task that ticks every socket: ten thousand idle ones must not be ten thousand timers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from gateway.clock import Clock

log = structlog.get_logger(__name__)
TICK = 1.0  #: seconds between two ticks of a socket
AT_ONCE = 500  #: ticks without a break, so that nobody's frame waits long for them

Tick = Callable[[], None]


class Ticker:
    """Calls whoever asked for it once a second, for as long as there is anybody."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ticked: dict[Tick, None] = {}  #: in the order in which they came
        self._task: asyncio.Task[None] | None = None

    def add(self, tick: Tick) -> None:
        """Tick this one from now on."""
        self._ticked[tick] = None
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def remove(self, tick: Tick) -> None:
        """No longer."""
        self._ticked.pop(tick, None)
        if not self._ticked and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while self._ticked:
            everybody = tuple(self._ticked)
            rounds = range(0, len(everybody), AT_ONCE)
            for first in rounds:
                await self._clock.sleep(TICK / len(rounds))
                for tick in everybody[first : first + AT_ONCE]:
                    if tick in self._ticked:
                        _call(tick)


def _call(tick: Tick) -> None:
    try:
        tick()
    except Exception:
        log.exception("socket.tick_failed")  # of this one; all others go on
