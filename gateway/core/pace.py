"""When a number may send: so many pieces in a second, in line, with codes in front.

Carriers take one text a second from an ordinary number of the USA, more from others; what comes
faster waits at the provider, past the moment at which it would have been looked at again. So the
line is ours: what is over the rate is told its instant once, and holds nobody up meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND

LONG_CODE: Final = 60
"""Pieces a minute: what carriers of the USA take from one registered number."""
TOLL_FREE: Final = 180
SHORT_CODE: Final = 6_000

LATE: Final = 3 * SECOND
"""Whoever comes to their turn later than this stands in line again: a worker that was away for an
hour must not send the hour's texts at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number's line: when its end is free, and when somebody with a code may go in front.

    ``per_minute`` is pieces, and 0 stands for no bound: the provider has a line of its own.
    """

    per_minute: int
    free_at: int = 0
    front_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """``at`` is when it goes, now or later; ``line`` is what is left for the others."""

    at: int
    line: Line


def turn(line: Line, pieces: int, now: int, *, given: int | None = None, front: bool) -> Turn:
    """When this may go, which is now for whoever comes to the turn that they were ``given``.

    ``front`` is for codes, which somebody sits and waits for. They keep the distance among
    themselves and to what went out last, and push the end of the line back. ``pieces`` are
    segments, at least one.
    """
    if not line.per_minute:
        return Turn(at=now, line=line)
    takes = -(-max(1, pieces) * MINUTE // line.per_minute)
    if given is not None and given <= now <= given + LATE:
        # The place was taken when the turn was given.
        return Turn(at=now, line=replace(line, front_at=max(line.front_at, now + takes)))
    if front:
        at = max(now, line.front_at)
        end = max(line.free_at, at) + takes
        return Turn(at=at, line=replace(line, free_at=end, front_at=at + takes))
    at = max(now, line.free_at)
    front_at = at + takes if at == now else line.front_at
    return Turn(at=at, line=replace(line, free_at=at + takes, front_at=front_at))
