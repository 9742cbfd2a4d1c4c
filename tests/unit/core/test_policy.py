"""The policy's values: the defaults that are right for a shop, and what is looked up in them."""

from __future__ import annotations

from dataclasses import MISSING, fields

import pytest

from gateway.core.hours import Window
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND, Policy, Rule
from gateway.core.policy_kinds import KINDS
from tests.unit.core.scenes import POLICY, shop


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reading", 10 * MINUTE),
        ("on_page", 5 * MINUTE),
        ("hidden", 2 * MINUTE),
        ("gone", 30 * SECOND),
        ("elsewhere", 15 * SECOND),
        ("longest_gone", 3 * MINUTE),
        ("longest", 10 * MINUTE),
        ("receipt_deadline", 10 * MINUTE),
        ("on_unknown", 15 * MINUTE),
        ("stale_after", 24 * HOUR),
        ("backoff_first", 30 * SECOND),
        ("backoff_most", 2 * HOUR),
        ("patience", 10 * MINUTE),
        ("spacing", 5 * MINUTE),
        ("act_counts", 2 * HOUR),
        ("grace", 90 * SECOND),
        ("linger", 5 * SECOND),
        ("knock_wait", 20 * MINUTE),
        ("staff_first", 2 * MINUTE),
        ("staff_first_present", 5 * MINUTE),
        ("rung", 10 * MINUTE),
        ("answer_within", 5 * MINUTE),
        ("recheck", 6 * HOUR),
        ("cap", 6),
        ("digest", HOUR),
        ("silence", 45 * SECOND),
        ("follow_up_after", HOUR),
        ("circuit_after", 5),
        ("circuit_first", 30 * SECOND),
        ("circuit_most", 15 * MINUTE),
        ("address_after", 3),
        ("address_rests", DAY),
        ("ladder", ("push", "sms", "email")),
        ("staff_ladder", ("email", "sms")),
        ("rules", ()),
        ("hours", ()),
    ],
)
def test_the_defaults_are_right_for_a_shop(name: str, value: object) -> None:
    assert getattr(POLICY, name) == value


def test_by_default_phones_are_quiet_at_night_and_mailboxes_never() -> None:
    night = (Window(start=21 * 60, end=8 * 60),)
    assert dict(POLICY.quiet) == dict.fromkeys(("sms", "whatsapp", "push", "app"), night)


def test_each_channel_is_proven_in_its_own_way() -> None:
    assert POLICY.prove_first("sms") == "knock"
    assert POLICY.prove_first("whatsapp") == "knock"
    assert POLICY.prove_first("email") == "straight"


def test_a_price_is_the_countrys_own_or_anybodys_or_nothing() -> None:
    policy = shop(prices=(("email", "*", 1), ("sms", "*", 50_000), ("sms", "US", 7_900)))
    assert policy.price("sms", "US") == 7_900
    assert policy.price("sms", "DE") == policy.price("sms", "") == 50_000
    assert policy.price("whatsapp", "US") == 0
    assert shop(prices=(("sms", "US", 7_900),)).price("sms", "DE") == 0


@pytest.mark.parametrize("model", [Policy, Rule])
def test_every_field_has_a_default_a_kind_and_a_sentence(model: type[Policy] | type[Rule]) -> None:
    for each in fields(model):
        assert each.default is not MISSING
        assert each.metadata["says"]
        assert each.metadata["kind"] in {*KINDS, "rules"}


def test_pictures_cost_as_much_as_three_segments_until_somebody_says_otherwise() -> None:
    texts = ("sms", "*", 8_000)
    assert Policy(prices=(texts,)).price("mms", "US") == 24_000
    assert Policy(prices=(texts, ("mms", "US", 20_000))).price("mms", "US") == 20_000
