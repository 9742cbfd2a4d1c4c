"""Vera is away and Ada has answered: by what way, when, and what happens when a way fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typing_extensions import override

from gateway.clock import SECOND
from gateway.services.house import LOOK_AGAIN, Doorbell
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, shown_hops, vera_asks_and_leaves
from tests.integration.town.letters import bounce
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE


async def test_two_answers_go_after_the_delay_in_one_text_that_names_ada_and_the_store(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(10)
    await town.ada.answers("Shall I put a pair aside?")
    await town.tick(28)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(3)
    (words,) = town.carrier.to(VERA_PHONE)[1:]
    assert words.startswith(
        "Ada at Acme: Yes, in 38.\nShall I put a pair aside?\nReply STOP to end these texts.\n"
    )
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_vera_who_reads_on_the_page_is_not_texted(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.returns()
    await town.ada.answers("Hi Vera")
    await town.tick(300)
    await town.vera.sees()
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    assert (await town.vera.reach()).state == "settled"


async def test_a_knock_that_nobody_answers_is_followed_by_a_mail_after_its_wait(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert town.carrier.to(VERA_PHONE)[1].startswith("Acme: an answer from Ada.")
    await town.tick(19 * 60)
    assert town.post.to(VERA_MAIL) == []
    await town.tick(60)
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    await town.tick(24 * 3_600)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert len(town.carrier.to(VERA_PHONE)) == 2


@behaviour(10)
async def test_a_mail_that_bounces_is_followed_by_a_text_and_the_log_shows_both(
    town: Town,
) -> None:
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    (letter,) = town.post.to(VERA_MAIL)
    await town.mail_in(bounce(letter), letter.back, sender="")
    await town.tick(400)
    assert "Yes, in 38." in town.carrier.to(VERA_PHONE)[1]
    assert await hops(town) == [("email", "bounced"), ("sms", "accepted")]
    assert ("email", "bounced") in await shown_hops(town)
    assert "did not reach" in (await town.vera.reasons_of("send"))[-1]
    # The mailbox is known to be bad: the next answer does not try it again.
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_a_number_that_is_none_is_followed_by_a_mail_at_once(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(21211))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert len(town.carrier.asked) == 2  # the code, and the one that was refused


@behaviour(11)
async def test_a_receipt_that_never_comes_is_followed_by_a_mail_after_its_deadline(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.tick(9 * 60)
    assert town.post.to(VERA_MAIL) == []
    await town.tick(60)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert await hops(town) == [("sms", "accepted"), ("email", "accepted")]


async def test_a_text_that_was_delivered_is_followed_by_nothing(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    await town.tick(48 * 3_600)
    assert town.post.to(VERA_MAIL) == []
    assert len(town.carrier.to(VERA_PHONE)) == 2


@behaviour(7)
async def test_what_vera_saw_before_the_hand_over_is_not_sent(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    assert await hops(town) == [("sms", "queued")]
    await town.vera.sees()
    await town.tick(3_600)
    assert await hops(town) == [("sms", "superseded")]
    assert len(town.carrier.asked) == 1


async def test_a_second_answer_before_the_hand_over_goes_along_in_one_text(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    await town.ada.answers("And in 39.")
    await town.tick(180)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert "Yes, in 38.\nAnd in 39." in town.carrier.to(VERA_PHONE)[1]
    assert await hops(town) == [("sms", "superseded"), ("sms", "accepted")]


@behaviour(13)
async def test_a_phone_company_that_is_down_is_tried_again_with_back_off(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.carrier.close()
    await town.ada.answers("Yes, in 38.")
    await town.tick(200)
    assert await hops(town) == [("sms", "deferred")] * 3
    await town.carrier.open()
    await town.tick(60)
    tries = await town.vera.deliveries()
    spans = [later.queued_at - tries[n].state_at for n, later in enumerate(tries[2:], start=1)]
    assert [span // SECOND for span in spans] == [30, 60, 120]
    assert (await hops(town))[3:] == [("sms", "accepted")]
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert ("sms", "deferred") in await shown_hops(town)


async def test_a_mail_server_that_is_down_is_tried_again_with_back_off(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.post.close()
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("email", "deferred")]
    assert ("email", "deferred") in await shown_hops(town)
    await town.post.open()
    await town.tick(31)
    assert await hops(town) == [("email", "deferred"), ("email", "accepted")]
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_a_way_that_stays_closed_for_a_day_is_given_up_and_an_agent_sees_why(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.carrier.close()
    await town.ada.answers("Yes, in 38.")
    await town.tick(25 * 3_600)
    assert (await town.vera.reach()).state == "unreachable"
    assert (await town.vera.conversation()).unreachable == 1
    assert [each["verdict"] for each in (await town.vera.why()).considered] == ["stale"]


# --- the decision in words -----------------------------------------------------------------------


async def test_a_new_policy_takes_effect_and_the_sentence_tells_its_delay(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(16)
    first = await town.vera.why()
    assert first.answer == "wait"
    assert "the policy waits 30 s" in first.sentence
    await town.policy(gone=90, longest_gone=300)
    await town.tick(1)
    assert "the policy waits 90 s" in (await town.vera.why()).sentence
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(15)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert "Goes by SMS to ••• 42 because" in (await town.vera.reasons_of("send"))[-1]
    assert {row.policy_version for row in await town.decisions()} == {2, 3}


@behaviour(12)
async def test_vera_who_left_no_address_is_unreachable_until_she_leaves_one(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert (await town.vera.reach()).state == "unreachable"
    assert (await town.vera.conversation()).unreachable == 1
    await town.vera.leaves_mailbox()
    await town.ada.answers("And in 39.")
    await town.tick(600)
    assert "And in 39." in town.post.to(VERA_MAIL)[0].words
    # What was written before the address was typed still has no way.
    assert (await town.vera.reach()).state == "unreachable"
    await town.vera.sees()
    await town.tick(1)
    assert (await town.vera.conversation()).unreachable == 0


async def test_vera_who_can_be_reached_again_is_no_longer_shown_as_unreachable(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert (await town.vera.conversation()).unreachable == 1
    await town.vera.proves_number()
    await town.tick(60)
    assert "Yes, in 38." in town.carrier.to(VERA_PHONE)[-1]
    assert (await town.vera.conversation()).unreachable == 0


class Heard(Doorbell):
    """One that tells whether it rang."""

    has_rung = False

    @override
    def ring(self) -> None:
        self.has_rung = True


@pytest.mark.parametrize("seconds", [1, 15])
async def test_the_clockwork_is_woken_for_what_is_due_before_it_looks_by_itself(
    town: Town, seconds: int
) -> None:
    await town.policy(elsewhere=seconds)
    await vera_asks_and_leaves(town)
    town.house = replace(town.house, work=(bell := Heard()))
    await town.ada.answers("Yes, in 38.")
    assert bell.has_rung is (seconds < LOOK_AGAIN)
