"""WhatsApp's 24 hours, and what they make of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.hours import Window
from gateway.core.model import Act, Address, Form, Spent
from gateway.core.policy import HOUR, MINUTE, SECOND
from gateway.core.window import LASTS, MARGIN, closes, is_free, price_of, shuts_at
from tests.unit.core.scenes import (
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    codes,
    lost,
    said,
    seen_from,
    sent,
    shop,
    vera,
    verdict,
    waits,
)

OPEN = Address(
    address_id="whatsapp",
    channel="whatsapp",
    consents=frozenset({"support"}),
    proven=True,
    window_until=NOON + HOUR,
)
SHUT = replace(OPEN, window_until=NOON - HOUR)
NEVER = replace(OPEN, window_until=None)
WORDS = ((Form.WORDS, None),)
LATER = NOON + MINUTE
ON_WHATSAPP = shop(ladder=("whatsapp", "sms", "email"), quiet=())


def test_the_window_ends_a_moment_before_a_day_has_passed() -> None:
    assert closes(NOON) == NOON + LASTS - MARGIN
    assert LASTS == 24 * HOUR
    assert is_free(replace(OPEN, window_until=LATER), LATER - 1)
    assert not is_free(replace(OPEN, window_until=LATER), LATER)
    assert not is_free(NEVER, NOON)
    assert is_free(PHONE, NOON)


def test_only_what_has_no_template_is_ever_shut_out() -> None:
    assert shuts_at(OPEN, Form.WORDS) == NOON + HOUR
    assert shuts_at(replace(OPEN, templates=WORDS), Form.WORDS) is None
    assert shuts_at(replace(OPEN, templates=WORDS), Form.KNOCK) == NOON + HOUR
    assert shuts_at(MAILBOX, Form.WORDS) is None


def test_within_the_window_vera_is_written_to_freely() -> None:
    found = sent(seen_from(said(1), person=vera(addresses=(OPEN, PHONE))), LATER, ON_WHATSAPP)
    assert (found.channel, found.template) == ("whatsapp", False)


@pytest.mark.parametrize("address", [SHUT, NEVER])
def test_outside_the_window_the_next_way_is_taken_and_why_is_told(address: Address) -> None:
    view = seen_from(said(1), person=vera(addresses=(address, PHONE)))
    found = sent(view, LATER, ON_WHATSAPP)
    assert (found.channel, verdict(found, address)) == ("sms", "window")
    (facts,) = [dict(each.facts) for each in found.considered if each.verdict == "window"]
    closed = {} if address is NEVER else {"closed": NOON - HOUR}
    assert facts == {"channel": "whatsapp"} | closed


def test_outside_the_window_a_template_brings_the_words() -> None:
    person = vera(addresses=(replace(SHUT, templates=WORDS), PHONE))
    found = sent(seen_from(said(1), person=person), LATER, ON_WHATSAPP)
    assert (found.channel, found.template) == ("whatsapp", True)
    assert "template" in codes(found)
    facts = next(each.facts for each in found.because if each.code == "template")
    assert facts == (("channel", "whatsapp"), ("closed", NOON - HOUR))


def test_a_template_for_words_asks_nobody_who_has_proven_nothing() -> None:
    typed = replace(SHUT, proven=False, templates=WORDS)
    view = seen_from(said(1), person=vera(addresses=(typed, PHONE)))
    assert verdict(sent(view, LATER, ON_WHATSAPP), typed) == "window"
    asks = replace(typed, templates=((Form.KNOCK, None),))
    found = sent(seen_from(said(1), person=vera(addresses=(asks, PHONE))), LATER, ON_WHATSAPP)
    assert (found.channel, found.form, found.template) == ("whatsapp", Form.KNOCK, True)


def test_with_nothing_but_a_closed_window_vera_is_unreachable() -> None:
    found = lost(seen_from(said(1), person=vera(addresses=(SHUT,))), LATER, ON_WHATSAPP)
    assert verdict(found, SHUT) == "window"


def test_a_window_that_ends_within_quiet_hours_is_not_waited_for() -> None:
    night = Window(start=12 * 60, end=14 * 60)
    quiet = shop(ladder=("whatsapp", "email"), quiet=(("whatsapp", (night,)),))
    closing = vera(addresses=(OPEN, MAILBOX))
    found = sent(seen_from(said(1), person=closing), LATER, quiet)
    assert (found.channel, verdict(found, OPEN)) == ("email", "window")
    lasting = replace(OPEN, window_until=NOON + 3 * HOUR)
    only = seen_from(said(1), person=vera(addresses=(lasting,)))
    assert waits(only, LATER, quiet).until == NOON + 2 * HOUR


def test_the_end_of_the_window_is_looked_at_however_long_the_policy_waits() -> None:
    slow = replace(ON_WHATSAPP, gone=2 * HOUR, longest_gone=2 * HOUR)
    person = vera(addresses=(OPEN,), since=LONG_AGO)
    found = waits(seen_from(said(1), person=person), LATER, slow)
    assert found.until == NOON + HOUR


def test_who_has_just_written_by_whatsapp_is_answered_there_until_it_closes() -> None:
    act = Act(channel="whatsapp", at=NOON, address_id="whatsapp")
    person = vera(addresses=(PHONE, OPEN), last_act=act)
    assert sent(seen_from(said(1), person=person), LATER, shop(quiet=())).channel == "whatsapp"
    shut = vera(addresses=(PHONE, SHUT), last_act=act)
    assert sent(seen_from(said(1), person=shut), LATER, shop(quiet=())).channel == "sms"


def test_a_template_costs_its_price_and_never_less_than_free_words() -> None:
    policy = shop(prices=(("whatsapp", "*", 5_000),))
    dear = replace(SHUT, templates=((Form.WORDS, 80_000),))
    assert price_of(dear, Form.WORDS, policy, NOON) == 80_000
    assert price_of(replace(dear, window_until=LATER), Form.WORDS, policy, NOON) == 5_000
    assert price_of(replace(SHUT, templates=WORDS), Form.WORDS, policy, NOON) == 5_000
    cheap = replace(SHUT, templates=((Form.WORDS, 1),))
    assert price_of(cheap, Form.WORDS, policy, NOON) == 5_000
    assert price_of(replace(SHUT, templates=WORDS), Form.WORDS, shop(prices=()), NOON) == 0


def test_a_template_that_the_day_cannot_pay_waits_for_the_next() -> None:
    policy = replace(
        ON_WHATSAPP, prices=(("whatsapp", "*", 5_000),), spend_a_day=100_000, zone="UTC"
    )
    dear = vera(addresses=(replace(SHUT, templates=((Form.WORDS, 80_000),)),))
    midnight = NOON + 12 * HOUR
    spent = Spent(store=30_000, person=0, until=midnight)
    view = seen_from(said(1), person=dear, spent=spent)
    assert waits(view, LATER, policy).until is not None
    assert waits(view, midnight - 6 * HOUR + SECOND, policy).until == midnight
