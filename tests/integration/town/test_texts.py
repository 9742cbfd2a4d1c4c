"""Texts that come in, and the two that go out without anybody's words: the code and the knock."""

from __future__ import annotations

import pytest

from gateway.errors import BadInput, TooMany
from gateway.services import conversations
from gateway.store.tables import ConversationRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_PHONE, Town
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE


async def test_the_code_comes_at_once_and_proves_the_number(town: Town) -> None:
    await town.vera.writes("Hello?")
    address_id = await town.vera.leaves_number("(415) 555-0142")
    await town.tick()
    (text,) = town.carrier.to(VERA_PHONE)
    assert text.startswith("Acme: ")
    await town.vera.types_code(address_id, town.code_at(VERA_PHONE))
    proven = [town.data_of(row)["what"] for row in await town.vera.events("address")]
    assert proven == ["left", "proven"]


async def test_a_code_is_kept_nowhere_once_it_is_out(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves_number()
    await town.tick()
    code = town.code_at(VERA_PHONE)
    for row in await town.vera.deliveries():
        assert code not in row.content
    for entry in await town.vera.entries():
        assert code not in f"{entry.body} {entry.data}"


async def test_a_code_runs_out_after_a_quarter_of_an_hour(town: Town) -> None:
    await town.vera.writes("Hello?")
    address_id = await town.vera.leaves_number()
    await town.tick()
    code = town.code_at(VERA_PHONE)
    await town.tick(15 * 60 + 1)
    with pytest.raises(BadInput, match="run out"):
        await town.vera.types_code(address_id, code)


async def test_a_number_can_be_made_to_ring_only_a_few_times_a_day(town: Town) -> None:
    await town.vera.writes("Hello?")
    for _ in range(5):
        await town.vera.leaves_number()
        await town.tick(3_601)
    with pytest.raises(TooMany):
        await town.vera.leaves_number()
    await town.tick()
    assert len(town.carrier.to(VERA_PHONE)) == 5


async def test_vera_answers_a_text_and_the_next_answer_goes_there_without_waiting_long(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes. Which size?")
    await town.tick(40)
    assert await town.text_in(VERA_PHONE, "38 please") == 200
    answered = [row.state for row in await town.vera.deliveries() if row.form == "words"]
    assert answered == ["answered"]
    await town.ada.answers("It is yours.")
    await town.tick(14)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await town.tick(2)
    # The first words told whose number this is, and how to stop; these do not again.
    assert town.carrier.to(VERA_PHONE)[2] == "It is yours."


async def test_an_answer_by_text_answers_everything_that_the_number_was_sent(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.ada.answers("And in 39.")
    await town.tick(300)
    assert await town.text_in(VERA_PHONE, "Great, thanks") == 200
    states = [row.state for row in await town.vera.deliveries() if row.form == "words"]
    assert states == ["answered", "answered"]
    await town.tick(24 * 3_600)
    assert town.post.to(VERA_MAIL) == []


async def test_y_in_the_middle_of_a_conversation_is_an_answer(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes. Put it aside?")
    await town.tick(40)
    assert await town.text_in(VERA_PHONE, "Y") == 200
    assert (await town.vera.said())[-1] == "Y"


@behaviour(23)
async def test_a_text_to_a_resolved_conversation_opens_it_again(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    assert await town.text_in(VERA_PHONE, "One more thing") == 200
    (same,) = await town.rows(ConversationRow)
    assert same.state == "open"


async def test_ada_answers_an_old_notice_after_vera_went_on_elsewhere_and_it_is_not_lost(
    town: Town,
) -> None:
    await town.policy(staff_ladder=["sms", "email"])
    await town.vera.writes("Is the blue one back?")
    await town.tick(130)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ben.agent_id)
    town.clock.move_ahead(4 * 24 * 3_600 * 1_000_000)
    await town.tick()
    await town.vera.writes("Another matter")
    assert await town.text_in(ADA_PHONE, "It is back now") == 200
    assert "It is back now" in [each.body for each in await town.messages()]
