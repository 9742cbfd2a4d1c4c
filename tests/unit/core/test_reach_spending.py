"""What reaching may cost a day: beyond it Vera is not texted until the store's midnight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.hours import day_of
from gateway.core.model import Act, Address, Send, Spent, Wait
from gateway.core.policy import HOUR, MINUTE, SECOND, Policy
from gateway.core.policy_document import document_of, policy_from
from gateway.errors import BadPolicy
from tests.unit.core.scenes import (
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    clock,
    decide,
    said,
    seen_from,
    shop,
    vera,
)

CENT = 10_000
MIDNIGHT = NOON + 12 * HOUR
PRICES = (("sms", "*", CENT), ("sms", "GH", 30 * CENT))


def decided(policy: Policy, spent: Spent | None, *addresses: Address, now: int = NOON) -> Any:
    seen = seen_from(said(1, LONG_AGO), person=vera(addresses=addresses), spent=spent)
    return decide(seen, now, replace(policy, prices=PRICES))


def so_far(store: int, person: int = 0) -> Spent:
    return Spent(store=store * CENT, person=person * CENT, until=MIDNIGHT)


@pytest.mark.parametrize(
    ("spent", "chosen"),
    [
        (so_far(99), "phone"),
        (so_far(100), "mailbox"),
        (so_far(50, person=4), "phone"),
        (so_far(50, person=5), "mailbox"),
    ],
)
def test_a_text_goes_out_as_long_as_one_segment_more_is_within_the_day(
    spent: Spent, chosen: str
) -> None:
    policy = shop(spend_a_day=100 * CENT, spend_a_day_each=5 * CENT)
    assert decided(policy, spent, PHONE, MAILBOX).address_id == chosen


def test_what_is_left_may_be_enough_for_one_country_and_not_for_another() -> None:
    policy = shop(spend_a_day=100 * CENT)
    ghana = replace(PHONE, country="GH")
    assert decided(policy, so_far(80), PHONE, MAILBOX).address_id == "phone"
    assert decided(policy, so_far(80), ghana, MAILBOX).address_id == "mailbox"


def test_who_has_nothing_but_a_phone_is_texted_after_midnight() -> None:
    policy, spent = shop(spend_a_day=CENT, quiet=(), recheck=24 * HOUR), so_far(1)
    found = decided(policy, spent, PHONE)
    assert isinstance(found, Wait)
    assert found.until == MIDNIGHT
    assert [(each.verdict, each.until) for each in found.considered] == [("spent", MIDNIGHT)]
    assert isinstance(decided(policy, spent, PHONE, now=MIDNIGHT - 1), Wait)
    assert isinstance(decided(policy, spent, PHONE, now=MIDNIGHT), Send)


def test_a_live_exchange_costs_as_much() -> None:
    act = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    seen = seen_from(said(1, NOON - MINUTE), person=vera(last_act=act), spent=so_far(1))
    found = decide(seen, NOON, shop(spend_a_day=CENT, prices=PRICES))
    assert isinstance(found, Send)
    assert found.address_id == "mailbox"


def test_what_costs_nothing_is_never_too_dear() -> None:
    found = decided(shop(spend_a_day=0), so_far(500), PHONE, MAILBOX)
    assert found.address_id == "mailbox"
    assert decided(shop(), None, PHONE).address_id == "phone"


@pytest.mark.parametrize(
    ("zone", "at", "begins", "ends"),
    [
        ("UTC", "2026-05-28T12:00", "2026-05-28T00:00", "2026-05-29T00:00"),
        ("Asia/Tokyo", "2026-05-28T23:59", "2026-05-28T00:00", "2026-05-29T00:00"),
        # 23 and 25 hours.
        ("Europe/Berlin", "2026-03-29T12:00", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:00", "2026-10-26T00:00"),
    ],
)
def test_a_day_is_one_of_the_stores_wall_clock(zone: str, at: str, begins: str, ends: str) -> None:
    assert day_of(zone, clock(at, zone)) == (clock(begins, zone), clock(ends, zone))
    assert day_of(zone, clock(at, zone, again=True)) == (clock(begins, zone), clock(ends, zone))


def test_a_day_without_a_midnight_begins_when_the_clocks_have_moved() -> None:
    begins, ends = day_of("Asia/Beirut", clock("2026-03-29T12:00", "Asia/Beirut"))
    assert begins == clock("2026-03-28T22:00")
    assert ends - begins == 23 * HOUR


def test_amounts_are_read_and_written_in_the_stores_currency() -> None:
    policy = policy_from({"spend_a_day": 12.5, "spend_a_day_each": None})
    assert (policy.spend_a_day, policy.spend_a_day_each) == (12_500_000, None)
    written = document_of(policy)
    assert (written["spend_a_day"], written["spend_a_day_each"]) == (12.5, None)
    assert policy_from(written) == policy


@pytest.mark.parametrize("wrong", [-1, "ten", True, 10**6])
def test_what_is_no_amount_is_refused(wrong: object) -> None:
    with pytest.raises(BadPolicy, match="spend_a_day must be an amount"):
        policy_from({"spend_a_day": wrong})


def test_seconds_are_microseconds_here() -> None:
    assert day_of("UTC", NOON + SECOND // 2) == (NOON - 12 * HOUR, MIDNIGHT)
