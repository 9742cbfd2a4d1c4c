"""Hours of the day where somebody lives: across midnight, across a change of clocks, exactly.

A window is told in local time and begins on the weekdays it names; whether an instant lies in one
is read off the wall clock there, so an hour that the clocks skip never is, and one that they repeat
is twice.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND: Final = 1_000_000
QUARTER: Final = 900
DAY_SECONDS: Final = 86_400
WEEK_SECONDS: Final = 7 * DAY_SECONDS
EVERY_DAY: Final = frozenset(range(7))
LOOK_AHEAD: Final = 370 * DAY_SECONDS * SECOND
"""Every weekday, holiday and change of clocks has come round by then."""

_THURSDAY: Final = 3  # 1970-01-01
_LAST_KNOWN: Final = 250_000_000_000  # seconds; the calendar of the library ends soon after


class Window(NamedTuple):
    """From ``start`` to ``end``, minutes after midnight; ``end`` not after ``start`` is next day.

    ``days`` are those on which it begins, 0 for Monday.
    """

    start: int
    end: int
    days: frozenset[int] = EVERY_DAY

    @property
    def lasts(self) -> int:
        """Minutes; a window that ends where it begins lasts a whole day."""
        return self.end - self.start if self.end > self.start else self.end - self.start + 1440


Windows = tuple[Window, ...]


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | timezone:
    """The zone of this IANA name; UTC for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC


def day_of(name: str, at: int) -> tuple[int, int]:
    """When the day of this instant begins there, and when the next one does."""
    there = zone(name)
    today = datetime.fromtimestamp(at // SECOND, there).replace(
        hour=0, minute=0, second=0, microsecond=0, fold=0
    )
    tomorrow = (today + timedelta(days=1)).replace(fold=0)
    return round(today.timestamp()) * SECOND, round(tomorrow.timestamp()) * SECOND


def is_zone(name: str) -> bool:
    """Whether this is the name of a zone."""
    return name == "UTC" or zone(name) is not UTC


def is_in(windows: Windows, name: str, at: int) -> bool:
    """Whether the wall clock of this zone stands in one of the windows at this instant."""
    return _is_inside(_edges(windows), name, at)


def out_at(windows: Windows, names: Sequence[str], at: int) -> int | None:
    """The first instant from ``at`` on that lies in none of the windows, in whatever zone.

    With several zones the strictest counts. None when there is none within ``LOOK_AHEAD``.
    """
    return _first(_edges(windows), names, at, wanted=False)


def in_at(windows: Windows, names: Sequence[str], at: int) -> int | None:
    """The first instant from ``at`` on that lies in a window in every one of these zones."""
    return _first(_edges(windows), names, at, wanted=True)


def _first(edges: Sequence[int], names: Sequence[str], at: int, *, wanted: bool) -> int | None:
    found = at
    while found - at <= LOOK_AHEAD:
        for name in names:
            if _is_inside(edges, name, found) is not wanted:
                found = _turn(edges, name, found)
                break
        else:
            return found
    return None


def is_open(windows: Windows, holidays: frozenset[str], name: str, at: int) -> bool:
    """Whether a store is open; no windows: always. ``holidays`` are dates, ``2026-12-25``."""
    if holidays and _date(name, at) in holidays:
        return False
    return not windows or is_in(windows, name, at)


def opens_at(windows: Windows, holidays: frozenset[str], name: str, at: int) -> int | None:
    """The first instant from ``at`` on at which a store is open; None: not in ``LOOK_AHEAD``."""
    return _next_open(windows, holidays, name, at, wanted=True)


def turns_at(windows: Windows, holidays: frozenset[str], name: str, at: int) -> int | None:
    """The next instant at which a store that is open closes, or one that is closed opens."""
    if not windows and not holidays:
        return None
    if holidays:
        wanted = not is_open(windows, holidays, name, at)
        return _next_open(windows, holidays, name, at, wanted=wanted)
    # Not before the next edge, and planning asks this each time.
    edges = _edges(windows)
    wanted = not _is_inside(edges, name, at)
    return _first(edges, (name,), _turn(edges, name, at), wanted=wanted)


def _next_open(
    windows: Windows, holidays: frozenset[str], name: str, at: int, *, wanted: bool
) -> int | None:
    if not holidays:
        return _first(_edges(windows), (name,), at, wanted=wanted) if windows else at
    edges = _edges_and_midnights(windows)
    found = at
    while found - at <= LOOK_AHEAD:
        if is_open(windows, holidays, name, found) is wanted:
            return found
        found = _turn(edges, name, found)
    return None


def _is_inside(edges: Sequence[int], name: str, at: int) -> bool:
    return bisect_right(edges, _wall(name, at)) % 2 == 1


def _offset(name: str, second: int) -> int:
    """Seconds ahead of UTC; no clocks have changed within a quarter of an hour for decades."""
    return _quarter(name, second // QUARTER)


@lru_cache(maxsize=8192)
def _quarter(name: str, quarter: int) -> int:
    second = quarter * QUARTER
    if not 0 <= second <= _LAST_KNOWN:
        return 0
    offset = datetime.fromtimestamp(second, zone(name)).utcoffset()
    return 0 if offset is None else offset.days * DAY_SECONDS + offset.seconds


def _wall(name: str, at: int) -> int:
    """Seconds since Monday 00:00 on the wall clock there."""
    second = at // SECOND
    return (second + _quarter(name, second // QUARTER) + _THURSDAY * DAY_SECONDS) % WEEK_SECONDS


def _date(name: str, at: int) -> str:
    second = at // SECOND
    local = min(max(second + _offset(name, second), 0), _LAST_KNOWN)
    return datetime.fromtimestamp(local, UTC).date().isoformat()


@lru_cache(maxsize=256)
def _edges(windows: Windows) -> tuple[int, ...]:
    """Where windows begin and end by turns, in seconds since Monday 00:00; none overlap in here."""
    spans: list[tuple[int, int]] = []
    for window in windows:
        for day in window.days:
            start = day * DAY_SECONDS + window.start * 60
            end = start + window.lasts * 60
            spans.append((start, min(end, WEEK_SECONDS)))
            if end > WEEK_SECONDS:
                spans.append((0, end - WEEK_SECONDS))
    found: list[int] = []
    for start, end in sorted(spans):
        if found and start <= found[-1]:
            found[-1] = max(found[-1], end)
        else:
            found += (start, end)
    return tuple(found)


@lru_cache(maxsize=256)
def _edges_and_midnights(windows: Windows) -> tuple[int, ...]:
    return tuple(sorted({*_edges(windows), *range(0, WEEK_SECONDS, DAY_SECONDS)}))


def _turn(edges: Sequence[int], name: str, at: int) -> int:
    """The next instant at which the wall clock passes an edge, or jumps; a day on at most."""
    wall = _wall(name, at)
    place = bisect_right(edges, wall)
    edge = edges[place] if place < len(edges) else WEEK_SECONDS + (edges[0] if edges else wall)
    ahead = edge - wall
    first = at // SECOND
    last = first + min(ahead, DAY_SECONDS)
    here = _offset(name, first)
    if _offset(name, last) == here:
        return last * SECOND
    while last - first > 1:  # the clocks change in between: that instant is a turn by itself
        middle = (first + last) // 2
        if _offset(name, middle) == here:
            first = middle
        else:
            last = middle
    return last * SECOND
