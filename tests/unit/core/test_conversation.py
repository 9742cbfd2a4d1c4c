"""The conversation's states, and the arithmetic of its reach rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.conversation import (
    REOPEN_WITHIN,
    ConversationEvent,
    ConversationState,
    after,
    due_after_message,
    paused_until,
    pull_due,
    pull_due_lost,
    reach_after,
    reopens,
    what_of,
)
from gateway.core.model import (
    Form,
    Presence,
    ReachState,
    Send,
    Settle,
    Side,
    Unreachable,
    Wait,
)
from gateway.core.policy import HOUR, MINUTE, SECOND, Policy, Rule

NOON = 1_780_000_000 * SECOND
POLICY = Policy()
OPEN, RESOLVED = ConversationState.OPEN, ConversationState.RESOLVED
E = ConversationEvent


@pytest.mark.parametrize(
    ("state", "event", "becomes"),
    [
        (OPEN, E.MESSAGE_FROM_SHOPPER, OPEN),
        (OPEN, E.RESOLVE, RESOLVED),
        (OPEN, E.REOPEN, OPEN),
        (OPEN, E.ASSIGN, OPEN),
        (RESOLVED, E.MESSAGE_FROM_SHOPPER, OPEN),
        (RESOLVED, E.RESOLVE, RESOLVED),
        (RESOLVED, E.REOPEN, OPEN),
        (RESOLVED, E.ASSIGN, RESOLVED),
    ],
)
def test_each_event_leads_to_one_state(
    state: ConversationState, event: ConversationEvent, becomes: ConversationState
) -> None:
    assert after(state, event, now=NOON, resolved_at=NOON - HOUR) is becomes


def test_vera_reopens_within_three_days_and_opens_a_new_one_from_then_on() -> None:
    last = NOON + REOPEN_WITHIN
    assert reopens(NOON, last - 1)
    assert not reopens(NOON, last)
    assert after(RESOLVED, E.MESSAGE_FROM_SHOPPER, now=last - 1, resolved_at=NOON) is OPEN
    assert after(RESOLVED, E.MESSAGE_FROM_SHOPPER, now=last, resolved_at=NOON) is None
    assert after(RESOLVED, E.REOPEN, now=last, resolved_at=NOON) is OPEN


def test_a_store_says_how_long_a_matter_may_rest() -> None:
    soon = {"now": NOON + HOUR, "resolved_at": NOON}
    assert after(RESOLVED, E.MESSAGE_FROM_SHOPPER, **soon, within=HOUR + 1) is OPEN
    assert after(RESOLVED, E.MESSAGE_FROM_SHOPPER, **soon, within=HOUR) is None


def test_only_waiting_has_a_due_time() -> None:
    send = Send(person_id="vera", address_id="phone", channel="sms", form=Form.WORDS, seqs=(1,))
    assert reach_after(Settle(), NOON) == (ReachState.SETTLED, None)
    assert reach_after(Unreachable(), NOON) == (ReachState.UNREACHABLE, None)
    assert reach_after(Wait(until=None), NOON) == (ReachState.CARRIED, None)
    assert reach_after(send, NOON) == (ReachState.CARRIED, None)
    assert reach_after(Wait(until=NOON + 5), NOON) == (ReachState.WAITING, NOON + 5)


@pytest.mark.parametrize(
    ("side", "delay"), [("shopper", POLICY.elsewhere), ("staff", POLICY.elsewhere)]
)
def test_a_new_message_is_due_after_the_shortest_delay(side: Side, delay: int) -> None:
    assert due_after_message(POLICY, side, NOON) == NOON + delay


def test_a_new_message_never_puts_a_waiting_row_off() -> None:
    assert due_after_message(POLICY, "shopper", NOON, NOON + SECOND) == NOON + SECOND
    assert due_after_message(POLICY, "shopper", NOON, NOON + HOUR) == NOON + POLICY.elsewhere


def test_leaving_pulls_the_due_time_nearer() -> None:
    assert pull_due(NOON + HOUR, Presence.GONE, NOON, POLICY) == NOON + POLICY.gone


def test_presence_never_puts_a_due_time_off() -> None:
    due = NOON + SECOND
    for presence in Presence:
        assert pull_due(due, presence, NOON, POLICY) == due


def test_a_return_brings_nothing_nearer() -> None:
    due = NOON + HOUR
    assert pull_due(due, Presence.READING, NOON, POLICY, was=Presence.GONE) == due
    left = pull_due(due, Presence.HIDDEN, NOON, POLICY, was=Presence.READING)
    assert left == NOON + POLICY.hidden


def test_a_lost_node_pulls_its_people_only_to_the_end_of_their_grace() -> None:
    far = NOON + HOUR
    assert pull_due_lost(far, NOON, POLICY, accepting_since=0) == NOON + POLICY.grace
    back = NOON + 10 * MINUTE
    assert pull_due_lost(far, NOON, POLICY, accepting_since=back) == back + POLICY.grace
    assert pull_due_lost(NOON, NOON, POLICY, accepting_since=0) == NOON
    assert pull_due_lost(far, NOON, POLICY, accepting_since=None) == NOON + POLICY.grace


def test_a_rule_may_pull_the_due_time_nearer_still() -> None:
    hasty = replace(POLICY, rules=(Rule(where=frozenset({"gone"}), delay=5 * SECOND),))
    assert pull_due(NOON + HOUR, Presence.GONE, NOON, hasty) == NOON + 5 * SECOND
    assert pull_due(NOON + HOUR, Presence.HIDDEN, NOON, hasty) == NOON + hasty.hidden
    slow_grace = replace(hasty, grace=SECOND)
    lost = pull_due_lost(NOON + HOUR, NOON, slow_grace, accepting_since=0)
    assert lost == NOON + 5 * SECOND
    assert due_after_message(hasty, "shopper", NOON) == NOON + 5 * SECOND


def test_the_same_presence_again_brings_nothing_nearer() -> None:
    due = NOON + HOUR
    assert pull_due(due, Presence.HIDDEN, NOON, POLICY, was=Presence.HIDDEN) == due


@pytest.mark.parametrize(
    ("last_staff", "last_shopper", "what"),
    [
        (None, None, "first_answer"),
        (None, NOON - HOUR, "first_answer"),
        (NOON - 2 * HOUR, NOON - HOUR, "answer"),
        (NOON - 2 * HOUR, NOON - 3 * HOUR, "follow_up"),
        (NOON - 2 * HOUR, NOON - 2 * HOUR, "follow_up"),
        (NOON - 2 * HOUR, None, "follow_up"),
        (NOON - POLICY.follow_up_after, None, "follow_up"),
        (NOON - POLICY.follow_up_after + 1, None, "answer"),
    ],
)
def test_what_ada_writes_is_a_first_answer_an_answer_or_a_follow_up(
    last_staff: int | None, last_shopper: int | None, what: str
) -> None:
    assert what_of(NOON, last_staff, last_shopper, POLICY) == what


def test_an_agent_pauses_the_ladder_once() -> None:
    assert paused_until(NOON, POLICY, paused_before=False) == NOON + POLICY.answer_within
    assert paused_until(NOON, POLICY, paused_before=True) is None
