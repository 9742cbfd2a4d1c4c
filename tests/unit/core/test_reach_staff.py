"""The staff's side of ``plan``: who is told that Vera is unanswered, when and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.conversation import paused_until
from gateway.core.model import (
    Act,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Send,
    Unreachable,
    Wait,
)
from gateway.core.policy import HOUR, MINUTE, SECOND
from gateway.core.reach import plan
from tests.unit.core.scenes import (
    NOON,
    POLICY,
    agent,
    asked,
    codes,
    decide,
    sent,
    unanswered,
    waits,
)


def notice(
    name: str,
    *seqs: int,
    at: int,
    state: DeliveryState = DeliveryState.ACCEPTED,
    channel: str = "email",
) -> Delivery:
    return Delivery(
        delivery_id=f"to-{name}-{channel}-{at}",
        person_id=name,
        address_id=f"{name}-{channel}",
        channel=channel,
        form=Form.WORDS,
        state=state,
        seqs=frozenset(seqs),
        queued_at=at,
        handed_at=at,
        accepted_at=at,
        state_at=at,
    )


ADA, BEN, CY = agent("ada"), agent("ben"), agent("cy")
TEAM = (ADA, BEN, CY)


@pytest.mark.parametrize(
    ("present", "delay"), [(False, POLICY.staff_first), (True, POLICY.staff_first_present)]
)
def test_the_first_notice_gives_those_who_are_there_longer(present: bool, delay: int) -> None:
    view = unanswered(asked(1), people=TEAM, agent_present=present)
    assert waits(view, NOON).until == NOON + delay
    found = sent(view, NOON + delay)
    assert (found.person_id, found.channel, found.seqs) == ("ada", "email", (1,))
    assert ("agent_present" in codes(found)) is present


def test_three_messages_make_one_notice_for_each_rung() -> None:
    messages = (asked(1), asked(2, NOON + MINUTE), asked(3, NOON + 4 * MINUTE))
    told_at = NOON + POLICY.staff_first
    first = sent(unanswered(*messages[:2], people=TEAM), told_at)
    assert (first.person_id, first.seqs) == ("ada", (1, 2))
    to_ada = notice("ada", 1, 2, at=told_at)
    view = unanswered(*messages, people=TEAM, deliveries=(to_ada,))
    end = told_at + POLICY.rung
    assert waits(view, end - 1).until == end
    second = sent(view, end)
    assert (second.person_id, second.seqs) == ("ben", (1, 2, 3))
    assert "next_person" in codes(second)
    to_ben = notice("ben", 1, 2, 3, at=end)
    third = sent(replace(view, deliveries=(to_ada, to_ben)), end + POLICY.rung)
    assert (third.person_id, third.seqs) == ("cy", (1, 2, 3))


def test_when_everybody_was_told_and_nobody_answered_it_is_visibly_unreachable() -> None:
    notices = (notice("ada", 1, at=NOON), notice("ben", 1, at=NOON + POLICY.rung))
    view = unanswered(asked(1), people=(ADA, BEN), deliveries=notices)
    assert waits(view, NOON + 2 * POLICY.rung - 1).until == NOON + 2 * POLICY.rung
    found = decide(view, NOON + 2 * POLICY.rung)
    assert isinstance(found, Unreachable)
    assert codes(found)[-1] == "nobody_answered"
    assert {each.verdict for each in found.considered} == {"told"}


def test_a_question_long_after_the_last_rung_begins_again_with_a_whole_first_delay() -> None:
    told = notice("ada", 1, at=NOON)
    view = unanswered(asked(1), asked(9, NOON + HOUR), people=(ADA,), deliveries=(told,))
    assert waits(view, NOON + HOUR).until == NOON + HOUR + POLICY.staff_first
    found = sent(view, NOON + HOUR + POLICY.staff_first)
    assert (found.person_id, found.seqs) == ("ada", (9,))


def test_whoever_was_told_is_not_told_again_of_what_came_in_their_rung() -> None:
    told = notice("ada", 1, at=NOON)
    view = unanswered(asked(1), asked(2, NOON + MINUTE), people=(ADA,), deliveries=(told,))
    assert isinstance(decide(view, NOON + POLICY.rung), Unreachable)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.BOUNCED])
def test_a_notice_that_came_back_is_followed_by_the_same_agents_next_address(
    state: DeliveryState,
) -> None:
    lost = notice("ada", 1, at=NOON, state=state)
    view = unanswered(asked(1, NOON - HOUR), people=TEAM, deliveries=(lost,))
    found = sent(view, NOON + SECOND)
    assert (found.person_id, found.channel) == ("ada", "sms")
    assert "escalated" in codes(found)


def test_an_unknown_notice_counts_as_told_for_its_rung_and_the_next_person_follows() -> None:
    told = notice("ada", 1, at=NOON, state=DeliveryState.UNKNOWN)
    view = unanswered(asked(1), people=TEAM, deliveries=(told,))
    assert waits(view, NOON + MINUTE).until == NOON + POLICY.rung
    assert sent(view, NOON + POLICY.rung).person_id == "ben"


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.READ])
def test_an_agent_who_answered_by_mail_is_told_of_the_next_question_there_at_once(
    state: DeliveryState,
) -> None:
    old = notice("ada", 1, at=NOON, state=state)
    answered_at = NOON + 3 * MINUTE
    ada = replace(ADA, last_act=Act(channel="email", at=answered_at, address_id="ada-email"))
    rang = (Interruption(person_id="ada", channel="email", at=NOON),)
    again = asked(3, NOON + 4 * MINUTE)
    view = unanswered(again, people=(ada, BEN), deliveries=(old,), interruptions=rang)
    due = again.at + POLICY.elsewhere
    assert waits(view, again.at).until == due
    found = sent(view, due)
    assert (found.person_id, found.channel, found.seqs) == ("ada", "email", (3,))
    assert "elsewhere" in codes(found)


def test_an_agent_who_answered_from_outside_never_waits_longer_than_anybody_else() -> None:
    old = notice("ada", 1, at=NOON, state=DeliveryState.ACCEPTED)
    ada = replace(ADA, last_act=Act(channel="email", at=NOON + MINUTE, address_id="ada-email"))
    again = asked(3, NOON + 2 * MINUTE)
    hasty = replace(POLICY, elsewhere=HOUR)
    view = unanswered(again, people=(ada, BEN), deliveries=(old,))
    found = plan(view, hasty, Health(), again.at)
    assert isinstance(found, Wait)
    assert (found.until, codes(found)) == (again.at + POLICY.staff_first, ["unanswered"])


@pytest.mark.parametrize(
    "here",
    [
        (),
        (notice("ada", 1, at=NOON - HOUR, state=DeliveryState.BOUNCED),),
        (notice("ada", 1, at=NOON - SECOND),),
        (notice("ada", 1, at=NOON - HOUR, channel="sms"),),
    ],
)
def test_an_agents_mail_in_another_conversation_hurries_nothing_here(
    here: tuple[Delivery, ...],
) -> None:
    ada = replace(ADA, last_act=Act(channel="email", at=NOON - MINUTE, address_id="ada-email"))
    view = unanswered(asked(2), people=(ada, BEN), deliveries=here)
    assert sent(view, NOON + POLICY.staff_first).person_id == "ada"
    assert waits(view, NOON + POLICY.elsewhere).until == NOON + POLICY.staff_first


def test_an_agent_who_opens_the_conversation_pauses_the_ladder() -> None:
    until = paused_until(NOON + MINUTE, POLICY, paused_before=False)
    view = unanswered(asked(1), people=(ADA, replace(BEN, paused_until=until)))
    found = waits(view, NOON + 3 * MINUTE)
    assert (found.until, codes(found)) == (NOON + MINUTE + POLICY.answer_within, ["paused"])
    assert found.because[0].facts == (("until", found.until),)
    assert found.considered[0].verdict == "next"
    assert sent(view, NOON + MINUTE + POLICY.answer_within).person_id == "ada"


def test_a_colleague_who_looks_in_every_four_minutes_does_not_silence_the_ladder() -> None:
    pause: int | None = None
    told: list[int] = []
    deliveries: tuple[Delivery, ...] = ()
    for minute in range(40):
        now = NOON + minute * MINUTE
        if minute % 4 == 0:
            fresh = paused_until(now, POLICY, paused_before=pause is not None)
            pause = pause if fresh is None else fresh
        team = (ADA, replace(BEN, paused_until=pause), CY)
        found = decide(unanswered(asked(1), people=team, deliveries=deliveries), now)
        if isinstance(found, Send):
            told.append(minute)
            deliveries += (notice(found.person_id, 1, at=now),)
    assert told == [5, 15, 25]


def test_an_agent_who_rang_a_moment_ago_is_waited_for_rather_than_passed_over() -> None:
    rang = (Interruption(person_id="ada", channel="email", at=NOON + MINUTE),)
    view = unanswered(asked(1), people=TEAM, interruptions=rang)
    assert waits(view, NOON + POLICY.staff_first).until == NOON + MINUTE + POLICY.spacing
    assert sent(view, NOON + MINUTE + POLICY.spacing).person_id == "ada"


def test_no_shoppers_words_go_to_an_agents_number_that_is_not_proven() -> None:
    typed = replace(ADA.addresses[1], proven=False)
    view = unanswered(asked(1), people=(replace(ADA, addresses=(typed,)), BEN))
    found = sent(view, NOON + HOUR)
    assert found.person_id == "ben"
    assert found.considered[0].verdict == "unproven"


def test_an_agent_who_never_agreed_is_not_written_to() -> None:
    silent = tuple(replace(each, consents=frozenset()) for each in ADA.addresses)
    view = unanswered(asked(1), people=(replace(ADA, addresses=silent),))
    found = decide(view, NOON + HOUR)
    assert isinstance(found, Unreachable)
    assert {each.verdict for each in found.considered} == {"no_consent"}


def test_a_wait_for_where_ada_was_ends_when_her_act_no_longer_counts() -> None:
    act_at = NOON - POLICY.act_counts + 5 * MINUTE
    ada = replace(ADA, last_act=Act(channel="sms", at=act_at, address_id="ada-sms"))
    closed = Health(open_until=(("sms", NOON + 10 * MINUTE),))
    view = unanswered(asked(1), people=(ada,))
    found = plan(view, POLICY, closed, NOON + 3 * MINUTE)
    assert isinstance(found, Wait)
    assert found.until == act_at + POLICY.act_counts
    later = plan(view, POLICY, closed, act_at + POLICY.act_counts)
    assert isinstance(later, Send)
    assert later.channel == "email"
