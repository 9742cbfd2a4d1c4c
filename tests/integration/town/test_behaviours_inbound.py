"""What comes in: to whom it belongs, how it is shown, and what it changes (14 to 27)."""

from __future__ import annotations

import asyncio
import json

import pytest

from gateway.clock import DAY, SECOND
from gateway.services import conversations, originals
from gateway.services.house import Change
from gateway.store import house as houses
from gateway.store.tables import AddressRow, ConversationRow
from tests.behaviours import behaviour
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

OUT_OF_OFFICE = {"Auto-Submitted": "auto-replied", "Subject": "Automatic reply: out of office"}


async def vera_was_texted(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes. Which size?")
    await town.tick(31)
    await town.receipt(town.carrier.taken[-1], "delivered")


@behaviour(14)
async def test_veras_answer_by_text_is_in_the_same_conversation_and_in_her_tab_with_its_mark(
    town: Town,
) -> None:
    await vera_was_texted(town)
    tab = await town.vera.tab()
    assert await town.text_in(VERA_PHONE, "38 please") == 200
    frame = json.loads(await tab.until("38 please"))
    assert frame["t"] == "entry"
    assert frame["entry"]["channel"] == "sms"
    assert frame["entry"]["author"]["side"] == "shopper"
    assert await town.vera.said() == ["Is the blue one back?", "Yes. Which size?", "38 please"]
    assert len(await town.rows(ConversationRow)) == 1


@behaviour(15)
async def test_a_mail_of_nothing_but_the_quotation_is_no_empty_bubble_and_its_original_is_there(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    (letter,) = town.post.to(VERA_MAIL)
    quoted = "\r\n".join(f"> {line}" for line in letter.words.splitlines())
    await town.answers_mail(letter, f"On Fri, Ada at Acme wrote:\r\n{quoted}")
    await town.tick(1)
    shown = [row for row in await town.vera.entries() if row.kind == "message"][-1]
    assert shown.body == f"Re: {letter.head('Subject')}"
    original = await originals.mail(
        town.house, shown.store_id, shown.conversation_id, shown.entry_id
    )
    assert "> Yes, in 38." in (original.text or "")


@behaviour(16)
async def test_in_reply_to_decides_then_references_then_the_sender_else_a_new_conversation(
    town: Town,
) -> None:
    await town.policy(ladder=["email"])
    zoe = await town.shopper()
    for shopper, words in ((town.vera, "I am Vera"), (zoe, "I am Zoe")):
        await shopper.writes(words)
        await shopper.leaves_mailbox()  # they share it
        await shopper.leaves()
    await town.ada.answers("Hi Vera", town.vera)
    await town.tick(40)
    await town.ada.answers("Hi Zoe", zoe)
    await town.tick(400)
    veras, zoes = (letter.head("Message-ID") for letter in town.post.to(VERA_MAIL))

    async def writes(words: str, **fields: str) -> None:
        await town.mail_in(mail(words, From=VERA_MAIL, To=MAILBOX, **fields), MAILBOX)
        await town.tick(1)

    await writes("To both", **{"In-Reply-To": zoes, "References": f"{zoes} {veras}"})
    await writes("To Vera's", References=f"{zoes} {veras}")
    await writes("To neither", Subject="Re: Your question to Acme (#1)")
    await writes("To neither again")
    assert (await zoe.said())[2:] == ["To both"]
    assert (await town.vera.said())[2:] == ["To Vera's"]
    known = {town.vera.shopper_id, zoe.shopper_id}
    (fresh,) = [row for row in await town.rows(ConversationRow) if row.shopper_id not in known]
    said = [row.body for row in await town.entries(fresh.conversation_id) if row.kind == "message"]
    assert said == ["To neither", "To neither again"]


@behaviour(19)
async def test_the_same_mail_ten_times_at_once_is_one_message(town: Town) -> None:
    raw = mail("Do you ship to Oslo?", From="mia@shopper.example", To=MAILBOX)
    await asyncio.gather(*(town.mail_in(raw, MAILBOX) for _ in range(10)))
    await town.tick(1)
    assert [row.body for row in await town.messages()] == ["Do you ship to Oslo?"]


@behaviour(20)
async def test_an_automatic_answer_takes_nothing_back_that_waits(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    (letter,) = town.post.to(VERA_MAIL)
    await town.ada.answers("And in 39.")
    await town.answers_mail(letter, "I am away until Monday.", **OUT_OF_OFFICE)
    await town.tick(24 * 3_600)
    said = [each.words.splitlines()[0] for each in town.post.to(VERA_MAIL)]
    assert said == ["Yes, in 38.", "And in 39."]
    assert len(town.post.taken) == 2


@behaviour(21)
@pytest.mark.parametrize("later", ["sms", "chat"])
async def test_words_by_text_and_by_chat_at_once_are_both_kept_and_the_later_says_where_vera_is(
    town: Town, later: str
) -> None:
    await vera_was_texted(town)
    await town.vera.returns()
    texts = len(town.carrier.to(VERA_PHONE))
    await asyncio.gather(town.text_in(VERA_PHONE, "38 please"), town.vera.writes("Size 38"))
    assert sorted((await town.vera.said())[2:]) == ["38 please", "Size 38"]
    if later == "sms":
        await town.vera.writes("Or is it 39?")
        await town.text_in(VERA_PHONE, "No, 38.")
    else:
        await town.text_in(VERA_PHONE, "Or is it 39?")
        await town.vera.writes("No, 38.")
    assert (await town.vera.said())[4:] == ["Or is it 39?", "No, 38."]
    await town.ada.answers("It is yours.")
    await town.tick(20)
    assert len(town.carrier.to(VERA_PHONE)) == texts + (later == "sms")


@behaviour(23)
async def test_a_text_about_what_was_resolved_days_ago_opens_a_new_conversation(
    town: Town,
) -> None:
    await vera_was_texted(town)
    old = await town.vera.conversation()
    await conversations.resolve(town.house, old.store_id, old.conversation_id, town.ada.agent_id)
    town.clock.move_ahead(4 * DAY)
    assert await town.text_in(VERA_PHONE, "It does not fit") == 200
    assert await town.vera.said() == ["It does not fit"]
    states = {row.number: row.state for row in await town.rows(ConversationRow)}
    assert states == {1: "resolved", 2: "open"}
    (event,) = await town.vera.events("related")
    assert (town.data_of(event)["number"], event.audience) == (1, "staff")


@behaviour(23)
async def test_how_long_an_answer_reopens_what_was_resolved_is_the_stores_to_say(
    town: Town,
) -> None:
    await town.policy(reopen_within=DAY // SECOND)
    await vera_was_texted(town)
    old = await town.vera.conversation()
    await conversations.resolve(town.house, old.store_id, old.conversation_id, town.ada.agent_id)
    town.clock.move_ahead(2 * DAY)
    await town.text_in(VERA_PHONE, "It does not fit")
    assert (await town.vera.conversation()).number == 2


@behaviour(25)
async def test_however_veras_number_and_mailbox_are_written_each_is_one_address(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    for typed in ("+1 415 555 0142", "(415) 555-0142", "1-415-555-0142", "+1.415.555.0142"):
        await town.vera.leaves_number(typed)
    for typed in ("vera@bücher.example", "Vera@BÜCHER.example", " vera@xn--bcher-kva.example "):
        await town.vera.leaves_mailbox(typed)
    await town.vera.leaves_mailbox("vera+shoes@bücher.example")
    found = [row.value for row in await town.rows(AddressRow) if row.side == "shopper"]
    assert sorted(found) == [
        VERA_PHONE,
        "vera+shoes@xn--bcher-kva.example",
        "vera@xn--bcher-kva.example",
    ]


@behaviour(25)
async def test_a_number_without_its_country_is_one_of_the_stores(town: Town) -> None:
    def moves_to_germany(change: Change) -> None:
        store = houses.store(change.tx, town.store_id)
        store.region = "DE"
        change.tx.session.add(store)

    await town.house.change(moves_to_germany)
    await town.vera.writes("Is the blue one back?")
    for typed in ("0171 2345678", "+49 171 2345678", "0049 171 2345678"):
        await town.vera.leaves_number(typed)
    found = [row.value for row in await town.rows(AddressRow) if row.side == "shopper"]
    assert found == ["+491712345678"]


@behaviour(26)
async def test_words_that_only_hold_stop_end_nothing_and_are_a_message(town: Town) -> None:
    await vera_was_texted(town)
    await town.text_in(VERA_PHONE, "Please stop sending me blue ones")
    await town.ada.answers("Red, then.")
    await town.tick(20)
    assert (await town.vera.said())[-2] == "Please stop sending me blue ones"
    assert [state for _, state in await hops(town)] == ["delivered", "accepted"]
