"""The shopper's side of ``plan``: when, where and with what Vera is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.model import (
    Act,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Presence,
    Send,
    Settle,
    Unreachable,
    Wait,
)
from gateway.core.policy import HOUR, MINUTE, SECOND
from gateway.core.reach import agrees, without
from gateway.core.trials import OUT_OF_REACH
from tests.unit.core.scenes import (
    GONE,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    TYPED_PHONE,
    codes,
    decide,
    delivery,
    said,
    seen_from,
    sent,
    verdict,
    waits,
)


def test_nothing_unread_settles() -> None:
    assert isinstance(decide(seen_from(), NOON), Settle)


@pytest.mark.parametrize(
    ("presence", "delay"),
    [
        (Presence.READING, POLICY.reading),
        (Presence.ON_PAGE, POLICY.on_page),
        (Presence.HIDDEN, POLICY.hidden),
        (Presence.GONE, POLICY.gone),
    ],
)
def test_each_presence_has_its_delay_after_the_last_message(presence: Presence, delay: int) -> None:
    view = seen_from(said(1), person=replace(GONE, presence=presence))
    assert waits(view, NOON).until == NOON + delay
    assert waits(view, NOON + delay - 1).until == NOON + delay
    assert sent(view, NOON + delay).seqs == (1,)
    assert codes(sent(view, NOON + delay))[0] == presence


def test_a_presence_that_has_just_begun_is_given_its_whole_delay() -> None:
    left = NOON + 10 * MINUTE
    view = seen_from(said(1), person=replace(GONE, since=left))
    found = waits(view, left)
    assert found.until == left + POLICY.gone
    assert found.because[0].facts == (("since", left), ("delay", POLICY.gone))


def test_a_page_change_at_the_very_second_a_delay_ends_sends_nothing() -> None:
    due = NOON + POLICY.gone
    back = replace(GONE, presence=Presence.ON_PAGE, since=due)
    assert waits(seen_from(said(1), person=back), due).until == due + POLICY.on_page


def test_messages_that_follow_each_other_go_together() -> None:
    view = seen_from(said(1), said(2, NOON + 20 * SECOND))
    found = waits(view, NOON + POLICY.gone)
    assert found.until == NOON + 20 * SECOND + POLICY.gone
    assert "debounce" in codes(found)
    assert sent(view, NOON + 20 * SECOND + POLICY.gone).seqs == (1, 2)


@pytest.mark.parametrize(
    ("presence", "longest"),
    [(Presence.GONE, POLICY.longest_gone), (Presence.HIDDEN, POLICY.longest)],
)
def test_no_stream_of_messages_puts_the_first_one_off_for_ever(
    presence: Presence, longest: int
) -> None:
    stream = [said(n, NOON + n * 20 * SECOND) for n in range(60)]
    view = seen_from(*stream, person=replace(GONE, presence=presence))
    assert waits(view, NOON + longest - 1).until == NOON + longest
    found = sent(view, NOON + longest)
    assert found.seqs == tuple(range(60))
    assert "longest" in codes(found)


def test_who_last_wrote_by_sms_is_answered_there_within_seconds() -> None:
    texted = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    person = replace(GONE, presence=Presence.READING, last_act=texted, addresses=(MAILBOX, PHONE))
    view = seen_from(said(1), person=person)
    assert waits(view, NOON).until == NOON + POLICY.elsewhere
    found = sent(view, NOON + POLICY.elsewhere, replace(POLICY, ladder=("email",)))
    assert found.channel == "sms"
    assert codes(found) == ["elsewhere", "debounce", "last_act"]


def test_an_act_counts_for_a_while_and_then_presence_speaks() -> None:
    texted = Act(channel="sms", at=LONG_AGO, address_id="phone")
    person = replace(GONE, presence=Presence.READING, last_act=texted)
    ends = LONG_AGO + POLICY.act_counts
    early = seen_from(said(1, ends - 10 * SECOND), person=person)
    assert waits(early, ends - 10 * SECOND).until == ends
    assert waits(early, ends).until == ends - 10 * SECOND + POLICY.reading


def test_an_act_in_chat_means_that_presence_decides() -> None:
    wrote = Act(channel="chat", at=NOON - SECOND)
    view = seen_from(said(1), person=replace(GONE, last_act=wrote))
    assert waits(view, NOON).until == NOON + POLICY.gone
    assert sent(view, NOON + POLICY.gone).channel == "sms"


def test_a_lost_presence_counts_for_a_grace_and_is_gone_then() -> None:
    lost = replace(GONE, presence=Presence.READING, lost_at=NOON)
    view = seen_from(said(1), person=lost)
    end = NOON + POLICY.grace
    found = waits(view, NOON + MINUTE)
    assert (found.until, codes(found)[0]) == (end, "grace")
    assert codes(sent(view, end))[:2] == ["grace_over", "gone"]


def test_the_grace_begins_when_gateways_accept_sockets_again() -> None:
    lost = replace(GONE, presence=Presence.READING, lost_at=NOON)
    opened = NOON + 5 * MINUTE
    view = seen_from(said(1), person=lost, accepting_since=opened)
    assert waits(view, opened).until == opened + POLICY.grace
    assert sent(view, opened + POLICY.grace).seqs == (1,)


def test_while_no_gateway_accepts_a_full_grace_is_waited() -> None:
    lost = replace(GONE, presence=Presence.READING, lost_at=LONG_AGO)
    view = seen_from(said(1), person=lost, accepting_since=None)
    for now in (NOON, NOON + HOUR):
        found = waits(view, now)
        assert (found.until, codes(found)) == (now + POLICY.grace, ["no_gateway"])


def test_no_wait_is_longer_than_the_recheck() -> None:
    later = replace(POLICY, reading=24 * HOUR, longest=48 * HOUR)
    view = seen_from(said(1), person=replace(GONE, presence=Presence.READING))
    assert waits(view, NOON, later).until == NOON + POLICY.recheck


def test_one_delivery_under_way_carries_the_row_whatever_else_is_said() -> None:
    for state in (DeliveryState.QUEUED, DeliveryState.SUBMITTING):
        view = seen_from(said(1), said(2), deliveries=(delivery(1, state=state),))
        found = waits(view, NOON + HOUR)
        assert found.until is None
        assert codes(found) == ["under_way"]
        assert verdict(found, PHONE) == "held"


def test_an_sms_holds_until_its_receipt_is_overdue_and_not_an_instant_longer() -> None:
    for state in (DeliveryState.ACCEPTED, DeliveryState.SENT):
        view = seen_from(said(1), deliveries=(delivery(1, state=state),))
        end = NOON + POLICY.receipt_deadline
        assert waits(view, end - 1).until == end
        found = sent(view, end)
        assert found.channel == "email"
        assert "escalated" in codes(found)
        assert verdict(found, PHONE) == "used"


def test_a_carrier_that_never_sends_receipts_gets_one_sms_then_the_mail_goes() -> None:
    sms = delivery(1, state=DeliveryState.ACCEPTED)
    mail = delivery(1, state=DeliveryState.ACCEPTED, to=MAILBOX, name="d2", at=NOON + HOUR)
    assert sent(seen_from(said(1), deliveries=(sms,)), NOON + HOUR).channel == "email"
    assert waits(seen_from(said(1), deliveries=(sms, mail)), NOON + 5 * HOUR).until is None


def test_a_delivered_mail_is_not_followed_by_an_sms() -> None:
    mail_first = replace(POLICY, ladder=("email", "sms"))
    for state in (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED):
        view = seen_from(said(1), deliveries=(delivery(1, state=state, to=MAILBOX),))
        assert waits(view, NOON + 30 * 24 * HOUR, mail_first).until is None


def test_a_bounced_mail_is_followed_by_an_sms_at_once() -> None:
    bounced = delivery(1, state=DeliveryState.BOUNCED, to=MAILBOX)
    dead = replace(MAILBOX, failed_at=NOON, failed_because="no such user")
    view = seen_from(
        said(1, LONG_AGO), person=replace(GONE, addresses=(PHONE, dead)), deliveries=(bounced,)
    )
    found = sent(view, NOON, replace(POLICY, ladder=("email", "sms")))
    assert found.channel == "sms"
    assert verdict(found, dead) == "failed"


@pytest.mark.parametrize("state", [DeliveryState.ANSWERED, DeliveryState.DELIVERED, "read"])
def test_what_reached_her_is_held_for_ever(state: DeliveryState) -> None:
    view = seen_from(said(1), deliveries=(delivery(1, state=DeliveryState(state)),))
    assert waits(view, NOON + 1000 * HOUR).until is None


def test_an_unknown_sms_is_never_sent_again_and_the_mail_takes_over() -> None:
    view = seen_from(said(1), deliveries=(delivery(1, state=DeliveryState.UNKNOWN),))
    end = NOON + POLICY.on_unknown
    assert waits(view, end - 1).until == end
    assert sent(view, end).channel == "email"
    only_phone = replace(GONE, addresses=(PHONE,))
    alone = decide(replace(view, people=(only_phone,)), NOON + 20 * HOUR)
    assert isinstance(alone, Unreachable)
    assert verdict(alone, PHONE) == "used"


def test_a_mail_of_unknown_outcome_goes_out_once_more_with_nothing_added() -> None:
    person = replace(GONE, addresses=(MAILBOX,))
    first = delivery(1, 2, state=DeliveryState.UNKNOWN, to=MAILBOX)
    view = seen_from(said(1), said(2), said(3), person=person, deliveries=(first,))
    found = sent(view, NOON + POLICY.on_unknown)
    assert (found.seqs, found.attempt, found.resends) == ((1, 2), 2, "d1")
    assert "resend" in codes(found)
    again = delivery(1, 2, state=DeliveryState.UNKNOWN, to=MAILBOX, name="d2", at=NOON + HOUR)
    rest = delivery(3, state=DeliveryState.ACCEPTED, to=MAILBOX, name="d3", at=NOON + HOUR)
    ended = decide(replace(view, deliveries=(first, again, rest)), NOON + 5 * HOUR)
    assert isinstance(ended, Unreachable)


def test_news_said_meanwhile_never_rides_on_a_mail_that_goes_out_again() -> None:
    person = replace(GONE, addresses=(MAILBOX,))
    first = delivery(2, state=DeliveryState.UNKNOWN, to=MAILBOX)
    view = seen_from(said(1), said(2), person=person, deliveries=(first,))
    found = sent(view, NOON + POLICY.on_unknown)
    assert (found.seqs, found.resends) == ((1,), None)


def test_what_a_late_failure_frees_is_brought_again_and_nothing_beside_it() -> None:
    sms = delivery(1, 2, state=DeliveryState.FAILED)
    mail = delivery(3, state=DeliveryState.DELIVERED, to=MAILBOX, name="d2")
    view = seen_from(said(1), said(2), said(3), deliveries=(sms, mail))
    found = sent(view, NOON + MINUTE)
    assert (found.channel, found.seqs) == ("email", (1, 2))


def test_refused_content_bars_those_messages_there_and_no_others() -> None:
    refused = delivery(1, state=DeliveryState.FAILED, content_rejected=True)
    first = sent(seen_from(said(1), deliveries=(refused,)), NOON + MINUTE)
    assert (first.channel, verdict(first, PHONE)) == ("email", "content_rejected")
    assert sent(seen_from(said(2), deliveries=(refused,)), NOON + MINUTE).channel == "sms"


@pytest.mark.parametrize("state", [DeliveryState.DEFERRED, DeliveryState.RETURNED])
def test_what_was_not_taken_or_came_back_is_tried_again_after_a_back_off_that_doubles(
    state: DeliveryState,
) -> None:
    for attempt, doubled in ((1, 30 * SECOND), (2, MINUTE), (5, 8 * MINUTE)):
        tried = delivery(1, state=state, attempt=attempt)
        view = seen_from(said(1, LONG_AGO), deliveries=(tried,))
        # A phone that was off is given some minutes.
        wait = max(doubled, OUT_OF_REACH) if state is DeliveryState.RETURNED else doubled
        found = waits(view, NOON)
        assert found.until == NOON + wait
        assert (codes(found)[-1], verdict(found, PHONE)) == ("patience", "backing_off")
        again = sent(view, NOON + wait)
        assert (again.channel, again.attempt) == ("sms", attempt + 1)
        assert "retry" in codes(again)


def test_a_back_off_longer_than_patience_is_not_waited_for() -> None:
    tried = delivery(1, state=DeliveryState.DEFERRED, attempt=6)
    view = seen_from(said(1, LONG_AGO), deliveries=(tried,))
    assert sent(view, NOON).channel == "email"
    alone = replace(view, people=(replace(GONE, addresses=(PHONE,)),))
    found = waits(alone, NOON)
    assert (found.until, codes(found)[-1]) == (NOON + 16 * MINUTE, "no_way_yet")


def test_a_channel_that_is_unavailable_for_ever_is_tried_a_bounded_number_of_times() -> None:
    person = replace(GONE, addresses=(PHONE,))
    tries: tuple[Delivery, ...] = ()
    now = NOON + POLICY.gone
    found = decide(seen_from(said(1), person=person), now)
    while not isinstance(found, Unreachable):
        if isinstance(found, Wait):
            assert found.until is not None
            now = found.until
        else:
            assert isinstance(found, Send)
            state, name = DeliveryState.DEFERRED, f"d{len(tries)}"
            tries += (delivery(1, state=state, at=now, name=name, attempt=found.attempt),)
            assert len(tries) < 25
        found = decide(seen_from(said(1), person=person, deliveries=tries), now)
    assert verdict(found, PHONE) == "stale"
    assert now - NOON <= POLICY.stale_after + POLICY.gone
    assert len(tries) > 10


def test_an_address_that_is_open_soon_is_waited_for_and_one_that_is_not_is_skipped() -> None:
    view = seen_from(said(1, LONG_AGO))
    soon = Health(open_until=(("sms", NOON + POLICY.patience),))
    found = waits(view, NOON, health=soon)
    assert found.until == NOON + POLICY.patience
    assert verdict(found, PHONE) == "circuit_open"
    assert verdict(found, MAILBOX) == "after"
    late = Health(open_until=(("sms", NOON + POLICY.patience + 1),))
    assert sent(view, NOON, health=late).channel == "email"
    nothing = Health(open_until=(("sms", NOON + HOUR), ("email", NOON + 2 * HOUR)))
    assert waits(view, NOON, health=nothing).until == NOON + HOUR


def test_two_interruptions_are_spaced_over_all_her_conversations() -> None:
    rang = (Interruption(person_id="vera", channel="email", at=NOON - MINUTE),)
    found = waits(seen_from(said(1, LONG_AGO), interruptions=rang), NOON)
    assert found.until == NOON - MINUTE + POLICY.spacing
    assert verdict(found, PHONE) == "spaced"
    other = (Interruption(person_id="ben", channel="sms", at=NOON),)
    assert sent(seen_from(said(1, LONG_AGO), interruptions=other), NOON).channel == "sms"


def test_a_live_exchange_is_not_spaced() -> None:
    rang = (Interruption(person_id="vera", channel="sms", at=NOON - SECOND),)
    texted = Act(channel="sms", at=NOON - 20 * SECOND, address_id="phone")
    person = replace(GONE, last_act=texted)
    view = seen_from(said(1, NOON - MINUTE), person=person, interruptions=rang)
    assert sent(view, NOON).channel == "sms"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"consents": frozenset({"marketing", "verify"})}, "no_consent"),
        ({"stopped_at": NOON}, "stopped"),
        ({"stopped_here_at": NOON}, "stopped_here"),
        ({"failed_at": NOON}, "failed"),
        ({"proven": False, "typed_seq": 1}, "typed_later"),
    ],
)
def test_a_barred_address_is_passed_over_and_told_why(change: dict[str, object], why: str) -> None:
    barred = replace(PHONE, **change)  # type: ignore[arg-type]  # fields by name
    view = seen_from(said(1, LONG_AGO), person=replace(GONE, addresses=(barred, MAILBOX)))
    found = sent(view, NOON)
    assert (found.channel, verdict(found, barred)) == ("email", why)
    alone = decide(replace(view, people=(replace(GONE, addresses=(barred,)),)), NOON)
    assert isinstance(alone, Unreachable)
    assert (codes(alone)[-1], verdict(alone, barred)) == ("no_way", why)


def test_a_typed_mail_address_carries_only_what_was_said_after_it() -> None:
    typed = replace(MAILBOX, proven=False, typed_seq=1)
    view = seen_from(said(1), said(2, NOON), person=replace(GONE, addresses=(typed,)))
    found = sent(view, NOON + POLICY.gone)
    assert (found.form, found.seqs) == (Form.WORDS, (2,))


def test_what_has_no_way_left_does_not_undo_the_debounce_of_what_has() -> None:
    typed = replace(MAILBOX, proven=False, typed_seq=1)
    view = seen_from(said(1, LONG_AGO), said(2, NOON), person=replace(GONE, addresses=(typed,)))
    assert waits(view, NOON).until == NOON + POLICY.gone


def test_a_typed_number_is_asked_by_a_knock_that_carries_no_words() -> None:
    person = replace(GONE, addresses=(TYPED_PHONE, MAILBOX))
    view = seen_from(said(1), said(2), person=person)
    found = sent(view, NOON + POLICY.gone)
    assert (found.form, found.channel, found.seqs) == (Form.KNOCK, "sms", (1, 2))
    assert codes(found)[-1] == "knock"
    straight = replace(POLICY, prove_first_sms="straight")
    assert sent(view, NOON + POLICY.gone, straight).form is Form.WORDS


def test_a_knock_that_is_ignored_lets_the_mail_go() -> None:
    person = replace(GONE, addresses=(TYPED_PHONE, MAILBOX))
    end = NOON + POLICY.knock_wait
    for state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ):
        knock = delivery(1, state=state, form=Form.KNOCK)
        view = seen_from(said(1), person=person, deliveries=(knock,))
        assert waits(view, end - 1).until == end
        found = sent(view, end)
        assert (found.channel, found.form) == ("email", Form.WORDS)
        assert verdict(found, TYPED_PHONE) == "knock_ignored"


def test_an_answered_knock_lets_the_words_go_to_the_number_it_proved() -> None:
    knock = delivery(1, state=DeliveryState.ANSWERED, form=Form.KNOCK)
    yes = Act(channel="sms", at=NOON + MINUTE, address_id="phone")
    rang = (Interruption(person_id="vera", channel="sms", at=NOON),)
    view = seen_from(
        said(1), person=replace(GONE, last_act=yes), deliveries=(knock,), interruptions=rang
    )
    found = sent(view, NOON + MINUTE + POLICY.elsewhere)
    assert (found.channel, found.form, found.seqs) == ("sms", Form.WORDS, (1,))


def test_a_receipt_that_outranks_the_answer_to_a_knock_holds_nothing_back() -> None:
    yes = Act(channel="sms", at=NOON + MINUTE, address_id="phone")
    for state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ):
        knock = delivery(1, state=state, form=Form.KNOCK)
        view = seen_from(said(1), person=replace(GONE, last_act=yes), deliveries=(knock,))
        found = sent(view, NOON + MINUTE + POLICY.elsewhere)
        assert (found.channel, found.form) == ("sms", Form.WORDS)


def test_what_is_said_while_a_knock_is_out_does_not_overtake_what_it_stands_for() -> None:
    person = replace(GONE, addresses=(TYPED_PHONE, MAILBOX))
    knock = delivery(1, state=DeliveryState.SENT, form=Form.KNOCK)
    view = seen_from(said(1), said(2, NOON + MINUTE), person=person, deliveries=(knock,))
    found = waits(view, NOON + 5 * MINUTE)
    assert found.until == NOON + POLICY.knock_wait
    assert verdict(found, TYPED_PHONE) == "knock_waiting"
    late = sent(view, NOON + POLICY.knock_wait)
    assert (late.channel, late.seqs) == ("email", (1, 2))


def test_a_number_is_knocked_at_once_in_all_conversations_together() -> None:
    asked = replace(TYPED_PHONE, knocked_at=LONG_AGO)
    view = seen_from(said(1), person=replace(GONE, addresses=(asked, MAILBOX)))
    found = sent(view, NOON + POLICY.gone)
    assert (found.channel, verdict(found, asked)) == ("email", "knock_ignored")
    just = replace(TYPED_PHONE, knocked_at=NOON)
    waiting = seen_from(said(1), person=replace(GONE, addresses=(just, MAILBOX)))
    assert waits(waiting, NOON + MINUTE).until == NOON + POLICY.knock_wait


def test_a_deferred_knock_was_never_heard_and_is_tried_again() -> None:
    person = replace(GONE, addresses=(TYPED_PHONE,))
    knock = delivery(1, state=DeliveryState.DEFERRED, form=Form.KNOCK)
    view = seen_from(said(1, LONG_AGO), person=person, deliveries=(knock,))
    found = sent(view, NOON + 30 * SECOND)
    assert (found.form, found.attempt) == (Form.KNOCK, 2)


def test_an_unknown_knock_is_not_repeated() -> None:
    person = replace(GONE, addresses=(TYPED_PHONE,))
    knock = delivery(1, state=DeliveryState.UNKNOWN, form=Form.KNOCK)
    view = seen_from(said(1), person=person, deliveries=(knock,))
    assert waits(view, NOON).until == NOON + POLICY.on_unknown
    assert isinstance(decide(view, NOON + POLICY.on_unknown), Unreachable)


def test_a_code_and_a_confirmation_hold_nothing_and_stand_in_nobodys_way() -> None:
    for form in (Form.CODE, Form.CONFIRMATION):
        code = delivery(1, state=DeliveryState.QUEUED, form=form)
        assert sent(seen_from(said(1), deliveries=(code,)), NOON + MINUTE).seqs == (1,)


def test_a_superseded_or_withdrawn_intention_uses_nothing_up() -> None:
    for state in (DeliveryState.SUPERSEDED, DeliveryState.WITHDRAWN):
        view = seen_from(said(1), deliveries=(delivery(1, state=state),))
        found = sent(view, NOON + MINUTE)
        assert (found.channel, found.attempt) == ("sms", 1)
        assert "escalated" not in codes(found)


def test_a_store_without_sms_on_its_ladder_says_so() -> None:
    found = sent(seen_from(said(1)), NOON + MINUTE, replace(POLICY, ladder=("email",)))
    assert (found.channel, verdict(found, PHONE)) == ("email", "not_on_ladder")


def test_the_oldest_message_chooses_the_way_and_the_others_go_along() -> None:
    failed = delivery(1, state=DeliveryState.FAILED)
    found = sent(seen_from(said(1), said(2), deliveries=(failed,)), NOON + MINUTE)
    assert (found.channel, found.seqs) == ("email", (1, 2))


def test_a_message_with_a_far_opening_does_not_keep_the_next_one_back() -> None:
    typed_mail = replace(MAILBOX, proven=False, typed_seq=1)
    closed = Health(open_until=(("sms", NOON + HOUR),))
    view = seen_from(
        said(1, LONG_AGO), said(2, LONG_AGO), person=replace(GONE, addresses=(PHONE, typed_mail))
    )
    found = sent(view, NOON, health=closed)
    assert (found.channel, found.seqs) == ("email", (2,))


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_deliveries_of_one_message_the_longer_hold_counts(turn: int) -> None:
    sms = delivery(1, state=DeliveryState.SENT, name="d1")
    mail = delivery(1, state=DeliveryState.DELIVERED, to=MAILBOX, name="d2")
    view = seen_from(said(1), deliveries=(sms, mail)[::turn])
    assert waits(view, NOON + MINUTE).until is None


def test_unreachable_waits_for_receipts_that_are_still_out() -> None:
    person = replace(GONE, addresses=(PHONE,))
    failed = delivery(1, state=DeliveryState.FAILED)
    out = delivery(2, state=DeliveryState.SENT, name="d2")
    view = seen_from(said(1), said(2), person=person, deliveries=(failed, out))
    assert waits(view, NOON + MINUTE).until == NOON + POLICY.receipt_deadline
    assert isinstance(decide(view, NOON + POLICY.receipt_deadline), Unreachable)


def test_what_she_has_seen_is_no_reason_to_wait() -> None:
    seen = delivery(1, state=DeliveryState.SENT)
    failed = delivery(2, state=DeliveryState.FAILED, name="d2")
    view = seen_from(said(2), person=replace(GONE, addresses=(PHONE,)), deliveries=(seen, failed))
    assert isinstance(decide(view, NOON + MINUTE), Unreachable)


def test_the_oldest_message_is_the_first_whatever_the_order_in_which_they_are_told() -> None:
    refused = delivery(2, state=DeliveryState.FAILED, content_rejected=True)
    view = seen_from(said(1, NOON), said(2, NOON - SECOND), deliveries=(refused,))
    found = sent(view, NOON + MINUTE)
    assert (found.channel, found.seqs) == ("email", (1, 2))


def test_spans_of_nothing_make_nobody_turn_in_place() -> None:
    shut = seen_from(said(1), accepting_since=None)
    assert waits(shut, NOON, replace(POLICY, grace=0)).until == NOON + 1
    no_recheck = replace(POLICY, recheck=0)
    assert waits(seen_from(said(1)), NOON, no_recheck).until == NOON + 1
    held = seen_from(said(1), deliveries=(delivery(1, state=DeliveryState.SENT),))
    assert waits(held, NOON, no_recheck).until == NOON + 1


def test_a_shoppers_side_is_one_person() -> None:
    nowhere, other = replace(GONE, addresses=()), replace(GONE, person_id="somebody else")
    view = replace(seen_from(said(1)), people=(nowhere, other))
    assert isinstance(decide(view, NOON + HOUR), Unreachable)


def test_a_pause_is_the_staffs_and_not_the_shoppers() -> None:
    view = seen_from(said(1), person=replace(GONE, paused_until=NOON + HOUR))
    assert sent(view, NOON + MINUTE).seqs == (1,)


def test_nobody_and_nowhere_have_names_of_their_own() -> None:
    nowhere = decide(seen_from(said(1), person=replace(GONE, addresses=())), NOON + MINUTE)
    assert isinstance(nowhere, Unreachable)
    assert codes(nowhere)[-1] == "no_address"
    nobody = decide(replace(seen_from(said(1)), people=()), NOON)
    assert isinstance(nobody, Unreachable)
    assert codes(nobody) == ["nobody"]


def test_a_wait_foresees_the_way_that_comes_next() -> None:
    found = waits(seen_from(said(1)), NOON)
    assert (verdict(found, PHONE), verdict(found, MAILBOX)) == ("next", "after")


def test_the_claim_plans_again_as_though_its_own_delivery_did_not_exist() -> None:
    queued = delivery(1, state=DeliveryState.QUEUED, at=NOON + MINUTE)
    view = seen_from(said(1), deliveries=(queued,))
    second_look = decide(without(view, "d1"), NOON + MINUTE)
    assert agrees(second_look, queued)
    for other in (
        replace(queued, address_id="mailbox"),
        replace(queued, form=Form.KNOCK),
        replace(queued, seqs=frozenset({1, 2})),
    ):
        assert not agrees(second_look, other)
    one_more = replace(view, messages=(said(1), said(2, NOON + MINUTE)))
    assert not agrees(decide(without(one_more, "d1"), NOON + MINUTE), queued)


def test_a_wait_for_a_way_ends_when_a_hold_does() -> None:
    out = delivery(1, state=DeliveryState.SENT)
    view = seen_from(said(1), said(2), deliveries=(out,))
    freed = NOON + POLICY.receipt_deadline
    closed = Health(open_until=(("sms", freed + MINUTE),))
    assert waits(view, freed - 5 * MINUTE, health=closed).until == freed
    assert sent(view, freed, health=closed).channel == "email"


def test_a_wait_for_a_knock_ends_when_an_older_message_gets_its_way() -> None:
    knocked = replace(TYPED_PHONE, typed_seq=1, knocked_at=NOON)
    person = replace(GONE, addresses=(knocked, MAILBOX))
    opens = NOON + 15 * MINUTE
    closed = Health(open_until=(("email", opens),))
    view = seen_from(said(1), said(2), person=person)
    assert waits(view, NOON + MINUTE, health=closed).until == opens
    assert sent(view, opens, health=closed).seqs == (1, 2)


def test_a_wait_for_the_right_moment_ends_when_the_last_message_loses_its_way() -> None:
    policy = replace(POLICY, stale_after=2 * MINUTE, longest=HOUR)
    tried = delivery(2, state=DeliveryState.DEFERRED)
    refused = delivery(2, state=DeliveryState.FAILED, to=MAILBOX, name="d2", content_rejected=True)
    person = replace(GONE, presence=Presence.READING)
    first = said(1, NOON - 9 * MINUTE)
    view = seen_from(first, said(2), person=person, deliveries=(tried, refused))
    stale = NOON + policy.stale_after
    assert waits(view, NOON, policy).until == stale
    assert sent(view, stale, policy).seqs == (1,)


def test_trying_again_stops_at_the_very_instant_when_it_is_stale() -> None:
    policy = replace(POLICY, stale_after=POLICY.backoff_first)
    tried = delivery(1, state=DeliveryState.DEFERRED)
    view = seen_from(
        said(1, LONG_AGO), person=replace(GONE, addresses=(PHONE,)), deliveries=(tried,)
    )
    for now in (NOON, NOON + POLICY.backoff_first):
        found = decide(view, now, policy)
        assert isinstance(found, Unreachable)
        assert verdict(found, PHONE) == "stale"
