"""Two conversations of Vera's that turn out to be one thread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.merging import PAST, merged, name_of, place_of, typed_later
from gateway.core.model import Act, Address, DeliveryState, Form, Override, View
from gateway.core.policy import HOUR, MINUTE, SECOND
from tests.unit.core.scenes import (
    GONE,
    MAILBOX,
    NOON,
    PHONE,
    TYPED_PHONE,
    agent,
    asked,
    delivery,
    lost,
    rang,
    said,
    seen_from,
    sent,
    unanswered,
    vera,
    verdict,
    waits,
)

NOBODY_YET = replace(GONE, person_id="anonymous-7", addresses=())
TYPED_MAIL = replace(MAILBOX, address_id="typed-mail", proven=False)


def names(view: View) -> list[int]:
    return [each.seq for each in view.messages]


def test_an_entry_of_the_younger_has_a_name_past_every_entry_of_the_elder() -> None:
    assert name_of(1) > 10**9
    assert place_of(name_of(3)) == (1, 3)
    assert place_of(3) == (0, 3)
    assert place_of(name_of(0)) == (1, 0)
    assert place_of(PAST - 1) == (0, PAST - 1)


def test_each_that_goes_on_in_an_elder_has_a_place_that_stays_its_own() -> None:
    assert place_of(name_of(3, 5)) == (5, 3)
    elder = seen_from(said(7, NOON))
    second, fourth = (seen_from(said(2, NOON + n), person=NOBODY_YET) for n in (2, 4))
    whole = merged(merged(elder, second, 2), fourth, 4)
    assert [place_of(name) for name in names(whole)] == [(0, 7), (2, 2), (4, 2)]
    # Without the one in between, what the other is called stays as it was.
    parted = merged(elder, fourth, 4)
    assert names(parted) == [7, name_of(2, 4)]


def test_messages_of_both_are_brought_in_the_order_in_which_they_were_said() -> None:
    elder = seen_from(said(7, NOON), said(8, NOON + 3 * SECOND))
    younger = seen_from(said(2, NOON + SECOND), person=NOBODY_YET)
    whole = merged(elder, younger)
    assert names(whole) == [7, name_of(2), 8]
    found = sent(whole, NOON + MINUTE)
    assert found.seqs == (7, 8, name_of(2))
    assert found.person_id == "vera"


def test_the_oldest_message_chooses_the_way_whichever_log_it_is_in() -> None:
    refused = delivery(
        4, state=DeliveryState.FAILED, content_rejected=True, person_id="anonymous-7"
    )
    elder = seen_from(said(2, NOON))
    younger = seen_from(said(4, NOON - SECOND), person=NOBODY_YET, deliveries=(refused,))
    assert sent(merged(elder, younger), NOON + MINUTE).channel == "email"


def test_what_holds_a_message_of_the_younger_goes_on_holding_it() -> None:
    out = delivery(2, state=DeliveryState.SENT, name="younger's")
    elder = seen_from(said(2))
    younger = seen_from(said(2), deliveries=(out,))
    found = sent(merged(elder, younger), NOON + MINUTE)
    assert found.seqs == (2,)


def test_a_delivery_that_carries_entries_of_both_is_one() -> None:
    here, there = (delivery(seq, state=DeliveryState.SENT) for seq in (5, 1))
    whole = merged(seen_from(said(5), deliveries=(here,)), seen_from(said(1), deliveries=(there,)))
    assert [each.seqs for each in whole.deliveries] == [{5, name_of(1)}]


def test_what_is_under_way_in_the_younger_is_under_way_for_both() -> None:
    queued = delivery(1, state=DeliveryState.QUEUED)
    whole = merged(seen_from(said(5)), seen_from(said(1), deliveries=(queued,)))
    assert waits(whole, NOON + HOUR).until is None


def test_an_agents_wish_in_the_younger_counts_still() -> None:
    left = Override(kind="chat_only", seqs=frozenset({1}), at=NOON)
    later = Override(kind="chat_only", seqs=frozenset({5}), at=NOON + SECOND)
    younger = seen_from(said(1), overrides=(left,))
    assert sent(merged(seen_from(said(5)), younger), NOON + MINUTE).seqs == (5,)
    both = merged(seen_from(said(5), overrides=(later,)), younger)
    assert [each.at for each in both.overrides] == [NOON, NOON + SECOND]
    assert waits(both, NOON + MINUTE).until is None


def test_vera_is_one_person_whose_phone_rang_for_both() -> None:
    elder = seen_from(said(5), interruptions=rang(NOON - HOUR))
    younger = seen_from(
        said(1),
        person=NOBODY_YET,
        interruptions=rang(NOON, person="anonymous-7"),
        deliveries=(delivery(9, state=DeliveryState.SENT, person_id="anonymous-7"),),
    )
    whole = merged(elder, younger)
    assert [(each.person_id, each.at) for each in whole.interruptions] == [
        ("vera", NOON - HOUR),
        ("vera", NOON),
    ]
    assert [each.person_id for each in whole.deliveries] == ["vera"]
    found = waits(whole, NOON + 40 * SECOND)
    assert (found.until, verdict(found, PHONE)) == (NOON + 5 * MINUTE, "spaced")


def test_an_interruption_that_both_know_of_counts_once() -> None:
    both = rang(NOON - HOUR)
    whole = merged(seen_from(said(5), interruptions=both), seen_from(said(1), interruptions=both))
    assert whole.interruptions == both


def test_two_interruptions_in_one_instant_count_twice() -> None:
    both = rang(NOON - HOUR, NOON - HOUR)
    whole = merged(seen_from(said(5), interruptions=both), seen_from(said(1), interruptions=both))
    assert whole.interruptions == both
    theirs = rang(NOON, person="anonymous-7")
    younger = seen_from(said(1), person=NOBODY_YET, interruptions=theirs)
    apart = merged(seen_from(said(5), interruptions=rang(NOON)), younger)
    assert apart.interruptions == rang(NOON, NOON)


def test_she_keeps_the_addresses_that_she_left_in_the_younger() -> None:
    elder = seen_from(said(5), person=vera(addresses=(PHONE,)))
    younger = seen_from(said(1), person=replace(NOBODY_YET, addresses=(MAILBOX,)))
    (person,) = merged(elder, younger).people
    assert (person.person_id, [each.address_id for each in person.addresses]) == (
        "vera",
        ["phone", "mailbox"],
    )


def test_what_was_typed_in_the_younger_carries_nothing_of_the_elders_log() -> None:
    elder = seen_from(said(5, NOON + SECOND), person=vera(addresses=()))
    younger = seen_from(
        said(3), person=replace(NOBODY_YET, addresses=(replace(TYPED_MAIL, typed_seq=2),))
    )
    assert sent(merged(elder, younger), NOON + HOUR).seqs == (name_of(3),)


def test_what_was_typed_in_the_elder_carries_nothing_of_the_youngers_log() -> None:
    typed = replace(TYPED_MAIL, typed_seq=4)
    elder = seen_from(said(5, NOON + SECOND), person=vera(addresses=(typed,)))
    younger = seen_from(said(3), person=NOBODY_YET)
    assert sent(merged(elder, younger), NOON + HOUR).seqs == (5,)
    alone = lost(merged(seen_from(person=vera(addresses=(typed,))), younger), NOON + HOUR)
    assert verdict(alone, typed) == "typed_later"


def test_what_was_typed_in_both_carries_what_came_after_it_in_each() -> None:
    here, there = (replace(TYPED_MAIL, typed_seq=seq) for seq in (4, 2))
    elder = seen_from(said(4), said(5), person=vera(addresses=(here,)))
    younger = seen_from(said(2), said(3), person=replace(NOBODY_YET, addresses=(there,)))
    assert sent(merged(elder, younger), NOON + HOUR).seqs == (5, name_of(3))


def test_what_is_proven_in_either_is_proven() -> None:
    for here, there in ((PHONE, TYPED_PHONE), (TYPED_PHONE, PHONE)):
        elder = seen_from(said(5), person=vera(addresses=(here,)))
        younger = seen_from(said(3), person=replace(NOBODY_YET, addresses=(there,)))
        found = sent(merged(elder, younger), NOON + HOUR)
        assert (found.form, found.seqs) == (Form.WORDS, (5, name_of(3)))


def test_who_wants_nothing_of_either_conversation_there_wants_nothing_of_both() -> None:
    stopped = replace(PHONE, stopped_here_at=NOON)
    for here, there in ((PHONE, stopped), (stopped, PHONE)):
        elder = seen_from(said(5), person=vera(addresses=(here,)))
        younger = seen_from(said(3), person=replace(NOBODY_YET, addresses=(there,)))
        (address,) = merged(elder, younger).people[0].addresses
        assert address.stopped_here_at == NOON


def test_three_conversations_in_a_row_keep_their_entries_apart() -> None:
    typed = [replace(TYPED_MAIL, address_id=f"mail-{n}", typed_seq=1) for n in range(3)]
    first, second, third = (
        seen_from(said(2, NOON + n), person=vera(addresses=(typed[n],))) for n in range(3)
    )
    whole = merged(first, merged(second, third))
    assert names(whole) == [2, name_of(2), name_of(name_of(2))]
    for log, seq in enumerate(names(whole)):
        carries = [typed_later(each, seq) for each in whole.people[0].addresses]
        assert carries == [log != 0, log != 1, log != 2]


def test_an_address_of_the_younger_that_was_typed_in_a_third_keeps_what_it_may_carry() -> None:
    here, there = (replace(TYPED_MAIL, typed_seq=seq) for seq in (1, 5))
    second = seen_from(person=vera(addresses=(here,)))
    third = seen_from(said(6), person=vera(addresses=(there,)))
    whole = merged(seen_from(said(2), person=vera(addresses=())), merged(second, third))
    assert sent(whole, NOON + HOUR).seqs == (name_of(name_of(6)),)


def test_the_staff_of_the_elder_answer_both() -> None:
    ada, ben = agent("ada"), agent("ben")
    elder = unanswered(asked(4), people=(ada,))
    younger = unanswered(asked(1, NOON + SECOND), people=(ben,))
    found = sent(merged(elder, younger), NOON + HOUR)
    assert (found.person_id, found.seqs) == ("ada", (4, name_of(1)))


def test_who_was_told_of_the_younger_stays_who_they_are() -> None:
    ada, ben = agent("ada"), agent("ben")
    told = delivery(
        1, state=DeliveryState.SENT, to=ben.addresses[0], person_id="ben", name="to Ben"
    )
    younger = unanswered(asked(1), people=(ben,), deliveries=(told,))
    whole = merged(unanswered(asked(4), people=(ada, ben)), younger)
    assert [each.person_id for each in whole.deliveries] == ["ben"]
    assert [each.person_id for each in whole.people] == ["ada", "ben"]


@pytest.mark.parametrize("side", ["elder", "younger"])
def test_a_side_without_anybody_merges_all_the_same(side: str) -> None:
    empty = replace(seen_from(said(1)), people=())
    full = seen_from(said(2))
    whole = merged(empty, full) if side == "elder" else merged(full, empty)
    assert len(whole.messages) == 2
    assert whole.people == (() if side == "elder" else (GONE,))


def test_unmerging_takes_nothing_but_the_link_back() -> None:
    elder, younger = seen_from(said(5)), seen_from(said(1), person=NOBODY_YET)
    merged(elder, younger)
    assert names(elder) == [5]
    assert names(younger) == [1]
    assert younger.people == (NOBODY_YET,)


def test_where_vera_last_was_is_told_by_the_elder() -> None:
    act = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    elder = seen_from(said(5), person=vera(last_act=act))
    whole = merged(elder, seen_from(said(1), person=NOBODY_YET))
    assert whole.people[0].last_act == act


@pytest.mark.parametrize(
    ("address", "seq", "late"),
    [
        (Address(address_id="a", channel="sms", proven=True, typed_seq=9), 3, False),
        (Address(address_id="a", channel="sms", typed_seq=3), 3, True),
        (Address(address_id="a", channel="sms", typed_seq=3), 4, False),
        (Address(address_id="a", channel="sms"), 1, False),
    ],
)
def test_a_typed_address_carries_what_came_after_it(address: Address, seq: int, late: bool) -> None:
    assert typed_later(address, seq) is late
