"""Where a conversation stands in the inbox, as one number: a page is a range of it, and no sort.

Five lanes follow one another: who waits for an answer, the longest first; what is answered, the
newest first; what is snoozed, the soonest first; what is resolved, the newest first; and whatever
a blocked shopper has, the last blocked first. Nothing that they do moves it from there.
"""

from __future__ import annotations

from typing import Final

WAITING: Final = 0
ANSWERED: Final = 1
SNOOZED: Final = 2
RESOLVED: Final = 3
BLOCKED: Final = 4

_LANE_BITS: Final = 52  #: an instant in microseconds fits until the year 2112
_LATEST: Final = (1 << _LANE_BITS) - 1
_DIGITS: Final = 14  #: hexadecimal ones of the greatest order


def lane_begins(lane: int) -> int:
    """The least order in a lane; it is also the end of the lane before it."""
    return lane << _LANE_BITS


def order_of(
    *,
    state: str,
    last_at: int,
    waiting_since: int | None,
    snoozed_until: int | None = None,
    woken_at: int | None = None,
    blocked_at: int | None = None,
) -> int:
    """A conversation's order; instants are microseconds UTC.

    What has just woken stands where something said at that instant would.
    """
    if blocked_at is not None:
        return lane_begins(BLOCKED) + _LATEST - blocked_at
    if state == "resolved":
        return lane_begins(RESOLVED) + _LATEST - last_at
    if snoozed_until is not None:
        return lane_begins(SNOOZED) + min(snoozed_until, _LATEST)
    if waiting_since is not None:
        return lane_begins(WAITING) + waiting_since
    return lane_begins(ANSWERED) + _LATEST - max(last_at, woken_at or 0)


def place_of(order: int, conversation_id: str) -> str:
    """The same as text that compares as the pair does: two at one instant stay apart."""
    return f"{order:0{_DIGITS}x}{conversation_id}"


def read_place(place: str) -> tuple[int, str]:
    """The order and the id that a place was made of.

    Raises:
        ValueError: it is no place.
    """
    if len(place) <= _DIGITS:
        raise ValueError("too short for a place")
    return int(place[:_DIGITS], 16), place[_DIGITS:]
