"""Hours of the day where somebody lives, held against a look at the wall clock every minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.hours import (
    LOOK_AHEAD,
    Window,
    Windows,
    in_at,
    is_in,
    is_open,
    is_zone,
    opens_at,
    out_at,
    turns_at,
    zone,
)
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND
from tests.unit.core.scenes import clock

RUNS = settings(max_examples=150, deadline=None)
BERLIN = "Europe/Berlin"
LORD_HOWE = "Australia/Lord_Howe"  # its clocks change by half an hour
NIGHT = (Window(start=21 * 60, end=8 * 60),)
OFFICE = (Window(start=9 * 60, end=18 * 60, days=frozenset(range(5))),)

# Midnight is skipped in Cairo and comes twice there; Casablanca goes back for Ramadan.
CHANGES = {
    BERLIN: ("2026-03-29 01:00", "2026-10-25 01:00"),
    "America/New_York": ("2026-03-08 07:00", "2026-11-01 06:00"),
    "America/St_Johns": ("2026-03-08 05:30", "2026-11-01 04:30"),
    LORD_HOWE: ("2026-04-04 15:00", "2026-10-03 15:30"),
    "Africa/Cairo": ("2026-04-23 22:00", "2026-10-29 21:00"),
    "Africa/Casablanca": ("2026-02-15 02:00", "2026-03-22 02:00"),
    "Asia/Kathmandu": ("2026-07-01 00:00",),
    "UTC": ("2026-07-01 00:00",),
}


def wall(name: str, at: int) -> datetime:
    """The wall clock there, by the library and nothing of ours."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(name))


def covers(windows: Windows, name: str, at: int) -> bool:
    local = wall(name, at)
    minute = local.hour * 60 + local.minute
    for window in windows:
        ends = window.end if window.end > window.start else window.end + 1440
        for day, since in ((local.weekday(), minute), ((local.weekday() - 1) % 7, minute + 1440)):
            if day in window.days and window.start <= since < ends:
                return True
    return False


