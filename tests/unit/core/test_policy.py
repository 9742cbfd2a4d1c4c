"""The policy document."""

from __future__ import annotations

from dataclasses import fields

import pytest

from gateway.core.policy import HOUR, MINUTE, SECOND, Policy
from gateway.core.policy_document import document_of, policy_from
from gateway.errors import BadPolicy


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
    ],
)
def test_the_defaults_are_right_for_a_shop(name: str, value: int) -> None:
    assert getattr(Policy(), name) == value


def test_an_empty_document_is_the_default_policy() -> None:
    assert policy_from({}) == Policy()


def test_a_document_reads_back_as_the_policy_it_was_made_from() -> None:
    policy = policy_from({"gone": 45.5, "ladder": ["email"], "prove_first_email": "knock"})
    assert (policy.gone, policy.ladder) == (45 * SECOND + SECOND // 2, ("email",))
    assert policy_from(document_of(policy)) == policy
    assert set(document_of(policy)) == {each.name for each in fields(Policy)}


def test_each_channel_is_proven_in_its_own_way() -> None:
    assert Policy().prove_first("sms") == "knock"
    assert Policy().prove_first("email") == "straight"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"gonne": 30}, "gonne"),
        ({"gone": -1}, "gone"),
        ({"gone": "30"}, "gone"),
        ({"gone": True}, "gone"),
        ({"gone": float("nan")}, "gone"),
        ({"gone": float("inf")}, "gone"),
        ({"longest": 20}, "longest"),
        ({"longest_gone": 20}, "longest"),
        ({"recheck": 0}, "recheck"),
        ({"grace": 0.5}, "grace"),
        ({"backoff_first": 0}, "backoff_first"),
        ({"backoff_first": 60, "backoff_most": 30}, "backoff_most"),
        ({"ladder": "sms"}, "ladder"),
        ({"ladder": ["sms", "sms"]}, "ladder"),
        ({"staff_ladder": ["fax"]}, "staff_ladder"),
        ({"prove_first_sms": "guess"}, "prove_first_sms"),
    ],
)
def test_a_wrong_document_is_refused_with_the_field_named(
    document: dict[str, object], field: str
) -> None:
    with pytest.raises(BadPolicy) as refused:
        policy_from(document)
    assert refused.value.details["field"] == field
    assert field in refused.value.message


def test_an_empty_ladder_is_a_choice() -> None:
    assert policy_from({"ladder": []}).ladder == ()
