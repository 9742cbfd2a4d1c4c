"""How much a worker claims at a time: what it handed over in the last second.

A claim's price is per statement, so sixty-four at a time cost each a third of sixteen. But what is
claimed has to begin within its lease. With ``LEAST``, three rounds of eight do, though every
call hangs as long as it may (a mail server, 20 s); a worker takes more only while providers answer
so fast that it is a second's work.
"""

from __future__ import annotations

from collections import deque
from typing import Final

LEAST: Final = 16
MOST: Final = 64
SPAN: Final = 1.0  #: seconds


class Throughput:
    """The ends of the last hand-overs, on the monotonic hand."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=MOST)

    def ended(self, at: float) -> None:
        """One more was handed over."""
        self._ends.append(at)

    def room(self, now: float) -> int:
        """How many to claim now, from ``LEAST`` to ``MOST``."""
        return max(LEAST, sum(at > now - SPAN for at in self._ends))
