"""The inbox's order: lanes one after another, and a place that compares as the list stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.inbox_order import (
    ANSWERED,
    RESOLVED,
    SNOOZED,
    lane_begins,
    order_of,
    place_of,
    read_place,
)

NOON, MINUTE = 1_763_719_260_000_000, 60_000_000
instants = st.integers(min_value=0, max_value=2**51)


def test_whoever_waits_longest_comes_first_and_the_resolved_come_last() -> None:
    in_order = [
        order_of(state="open", last_at=NOON, waiting_since=NOON - 9 * MINUTE),
        order_of(state="open", last_at=NOON, waiting_since=NOON - MINUTE),
        order_of(state="open", last_at=NOON, waiting_since=None),
        order_of(state="open", last_at=NOON - MINUTE, waiting_since=None),
        order_of(state="open", last_at=NOON, waiting_since=NOON, snoozed_until=NOON + MINUTE),
        order_of(state="open", last_at=NOON, waiting_since=None, snoozed_until=NOON + 2 * MINUTE),
        order_of(state="resolved", last_at=NOON, waiting_since=None),
        order_of(state="resolved", last_at=NOON - MINUTE, waiting_since=NOON),
    ]
    assert in_order == sorted(in_order)
    assert in_order[3] < lane_begins(SNOOZED) <= in_order[4]
    assert in_order[5] < lane_begins(RESOLVED) <= in_order[6]


def test_what_has_just_woken_stands_with_what_was_just_said() -> None:
    woken = order_of(state="open", last_at=NOON - 999 * MINUTE, waiting_since=None, woken_at=NOON)
    assert woken == order_of(state="open", last_at=NOON, waiting_since=None)
    assert woken >= lane_begins(ANSWERED)


@given(st.tuples(instants, instants))
def test_places_compare_as_orders_do(last: tuple[int, int]) -> None:
    orders = [order_of(state="open", last_at=each, waiting_since=None) for each in last]
    places = [place_of(order, "06gc1") for order in orders]
    assert (places[0] < places[1]) == (orders[0] < orders[1])
    assert [read_place(place) for place in places] == [(order, "06gc1") for order in orders]


@pytest.mark.parametrize("place", ["", "0123456789abcd", "0123456789abcz06gc1"])
def test_what_was_never_a_place_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_place(place)