def scanned(holds: Callable[[int], bool], at: int, most: int) -> int | None:
    """The first instant from ``at`` on, looked for on every whole minute."""
    instants = [at, *range((at // MINUTE + 1) * MINUTE, at + most, MINUTE)]
    return next((each for each in instants if holds(each)), None)


minutes = st.integers(0, 287).map(lambda five: five * 5)
windows = st.lists(
    st.builds(
        Window,
        start=minutes,
        end=minutes,
        days=st.frozensets(st.integers(0, 6)) | st.just(frozenset(range(7))),
    ),
    max_size=3,
).map(tuple)
zones = st.sampled_from(sorted(CHANGES))


@st.composite
def instants(draw: st.DrawFn) -> int:
    """Within two days of a change of clocks, on any microsecond."""
    told = draw(st.sampled_from([each for changes in CHANGES.values() for each in changes]))
    return clock(told) + draw(st.integers(-2 * DAY, 2 * DAY))


@RUNS
@given(windows, zones, instants())
def test_an_instant_is_in_a_window_when_the_wall_clock_says_so(
    drawn: Windows, name: str, at: int
) -> None:
    assert is_in(drawn, name, at) is covers(drawn, name, at)


@RUNS
@given(windows, st.lists(zones, min_size=1, max_size=3), instants(), st.booleans())
def test_the_next_way_out_and_in_is_the_one_that_a_scan_of_every_minute_finds(
    drawn: Windows, names: Sequence[str], at: int, inward: bool
) -> None:
    def holds(instant: int) -> bool:
        return all(covers(drawn, name, instant) is inward for name in names)

    found = in_at(drawn, names, at) if inward else out_at(drawn, names, at)
    expected = scanned(holds, at, 3 * DAY)
    if expected is None:
        assert found is None or found >= at + 3 * DAY
    else:
        assert found == expected


@RUNS
@given(windows, zones, instants(), st.frozensets(st.integers(-3, 3), max_size=3))
def test_a_store_opens_and_closes_when_a_scan_of_every_minute_says_so(
    drawn: Windows, name: str, at: int, away: frozenset[int]
) -> None:
    today = wall(name, at).date()
    holidays = frozenset((today + timedelta(days=each)).isoformat() for each in away)

    def opens(instant: int) -> bool:
        works = wall(name, instant).date().isoformat() not in holidays
        return works and (not drawn or covers(drawn, name, instant))

    assert is_open(drawn, holidays, name, at) is opens(at)
    expected = scanned(opens, at, 3 * DAY)
    found = opens_at(drawn, holidays, name, at)
    assert found == expected if expected is not None else (found or at + 3 * DAY) >= at + 3 * DAY
    here = opens(at)
    turned = scanned(lambda instant: opens(instant) is not here, at, 3 * DAY)
    turn = turns_at(drawn, holidays, name, at)
    assert turn == turned if turned is not None else (turn or at + 3 * DAY) >= at + 3 * DAY


def test_a_night_lasts_across_midnight() -> None:
    evening, morning = clock("2026-05-28 21:00", BERLIN), clock("2026-05-29 08:00", BERLIN)
    assert out_at(NIGHT, (BERLIN,), evening - 1) == evening - 1
    for at in (evening, evening + 5 * HOUR, morning - 1):
        assert out_at(NIGHT, (BERLIN,), at) == morning
    assert out_at(NIGHT, (BERLIN,), morning) == morning


@pytest.mark.parametrize(
    ("evening", "name", "hours"),
    [
        ("2026-03-28 21:00", BERLIN, 10),
        ("2026-10-24 21:00", BERLIN, 12),
        ("2026-04-04 21:00", LORD_HOWE, 11.5),
        ("2026-10-03 21:00", LORD_HOWE, 10.5),
    ],
)
def test_the_night_in_which_the_clocks_change_is_longer_or_shorter(
    evening: str, name: str, hours: float
) -> None:
    begins = clock(evening, name)
    assert out_at(NIGHT, (name,), begins) == begins + int(hours * HOUR)


def test_an_hour_that_is_skipped_is_in_no_window_and_one_that_comes_twice_is_in_it_twice() -> None:
    small_hour = (Window(start=2 * 60, end=3 * 60),)
    spring = clock("2026-03-29 00:00", BERLIN)
    assert in_at(small_hour, (BERLIN,), spring) == clock("2026-03-30 02:00", BERLIN)
    first, second = (clock("2026-10-25 02:00", BERLIN, again=each) for each in (False, True))
    assert second == first + HOUR
    assert in_at(small_hour, (BERLIN,), first - 5 * HOUR) == first
    assert out_at(small_hour, (BERLIN,), first) == second + HOUR


def test_of_several_zones_the_strictest_counts() -> None:
    both = ("America/New_York", "America/Los_Angeles")
    late = clock("2026-05-28 20:30", "America/Los_Angeles")
    assert is_in(NIGHT, both[0], late)
    assert not is_in(NIGHT, both[1], late)
    assert out_at(NIGHT, both, late) == clock("2026-05-29 08:00", "America/Los_Angeles")
    awake = (Window(start=9 * 60, end=17 * 60),)
    assert in_at(awake, both, late) == clock("2026-05-29 09:00", "America/Los_Angeles")


def test_a_window_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = (Window(start=22 * 60, end=2 * 60, days=frozenset({4})),)
    assert is_in(friday_night, "UTC", clock("2026-05-30 01:59"))
    assert not is_in(friday_night, "UTC", clock("2026-05-29 01:59"))
    sunday_night = (Window(start=22 * 60, end=2 * 60, days=frozenset({6})),)
    assert is_in(sunday_night, "UTC", clock("2026-06-01 01:59"))


def test_a_window_that_ends_where_it_begins_lasts_a_whole_day() -> None:
    sunday = Window(start=0, end=0, days=frozenset({6}))
    assert sunday.lasts == Window(start=0, end=1440).lasts == 1440
    assert out_at((sunday,), ("UTC",), clock("2026-05-31 12:00")) == clock("2026-06-01 00:00")


def test_windows_that_touch_or_overlap_are_one() -> None:
    drawn = (
        Window(start=600, end=700),
        Window(start=650, end=660),
        Window(start=700, end=800),
    )
    ten, end = clock("2026-05-28 10:00"), clock("2026-05-28 13:20")
    assert out_at(drawn, ("UTC",), ten) == end


def test_what_never_ends_or_never_begins_is_told_so() -> None:
    always, never = (Window(start=0, end=1440),), (Window(start=0, end=60, days=frozenset()),)
    assert out_at(always, ("UTC",), 0) is None
    assert in_at(never, ("UTC",), 0) is None
    assert in_at((), ("UTC",), 0) is None
    assert out_at((), ("UTC",), 0) == 0
    assert turns_at(always, frozenset(), "UTC", 0) is None
    assert opens_at(never, frozenset({"1970-01-01"}), "UTC", 0) is None
    assert opens_at((), frozenset(), "UTC", 7) == 7


def test_a_store_without_hours_is_open_but_on_its_holidays() -> None:
    assert is_open((), frozenset(), BERLIN, 0)
    assert turns_at((), frozenset(), BERLIN, 0) is None
    christmas = frozenset({"2026-12-25", "2026-12-26"})
    eve = clock("2026-12-24 12:00", BERLIN)
    first = clock("2026-12-25 00:00", BERLIN)
    assert turns_at((), christmas, BERLIN, eve) == first
    assert not is_open((), christmas, BERLIN, first)
    assert opens_at((), christmas, BERLIN, first) == clock("2026-12-27 00:00", BERLIN)


def test_a_shop_opens_on_monday_after_the_weekend() -> None:
    friday = clock("2026-05-29 17:59", BERLIN)
    assert turns_at(OFFICE, frozenset(), BERLIN, friday) == clock("2026-05-29 18:00", BERLIN)
    monday = clock("2026-06-01 09:00", BERLIN)
    assert opens_at(OFFICE, frozenset(), BERLIN, friday + MINUTE) == monday
    whit_monday = frozenset({"2026-06-01"})
    tuesday = clock("2026-06-02 09:00", BERLIN)
    assert opens_at(OFFICE, whit_monday, BERLIN, friday + MINUTE) == tuesday


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "a\0b", "Europe"])
def test_a_zone_that_nobody_knows_is_read_as_utc(name: str) -> None:
    assert not is_zone(name)
    assert zone(name) is UTC
    noon = clock("2026-05-28 12:00")
    assert is_in((Window(start=720, end=721),), name, noon)


def test_the_names_of_zones_are_known() -> None:
    assert all(is_zone(name) for name in (*CHANGES, "UTC", "Etc/UTC"))


@pytest.mark.parametrize("at", [0, 1, -1, -DAY, 2**62, 2**63, 250_000_000_000 * SECOND])
def test_no_instant_is_out_of_reach(at: int) -> None:
    for name in (BERLIN, "UTC"):
        found = out_at(NIGHT, (name,), at)
        assert found is not None
        assert at <= found <= at + 12 * HOUR
        turn = turns_at(OFFICE, frozenset({"1970-01-01"}), name, at)
        assert turn is not None
        assert at < turn <= at + LOOK_AHEAD
