"""The one clock: it never goes back, and only one of its hands can be moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE, SECOND, SystemClock

MOVES = st.lists(
    st.tuples(st.sampled_from(("wall", "lift", "ahead")), st.integers(-DAY, DAY)), max_size=30
)


def test_its_units_are_microseconds() -> None:
    assert DAY == 24 * HOUR == 24 * 60 * MINUTE == 24 * 60 * 60 * SECOND == 86_400_000_000


def test_it_counts_microseconds_since_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_763_719_260_123_456_789)
    assert SystemClock().now() == 1_763_719_260_123_456


def test_it_does_not_go_back_when_the_machine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    monkeypatch.setattr("time.time_ns", lambda: 5_000_000_000)
    assert clock.now() == 5_000_000
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000_000)
    assert clock.now() == 5_000_000
    monkeypatch.setattr("time.time_ns", lambda: 6_000_000_000)
    assert clock.now() == 6_000_000


def test_it_starts_no_earlier_than_the_database_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000_000)
    assert SystemClock(floor=9_000_000).now() == 9_000_000
    clock = SystemClock()
    clock.lift(7_000_000)
    clock.lift(3_000_000)
    assert clock.now() == 7_000_000


def test_it_can_run_ahead_and_not_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000_000)
    clock = SystemClock(ahead=SECOND)
    clock.move_ahead(HOUR)
    assert clock.now() == 2 * SECOND + HOUR
    with pytest.raises(ValueError, match="never moved back"):
        clock.move_ahead(-1)
    assert clock.now() == 2 * SECOND + HOUR


def test_the_other_hand_is_moved_by_nobody() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.move_ahead(DAY)
    clock.lift(clock.now() + DAY)
    assert 0 <= clock.monotonic() - before < 60


async def test_sleeping_waits_on_the_hand_that_nobody_moves() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0.02)
    assert clock.monotonic() - before >= 0.02


@given(MOVES)
def test_whatever_happens_to_the_machines_time_it_only_goes_on(
    moves: list[tuple[str, int]],
) -> None:
    wall = 10 * DAY
    clock, last = SystemClock(), 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("time.time_ns", lambda: wall * 1_000)
        for what, amount in moves:
            if what == "wall":
                wall = max(0, wall + amount)
            elif what == "lift":
                clock.lift(wall + amount)
            else:
                clock.move_ahead(abs(amount))
            assert clock.now() >= last
            last = clock.now()
