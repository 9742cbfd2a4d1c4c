"""How often somebody may be interrupted: the cap of a day, the digest, and the spacing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.model import Act, Interruption
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND
from tests.unit.core.scenes import (
    BOTH,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    agent,
    asked,
    codes,
    decide,
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

HOURLY = tuple(NOON - hours * HOUR for hours in range(1, 7))  # six, the latest first
FIRST = min(HOURLY)
LOUD = shop(quiet=())


def test_the_sixth_interruption_of_a_day_goes_and_the_seventh_waits() -> None:
    five = seen_from(said(1, LONG_AGO), interruptions=rang(*HOURLY[:5]))
    assert sent(five, NOON).channel == "sms"
    six = seen_from(said(1, LONG_AGO), interruptions=rang(*HOURLY))
    found = waits(six, NOON, LOUD)
    assert [verdict(found, each) for each in BOTH] == ["capped", "capped"]
    assert opens(found, PHONE) == FIRST + DAY
    assert codes(found)[-1] == "no_way_yet"


def test_what_waits_for_the_cap_goes_together_when_the_first_is_a_day_old() -> None:
    messages = (said(1, NOON), said(2, NOON + HOUR), said(3, NOON + 3 * HOUR))
    view = seen_from(*messages, interruptions=rang(*HOURLY))
    assert waits(view, FIRST + DAY - MINUTE, LOUD).until == FIRST + DAY
    assert sent(view, FIRST + DAY, LOUD).seqs == (1, 2, 3)


def test_the_cap_counts_over_all_channels_and_is_hers_alone() -> None:
    mixed = tuple(
        Interruption(person_id="vera", channel=channel, at=at)
        for at, channel in zip(HOURLY, ("sms", "email", "push") * 2, strict=True)
    )
    view = seen_from(said(1, LONG_AGO), interruptions=mixed)
    assert verdict(waits(view, NOON), MAILBOX) == "capped"
    others = rang(*HOURLY, person="somebody else")
    assert sent(seen_from(said(1, LONG_AGO), interruptions=others), NOON).channel == "sms"


def test_interruptions_count_in_whatever_order_they_are_told() -> None:
    view = seen_from(said(1, LONG_AGO), interruptions=rang(*sorted(HOURLY)))
    again = seen_from(said(1, LONG_AGO), interruptions=rang(*reversed(HOURLY), *HOURLY[:1]))
    assert opens(waits(view, NOON, LOUD), PHONE) == FIRST + DAY
    assert opens(waits(again, NOON, LOUD), PHONE) == FIRST + HOUR + DAY


def test_a_cap_that_is_over_soon_is_waited_for() -> None:
    nearly = (FIRST, *(NOON - hours * MINUTE for hours in range(6, 11)))
    view = seen_from(said(1, LONG_AGO), interruptions=rang(*nearly))
    found = waits(view, FIRST + DAY - MINUTE, LOUD)
    assert (found.until, codes(found)[-1]) == (FIRST + DAY, "patience")


def test_a_live_exchange_is_not_capped_but_its_other_addresses_are() -> None:
    texted = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    view = seen_from(said(1, NOON), person=vera(last_act=texted), interruptions=rang(*HOURLY))
    found = sent(view, NOON + POLICY.elsewhere)
    assert (found.channel, verdict(found, MAILBOX)) == ("sms", "capped")


def test_a_store_says_how_much_is_too_much() -> None:
    one = shop(cap=1, quiet=())
    view = seen_from(said(1, LONG_AGO), interruptions=rang(NOON - HOUR))
    assert opens(waits(view, NOON, one), PHONE) == NOON - HOUR + DAY
    assert sent(view, NOON - HOUR + DAY, one).channel == "sms"


@pytest.mark.parametrize("cap", [0, -1])
def test_a_cap_below_one_is_taken_for_one(cap: int) -> None:
    view = seen_from(said(1, LONG_AGO), interruptions=rang(NOON - HOUR))
    assert opens(decide(view, NOON, shop(cap=cap)), PHONE) == NOON - HOUR + DAY
    assert sent(seen_from(said(1, LONG_AGO)), NOON, shop(cap=cap)).channel == "sms"


def test_of_cap_and_spacing_the_longer_counts() -> None:
    view = seen_from(said(1, LONG_AGO), interruptions=rang(*HOURLY[1:], NOON - MINUTE))
    found = waits(view, NOON, LOUD)
    assert (verdict(found, PHONE), opens(found, PHONE)) == ("capped", FIRST + DAY)
    slow = replace(LOUD, spacing=2 * DAY)
    assert verdict(decide(view, NOON, slow), PHONE) == "spaced"


ADA, BEN = agent("ada", "email"), agent("ben", "email")


def told_often(name: str) -> tuple[Interruption, ...]:
    return rang(*HOURLY, person=name, channel="email")


def test_an_agent_beyond_the_cap_is_told_of_everything_at_once_an_hour_later() -> None:
    questions = (asked(1, NOON - 10 * MINUTE), asked(2, NOON - 5 * MINUTE))
    view = unanswered(*questions, people=(ADA,), interruptions=told_often("ada"))
    last = max(HOURLY)
    assert verdict(waits(view, NOON - SECOND), ADA.addresses[0]) == "capped"
    assert waits(view, NOON - SECOND).until == last + POLICY.digest
    found = sent(view, last + POLICY.digest)
    assert (found.person_id, found.seqs) == ("ada", (1, 2))


def test_a_colleague_who_is_not_beyond_the_cap_is_told_meanwhile() -> None:
    told = rang(*HOURLY[1:], NOON - 20 * MINUTE, person="ada", channel="email")
    view = unanswered(asked(1, LONG_AGO), people=(ADA, BEN), interruptions=told)
    found = sent(view, NOON)
    assert (found.person_id, verdict(found, ADA.addresses[0])) == ("ben", "capped")


def test_a_digest_never_waits_longer_than_the_cap_itself() -> None:
    slow = shop(digest=3 * DAY)
    view = unanswered(asked(1, LONG_AGO), people=(ADA,), interruptions=told_often("ada"))
    assert opens(waits(view, NOON, slow), ADA.addresses[0]) == FIRST + DAY


def test_below_the_cap_there_is_no_digest() -> None:
    few = rang(NOON - 10 * MINUTE, person="ada", channel="email")
    view = unanswered(asked(1, LONG_AGO), people=(ADA,), interruptions=few)
    assert sent(view, NOON).person_id == "ada"


def test_a_shopper_beyond_the_cap_gets_no_digest() -> None:
    view = seen_from(said(1, LONG_AGO), interruptions=rang(*HOURLY))
    assert opens(waits(view, NOON + HOUR, replace(LOUD, digest=MINUTE)), PHONE) == FIRST + DAY


def test_two_conversations_of_hers_are_spaced() -> None:
    view = seen_from(said(1, LONG_AGO), interruptions=rang(NOON - MINUTE))
    found = waits(view, NOON)
    assert (found.until, verdict(found, PHONE)) == (NOON + 4 * MINUTE, "spaced")
    assert sent(view, NOON + 4 * MINUTE).channel == "sms"
    quick = replace(POLICY, spacing=0)
    assert sent(view, NOON, quick).channel == "sms"
