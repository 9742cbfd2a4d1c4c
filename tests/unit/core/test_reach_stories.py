"""What simpler models get wrong, each told from end to end as far as ``plan`` goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.conversation import paused_until
from gateway.core.delivery import advance
from gateway.core.model import (
    Act,
    Address,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Send,
    Unreachable,
    View,
    Wait,
)
from gateway.core.policy import HOUR, MINUTE, SECOND
from gateway.core.reach import plan
from tests.unit.core.scenes import (
    BOTH,
    GONE,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    TYPED_PHONE,
    agent,
    asked,
    codes,
    delivery,
    lost,
    said,
    seen_from,
    sent,
    shop,
    unanswered,
    vera,
    verdict,
    waits,
)

S = DeliveryState


def heard(each: Delivery, event: DeliveryState, at: int) -> Delivery:
    """The same delivery after a receipt."""
    state = advance(each.state, event)
    return each if state is None else replace(each, state=state, state_at=at)


def test_of_two_texts_the_first_turns_out_lost_and_only_its_words_are_brought_again() -> None:
    first = delivery(1, 2, state=S.ACCEPTED, name="A")
    second = delivery(3, state=S.DELIVERED, name="B", at=NOON + 6 * MINUTE)
    view = seen_from(said(1), said(2), said(3, NOON + 5 * MINUTE), deliveries=(first, second))
    assert waits(view, NOON + 7 * MINUTE).until == NOON + POLICY.receipt_deadline
    lost_after_all = heard(first, S.FAILED, NOON + 8 * MINUTE)
    found = sent(replace(view, deliveries=(lost_after_all, second)), NOON + 8 * MINUTE)
    assert (found.channel, found.seqs) == ("email", (1, 2))
    assert "escalated" in codes(found)


def test_what_ada_writes_while_veras_text_is_on_its_way_is_not_taken_for_read() -> None:
    answered = delivery(6, state=S.ANSWERED)
    texted = Act(channel="sms", at=NOON + 2 * MINUTE, address_id="phone")
    crossing = said(7, NOON + 90 * SECOND)
    view = seen_from(said(6), crossing, person=vera(last_act=texted), deliveries=(answered,))
    found = sent(view, NOON + 3 * MINUTE)
    assert (found.channel, found.seqs) == ("sms", (7,))


def test_a_colleague_who_glances_at_a_question_has_not_answered_it() -> None:
    glanced = paused_until(NOON + MINUTE, POLICY, paused_before=False)
    team = (agent("ada"), agent("ben", paused_until=glanced))
    view = unanswered(asked(1), people=team)
    assert glanced == NOON + MINUTE + POLICY.answer_within
    assert waits(view, NOON + 3 * MINUTE).until == glanced
    found = sent(view, glanced)
    assert (found.person_id, found.seqs) == ("ada", (1,))


@pytest.mark.parametrize("state", [S.ACCEPTED, S.SENT, S.DELIVERED, S.READ, S.UNKNOWN])
def test_a_notice_that_arrived_and_is_not_answered_lets_the_next_agent_be_told(
    state: DeliveryState,
) -> None:
    ada, ben = agent("ada"), agent("ben")
    told = delivery(1, state=state, to=ada.addresses[0], person_id="ada", at=NOON, name="to Ada")
    view = unanswered(asked(1, NOON - HOUR), people=(ada, ben), deliveries=(told,))
    assert waits(view, NOON + POLICY.rung - 1).until == NOON + POLICY.rung
    found = sent(view, NOON + POLICY.rung)
    assert (found.person_id, codes(found)[-1]) == ("ben", "next_person")


def run(view: View, outcome: DeliveryState, until: int) -> tuple[list[Send], Unreachable | Wait]:
    """Hand over whatever is wanted, always with this outcome, until time is over or all rests."""
    now, made = NOON, list(view.deliveries)
    handed: list[Send] = []
    while True:
        found = plan(replace(view, deliveries=tuple(made)), POLICY, Health(), now)
        if isinstance(found, Send):
            to = next(each for each in BOTH if each.address_id == found.address_id)
            made.append(
                delivery(
                    *found.seqs,
                    state=outcome,
                    to=to,
                    at=now,
                    name=f"d{len(made)}",
                    form=found.form,
                    attempt=found.attempt,
                )
            )
            handed.append(found)
            continue
        assert isinstance(found, Wait | Unreachable)
        if isinstance(found, Unreachable) or found.until is None or found.until > until:
            return handed, found
        now = found.until


def test_a_carrier_that_never_sends_receipts_costs_one_text_and_then_the_mail_goes() -> None:
    handed, end = run(seen_from(said(1), said(2)), S.ACCEPTED, NOON + 30 * 24 * HOUR)
    assert [(each.channel, each.seqs) for each in handed] == [("sms", (1, 2)), ("email", (1, 2))]
    assert isinstance(end, Wait)
    assert end.until is None


def test_what_nobody_can_take_for_ever_is_tried_so_often_and_then_told_to_an_agent() -> None:
    handed, end = run(seen_from(said(1)), S.DEFERRED, NOON + 30 * 24 * HOUR)
    assert isinstance(end, Unreachable)
    assert {each.verdict for each in end.considered} == {"stale"}
    assert 10 < len(handed) < 50


def test_an_outcome_that_is_never_known_costs_one_text_and_two_mails() -> None:
    handed, end = run(seen_from(said(1)), S.UNKNOWN, NOON + 30 * 24 * HOUR)
    assert [each.channel for each in handed] == ["sms", "email", "email"]
    assert isinstance(end, Unreachable)


def test_every_mail_that_arrives_is_the_last_of_it() -> None:
    mail_first = shop(ladder=("email", "sms"))
    for state in (S.ACCEPTED, S.SENT, S.DELIVERED, S.READ, S.ANSWERED):
        mail = delivery(1, state=state, to=MAILBOX)
        view = seen_from(said(1), deliveries=(mail,))
        for later in (MINUTE, HOUR, 24 * HOUR, 365 * 24 * HOUR):
            assert waits(view, NOON + later, mail_first).until is None


def test_a_knock_that_is_ignored_costs_one_text_and_the_mail_goes() -> None:
    person = vera(addresses=(TYPED_PHONE, MAILBOX))
    knock = delivery(1, state=S.DELIVERED, form=Form.KNOCK)
    view = seen_from(said(1), said(2, NOON + MINUTE), person=person, deliveries=(knock,))
    found = sent(view, NOON + POLICY.knock_wait)
    assert (found.channel, found.form, found.seqs) == ("email", Form.WORDS, (1, 2))
    assert verdict(found, TYPED_PHONE) == "knock_ignored"


@pytest.mark.parametrize("state", [S.ANSWERED, S.READ, S.DELIVERED, S.FAILED])
def test_whoever_has_the_number_and_says_wrong_number_is_told_nothing(
    state: DeliveryState,
) -> None:
    knock = delivery(1, state=state, form=Form.KNOCK)
    view = seen_from(said(1), person=vera(addresses=(TYPED_PHONE,)), deliveries=(knock,))
    for later in (MINUTE, HOUR, 24 * HOUR):
        assert not isinstance(plan(view, POLICY, Health(), NOON + later), Send)
    found = lost(view, NOON + HOUR)
    assert verdict(found, TYPED_PHONE) == "knock_ignored"


def test_who_said_stop_and_then_start_gets_what_waited() -> None:
    stopped = replace(PHONE, stopped_at=NOON, consents=frozenset())
    found = lost(seen_from(said(1), person=vera(addresses=(stopped,))), NOON + HOUR)
    assert verdict(found, stopped) == "stopped"
    started = seen_from(said(1), person=vera(addresses=(PHONE,)))
    assert sent(started, NOON + HOUR).seqs == (1,)


def test_an_address_that_failed_too_often_rests_and_the_next_way_is_taken() -> None:
    tired = replace(PHONE, rests_until=NOON + 24 * HOUR)
    found = sent(seen_from(said(1, LONG_AGO), person=vera(addresses=(tired, MAILBOX))), NOON)
    assert (found.channel, verdict(found, tired)) == ("email", "resting")
    alone = seen_from(said(1, LONG_AGO), person=vera(addresses=(tired,)))
    assert waits(alone, NOON + 23 * HOUR).until == NOON + 24 * HOUR
    assert sent(alone, NOON + 24 * HOUR).channel == "sms"


def test_a_live_exchange_does_not_wake_an_address_that_rests_nor_a_channel_that_is_ill() -> None:
    texted = Act(channel="sms", at=NOON - SECOND, address_id="phone")
    tired = replace(PHONE, rests_until=NOON + HOUR)
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(tired, MAILBOX), last_act=texted))
    assert verdict(sent(view, NOON), tired) == "resting"
    healthy = seen_from(said(1, LONG_AGO), person=vera(last_act=texted))
    ill = Health(open_until=(("sms", NOON + HOUR), ("sms", NOON + MINUTE)))
    assert verdict(sent(healthy, NOON, health=ill), PHONE) == "circuit_open"


def test_of_two_rests_the_longer_counts_and_a_rest_that_is_over_is_none() -> None:
    tired = replace(PHONE, rests_until=NOON + 5 * MINUTE)
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(tired,)))
    ill = Health(open_until=(("sms", NOON + 3 * MINUTE),))
    found = waits(view, NOON, health=ill)
    assert (found.until, verdict(found, tired)) == (NOON + 5 * MINUTE, "resting")
    worse = Health(open_until=(("sms", NOON + 7 * MINUTE),))
    assert verdict(waits(view, NOON, health=worse), tired) == "circuit_open"
    rested = replace(PHONE, rests_until=NOON)
    assert sent(seen_from(said(1, LONG_AGO), person=vera(addresses=(rested,))), NOON).seqs == (1,)


def test_a_number_that_only_a_code_proves_is_not_knocked_at() -> None:
    codes_only = shop(prove_first_sms="code")
    person = vera(addresses=(TYPED_PHONE, MAILBOX))
    found = sent(seen_from(said(1), person=person), NOON + MINUTE, codes_only)
    assert (found.channel, verdict(found, TYPED_PHONE)) == ("email", "unproven")
    proven = replace(GONE, addresses=(PHONE,))
    assert sent(seen_from(said(1), person=proven), NOON + MINUTE, codes_only).form is Form.WORDS


def test_two_phones_of_hers_ring_one_after_the_other_and_never_twice() -> None:
    other = Address(address_id="other", channel="sms", consents=PHONE.consents, proven=True)
    person = vera(addresses=(PHONE, other))
    first = delivery(1, state=S.SENT)
    view = seen_from(said(1), person=person, deliveries=(first,))
    found = sent(view, NOON + POLICY.receipt_deadline)
    assert found.address_id == "other"
    second = delivery(1, state=S.SENT, to=other, name="d2", at=NOON + 10 * MINUTE)
    lost(replace(view, deliveries=(first, second)), NOON + HOUR)
