"""Quiet hours and people's own hours: whose clock counts, and what becomes of what waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.hours import Window
from gateway.core.model import Act, DeliveryState, Presence
from gateway.core.policy import HOUR, MINUTE, SECOND
from gateway.core.reach import agrees, without
from tests.unit.core.scenes import (
    GONE,
    LONG_AGO,
    MAILBOX,
    PHONE,
    POLICY,
    TYPED_PHONE,
    agent,
    asked,
    clock,
    codes,
    decide,
    delivery,
    lost,
    opens,
    rang,
    said,
    seen_from,
    sent,
    shop,
    unanswered,
    vera,
    verdict,
    waits,
)

BERLIN, NEW_YORK, LOS_ANGELES = "Europe/Berlin", "America/New_York", "America/Los_Angeles"
HERE = replace(PHONE, zones=(BERLIN,))
BY_PHONE = vera(addresses=(HERE,))
EVENING = clock("2026-05-28 21:00", BERLIN)
NIGHT = clock("2026-05-28 23:00", BERLIN)
MORNING = clock("2026-05-29 08:00", BERLIN)


def test_at_night_the_phone_is_left_alone_and_the_mail_goes() -> None:
    view = seen_from(said(1, NIGHT - MINUTE), person=vera(addresses=(HERE, MAILBOX)))
    found = sent(view, NIGHT)
    assert found.channel == "email"
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", MORNING)


def test_who_has_only_a_phone_is_texted_in_the_morning() -> None:
    view = seen_from(said(1, NIGHT - MINUTE), person=BY_PHONE)
    found = waits(view, NIGHT)
    assert (found.until, codes(found)[-1]) == (NIGHT + POLICY.recheck, "no_way_yet")
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", MORNING)
    assert waits(view, MORNING - HOUR).until == MORNING
    assert sent(view, MORNING).channel == "sms"


def test_what_was_said_in_the_night_goes_together_in_the_morning() -> None:
    view = seen_from(
        said(1, NIGHT), said(2, NIGHT + HOUR), said(3, NIGHT + 2 * HOUR), person=BY_PHONE
    )
    assert sent(view, MORNING).seqs == (1, 2, 3)


def test_quiet_begins_and_ends_at_the_very_second() -> None:
    view = seen_from(said(1, LONG_AGO), person=BY_PHONE)
    assert sent(view, EVENING - 1).channel == "sms"
    assert verdict(decide(view, EVENING), HERE) == "quiet"
    assert verdict(decide(view, MORNING - 1), HERE) == "quiet"


def test_the_clock_where_the_number_is_counts_and_not_the_stores() -> None:
    in_new_york = vera(addresses=(replace(PHONE, zones=(NEW_YORK,)),))
    view = seen_from(said(1, LONG_AGO), person=in_new_york)
    assert sent(view, NIGHT, shop(zone=BERLIN)).channel == "sms"
    asleep = clock("2026-05-28 22:00", NEW_YORK)
    assert waits(view, asleep, shop(zone="Asia/Tokyo")).until == asleep + POLICY.recheck


def test_of_all_the_places_where_she_may_be_the_strictest_counts() -> None:
    wide = replace(PHONE, zones=(NEW_YORK, LOS_ANGELES))
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(wide,)))
    late_in_the_east = clock("2026-05-28 21:30", NEW_YORK)
    found = decide(view, late_in_the_east)
    assert opens(found, wide) == clock("2026-05-29 08:00", LOS_ANGELES)
    travelling = vera(addresses=(HERE,), zones=(LOS_ANGELES,))
    view = seen_from(said(1, LONG_AGO), person=travelling)
    for now in (NIGHT, clock("2026-05-29 12:00", BERLIN)):
        assert opens(decide(view, now), HERE) == clock("2026-05-29 08:00", LOS_ANGELES)


def test_her_own_zone_counts_where_the_numbers_is_unknown_and_the_stores_after_that() -> None:
    hers = vera(addresses=(PHONE,), zones=(BERLIN,))
    assert opens(decide(seen_from(said(1, LONG_AGO), person=hers), NIGHT), PHONE) == MORNING
    unknown = vera(addresses=(PHONE,))
    found = decide(seen_from(said(1, LONG_AGO), person=unknown), NIGHT, shop(zone=BERLIN))
    assert opens(found, PHONE) == MORNING


@pytest.mark.parametrize(
    ("evening", "morning", "hours"),
    [
        ("2026-03-28 22:00", "2026-03-29 08:00", 9),
        ("2026-10-24 22:00", "2026-10-25 08:00", 11),
    ],
)
def test_the_night_in_which_the_clocks_change_ends_when_her_clock_says_so(
    evening: str, morning: str, hours: int
) -> None:
    now = clock(evening, BERLIN)
    view = seen_from(said(1, now - 30 * HOUR), person=replace(BY_PHONE, since=now - 30 * HOUR))
    ends = opens(decide(view, now), HERE)
    assert ends == clock(morning, BERLIN) == now + hours * HOUR


def test_a_night_that_is_nearly_over_is_waited_for() -> None:
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(HERE, MAILBOX)))
    found = waits(view, MORNING - POLICY.patience)
    assert (found.until, codes(found)[-1]) == (MORNING, "patience")
    assert sent(view, MORNING - POLICY.patience - 1).channel == "email"


def test_who_texts_at_night_is_answered_at_night_and_there_alone() -> None:
    texted = Act(channel="sms", at=NIGHT - MINUTE, address_id="phone")
    view = seen_from(said(1, NIGHT), person=replace(BY_PHONE, last_act=texted))
    assert sent(view, NIGHT + POLICY.elsewhere).channel == "sms"
    other = replace(HERE, address_id="other phone")
    dead = replace(HERE, failed_at=NIGHT)
    both = vera(addresses=(dead, other), last_act=texted)
    found = decide(seen_from(said(1, NIGHT), person=both), NIGHT + MINUTE)
    assert (verdict(found, dead), verdict(found, other)) == ("failed", "quiet")


def test_a_knock_wakes_nobody_either() -> None:
    typed = replace(TYPED_PHONE, zones=(BERLIN,))
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(typed,)))
    assert opens(decide(view, NIGHT), typed) == MORNING
    assert sent(view, MORNING).form == "knock"


def test_what_was_queued_in_the_evening_is_not_handed_over_in_the_night() -> None:
    person = vera(addresses=(HERE, MAILBOX))
    queued = delivery(1, state=DeliveryState.QUEUED, at=EVENING - SECOND)
    view = seen_from(said(1, LONG_AGO), person=person, deliveries=(queued,))
    assert agrees(decide(without(view, "d1"), EVENING - SECOND), queued)
    second_look = sent(without(view, "d1"), EVENING)
    assert not agrees(second_look, queued)
    assert second_look.channel == "email"
    alone = replace(view, people=(BY_PHONE,))
    assert waits(without(alone, "d1"), EVENING).until is not None


def test_a_back_off_that_ends_in_the_night_is_over_in_the_morning() -> None:
    tried = delivery(1, state=DeliveryState.DEFERRED, at=EVENING - MINUTE, attempt=3)
    view = seen_from(said(1, LONG_AGO), person=BY_PHONE, deliveries=(tried,))
    found = decide(view, EVENING - MINUTE)
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", MORNING)
    with_mail = replace(view, people=(vera(addresses=(HERE, MAILBOX)),))
    assert sent(with_mail, EVENING - MINUTE).channel == "email"


def test_a_cap_that_ends_in_the_night_is_over_in_the_morning() -> None:
    often = rang(*(NIGHT + HOUR - 24 * HOUR + each for each in range(6)))
    view = seen_from(said(1, LONG_AGO), person=BY_PHONE, interruptions=often)
    found = decide(view, EVENING - HOUR)
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", MORNING)


def test_trying_again_in_the_morning_is_given_up_at_once_when_it_is_stale_by_then() -> None:
    policy = shop(stale_after=2 * HOUR)
    tried = delivery(1, state=DeliveryState.DEFERRED, at=EVENING - MINUTE, attempt=3)
    view = seen_from(said(1, LONG_AGO), person=BY_PHONE, deliveries=(tried,))
    assert verdict(lost(view, EVENING - MINUTE, policy), HERE) == "stale"
    asleep = replace(policy, quiet=(("sms", (Window(start=0, end=1440),)),))
    assert verdict(lost(view, EVENING - MINUTE, asleep), HERE) == "quiet"


@pytest.mark.parametrize(
    "bedtime",
    [
        {"quiet": POLICY.quiet, "awake": ()},
        {"quiet": (), "awake": (Window(start=8 * 60, end=21 * 60),)},
    ],
)
def test_a_wait_for_the_right_moment_ends_when_the_night_takes_a_last_hope(
    bedtime: dict[str, tuple[Window, ...]],
) -> None:
    policy = shop(stale_after=2 * HOUR, longest=HOUR, quiet=bedtime["quiet"])
    tried = delivery(2, state=DeliveryState.DEFERRED, at=EVENING - 20 * MINUTE)
    reading = vera(
        presence=Presence.READING,
        addresses=(HERE, MAILBOX),
        zones=(BERLIN,),
        awake=bedtime["awake"],
    )
    refused = delivery(
        2, state=DeliveryState.FAILED, to=MAILBOX, name="d2", content_rejected=True, at=LONG_AGO
    )
    first, second = said(1, EVENING - 9 * MINUTE), said(2, EVENING - 5 * MINUTE)
    view = seen_from(first, second, person=reading, deliveries=(tried, refused))
    assert waits(view, EVENING - 4 * MINUTE, policy).until == EVENING


def test_hours_that_never_end_are_not_waited_for() -> None:
    always = shop(quiet=(("sms", (Window(start=0, end=1440),)),))
    found = lost(seen_from(said(1, LONG_AGO), person=BY_PHONE), NIGHT, always)
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", None)


def test_a_store_may_keep_mail_quiet_and_texts_loud() -> None:
    policy = shop(quiet=(("email", (Window(start=0, end=1440),)),))
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(HERE, MAILBOX)))
    assert sent(view, NIGHT, policy).channel == "sms"


OFFICE = (Window(start=10 * 60, end=16 * 60),)


def test_an_agent_is_told_within_the_hours_that_they_set() -> None:
    ada = agent("ada", "email", awake=OFFICE, zones=(BERLIN,))
    question = asked(1, NIGHT)
    found = waits(unanswered(question, people=(ada,)), NIGHT + HOUR)
    ten = clock("2026-05-29 10:00", BERLIN)
    assert (found.considered[0].verdict, found.considered[0].until) == ("own_hours", ten)
    assert sent(unanswered(question, people=(ada,)), ten).person_id == "ada"
    ben = agent("ben", "email")
    assert sent(unanswered(question, people=(ada, ben)), NIGHT + HOUR).person_id == "ben"


def test_her_own_hours_are_read_in_the_stores_zone_where_hers_is_unknown() -> None:
    person = vera(awake=OFFICE, addresses=(MAILBOX,))
    found = decide(seen_from(said(1, LONG_AGO), person=person), NIGHT, shop(zone=BERLIN))
    assert (verdict(found, MAILBOX), opens(found, MAILBOX)) == (
        "own_hours",
        clock("2026-05-29 10:00", BERLIN),
    )


def test_own_hours_and_quiet_hours_must_both_allow_it() -> None:
    early = vera(addresses=(HERE,), zones=(BERLIN,), awake=(Window(start=6 * 60, end=9 * 60),))
    view = seen_from(said(1, LONG_AGO), person=early)
    found = decide(view, clock("2026-05-29 05:00", BERLIN))
    assert (verdict(found, HERE), opens(found, HERE)) == ("quiet", MORNING)
    assert sent(view, MORNING).channel == "sms"


def test_a_gap_in_her_own_hours_is_waited_out_when_the_night_ends_in_it() -> None:
    hours = (Window(start=6 * 60, end=7 * 60 + 30), Window(start=10 * 60, end=11 * 60))
    early = vera(addresses=(HERE,), zones=(BERLIN,), awake=hours)
    found = decide(seen_from(said(1, LONG_AGO), person=early), MORNING - 3 * HOUR)
    assert (verdict(found, HERE), opens(found, HERE)) == ("own_hours", MORNING + 2 * HOUR)


def test_hours_that_never_close_take_no_hope_away() -> None:
    always = vera(addresses=(MAILBOX,), awake=(Window(start=0, end=1440),))
    tried = delivery(1, state=DeliveryState.DEFERRED, to=MAILBOX, at=NIGHT)
    view = seen_from(said(1, NIGHT), person=always, deliveries=(tried,))
    assert waits(view, NIGHT + SECOND).until == NIGHT + POLICY.gone


def test_own_hours_that_lie_in_the_night_leave_no_way() -> None:
    owl = vera(addresses=(HERE,), zones=(BERLIN,), awake=(Window(start=22 * 60, end=23 * 60),))
    found = lost(seen_from(said(1, LONG_AGO), person=owl), NIGHT)
    assert opens(found, HERE) is None
    never = vera(addresses=(HERE,), awake=(Window(start=0, end=1, days=frozenset()),))
    assert verdict(lost(seen_from(said(1, LONG_AGO), person=never), NIGHT), HERE) == "own_hours"


def test_who_writes_outside_their_own_hours_is_answered_there() -> None:
    wrote = Act(channel="email", at=NIGHT - MINUTE, address_id="mailbox")
    person = replace(GONE, awake=OFFICE, zones=(BERLIN,), last_act=wrote)
    assert sent(seen_from(said(1, NIGHT), person=person), NIGHT + MINUTE).channel == "email"
