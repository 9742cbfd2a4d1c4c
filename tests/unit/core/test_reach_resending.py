"""What may have gone out: an agent has it sent once more, or by another way, and nobody else does.

Invariants 5 and 7: never twice by guess. A wish that names the delivery is no guess.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.holds import holds, overriding, passed_over
from gateway.core.model import (
    Address,
    Delivery,
    DeliveryState,
    Health,
    Override,
    OverrideKind,
)
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND
from gateway.core.reach import agrees, plan, without
from tests.unit.core.scenes import (
    GONE,
    HEALTHY,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    asked,
    clock,
    codes,
    decide,
    delivery,
    lost,
    rang,
    said,
    seen_from,
    sent,
    shop,
    unanswered,
    vera,
    verdict,
    waits,
)

UNKNOWN = DeliveryState.UNKNOWN
SOON = NOON + MINUTE
ONLY_PHONE = replace(GONE, addresses=(PHONE,))
ONLY_MAIL = replace(GONE, addresses=(MAILBOX,))
NIGHT = clock("2026-05-28 23:00")
MORNING = clock("2026-05-29 08:00")


def lost_text(*seqs: int, at: int = NOON, name: str = "d1", to: Address = PHONE) -> Delivery:
    return delivery(*(seqs or (1,)), state=UNKNOWN, at=at, name=name, to=to)


def wish(
    kind: OverrideKind, name: str = "d1", *seqs: int, to: Address = PHONE, at: int = SOON
) -> Override:
    return Override(
        kind=kind,
        seqs=frozenset(seqs or {1}),
        at=at,
        agent_id="ada",
        address_id=to.address_id,
        delivery_id=name,
    )


def resend(name: str = "d1", *seqs: int, to: Address = PHONE, at: int = SOON) -> Override:
    return wish("resend", name, *seqs, to=to, at=at)


def by_mail(name: str = "d1", *seqs: int) -> Override:
    return wish("now", name, *seqs, to=MAILBOX)


def test_ada_has_it_sent_once_more_as_soon_as_nobody_knows_what_became_of_it() -> None:
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(),))
    found = sent(view, SOON)
    assert (found.address_id, found.seqs, found.resends) == ("phone", (1,), "d1")
    assert codes(found) == ["asked", "override", "resend"]
    assert ("delivery", "d1") in found.because[0].facts
    assert waits(replace(view, overrides=()), SOON).until == NOON + POLICY.on_unknown


def test_the_claims_second_look_wants_the_same() -> None:
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(),))
    found = sent(view, SOON)
    queued = delivery(1, state=DeliveryState.QUEUED, at=SOON, name="d2")
    beside = replace(view, deliveries=(lost_text(), queued))
    assert agrees(plan(without(beside, "d2"), POLICY, HEALTHY, SOON), queued)
    assert found.attempt == 2
    assert waits(beside, SOON).until is None


def test_it_carries_the_same_words_and_nothing_that_was_said_meanwhile() -> None:
    view = seen_from(said(1), said(2, SOON), deliveries=(lost_text(),), overrides=(resend(),))
    assert sent(view, SOON + HOUR).seqs == (1,)


@pytest.mark.parametrize(
    "state", [DeliveryState.ACCEPTED, DeliveryState.SENT, UNKNOWN, DeliveryState.FAILED]
)
def test_one_wish_sends_it_once_whatever_becomes_of_that(state: DeliveryState) -> None:
    again = delivery(1, state=state, at=SOON, name="d2")
    view = seen_from(
        said(1), person=ONLY_PHONE, deliveries=(lost_text(), again), overrides=(resend(),)
    )
    assert verdict(lost(view, SOON + HOUR), PHONE) == "used"
    # Saying it twice is saying it once.
    twice = replace(view, overrides=(resend(), resend(at=SOON + SECOND)))
    assert verdict(lost(twice, SOON + HOUR), PHONE) == "used"


def test_another_unknown_outcome_may_be_followed_by_another_wish() -> None:
    second = lost_text(at=SOON, name="d2")
    view = seen_from(
        said(1),
        deliveries=(lost_text(), second),
        overrides=(resend(), resend("d2", at=SOON + SECOND)),
    )
    assert sent(view, SOON + SECOND).resends == "d2"


def test_what_could_not_be_taken_once_more_is_tried_again_however_old_the_first_is() -> None:
    now = NOON + 2 * DAY
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(at=now),))
    assert sent(view, now).resends == "d1"
    put_off = delivery(1, state=DeliveryState.DEFERRED, at=now, name="d2", attempt=2)
    later = now + 2 * POLICY.backoff_first
    deferred = replace(view, people=(ONLY_PHONE,), deliveries=(lost_text(), put_off))
    assert waits(deferred, now + SECOND).until == later
    assert sent(deferred, later).address_id == "phone"


@pytest.mark.parametrize(
    ("state", "until"),
    [(DeliveryState.DELIVERED, None), (DeliveryState.SENT, NOON + POLICY.receipt_deadline)],
)
def test_a_receipt_that_comes_before_it_goes_out_makes_the_wish_needless(
    state: DeliveryState, until: int | None
) -> None:
    view = seen_from(said(1), deliveries=(delivery(1, state=state),), overrides=(resend(),))
    assert waits(view, SOON).until == until


def test_a_late_receipt_of_the_first_moves_nothing_any_more() -> None:
    first = delivery(1, state=DeliveryState.DELIVERED)
    again = delivery(1, state=DeliveryState.ACCEPTED, at=SOON, name="d2")
    view = seen_from(said(1), deliveries=(first, again), overrides=(resend(),))
    assert waits(view, SOON + HOUR).until is None


def test_the_newest_wish_counts_and_as_usual_waits_again() -> None:
    usual = Override(kind="as_usual", seqs=frozenset({1}), at=SOON + 1, agent_id="ben")
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(), usual))
    assert waits(view, SOON + 1).until == NOON + POLICY.on_unknown
    assert sent(view, NOON + POLICY.on_unknown).channel == "email"
    alone = replace(view, people=(ONLY_PHONE,))
    assert verdict(lost(alone, NOON + POLICY.on_unknown), PHONE) == "used"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"consents": frozenset()}, "no_consent"),
        ({"stopped_at": NOON}, "stopped"),
        ({"stopped_here_at": NOON}, "stopped_here"),
        ({"failed_at": NOON}, "failed"),
        ({"proven": False, "typed_seq": 1}, "typed_later"),
    ],
)
def test_neither_wish_goes_past_consent_stop_failure_or_proof(
    change: dict[str, object], why: str
) -> None:
    barred = replace(PHONE, **change)  # type: ignore[arg-type]  # fields by name
    view = seen_from(
        said(1),
        person=vera(addresses=(barred,)),
        deliveries=(lost_text(),),
        overrides=(resend(),),
    )
    assert verdict(lost(view, NOON + POLICY.on_unknown), PHONE) == why
    from_mail = replace(
        view,
        deliveries=(lost_text(to=MAILBOX),),
        overrides=(wish("now", to=barred),),
    )
    assert waits(from_mail, SOON).until == NOON + POLICY.on_unknown


def test_a_number_that_has_to_be_proven_by_now_gets_no_words_once_more() -> None:
    typed = replace(PHONE, proven=False)
    view = seen_from(
        said(1), person=vera(addresses=(typed,)), deliveries=(lost_text(),), overrides=(resend(),)
    )
    assert sent(view, SOON).form == "knock"
    by_code = shop(prove_first_sms="code")
    assert verdict(lost(view, NOON + POLICY.on_unknown, by_code), PHONE) == "unproven"


def test_nobody_is_woken_by_it_and_the_mail_takes_no_advantage_of_the_wish() -> None:
    text = lost_text(at=NIGHT)
    view = seen_from(said(1, NIGHT), deliveries=(text,), overrides=(resend(at=NIGHT + MINUTE),))
    # The number is shut until morning; the hold of the unknown outcome stands until it ends.
    assert waits(view, NIGHT + MINUTE).until == NIGHT + POLICY.on_unknown
    assert sent(view, NIGHT + POLICY.on_unknown).channel == "email"
    alone = replace(view, people=(ONLY_PHONE,))
    assert verdict(waits(alone, NIGHT + POLICY.on_unknown), PHONE) == "quiet"
    assert verdict(waits(alone, MORNING - 1), PHONE) == "quiet"
    assert sent(alone, MORNING).resends == "d1"


def test_what_is_shut_for_a_moment_goes_when_it_opens() -> None:
    opens = SOON + 2 * MINUTE
    ill = Health(open_until=(("sms", opens),))
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(),))
    assert waits(view, SOON, health=ill).until == opens
    assert sent(view, opens, health=ill).address_id == "phone"
    also = seen_from(said(1), said(2, SOON), deliveries=(lost_text(),), overrides=(resend(),))
    patient = shop(gone=HOUR, longest_gone=HOUR)
    assert waits(also, SOON, patient, ill).until == opens


def test_the_cap_holds_and_the_spacing_does_not() -> None:
    often = rang(*(NOON - hours * HOUR for hours in range(1, 7)))
    view = seen_from(said(1), deliveries=(lost_text(),), overrides=(resend(),))
    assert waits(replace(view, interruptions=often), SOON).until == NOON + POLICY.on_unknown
    assert sent(replace(view, interruptions=rang(NOON)), SOON).address_id == "phone"


def test_by_mail_instead_goes_at_once_and_takes_what_is_new_along() -> None:
    view = seen_from(said(1), said(2, SOON), deliveries=(lost_text(),), overrides=(by_mail(),))
    found = sent(view, SOON)
    assert (found.channel, found.seqs, found.resends) == ("email", (1, 2), None)
    assert codes(found) == ["asked", "override", "escalated"]


def test_now_by_the_same_number_repeats_nothing() -> None:
    view = seen_from(
        said(1), person=ONLY_PHONE, deliveries=(lost_text(),), overrides=(wish("now"),)
    )
    assert waits(view, SOON).until == NOON + POLICY.on_unknown
    assert verdict(lost(view, NOON + POLICY.on_unknown), PHONE) == "used"


def test_a_wish_that_names_no_delivery_waits_for_an_unknown_outcome() -> None:
    view = seen_from(
        said(1), deliveries=(lost_text(),), overrides=(replace(by_mail(), delivery_id=None),)
    )
    assert waits(view, SOON).until == NOON + POLICY.on_unknown


def test_what_another_delivery_holds_is_no_matter_of_the_wish() -> None:
    mail = delivery(1, state=DeliveryState.ACCEPTED, to=MAILBOX, name="d2")
    view = seen_from(said(1), deliveries=(lost_text(), mail), overrides=(resend(),))
    assert waits(view, SOON).until is None
    later = lost_text(at=SOON, name="d2", to=MAILBOX)
    view = seen_from(said(1), deliveries=(lost_text(), later), overrides=(resend(),))
    assert waits(view, SOON).until == SOON + POLICY.on_unknown


def test_two_who_want_two_ways_get_one_each() -> None:
    texts = (lost_text(1), lost_text(2, name="d2"))
    view = seen_from(
        said(1), said(2), deliveries=texts, overrides=(resend("d1", 1), by_mail("d2", 2))
    )
    assert sent(view, SOON).seqs == (1,)
    ill = Health(open_until=(("sms", SOON + HOUR),))
    found = sent(view, SOON, health=ill)
    assert (found.channel, found.seqs) == ("email", (2,))


def test_a_mail_goes_out_once_more_under_its_id_and_of_itself_no_third_time() -> None:
    mails = (lost_text(to=MAILBOX),)
    view = seen_from(said(1), person=ONLY_MAIL, deliveries=mails, overrides=(resend(to=MAILBOX),))
    assert sent(view, SOON).resends == "d1"
    again = (*mails, lost_text(to=MAILBOX, at=SOON, name="d2"))
    twice = replace(view, deliveries=again)
    assert verdict(lost(twice, SOON + HOUR), MAILBOX) == "used"
    third = replace(twice, overrides=(resend("d2", to=MAILBOX, at=SOON + MINUTE),))
    assert sent(third, SOON + MINUTE).resends == "d2"


def test_where_she_has_no_address_any_more_the_wish_is_about_nothing() -> None:
    nobody = seen_from(
        said(1), person=vera(addresses=()), deliveries=(lost_text(),), overrides=(resend(),)
    )
    assert waits(nobody, SOON).until == NOON + POLICY.on_unknown


def test_it_waits_like_all_else_while_nobody_can_connect() -> None:
    view = seen_from(
        said(1), deliveries=(lost_text(),), overrides=(resend(),), accepting_since=None
    )
    assert codes(waits(view, SOON)) == ["no_gateway"]


def test_of_a_notice_to_the_staff_nothing_is_sent_once_more() -> None:
    told = replace(lost_text(), person_id="ada", address_id="ada-sms")
    view = unanswered(
        asked(1), people=(vera(person_id="ada"),), deliveries=(told,), overrides=(resend(),)
    )
    assert codes(decide(view, SOON)) == ["held"]


def test_what_the_wish_does_not_name_stays_held() -> None:
    view = seen_from(said(1), said(2), deliveries=(lost_text(1, 2),), overrides=(resend("d1", 1),))
    assert set(holds(view, POLICY, SOON, passed_over(view))) == {2}


def test_a_plain_wish_for_one_message_says_nothing_of_another() -> None:
    plain = replace(by_mail("d1", 1), delivery_id=None)
    other = lost_text(2, name="d2")
    view = seen_from(
        said(1), said(2), deliveries=(lost_text(1), other), overrides=(plain, resend("d2", 2))
    )
    assert passed_over(view) == {2: frozenset({"d2"})}


def test_a_wish_that_was_taken_back_decides_nothing() -> None:
    back = replace(resend(), kind="as_usual", at=SOON + SECOND)
    assert overriding((resend(),)) == {1: resend()}
    assert overriding((resend(), back)) == {}


def test_what_is_to_wait_does_not_keep_what_is_to_go() -> None:
    later = replace(resend("d1", 2), kind="not_before", delivery_id=None, until=SOON + HOUR)
    view = seen_from(
        said(1), said(2), deliveries=(lost_text(1, 2),), overrides=(resend("d1", 1), later)
    )
    assert sent(view, SOON).seqs == (1,)


def test_of_two_ways_that_were_asked_for_the_one_that_opens_first_is_waited_for() -> None:
    phone = replace(PHONE, rests_until=SOON + MINUTE)
    mailbox = replace(MAILBOX, rests_until=SOON + 2 * MINUTE)
    view = seen_from(
        said(1),
        said(2),
        person=replace(GONE, addresses=(phone, mailbox)),
        deliveries=(lost_text(1), lost_text(2, name="d2")),
        overrides=(resend("d1", 1), by_mail("d2", 2)),
    )
    assert waits(view, SOON).until == SOON + MINUTE
