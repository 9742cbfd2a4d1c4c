"""What a decision tells of itself: every reason and verdict with the facts behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.model import (
    Act,
    Address,
    Decision,
    Delivery,
    DeliveryState,
    Fact,
    Form,
    Presence,
    Reason,
    View,
)
from gateway.core.policy import HOUR, MINUTE, SECOND
from tests.unit.core.scenes import (
    GONE,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    TYPED_PHONE,
    agent,
    asked,
    decide,
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


def told(decision: Decision, code: str) -> tuple[Fact, ...]:
    return next(each.facts for each in decision.because if each.code == code)


def facts(decision: Decision, address: Address) -> tuple[Fact, ...]:
    return next(each.facts for each in decision.considered if each.address_id == address.address_id)


def about(each: Delivery) -> tuple[Fact, ...]:
    return (
        ("delivery", each.delivery_id),
        ("person", each.person_id),
        ("channel", each.channel),
        ("form", str(each.form)),
        ("state", str(each.state)),
        ("at", each.state_at),
    )


def test_a_retry_tells_how_often_and_patience_tells_of_what() -> None:
    deferred = delivery(1, state=S.DEFERRED)
    view = seen_from(said(1, LONG_AGO), deliveries=(deferred,))
    retry = sent(view, NOON + MINUTE)
    assert retry.because[-2:] == (
        Reason(code="ladder", facts=(("channel", "sms"),)),
        Reason(code="retry", facts=(("attempt", 2),)),
    )
    assert retry.form is Form.WORDS
    assert [each.verdict for each in retry.considered] == ["chosen", "after"]
    assert {each.person_id for each in retry.considered} == {"vera"}
    assert [each.until for each in retry.considered] == [None, None]
    assert facts(retry, PHONE) == (("delivery", "d1"), ("state", "deferred"))
    assert told(waits(view, NOON), "patience") == (("channel", "sms"), ("verdict", "backing_off"))


def test_a_number_that_would_be_asked_first_is_told_so() -> None:
    person = vera(addresses=(TYPED_PHONE, MAILBOX))
    found = sent(seen_from(said(1), person=person), NOON + HOUR, shop(ladder=("email", "sms")))
    assert (found.channel, verdict(found, TYPED_PHONE)) == ("email", "knock_first")


def test_a_mail_that_goes_out_again_tells_which() -> None:
    unknown = delivery(1, state=S.UNKNOWN, to=MAILBOX)
    view = seen_from(said(1), person=vera(addresses=(MAILBOX,)), deliveries=(unknown,))
    found = sent(view, NOON + HOUR)
    assert told(found, "resend") == (("channel", "email"), ("delivery", "d1"))
    assert found.form is Form.WORDS


def test_an_escalation_tells_what_did_not_do() -> None:
    failed = delivery(1, state=S.FAILED)
    found = sent(seen_from(said(1), deliveries=(failed,)), NOON + MINUTE)
    assert told(found, "escalated") == about(failed)
    assert facts(found, PHONE) == (("delivery", "d1"), ("state", "failed"))


def test_what_has_been_tried_at_this_very_address_is_no_escalation() -> None:
    failed = delivery(1, state=S.DEFERRED)
    found = sent(seen_from(said(1), deliveries=(failed,)), NOON + MINUTE)
    assert "escalated" not in {each.code for each in found.because}


def test_a_code_that_was_sent_there_is_no_escalation() -> None:
    code = delivery(1, state=S.FAILED, to=MAILBOX, form=Form.CODE)
    found = sent(seen_from(said(1), deliveries=(code,)), NOON + MINUTE)
    assert "escalated" not in {each.code for each in found.because}


@pytest.mark.parametrize("state", [S.QUEUED, S.SUBMITTING, S.SENT, S.DELIVERED])
def test_what_holds_a_message_is_told_by_reason_and_verdict(state: DeliveryState) -> None:
    each = delivery(1, state=state)
    found = waits(seen_from(said(1), deliveries=(each,)), NOON + MINUTE)
    code = "under_way" if state in (S.QUEUED, S.SUBMITTING) else "held"
    assert found.because == (Reason(code=code, facts=about(each)),)
    (held,) = found.considered
    assert (held.person_id, held.address_id, held.channel) == ("vera", "phone", "sms")
    assert (held.verdict, held.facts) == ("held", (("delivery", "d1"), ("state", str(state))))
    assert held.until == (NOON + POLICY.receipt_deadline if state is S.SENT else None)


def test_a_barred_address_tells_since_when_and_why() -> None:
    stopped = replace(PHONE, stopped_at=NOON)
    dead = replace(MAILBOX, failed_at=NOON + 1, failed_because="no such user")
    typed = replace(MAILBOX, address_id="typed", proven=False, typed_seq=4)
    found = lost(seen_from(said(3), person=vera(addresses=(stopped, dead, typed))), NOON + HOUR)
    assert facts(found, stopped) == (("at", NOON),)
    assert facts(found, dead) == (("at", NOON + 1), ("why", "no such user"))
    assert facts(found, typed) == (("typed_seq", 4), ("seq", 3))


def test_an_ignored_knock_tells_which_if_it_was_this_conversations() -> None:
    knock = delivery(1, state=S.SENT, form=Form.KNOCK)
    asked_here = vera(addresses=(TYPED_PHONE,))
    found = lost(seen_from(said(1), person=asked_here, deliveries=(knock,)), NOON + HOUR)
    assert facts(found, TYPED_PHONE) == (("delivery", "d1"), ("state", "sent"))
    elsewhere = replace(TYPED_PHONE, knocked_at=LONG_AGO)
    other = lost(seen_from(said(1), person=vera(addresses=(elsewhere,))), NOON + HOUR)
    assert facts(other, elsewhere) == ()


def test_where_she_is_is_told_with_since_when_and_for_how_long() -> None:
    found = waits(seen_from(said(1)), NOON)
    assert told(found, "gone") == (("since", LONG_AGO), ("delay", POLICY.gone))
    assert told(found, "debounce") == (("last_at", NOON), ("delay", POLICY.gone))
    stream = [said(n, NOON + n * 20 * SECOND) for n in range(30)]
    bounded = waits(seen_from(*stream), NOON)
    assert told(bounded, "longest") == (("first_at", NOON), ("delay", POLICY.longest_gone))


def test_a_delay_that_presence_alone_decides_tells_of_no_debounce() -> None:
    left = vera(since=NOON)
    found = waits(seen_from(said(1, LONG_AGO), person=left), NOON)
    assert [each.code for each in found.because] == ["gone"]


def test_who_is_elsewhere_is_told_with_the_channel() -> None:
    act = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    found = waits(seen_from(said(1), person=vera(last_act=act)), NOON)
    assert told(found, "elsewhere") == (
        ("channel", "sms"),
        ("since", NOON - MINUTE),
        ("delay", POLICY.elsewhere),
    )


@pytest.mark.parametrize(
    ("presence", "longest"),
    [(Presence.GONE, POLICY.longest_gone), (Presence.READING, POLICY.longest)],
)
def test_who_is_elsewhere_has_the_longest_of_the_presence_underneath(
    presence: Presence, longest: int
) -> None:
    act = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    stream = [said(n, NOON + n * 10 * SECOND) for n in range(100)]
    person = vera(last_act=act, presence=presence)
    view = seen_from(*stream, person=person)
    assert waits(view, NOON + longest - 1).until == NOON + longest


def test_a_lost_sight_is_told_with_its_end() -> None:
    person = vera(presence=Presence.READING, lost_at=NOON)
    end = NOON + POLICY.grace
    facts_of_it = (("lost_at", NOON), ("until", end))
    view = seen_from(said(1, LONG_AGO), person=person)
    assert told(waits(seen_from(said(1), person=person), NOON + SECOND), "grace") == facts_of_it
    assert told(decide(view, end + HOUR), "grace_over") == facts_of_it


def test_an_unanswered_question_tells_since_when() -> None:
    found = waits(unanswered(asked(1), people=(agent("ada"),)), NOON)
    assert told(found, "unanswered") == (("since", NOON), ("delay", POLICY.staff_first))


def test_nobody_at_all_is_told_on_either_side() -> None:
    for view in (unanswered(asked(1), people=()), replace(seen_from(said(1)), people=())):
        assert [each.code for each in lost(view, NOON + HOUR).because][-1] == "nobody"


def test_how_many_did_not_answer_is_told() -> None:
    team = (agent("ada"), agent("ben"))
    notices = tuple(
        delivery(
            1, state=S.SENT, to=each.addresses[0], person_id=each.person_id, name=each.person_id
        )
        for each in team
    )
    found = lost(unanswered(asked(1), people=team, deliveries=notices), NOON + HOUR)
    assert told(found, "nobody_answered") == (("people", 2),)


def test_nothing_to_wait_for_but_receipts_is_told_so() -> None:
    person = vera(addresses=(PHONE,))
    failed = delivery(1, state=S.FAILED)
    out = delivery(2, state=S.SENT, name="d2")
    view = seen_from(said(1), said(2), person=person, deliveries=(failed, out))
    assert waits(view, NOON + MINUTE).because[-1].code == "no_way"


def test_a_way_that_opens_some_day_is_told_so() -> None:
    tired = replace(PHONE, rests_until=NOON + HOUR)
    found = waits(seen_from(said(1, LONG_AGO), person=vera(addresses=(tired,))), NOON)
    assert found.because[-1].code == "no_way_yet"
    assert [each.until for each in found.considered] == [NOON + HOUR]


# Where two answers lie close together.


def staff_told(at: int) -> View:
    notice = delivery(1, state=S.SENT, to=agent("ada").addresses[0], person_id="ada", name="to Ada")
    return unanswered(asked(1, NOON), asked(2, at), people=(agent("ada"),), deliveries=(notice,))


def test_what_came_in_adas_rung_was_told_and_what_came_at_its_end_was_not() -> None:
    end = NOON + POLICY.rung
    assert verdict(lost(staff_told(NOON), end + HOUR), agent("ada").addresses[0]) == "told"
    lost(staff_told(end - 1), end + HOUR)
    assert sent(staff_told(end), end + HOUR).seqs == (2,)


def test_of_two_later_questions_only_the_one_outside_her_rung_is_told() -> None:
    view = staff_told(NOON + MINUTE)
    late = replace(view, messages=(*view.messages, asked(3, NOON + HOUR)))
    assert sent(late, NOON + 2 * HOUR).seqs == (3,)


def test_an_answer_in_the_very_instant_of_the_notice_answers_it() -> None:
    told_at = NOON
    notice = delivery(
        1, state=S.SENT, to=agent("ada").addresses[0], person_id="ada", at=told_at, name="n"
    )
    act = Act(channel="email", at=told_at, address_id="ada-email")
    ada = agent("ada", last_act=act)
    again = asked(2, NOON + SECOND)
    view = unanswered(again, people=(ada,), deliveries=(notice,))
    found = waits(view, again.at)
    assert found.until == again.at + POLICY.elsewhere
    assert told(found, "elsewhere") == (
        ("channel", "email"),
        ("since", told_at),
        ("delay", POLICY.elsewhere),
    )


@pytest.mark.parametrize(
    ("presence", "longest"),
    [(Presence.GONE, POLICY.longest_gone), (Presence.READING, POLICY.longest)],
)
def test_an_agent_elsewhere_has_the_longest_of_the_presence_underneath(
    presence: Presence, longest: int
) -> None:
    notice = delivery(
        1, state=S.SENT, to=agent("ada").addresses[0], person_id="ada", at=LONG_AGO, name="n"
    )
    act = Act(channel="email", at=NOON - SECOND, address_id="ada-email")
    ada = agent("ada", last_act=act, presence=presence)
    stream = [asked(n, NOON + n * 10 * SECOND) for n in range(2, 100)]
    view = unanswered(*stream, people=(ada,), deliveries=(notice,))
    slow = shop(staff_first=HOUR)
    assert waits(view, NOON + MINUTE, slow).until == NOON + 20 * SECOND + longest


def test_a_knock_to_a_proven_number_hides_nothing_that_holds() -> None:
    knock = delivery(1, state=S.SENT, form=Form.KNOCK)
    out = delivery(1, state=S.SENT, name="d2", at=NOON + MINUTE)
    view = seen_from(said(1), deliveries=(knock, out))
    assert waits(view, NOON + 2 * MINUTE).until == NOON + MINUTE + POLICY.receipt_deadline


def test_a_mailbox_that_only_a_code_proves_is_told_so() -> None:
    typed = replace(MAILBOX, proven=False)
    found = lost(
        seen_from(said(1), person=vera(addresses=(typed,))),
        NOON + MINUTE,
        shop(prove_first_email="code"),
    )
    assert verdict(found, typed) == "unproven"


def test_the_wait_for_the_right_moment_ends_with_the_last_hope_that_a_knock_gives() -> None:
    knocked = replace(TYPED_PHONE, knocked_at=NOON - 10 * MINUTE)
    refused = delivery(2, state=S.FAILED, to=MAILBOX, at=LONG_AGO, content_rejected=True)
    person = vera(presence=Presence.READING, addresses=(knocked, MAILBOX))
    view = seen_from(said(1), said(2, NOON + 5 * MINUTE), person=person, deliveries=(refused,))
    assert waits(view, NOON + 6 * MINUTE, shop(longest=HOUR)).until == NOON + 10 * MINUTE


def test_in_a_live_exchange_no_night_takes_a_hope_away() -> None:
    evening = NOON + 9 * HOUR
    act = Act(channel="sms", at=evening - HOUR, address_id="phone")
    tried = delivery(2, state=S.DEFERRED, at=evening - 20 * MINUTE)
    person = replace(GONE, addresses=(PHONE,), last_act=act)
    fresh = said(2, evening - SECOND)
    view = seen_from(fresh, person=person, deliveries=(tried,))
    policy = shop(elsewhere=10 * MINUTE, stale_after=2 * HOUR)
    assert waits(view, evening - SECOND, policy).until == evening - SECOND + 10 * MINUTE
