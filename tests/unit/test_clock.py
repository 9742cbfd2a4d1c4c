"""The one clock: it never goes back, and only one of its hands can be moved."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, FURTHEST, HOUR, MINUTE, SECOND, ClockFile, SystemClock, clock_from
from gateway.errors import Misconfigured, StorageRefused

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


def test_a_clock_file_that_nobody_wrote_says_nothing(tmp_path: Path) -> None:
    assert ClockFile(tmp_path / "clock").read() == 0
    assert clock_from(tmp_path / "clock").ahead == 0
    assert clock_from(None).ahead == 0
    assert list(tmp_path.iterdir()) == []


def test_a_clock_starts_as_far_ahead_as_its_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000_000)
    assert ClockFile(tmp_path / "clock").raise_to(HOUR) == HOUR
    clock = clock_from(tmp_path / "clock")
    assert clock.ahead == HOUR
    assert clock.now() == HOUR + SECOND


@pytest.mark.parametrize("less", [HOUR, MINUTE, 0, -DAY])
def test_a_clock_file_never_says_less_than_before(tmp_path: Path, less: int) -> None:
    file = ClockFile(tmp_path / "clock")
    file.raise_to(HOUR)
    assert file.raise_to(less) == HOUR
    assert file.read() == HOUR
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


def test_nobody_reads_half_a_number(tmp_path: Path) -> None:
    file = ClockFile(tmp_path / "clock")
    found: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found.append(file.read())

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read)
        for minute in range(1, 200):
            file.raise_to(minute * MINUTE)
        done.set()
        reading.result()
    assert found == sorted(found)
    assert all(ahead % MINUTE == 0 for ahead in found)


@pytest.mark.parametrize(
    "held", [b"", b"\n", b"soon", b"-1", b"1.5", b"1 000", "١".encode(), b"9" * 18, b"9" * 19]
)
def test_a_clock_file_that_holds_something_else_is_refused(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "clock").write_bytes(held)
    with pytest.raises(Misconfigured, match="how far the clock runs ahead"):
        clock_from(tmp_path / "clock")
    with pytest.raises(Misconfigured):
        ClockFile(tmp_path / "clock").raise_to(HOUR)
    assert (tmp_path / "clock").read_bytes() == held


def test_a_clock_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        clock_from(tmp_path)


def test_a_disk_that_does_not_take_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageRefused, match="cannot be written"):
        ClockFile(tmp_path / "nowhere" / "clock").raise_to(HOUR)


def test_a_clock_file_ends_where_calendars_do(tmp_path: Path) -> None:
    file = ClockFile(tmp_path / "clock")
    assert file.raise_to(FURTHEST) == file.read() == FURTHEST
    with pytest.raises(ValueError, match="so far ahead"):
        file.raise_to(FURTHEST + 1)
    assert file.read() == FURTHEST
