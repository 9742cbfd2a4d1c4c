"""Vera waits and nobody is at the console: who is told, when, and what Vera learns of them."""

from __future__ import annotations

from gateway.core.model import Presence
from gateway.services import conversations, duty
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, ADA_PHONE, BEN_MAIL, BEN_PHONE, DOMAIN, Town
from tests.integration.town.townspeople import VERA_PHONE


@behaviour(36)
async def test_the_first_on_call_is_mailed_after_two_minutes_and_the_next_ten_later(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(115)
    assert town.post.taken == []
    await town.tick(6)
    (notice,) = town.post.taken
    assert notice.to == ADA_MAIL
    assert "Is anybody there?" in notice.words
    await town.tick(590)
    assert len(town.post.taken) == 1
    await town.tick(11)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL, BEN_MAIL]
    await town.tick(24 * 3_600)
    # Each was told once, and by one way.
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL, BEN_MAIL]
    assert town.carrier.asked == []
    reach = await town.vera.reach("staff")
    assert reach.state == "unreachable"
    assert "everybody on call was told" in (await town.vera.why("staff")).sentence


async def test_with_an_agent_at_the_console_the_first_notice_comes_after_five_minutes(
    town: Town,
) -> None:
    await town.ben.comes()
    await town.vera.writes("Is anybody there?")
    await town.tick(290)
    assert town.post.taken == []
    await town.tick(15)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_when_the_last_agent_goes_the_first_notice_comes_sooner(town: Town) -> None:
    await town.ben.comes()
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.ben.goes()
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_when_the_last_console_is_hidden_the_first_notice_comes_sooner(town: Town) -> None:
    await town.ben.comes()
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert town.post.taken == []
    await town.ben.is_now(Presence.HIDDEN)
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_one_console_in_sight_is_enough_for_all_that_are_hidden(town: Town) -> None:
    await town.ben.comes()
    await town.ada.is_now(Presence.ON_PAGE)
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.ben.is_now(Presence.HIDDEN)
    await town.tick(150)
    assert town.post.taken == []
    await town.tick(25)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_somebody_who_is_set_to_away_keeps_nobody_from_being_told(town: Town) -> None:
    await town.ada.comes()
    await duty.pick(town.house, town.ada.agent_id, "away")
    await town.ben.comes()
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert town.post.taken == []
    await town.ben.goes()
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


@behaviour(36)
async def test_an_answer_in_the_console_ends_the_ladder(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.ben.answers("I am.")
    await town.tick(24 * 3_600)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    assert (await town.vera.reach("staff")).state == "settled"


async def test_a_note_is_no_answer(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.ben.answers("Not mine.", note=True)
    await town.tick(130)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    assert "Not mine." not in town.post.taken[0].words


async def test_the_assigned_agent_is_told_first(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    row = await town.vera.conversation()
    await conversations.assign(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, town.ben.agent_id
    )
    await town.tick(130)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL]
    await town.tick(600)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL, ADA_MAIL]


@behaviour(36)
async def test_opening_the_conversation_pauses_the_ladder_once(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(100)
    await town.ben.opens()
    await town.tick(290)
    await town.ben.opens()
    assert town.post.taken == []
    await town.tick(15)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_a_notice_that_bounces_goes_to_the_same_agent_by_text(town: Town) -> None:
    town.post.says("550 5.1.1 No such mailbox")
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    assert "Is anybody there?" in town.carrier.to(ADA_PHONE)[0]
    assert town.carrier.to(BEN_PHONE) == []


@behaviour(18, 37)
async def test_ada_answers_by_mail_and_vera_reads_her_name_and_never_her_address(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.vera.proves_number()
    tab = await town.vera.tab()
    await town.vera.leaves()
    await town.tick(130)
    await town.answers_mail(town.post.to(ADA_MAIL)[0], f"I am.\r\n\r\n-- \r\nAda, {ADA_MAIL}")
    await town.tick(60)
    answer = [row for row in await town.vera.entries() if row.kind == "message"][-1]
    assert (answer.body, answer.author_name, answer.side) == ("I am.", "Ada", "staff")
    assert (await town.vera.reach("staff")).state == "settled"
    assert town.carrier.to(VERA_PHONE)[-1].startswith("Ada at Acme: I am.")
    await tab.until("I am.")
    await nothing_of_the_agents_leaks(town, tab.heard)


@behaviour(37)
async def test_ada_answers_by_text_and_vera_reads_her_name_and_never_her_number(
    town: Town,
) -> None:
    await town.policy(staff_ladder=["sms", "email"])
    await town.vera.writes("Is anybody there?")
    await town.vera.leaves_mailbox()
    tab = await town.vera.tab()
    await town.vera.leaves()
    await town.tick(130)
    assert await town.text_in(ADA_PHONE, "I am.") == 200
    await town.tick(60)
    assert await town.vera.said() == ["Is anybody there?", "I am."]
    letter = town.post.taken[-1]
    assert letter.head("From") == f"Ada at Acme <hello@{DOMAIN}>"
    await tab.until("I am.")
    await nothing_of_the_agents_leaks(town, tab.heard)


async def nothing_of_the_agents_leaks(town: Town, frames: list[str]) -> None:
    """Whatever Vera or her devices got, and whatever she may read of the log."""
    seen = list(frames)
    seen += [text.body + text.sender for text in town.carrier.taken if text.to == VERA_PHONE]
    seen += [
        each.mail.as_string() for each in town.post.taken if each.to not in (ADA_MAIL, BEN_MAIL)
    ]
    seen += [
        f"{row.body} {row.author_name} {row.data}"
        for row in await town.vera.entries()
        if row.audience == "all"
    ]
    assert len(seen) > 3
    for secret in (ADA_MAIL, ADA_PHONE, BEN_MAIL, BEN_PHONE, f"ada@{DOMAIN}", f"ben@{DOMAIN}"):
        assert not [each for each in seen if secret in each]
        # A phone number must not leak by halves either.
        assert not [each for each in seen if secret.startswith("+") and secret[-7:] in each]


async def test_after_ada_answered_by_text_the_next_question_comes_to_her_soon(
    town: Town,
) -> None:
    await town.policy(staff_ladder=["sms", "email"])
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.text_in(ADA_PHONE, "I am.")
    await town.vera.writes("Is the blue one back?")
    await town.tick(20)
    assert len(town.carrier.to(ADA_PHONE)) == 2
    assert "Is the blue one back?" in town.carrier.to(ADA_PHONE)[1]


async def test_ada_answers_by_mail_what_she_was_told_of_and_what_came_after_stays_open(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.vera.writes("I need it today")
    await town.answers_mail(town.post.to(ADA_MAIL)[0], "I am.")
    await town.tick(1)
    reach = await town.vera.reach("staff")
    assert reach.seen_seq < reach.head_seq
    await town.tick(24 * 3_600)
    assert any("I need it today" in letter.words for letter in town.post.taken)


@behaviour(18)
async def test_a_colleagues_reply_address_in_bens_hands_does_not_make_him_ada(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.answers_mail(town.post.to(ADA_MAIL)[0], "Pay me instead", sender=BEN_MAIL)
    await town.answers_mail(
        town.post.to(ADA_MAIL)[0], "Pay me instead", sender="mallory@evil.example"
    )
    await town.tick(1)
    assert await town.vera.said() == ["Is anybody there?"]
