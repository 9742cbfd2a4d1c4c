"""The states of one delivery, and how long it keeps its messages."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from gateway.core.delivery import (
    FOREVER,
    RANK,
    advance,
    handed_at,
    held_until,
    is_live,
    may_become,
    may_claim,
)
from gateway.core.model import Delivery, DeliveryState, Form
from gateway.core.policy import MINUTE, SECOND, Policy

S = DeliveryState
NOON = 1_780_000_000 * SECOND
POLICY = Policy()
SMS = Delivery(
    delivery_id="d1",
    person_id="vera",
    address_id="phone",
    channel="sms",
    form=Form.WORDS,
    state=S.ACCEPTED,
    seqs=frozenset({1}),
    queued_at=NOON - 2 * SECOND,
    handed_at=NOON - SECOND,
    accepted_at=NOON,
    state_at=NOON,
)


def test_the_ranks_are_in_the_order_that_was_agreed() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == [
        S.SUBMITTING,
        S.UNKNOWN,
        S.DEFERRED,
        S.ACCEPTED,
        S.SENT,
        S.RETURNED,
        S.ANSWERED,
        S.FAILED,
        S.BOUNCED,
        S.DELIVERED,
        S.READ,
    ]


def test_a_higher_rank_wins_and_an_equal_or_lower_one_changes_nothing() -> None:
    assert advance(S.SUBMITTING, S.ACCEPTED) is S.ACCEPTED
    assert advance(S.ACCEPTED, S.ACCEPTED) is None
    assert advance(S.DELIVERED, S.SENT) is None
    assert advance(S.FAILED, S.DELIVERED) is S.DELIVERED


def test_an_outcome_that_a_receipt_overtook_changes_nothing() -> None:
    assert advance(S.DELIVERED, S.ACCEPTED) is None
    assert advance(S.DELIVERED, S.UNKNOWN) is None


@pytest.mark.parametrize("state", [S.QUEUED, S.SUPERSEDED, S.WITHDRAWN])
def test_what_was_never_handed_over_takes_no_outcome(state: DeliveryState) -> None:
    assert [advance(state, event) for event in S] == [None] * len(S)


@pytest.mark.parametrize("event", [S.QUEUED, S.SUPERSEDED, S.WITHDRAWN])
def test_no_outcome_says_that_it_was_never_handed_over(event: DeliveryState) -> None:
    assert [advance(state, event) for state in S] == [None] * len(S)


def test_every_three_receipts_in_every_order_end_alike() -> None:
    for events in permutations(RANK, 3):
        state = S.SUBMITTING
        for event in events:
            state = advance(state, event) or state
        assert state is max(events, key=RANK.__getitem__)


def test_only_a_queued_one_may_be_claimed_superseded_or_withdrawn() -> None:
    assert [state for state in S if may_claim(state)] == [S.QUEUED]
    targets = [state for state in S if may_become(S.QUEUED, state)]
    assert targets == [S.SUBMITTING, S.SUPERSEDED, S.WITHDRAWN]
    assert not any(may_become(S.SUBMITTING, target) for target in S)


def test_only_what_is_queued_or_submitting_is_live() -> None:
    assert [state for state in S if is_live(state)] == [S.QUEUED, S.SUBMITTING]


@pytest.mark.parametrize(
    ("state", "until"),
    [
        (S.QUEUED, FOREVER),
        (S.SUBMITTING, FOREVER),
        (S.UNKNOWN, NOON + POLICY.on_unknown),
        (S.DEFERRED, None),
        (S.ACCEPTED, NOON + POLICY.receipt_deadline),
        (S.SENT, NOON + POLICY.receipt_deadline),
        (S.RETURNED, None),
        (S.ANSWERED, FOREVER),
        (S.FAILED, None),
        (S.BOUNCED, None),
        (S.DELIVERED, FOREVER),
        (S.READ, FOREVER),
        (S.SUPERSEDED, None),
        (S.WITHDRAWN, None),
    ],
)
def test_an_sms_holds_for_as_long_as_its_state_says(state: DeliveryState, until: int) -> None:
    assert held_until(replace(SMS, state=state), POLICY) == until


def test_the_receipt_deadline_counts_from_accepted_and_not_from_sent() -> None:
    sent = replace(SMS, state=S.SENT, state_at=NOON + 9 * MINUTE)
    assert held_until(sent, POLICY) == NOON + POLICY.receipt_deadline


def test_a_receipt_that_overtook_the_outcome_starts_the_deadline_itself() -> None:
    sent = replace(SMS, state=S.SENT, accepted_at=None, state_at=NOON + SECOND)
    assert held_until(sent, POLICY) == NOON + SECOND + POLICY.receipt_deadline


def test_where_success_is_silent_accepted_is_confirmed_until_a_bounce() -> None:
    for state in (S.ACCEPTED, S.SENT):
        assert held_until(replace(SMS, channel="email", state=state), POLICY) == FOREVER
    for state in (S.RETURNED, S.BOUNCED):
        assert held_until(replace(SMS, channel="email", state=state), POLICY) is None


@pytest.mark.parametrize("channel", ["whatsapp", "push", "app"])
def test_whatsapp_and_the_browser_tell_of_success_as_sms_does(channel: str) -> None:
    assert held_until(replace(SMS, channel=channel), POLICY) == NOON + POLICY.receipt_deadline
    assert held_until(replace(SMS, channel=channel, state=S.DELIVERED), POLICY) == FOREVER


def test_a_knock_stands_in_until_it_is_answered_or_has_waited_enough() -> None:
    knock = replace(SMS, form=Form.KNOCK)
    end = NOON - SECOND + POLICY.knock_wait
    for state in (S.ACCEPTED, S.SENT, S.DELIVERED, S.READ):
        assert held_until(replace(knock, state=state), POLICY) == end
    assert held_until(replace(knock, state=S.UNKNOWN), POLICY) == NOON + POLICY.on_unknown
    assert held_until(replace(knock, state=S.QUEUED), POLICY) == FOREVER
    for state in (S.ANSWERED, S.FAILED, S.DEFERRED, S.RETURNED):
        assert held_until(replace(knock, state=state), POLICY) is None


def test_a_code_and_a_confirmation_hold_nothing() -> None:
    for form in (Form.CODE, Form.CONFIRMATION):
        assert [held_until(replace(SMS, form=form, state=state), POLICY) for state in S] == (
            [None] * len(S)
        )


def test_a_staff_notice_holds_for_one_rung_from_hand_over_unless_it_ended_badly() -> None:
    rung = NOON - SECOND + POLICY.rung
    held = {state: held_until(replace(SMS, state=state), POLICY, "staff") for state in S}
    assert {state for state, until in held.items() if until == rung} == {
        S.UNKNOWN,
        S.ACCEPTED,
        S.SENT,
        S.ANSWERED,
        S.DELIVERED,
        S.READ,
    }
    assert {state for state, until in held.items() if until == FOREVER} == {
        S.QUEUED,
        S.SUBMITTING,
    }


def test_what_was_never_handed_over_counts_from_when_it_was_queued() -> None:
    queued = replace(SMS, handed_at=None, queued_at=NOON, form=Form.KNOCK)
    assert handed_at(queued) == NOON
    assert held_until(queued, POLICY) == NOON + POLICY.knock_wait
    assert handed_at(replace(queued, handed_at=NOON + SECOND)) == NOON + SECOND
