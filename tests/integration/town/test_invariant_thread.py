"""One thread, and nobody else's (invariants 4 and 10)."""

from __future__ import annotations

import asyncio

import pytest

from gateway.clock import DAY, SECOND
from gateway.core.conversation import REOPEN_WITHIN
from gateway.errors import BadInput, NotFound
from gateway.services import conversations, receive, sessions
from gateway.services.addresses import MOST_TRIES
from gateway.store.tables import ConversationRow
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

# --- 4. one thread -------------------------------------------------------------------------------


async def test_two_tabs_that_write_first_at_once_open_one_conversation(town: Town) -> None:
    await asyncio.gather(*(town.vera.writes(f"Tab {n}") for n in range(8)))
    assert len(await town.rows(ConversationRow)) == 1
    assert len(await town.vera.said()) == 8


async def test_a_text_and_a_chat_message_that_both_begin_anew_are_one_conversation(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.tick(40)
    for n in range(1, 4):
        row = await town.vera.conversation()
        await conversations.resolve(
            town.house, row.store_id, row.conversation_id, town.ada.agent_id
        )
        await town.tick(4 * 24 * 3_600)
        _, status = await asyncio.gather(
            town.vera.writes(f"By chat {n}"), town.text_in(VERA_PHONE, f"By text {n}")
        )
        assert status == 200
        assert sorted(await town.vera.said()) == [f"By chat {n}", f"By text {n}"]


async def test_chat_text_and_mail_of_vera_are_one_conversation(town: Town) -> None:
    await town.policy(ladder=["email", "sms"])
    await town.vera.writes("By chat")
    await town.vera.proves_number()
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.tick(40)
    await town.answers_mail(town.post.to(VERA_MAIL)[0], "By mail")
    await town.tick(1)
    assert await town.text_in(VERA_PHONE, "By text") == 200
    assert await town.vera.said() == ["By chat", "Hi Vera", "By mail", "By text"]
    assert len(await town.rows(ConversationRow)) == 1


@behaviour(23)
@pytest.mark.parametrize(("later", "conversations_then"), [(0, 1), (DAY, 2)])
async def test_a_resolved_conversation_opens_again_for_three_days(
    town: Town, later: int, conversations_then: int
) -> None:
    await town.vera.writes("Thanks!")
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    town.clock.move_ahead(REOPEN_WITHIN - 60 * SECOND + later)
    await town.vera.writes("One more thing")
    assert len(await town.rows(ConversationRow)) == conversations_then
    assert (await town.vera.conversation()).state == "open"


@behaviour(24)
async def test_a_shared_phone_goes_to_whoever_was_texted_last_and_is_marked_so(
    town: Town,
) -> None:
    mia = await town.shopper()
    for shopper, words in ((town.vera, "I am Vera"), (mia, "I am Mia")):
        await shopper.writes(words)
        await shopper.proves_number(VERA_PHONE)
        await shopper.leaves()
    await town.ada.answers("Hi Mia", mia)
    await town.tick(40)
    await town.ada.answers("Hi Vera", town.vera)
    await town.tick(400)
    assert await town.text_in(VERA_PHONE, "Which one?") == 200
    assert await town.vera.said() == ["I am Vera", "Hi Vera", "Which one?"]
    assert await mia.said() == ["I am Mia", "Hi Mia"]
    (marked,) = [row for row in await town.vera.events("address") if '"shared"' in row.data]
    assert marked.audience == "staff"


# --- 10. nobody else's ---------------------------------------------------------------------------


async def test_a_typed_number_gets_no_words_until_its_owner_answers_y(town: Town) -> None:
    await town.vera.writes("I owe you dollars")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.ada.answers("The secret is marzipan")
    await town.tick(40)
    code, knock = town.carrier.to(VERA_PHONE)
    assert "is your code" in code
    assert knock == "Acme: an answer from Ada. Reply Y to read it here, or STOP."
    assert await town.text_in(VERA_PHONE, "Y") == 200
    await town.tick(20)
    assert "The secret is marzipan" in town.carrier.to(VERA_PHONE)[2]


async def test_a_typed_mailbox_gets_nothing_older_than_itself(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves()
    await town.ada.answers("The old secret")
    await town.tick(1)
    await town.vera.leaves_mailbox("somebody.else@shopper.example")
    await town.ada.answers("Said after that")
    await town.tick(4_000)
    letters = town.post.to("somebody.else@shopper.example")
    assert len(letters) == 1
    assert "Said after that" in letters[0].words
    assert "The old secret" not in letters[0].mail.as_string()
    assert "Hello?" not in letters[0].mail.as_string()


async def test_a_mailbox_typed_in_a_later_conversation_gets_nothing_of_an_earlier_one(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves()
    await town.ada.answers("The old secret")
    elder = await town.vera.conversation()
    desk = (town.house, elder.store_id)
    await conversations.resolve(*desk, elder.conversation_id, town.ada.agent_id)
    await town.tick(4 * 24 * 3_600)
    await town.vera.writes("Another matter")
    await town.vera.leaves_mailbox("somebody.else@shopper.example")
    younger = await town.vera.conversation()
    assert younger.conversation_id != elder.conversation_id
    await conversations.resolve(*desk, younger.conversation_id, town.ada.agent_id)
    await receive.from_agent(
        *desk,
        elder.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body="Said after that",
        seen_seq=elder.last_seq,
    )
    await town.tick(3_600)
    (letter,) = town.post.to("somebody.else@shopper.example")
    assert "Said after that" in letter.words
    assert "The old secret" not in letter.mail.as_string()


async def test_a_mail_that_answers_proves_its_address_for_that_conversation_alone(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves()
    await town.ada.answers("The old secret")
    elder = await town.vera.conversation()
    desk = (town.house, elder.store_id)
    await conversations.resolve(*desk, elder.conversation_id, town.ada.agent_id)
    await town.tick(4 * 24 * 3_600)
    await town.vera.writes("Another matter")
    await town.vera.leaves_mailbox("somebody.else@shopper.example")
    await town.vera.leaves()
    await town.ada.answers("About that other matter")
    await town.tick(3_600)
    (first,) = town.post.to("somebody.else@shopper.example")
    await town.answers_mail(first, "Not mine, but thanks.")
    younger = await town.vera.conversation()
    await conversations.resolve(*desk, younger.conversation_id, town.ada.agent_id)
    await receive.from_agent(
        *desk,
        elder.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body="Said after that",
        seen_seq=elder.last_seq,
    )
    await town.tick(3_600)
    letters = town.post.to("somebody.else@shopper.example")
    assert "Said after that" in letters[-1].words
    assert not any("The old secret" in each.mail.as_string() for each in letters)


async def test_wrong_number_answered_to_a_knock_reveals_nothing_and_joins_nothing(
    town: Town,
) -> None:
    await town.vera.writes("I owe you dollars")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.ada.answers("The secret is marzipan")
    await town.tick(40)
    assert await town.text_in(VERA_PHONE, "Wrong number, who is this?") == 200
    await town.tick(4_000)
    assert not [
        body for body in town.carrier.to(VERA_PHONE) if "marzipan" in body or "dollars" in body
    ]
    assert await town.vera.said() == ["I owe you dollars", "The secret is marzipan"]
    hers, stranger = sorted(await town.rows(ConversationRow), key=lambda row: row.number)
    assert stranger.shopper_id != hers.shopper_id
    log = await town.entries(stranger.conversation_id)
    assert [row.body for row in log if row.kind == "message"] == ["Wrong number, who is this?"]
    (note,) = [row for row in log if row.event == "related"]
    assert note.audience == "staff"


async def test_a_code_proves_only_for_who_asked_for_it_and_only_for_a_few_tries(
    town: Town,
) -> None:
    mia = await town.shopper()
    await mia.writes("I am Mia")
    await town.vera.writes("I am Vera")
    address_id = await town.vera.leaves_number()
    await town.tick()
    code = town.code_at(VERA_PHONE)
    with pytest.raises(NotFound):
        await mia.types_code(address_id, code)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(MOST_TRIES):
        with pytest.raises(BadInput, match="not the code"):
            await town.vera.types_code(address_id, wrong)
    with pytest.raises(BadInput, match="too many"):
        await town.vera.types_code(address_id, code)


async def test_a_session_that_somebody_made_up_opens_nothing(town: Town) -> None:
    real = await sessions.visit(town.house, KEY, None)
    made_up = await sessions.visit(town.house, KEY, real.session[:-1] + "x")
    assert not made_up.known
    assert made_up.shopper_id != real.shopper_id
    assert (await sessions.visit(town.house, KEY, real.session)).shopper_id == real.shopper_id


async def test_vera_proves_her_number_by_texting_back_and_it_stays_hers(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.tick()
    assert await town.text_in(VERA_PHONE, "y") == 200
    await town.ada.answers("Shall I put a pair aside?")
    await town.tick(40)
    assert "Shall I put a pair aside?" in town.carrier.to(VERA_PHONE)[-1]
    # Y means something only while a knock is open; now it is an answer.
    assert await town.text_in(VERA_PHONE, "Yes") == 200
    assert await town.vera.said() == ["Hello?", "Shall I put a pair aside?", "Yes"]
