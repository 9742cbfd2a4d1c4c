"""Numbers of a country that the policy does not name are not texted, whatever else holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.model import Address, Send
from gateway.core.policy import Policy
from gateway.core.policy_document import document_of, policy_from
from gateway.errors import BadPolicy
from tests.unit.core.scenes import (
    GONE,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    agent,
    asked,
    decide,
    said,
    seen_from,
    unanswered,
)

HERE = Policy(countries=frozenset({"DE", "AT"}))


def way(policy: Policy, *addresses: Address) -> str | None:
    vera = replace(GONE, addresses=addresses)
    found = decide(seen_from(said(1, LONG_AGO), person=vera), NOON, policy)
    return found.address_id if isinstance(found, Send) else None


def in_(country: str) -> Address:
    return replace(PHONE, country=country)


@pytest.mark.parametrize(
    ("country", "chosen"), [("DE", "phone"), ("GH", "mailbox"), ("", "mailbox")]
)
def test_vera_is_texted_in_a_country_that_is_named_and_mailed_elsewhere(
    country: str, chosen: str
) -> None:
    assert way(HERE, in_(country), MAILBOX) == chosen


def test_a_policy_that_names_none_texts_everywhere() -> None:
    assert way(Policy(), in_("GH"), MAILBOX) == "phone"


def test_a_number_that_is_switched_off_is_told_of_with_its_country() -> None:
    vera = replace(GONE, addresses=(in_("GH"),))
    found = decide(seen_from(said(1, LONG_AGO), person=vera), NOON, HERE)
    (verdict,) = found.considered
    assert (verdict.verdict, verdict.facts, verdict.until) == (
        "country_off",
        (("country", "GH"),),
        None,
    )


def test_an_agent_abroad_is_told_all_the_same() -> None:
    ada = agent("ada", addresses=(in_("GH"),))
    policy = replace(HERE, staff_ladder=("sms",))
    found = decide(unanswered(asked(1, LONG_AGO), people=(ada,)), NOON, policy)
    assert isinstance(found, Send)


def test_countries_are_read_and_written_back() -> None:
    policy = policy_from({"countries": ["DE", "AT"]})
    assert policy.countries == HERE.countries
    assert document_of(policy)["countries"] == ["AT", "DE"]


@pytest.mark.parametrize("wrong", ["DE", ["de"], ["Germany"], [49]])
def test_what_is_no_country_is_refused(wrong: object) -> None:
    with pytest.raises(BadPolicy, match="countries"):
        policy_from({"countries": wrong})
