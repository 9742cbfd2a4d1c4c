"""Ada answers from her own phone and mailbox: which conversation, under whose name, and if unclear.

Behaviours 22, 37 and 39 as far as an agent's answers go.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from gateway.clock import SECOND
from gateway.services import conversations
from gateway.services.asking import ASK_AGAIN
from gateway.store.tables import InboundRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, ADA_PHONE, BEN_PHONE, MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import Shopper

BY_TEXT: dict[str, object] = {"staff_ladder": ["sms", "email"]}
WHICH = "Acme: which one is this for? Send its number, or begin your answer with it: "


async def two_wait(town: Town, **policy: object) -> Shopper:
    """Vera and Zoe wait, and Ada has been told of both at once; returns Zoe."""
    await town.policy(**policy)
    zoe = await town.shopper()
    await town.vera.writes("Is it blue?")
    await zoe.writes("Is it open?")
    await town.look(after=130)
    await town.tick()
    return zoe


async def notes_of(shopper: Shopper) -> list[str]:
    return [row.body or "" for row in await shopper.entries() if row.kind == "note"]


@behaviour(22, 37)
async def test_the_code_in_adas_text_says_whom_she_answers(town: Town) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    assert await town.text_in(ADA_PHONE, "#2: Until six.") == 200
    assert await town.text_in(ADA_PHONE, "# 1 It is.") == 200
    assert await town.vera.said() == ["Is it blue?", "It is."]
    assert await zoe.said() == ["Is it open?", "Until six."]
    for shopper in (town.vera, zoe):
        answer = [row for row in await shopper.entries() if row.kind == "message"][-1]
        assert (answer.author_name, answer.side, answer.channel) == ("Ada", "staff", "sms")
        assert (await shopper.reach("staff")).state == "settled"
    assert len(town.carrier.to(ADA_PHONE)) == 1
    assert town.carrier.to(BEN_PHONE) == []


@behaviour(22)
async def test_without_a_code_nothing_is_guessed_ada_is_asked_and_nothing_is_lost(
    town: Town,
) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    assert await town.text_in(ADA_PHONE, "Yes, until six.") == 200
    await town.tick()
    assert await town.vera.said() == ["Is it blue?"]
    assert await zoe.said() == ["Is it open?"]
    assert town.carrier.to(ADA_PHONE)[1:] == [WHICH + "#1 Shopper, #2 Shopper."]
    for shopper in (town.vera, zoe):
        (note,) = await notes_of(shopper)
        assert note.startswith("Yes, until six.\n")
        assert (await shopper.reach("staff")).state != "settled"
    (kept,) = [row for row in await town.rows(InboundRow) if row.outcome == "asks"]
    assert b"until+six" in kept.raw or b"until%20six" in kept.raw


async def test_the_number_alone_places_what_ada_had_written(town: Town) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    await town.text_in(ADA_PHONE, "Yes.")
    await town.text_in(ADA_PHONE, "Until six.")
    await town.tick()
    assert len(town.carrier.to(ADA_PHONE)) == 2  # the notice, and one question
    await town.text_in(ADA_PHONE, "#2")
    assert await zoe.said() == ["Is it open?", "Yes.", "Until six."]
    assert await town.vera.said() == ["Is it blue?"]
    assert (await zoe.reach("staff")).state == "settled"
    # It is placed once: the number alone says nothing more.
    await town.text_in(ADA_PHONE, "#2")
    await town.text_in(ADA_PHONE, "#1")
    assert await zoe.said() == ["Is it open?", "Yes.", "Until six."]
    assert await town.vera.said() == ["Is it blue?"]


async def test_an_answer_with_its_number_takes_the_place_of_what_could_not_be_placed(
    town: Town,
) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    await town.text_in(ADA_PHONE, "Yes.")
    await town.text_in(ADA_PHONE, "#2 Until six.")
    await town.text_in(ADA_PHONE, "#1")
    assert await zoe.said() == ["Is it open?", "Until six."]
    assert await town.vera.said() == ["Is it blue?"]


@behaviour(39)
async def test_a_phone_that_answers_by_itself_is_asked_once(town: Town) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    for _ in range(5):
        await town.text_in(ADA_PHONE, "I am driving and read this later.")
        await town.tick(30)
    assert len([text for text in town.carrier.to(ADA_PHONE) if text.startswith(WHICH)]) == 1
    assert await town.vera.said() == ["Is it blue?"]
    # What came is shown every time all the same.
    assert len(await notes_of(zoe)) == 5
    town.clock.move_ahead(ASK_AGAIN + SECOND)
    await town.text_in(ADA_PHONE, "Still driving.")
    await town.tick()
    assert len([text for text in town.carrier.to(ADA_PHONE) if text.startswith(WHICH)]) == 2


async def test_a_number_that_ada_was_told_of_is_needed_not_just_any(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    mia = await town.shopper()
    await mia.writes("Is it me?")
    await town.text_in(ADA_PHONE, "#3 It is you.")
    await town.text_in(ADA_PHONE, "#99 It is you.")
    await town.tick()
    assert await mia.said() == ["Is it me?"]
    assert await notes_of(mia) == []
    (asked,) = town.carrier.to(ADA_PHONE)[1:]
    assert asked.startswith("Acme: you were told of no #3.")


async def test_what_is_assigned_to_ada_she_may_answer_without_having_been_told(town: Town) -> None:
    await town.vera.writes("Is it blue?")
    row = await town.vera.conversation()
    await conversations.assign(
        town.house, row.store_id, row.conversation_id, town.ben.agent_id, town.ada.agent_id
    )
    await town.ada.opens()
    await town.text_in(ADA_PHONE, "#1 It is.")
    assert await town.vera.said() == ["Is it blue?", "It is."]
    assert (await town.vera.reach("staff")).state == "settled"


async def test_after_an_answer_the_next_notice_needs_no_code(town: Town) -> None:
    await town.policy(**BY_TEXT, spacing=0)
    await town.vera.writes("Is it blue?")
    await town.tick(130)
    await town.text_in(ADA_PHONE, "It is.")
    zoe = await town.shopper()
    await zoe.writes("Is it open?")
    await town.tick(130)
    await town.text_in(ADA_PHONE, "Until six.")
    assert await town.vera.said() == ["Is it blue?", "It is."]
    assert await zoe.said() == ["Is it open?", "Until six."]


async def test_who_goes_on_after_an_answer_goes_on_in_the_same_conversation(town: Town) -> None:
    await town.policy(**BY_TEXT)
    await town.vera.writes("Is it blue?")
    await town.tick(130)
    await town.text_in(ADA_PHONE, "It is.")
    await town.text_in(ADA_PHONE, "And green too.")
    assert await town.vera.said() == ["Is it blue?", "It is.", "And green too."]


@behaviour(22, 37)
async def test_an_answer_to_a_mail_about_two_goes_where_its_first_line_says(town: Town) -> None:
    zoe = await two_wait(town)
    (letter,) = town.post.to(ADA_MAIL)
    await town.answers_mail(letter, f"#2\r\nUntil six.\r\n\r\n-- \r\nAda, {ADA_MAIL}")
    await town.tick(1)
    await town.answers_mail(letter, "#1: It is.")
    await town.tick(1)
    assert await zoe.said() == ["Is it open?", "Until six."]
    assert await town.vera.said() == ["Is it blue?", "It is."]
    answer = [row for row in await zoe.entries() if row.kind == "message"][-1]
    assert (answer.author_name, answer.channel) == ("Ada", "email")


async def test_the_link_in_a_mail_about_two_answers_the_one_that_it_stands_beside(
    town: Town,
) -> None:
    zoe = await two_wait(town)
    (letter,) = town.post.to(ADA_MAIL)
    html = letter.mail.get_body(("html",))
    assert html is not None
    link = re.findall(
        r'href="mailto:([^"?]+)\?subject=([^"&]+)&(?:amp;)?body=([^"]+)"', html.get_content()
    )[1]
    to, subject, body = (unquote(each) for each in link)
    raw = mail(f"{body}Until six.", From=ADA_MAIL, To=to, Subject=subject)
    assert await town.mail_in(raw, to, sender=ADA_MAIL)
    await town.tick(1)
    assert await zoe.said() == ["Is it open?", "Until six."]


@behaviour(22, 39)
async def test_an_answer_to_a_mail_about_two_without_a_code_is_asked_about_by_one_mail(
    town: Town,
) -> None:
    zoe = await two_wait(town)
    (letter,) = town.post.to(ADA_MAIL)
    await town.answers_mail(letter, "Until six.")
    await town.tick(1)
    await town.answers_mail(letter, "Hello? Until six!")
    await town.tick(1)
    assert await town.vera.said() == ["Is it blue?"]
    assert await zoe.said() == ["Is it open?"]
    _, asked = town.post.to(ADA_MAIL)
    assert re.search(r"begin your answer with it: #1 Shopper, #2 Shopper", asked.words)
    # Nobody's auto-responder shall answer it, and it belongs to what Ada wrote.
    assert asked.head("Auto-Submitted") == "auto-replied"
    assert letter.head("Message-ID") in asked.head("References")
    await town.answers_mail(asked, "#2")
    await town.tick(1)
    assert await zoe.said() == ["Is it open?", "Until six.", "Hello? Until six!"]
    assert (await zoe.reach("staff")).state == "settled"


async def test_the_question_leads_back_even_where_only_its_threading_is_kept(town: Town) -> None:
    zoe = await two_wait(town)
    (letter,) = town.post.to(ADA_MAIL)
    await town.answers_mail(letter, "Until six.")
    await town.tick(1)
    asked = town.post.to(ADA_MAIL)[1]
    references = f"{asked.head('References')} {asked.head('Message-ID')}"
    raw = mail(
        "#2",
        **{
            "From": ADA_MAIL,
            "To": MAILBOX,
            "Subject": "Re: Which",
            "In-Reply-To": asked.head("Message-ID"),
            "References": references,
        },
    )
    await town.mail_in(raw, MAILBOX, sender=ADA_MAIL)
    await town.tick(1)
    assert await zoe.said() == ["Is it open?", "Until six."]


async def test_an_out_of_office_answer_to_a_notice_places_and_asks_nothing(town: Town) -> None:
    zoe = await two_wait(town)
    (letter,) = town.post.to(ADA_MAIL)
    await town.answers_mail(letter, "I am away.", **{"Auto-Submitted": "auto-replied"})
    await town.tick(1)
    assert len(town.post.to(ADA_MAIL)) == 1
    assert await zoe.said() == ["Is it open?"]
    assert await notes_of(zoe) == []


async def test_a_code_in_a_mail_that_only_says_it_is_adas_makes_nobody_ada(town: Town) -> None:
    await two_wait(town)
    raw = mail("#1 Send the money here", From=ADA_MAIL, To=MAILBOX, Subject="Hi")
    await town.mail_in(raw, MAILBOX, sender=ADA_MAIL)
    await town.tick(1)
    assert await town.vera.said() == ["Is it blue?"]


@behaviour(37)
async def test_no_question_and_no_code_of_adas_reaches_vera(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    tab = await town.vera.tab()
    await town.text_in(ADA_PHONE, "Yes.")
    await town.text_in(ADA_PHONE, "#1")
    await tab.until("Yes.")
    seen = [f"{row.body} {row.data}" for row in await town.vera.entries() if row.audience == "all"]
    for frame in (*tab.heard, *seen):
        assert "which one" not in frame
        assert "#1" not in frame.replace("Shopper #1", "")
        assert ADA_PHONE not in frame
        assert ADA_MAIL not in frame
