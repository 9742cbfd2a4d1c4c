"""What an agent picked comes to a duty, by the clock and by their own hours."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.core.duty import SCHEDULE, Duty, Picked, Standing, duty_at, told_from
from gateway.core.hours import Window

WORKING = (Window(start=9 * 60, end=17 * 60, days=frozenset(range(5))),)


def at(text: str) -> int:
    """An instant in Berlin's winter, given in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_what_ada_picks_for_good_never_turns_by_itself() -> None:
    for duty in Duty:
        assert duty_at(Picked(always=duty), at("2026-01-05T10:00")) == (duty, None)


def test_what_ada_picks_for_an_hour_ends_after_it() -> None:
    until = at("2026-01-05T11:00")
    picked = Picked(always=Duty.ONLINE, for_now=Duty.DO_NOT_DISTURB, until=until)
    assert duty_at(picked, until - 1) == (Duty.DO_NOT_DISTURB, until)
    assert duty_at(picked, until) == (Duty.ONLINE, None)


def test_by_schedule_ada_is_online_in_her_own_hours_where_she_lives() -> None:
    picked = Picked(always=SCHEDULE, windows=WORKING, zone="Europe/Berlin")
    monday_opens, monday_ends = at("2026-01-05T08:00"), at("2026-01-05T16:00")
    assert duty_at(picked, monday_opens - 1) == (Duty.AWAY, monday_opens)
    assert duty_at(picked, monday_opens) == (Duty.ONLINE, monday_ends)
    assert duty_at(picked, monday_ends) == (Duty.AWAY, at("2026-01-06T08:00"))
    friday_ends = at("2026-01-09T16:00")
    assert duty_at(picked, friday_ends) == (Duty.AWAY, at("2026-01-12T08:00"))


def test_an_hour_away_within_the_schedule_gives_the_schedule_back() -> None:
    until = at("2026-01-05T12:00")
    picked = Picked(
        always=SCHEDULE, for_now=Duty.AWAY, until=until, windows=WORKING, zone="Europe/Berlin"
    )
    assert duty_at(picked, at("2026-01-05T11:30")) == (Duty.AWAY, until)
    assert duty_at(picked, until) == (Duty.ONLINE, at("2026-01-05T16:00"))


def test_only_do_not_disturb_keeps_anything_from_being_sent() -> None:
    assert told_from(Standing(Duty.ONLINE, 5)) == 0
    assert told_from(Standing(Duty.AWAY, 5)) == 0
    assert told_from(Standing(Duty.DO_NOT_DISTURB, 5)) == 5
    assert told_from(Standing(Duty.DO_NOT_DISTURB, None)) is None
