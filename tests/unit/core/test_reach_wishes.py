"""What an agent overrides: now, not before, in the chat only; and what no wish goes past."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.hours import Window
from gateway.core.model import (
    Act,
    Address,
    DeliveryState,
    Form,
    Health,
    Override,
    Presence,
)
from gateway.core.policy import HOUR, MINUTE, SECOND
from tests.unit.core.scenes import (
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    SUPPORT,
    TYPED_PHONE,
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
    vera,
    verdict,
    waits,
)

READING = vera(presence=Presence.READING)
NIGHT = clock("2026-05-28 23:00")
MORNING = clock("2026-05-29 08:00")


def now_by(address: Address, *seqs: int, at: int = NOON) -> Override:
    return Override(
        kind="now",
        seqs=frozenset(seqs or {1}),
        at=at,
        agent_id="ada",
        address_id=address.address_id,
    )


def in_chat(*seqs: int, at: int = NOON) -> Override:
    return Override(kind="chat_only", seqs=frozenset(seqs or {1}), at=at, agent_id="ada")


def not_before(until: int | None, *seqs: int, at: int = NOON) -> Override:
    return Override(
        kind="not_before", seqs=frozenset(seqs or {1}), at=at, agent_id="ada", until=until
    )


def test_what_ada_wants_brought_now_goes_at_once_by_the_way_that_she_named() -> None:
    view = seen_from(said(1), person=READING, overrides=(now_by(MAILBOX),))
    found = sent(view, NOON)
    assert (found.channel, found.seqs, codes(found)) == ("email", (1,), ["asked", "override"])
    assert found.because[0].facts == (("kind", "now"), ("agent", "ada"), ("at", NOON))
    assert isinstance(waits(replace(view, overrides=()), NOON).until, int)


def test_a_wish_passes_the_spacing_and_the_ladder() -> None:
    view = seen_from(
        said(1), person=READING, overrides=(now_by(MAILBOX),), interruptions=rang(NOON - SECOND)
    )
    assert sent(view, NOON, shop(ladder=("sms",))).channel == "email"


def test_what_is_unread_besides_goes_along() -> None:
    view = seen_from(said(1), said(2), said(3), person=READING, overrides=(now_by(MAILBOX, 2),))
    assert sent(view, NOON).seqs == (1, 2, 3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"consents": frozenset({"marketing"})}, "no_consent"),
        ({"stopped_at": NOON}, "stopped"),
        ({"stopped_here_at": NOON}, "stopped_here"),
        ({"failed_at": NOON}, "failed"),
        ({"proven": False, "typed_seq": 1}, "typed_later"),
    ],
)
def test_no_wish_goes_past_consent_stop_failure_or_proof(
    change: dict[str, object], why: str
) -> None:
    barred = replace(PHONE, **change)  # type: ignore[arg-type]  # fields by name
    person = vera(addresses=(barred, MAILBOX))
    view = seen_from(said(1), person=person, overrides=(now_by(barred),))
    found = sent(view, NOON + POLICY.gone)
    assert (found.channel, verdict(found, barred)) == ("email", why)
    assert verdict(waits(view, NOON), barred) == why


def test_a_number_that_is_not_proven_is_asked_first_whatever_ada_wants() -> None:
    person = vera(addresses=(TYPED_PHONE,))
    found = sent(seen_from(said(1), person=person, overrides=(now_by(PHONE),)), NOON)
    assert (found.form, codes(found)) == (Form.KNOCK, ["asked", "override", "knock"])


def test_no_wish_wakes_her_at_night() -> None:
    texts = vera(presence=Presence.READING, addresses=(PHONE,))
    view = seen_from(said(1, NIGHT), person=texts, overrides=(now_by(PHONE),))
    assert verdict(decide(view, NIGHT), PHONE) == "quiet"
    assert sent(view, MORNING).channel == "sms"


def test_what_was_wanted_at_night_goes_when_the_night_is_over_and_not_when_it_is_due() -> None:
    late = MORNING - MINUTE
    view = seen_from(said(1, late), person=READING, overrides=(now_by(PHONE),))
    assert waits(view, late).until == MORNING
    found = sent(view, MORNING)
    assert (found.channel, codes(found)) == ("sms", ["asked", "override"])


def test_a_wait_for_one_way_ends_when_the_way_that_ada_named_opens() -> None:
    typed = replace(MAILBOX, proven=False, typed_seq=1)
    person = vera(addresses=(PHONE, typed))
    view = seen_from(said(1, LONG_AGO), said(2), person=person, overrides=(now_by(MAILBOX, 2),))
    mail_opens, phone_opens = NOON + 2 * MINUTE, NOON + 5 * MINUTE
    ill = Health(open_until=(("email", mail_opens), ("sms", phone_opens)))
    assert waits(view, NOON + MINUTE, health=ill).until == mail_opens
    assert sent(view, mail_opens, health=ill).channel == "email"


def test_a_wish_that_must_wait_lets_nobody_oversleep() -> None:
    ends = NOON + 5 * MINUTE
    act = Act(channel="sms", at=ends - POLICY.act_counts, address_id="lost phone")
    ill = Health(open_until=(("email", NOON + 10 * MINUTE),))
    view = seen_from(said(1), person=vera(last_act=act), overrides=(now_by(MAILBOX),))
    slow = shop(elsewhere=HOUR, longest=2 * HOUR, longest_gone=2 * HOUR)
    assert waits(view, NOON, slow, ill).until == ends


def test_a_way_that_opens_long_after_it_is_wanted_does_not_keep_the_others_back() -> None:
    view = seen_from(said(1, NIGHT), overrides=(now_by(PHONE),))
    found = sent(view, NIGHT + POLICY.gone)
    assert (found.channel, verdict(found, PHONE)) == ("email", "quiet")


def test_no_wish_goes_past_her_own_hours_or_the_cap() -> None:
    office = (Window(start=14 * 60, end=16 * 60),)
    view = seen_from(said(1), person=vera(awake=office), overrides=(now_by(PHONE),))
    assert verdict(decide(view, NOON), PHONE) == "own_hours"
    often = rang(*(NOON - hours * HOUR for hours in range(1, 7)))
    capped = seen_from(said(1), overrides=(now_by(MAILBOX),), interruptions=often)
    assert verdict(decide(capped, NOON), MAILBOX) == "capped"


def test_a_wish_for_where_she_has_just_written_from_is_a_live_exchange_still() -> None:
    texted = Act(channel="sms", at=NIGHT - MINUTE, address_id="phone")
    view = seen_from(said(1, NIGHT), person=vera(last_act=texted), overrides=(now_by(PHONE),))
    found = sent(view, NIGHT)
    assert (found.channel, codes(found)) == ("sms", ["asked", "override"])


def test_a_wish_for_where_it_was_tried_before_repeats_nothing() -> None:
    failed = delivery(1, state=DeliveryState.FAILED)
    view = seen_from(said(1), deliveries=(failed,), overrides=(now_by(PHONE),))
    found = sent(view, NOON + POLICY.gone)
    assert (found.channel, verdict(found, PHONE)) == ("email", "used")


def test_a_wish_does_not_double_what_is_under_way() -> None:
    out = delivery(1, state=DeliveryState.SENT)
    view = seen_from(said(1), deliveries=(out,), overrides=(now_by(MAILBOX),))
    assert waits(view, NOON + MINUTE).until == NOON + POLICY.receipt_deadline


def test_a_wish_for_an_address_that_is_gone_is_nobodys() -> None:
    elsewhere = Address(address_id="another", channel="email", consents=SUPPORT)
    view = seen_from(said(1), overrides=(now_by(elsewhere),))
    assert waits(view, NOON).until == NOON + POLICY.gone
    assert sent(view, NOON + POLICY.gone).channel == "sms"


def test_what_ada_wants_left_until_later_is_left_until_then_and_not_longer() -> None:
    later = NOON + 2 * HOUR
    view = seen_from(said(1), overrides=(not_before(later),))
    found = waits(view, NOON + HOUR)
    assert (found.until, codes(found)) == (later, ["left_alone"])
    assert found.because[0].facts == (
        ("kind", "not_before"),
        ("agent", "ada"),
        ("at", NOON),
        ("until", later),
    )
    assert sent(view, later).seqs == (1,)


def test_the_others_are_not_left_with_it() -> None:
    view = seen_from(said(1), said(2), overrides=(not_before(NOON + 2 * HOUR),))
    assert sent(view, NOON + MINUTE).seqs == (2,)


def test_what_is_left_until_later_is_looked_at_then_while_the_others_wait() -> None:
    soon = NOON + MINUTE
    view = seen_from(said(1), said(2), person=READING, overrides=(not_before(soon),))
    assert waits(view, NOON).until == soon


def test_what_ada_wants_in_the_chat_alone_is_carried_there() -> None:
    view = seen_from(said(1), overrides=(in_chat(),))
    found = waits(view, NOON + 30 * HOUR)
    assert (found.until, codes(found), found.considered) == (None, ["left_alone"], ())
    assert found.because[0].facts == (("kind", "chat_only"), ("agent", "ada"), ("at", NOON))
    both = seen_from(said(1), said(2), overrides=(in_chat(),))
    assert sent(both, NOON + MINUTE).seqs == (2,)


def test_one_reason_tells_of_all_that_one_wish_leaves() -> None:
    view = seen_from(said(1), said(2), overrides=(in_chat(1, 2),))
    assert codes(waits(view, NOON)) == ["left_alone"]


@pytest.mark.parametrize("later", [in_chat(at=NOON + 1), not_before(NOON + HOUR, at=NOON + 1)])
def test_of_two_wishes_the_newest_counts(later: Override) -> None:
    first_now = seen_from(said(1), overrides=(now_by(MAILBOX), later))
    assert codes(waits(first_now, NOON + MINUTE)) == ["left_alone"]
    then_now = seen_from(said(1), overrides=(later, now_by(MAILBOX, at=NOON + 2)))
    assert sent(then_now, NOON + 2).channel == "email"


@pytest.mark.parametrize("earlier", [in_chat(1), not_before(NOON + HOUR, 1), now_by(MAILBOX)])
def test_as_usual_is_as_though_nothing_had_been_wished(earlier: Override) -> None:
    usual = Override(kind="as_usual", seqs=frozenset({1}), at=NOON + MINUTE, agent_id="ben")
    view = seen_from(said(1))
    for now in (NOON + MINUTE, NOON + 10 * MINUTE):
        assert decide(replace(view, overrides=(earlier, usual)), now) == decide(view, now)


def test_of_what_is_to_go_as_usual_a_newer_wish_counts_again() -> None:
    usual = Override(kind="as_usual", seqs=frozenset({1}), at=NOON, agent_id="ada")
    view = seen_from(said(1), overrides=(now_by(PHONE), usual, now_by(MAILBOX)))
    assert sent(view, NOON).channel == "email"


def test_the_newest_wish_counts_for_its_own_messages() -> None:
    view = seen_from(said(1), said(2), overrides=(in_chat(1, 2), now_by(MAILBOX, 2)))
    assert sent(view, NOON).seqs == (2,)


def test_a_wish_that_names_an_address_but_not_now_chooses_no_way() -> None:
    wish = replace(not_before(NOON), address_id="mailbox")
    found = sent(seen_from(said(1), overrides=(wish,)), NOON + MINUTE)
    assert (found.channel, codes(found)[-1]) == ("sms", "ladder")


def test_a_wish_for_now_that_names_an_hour_means_now() -> None:
    wish = replace(now_by(MAILBOX), until=NOON + HOUR)
    assert sent(seen_from(said(1), overrides=(wish,)), NOON).channel == "email"


def test_a_wish_comes_before_where_she_was_last() -> None:
    texted = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    view = seen_from(said(1), person=vera(last_act=texted), overrides=(now_by(MAILBOX),))
    found = sent(view, NOON)
    assert [each.channel for each in found.considered] == ["email", "sms"]


def test_two_wishes_for_two_ways_are_two() -> None:
    wishes = (now_by(MAILBOX, 1), now_by(PHONE, 2))
    view = seen_from(said(1), said(2), person=READING, overrides=wishes)
    ill = Health(open_until=(("email", NOON + HOUR),))
    found = sent(view, NOON, health=ill)
    assert (found.channel, found.seqs) == ("sms", (1, 2))
    assert found.considered[0].verdict == "chosen"


def test_a_wish_that_nothing_can_grant_yet_is_waited_for() -> None:
    ill = Health(open_until=(("email", NOON + 2 * HOUR), ("sms", NOON + 3 * HOUR)))
    view = seen_from(said(1, LONG_AGO), overrides=(now_by(PHONE),))
    assert waits(view, NOON, health=ill).until == NOON + 2 * HOUR


def test_a_wish_to_wait_that_names_no_hour_waits_for_nothing() -> None:
    view = seen_from(said(1), overrides=(not_before(None),))
    assert sent(view, NOON + MINUTE).seqs == (1,)


def test_a_wish_for_what_she_has_seen_is_no_reason_to_wait() -> None:
    person = vera(addresses=(replace(PHONE, failed_at=NOON),))
    wishes = (not_before(NOON + HOUR, 1), in_chat(1))
    lost(seen_from(said(2), person=person, overrides=wishes), NOON + MINUTE)
    shut = seen_from(said(2), person=person, overrides=(in_chat(1), not_before(NOON + HOUR, 2)))
    assert waits(shut, NOON + MINUTE).until == NOON + HOUR


def test_what_a_delivery_holds_is_told_so_though_ada_wants_it_left() -> None:
    out = delivery(1, state=DeliveryState.SENT)
    view = seen_from(said(1), deliveries=(out,), overrides=(in_chat(),))
    found = waits(view, NOON + MINUTE)
    assert (found.until, codes(found)) == (NOON + POLICY.receipt_deadline, ["held"])
    assert waits(view, NOON + POLICY.receipt_deadline).until is None


def test_a_message_that_is_left_neither_hurries_nor_delays_the_next() -> None:
    view = seen_from(said(1, LONG_AGO), said(2), overrides=(in_chat(1),))
    assert waits(view, NOON).until == NOON + POLICY.gone
