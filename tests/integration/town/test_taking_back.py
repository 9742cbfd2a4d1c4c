"""Ada changes what she wrote, or takes it back: before it leaves, and not after."""

from __future__ import annotations

import pytest

from gateway.core.model import DeliveryState
from gateway.errors import CmidConflict, Conflict, Forbidden, NotFound
from gateway.services import changing, conversations, reading
from gateway.store.tables import EntryRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Agent

WRONG, RIGHT = "Yes, in 83.", "Yes, in 38."


async def last(town: Town) -> EntryRow:
    return [row for row in await town.vera.entries() if row.kind in ("message", "note")][-1]


async def edits(town: Town, words: str, by: Agent | None = None, seq: int | None = None) -> None:
    row = await last(town)
    await changing.edit(
        town.house,
        row.store_id,
        row.conversation_id,
        (by or town.ada).agent_id,
        seq=row.seq if seq is None else seq,
        body=words,
    )


async def takes_back(town: Town, by: Agent | None = None, seq: int | None = None) -> None:
    row = await last(town)
    await changing.take_back(
        town.house,
        row.store_id,
        row.conversation_id,
        (by or town.ada).agent_id,
        seq=row.seq if seq is None else seq,
    )


async def an_answer_is_queued(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers(WRONG)
    await town.look(after=31)
    assert (await town.vera.deliveries())[-1].state == DeliveryState.QUEUED


@behaviour(40)
async def test_what_ada_changes_before_it_is_handed_over_leaves_changed(town: Town) -> None:
    await an_answer_is_queued(town)
    await edits(town, RIGHT)
    await town.tick(1)
    (text,) = town.carrier.to(VERA_PHONE)[1:]
    assert RIGHT in text
    assert "in 83" not in text
    assert await hops(town) == [("sms", "accepted")]


@behaviour(40)
async def test_what_ada_takes_back_before_it_is_handed_over_does_not_leave(town: Town) -> None:
    await an_answer_is_queued(town)
    await takes_back(town)
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1  # her code
    assert await hops(town) == [("sms", "superseded")]
    assert (await town.vera.reach()).state == "settled"


@behaviour(40)
async def test_of_three_answers_the_one_that_was_taken_back_is_left_out(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    for words in ("Yes.", WRONG, "They are warm."):
        await town.ada.answers(words)
    second = [row for row in await town.vera.entries() if row.kind == "message"][-2]
    await takes_back(town, seq=second.seq)
    await town.tick(60)
    (letter,) = town.post.to(VERA_MAIL)
    assert "Yes." in letter.words
    assert "They are warm." in letter.words
    assert WRONG not in letter.words


async def test_once_it_went_out_by_text_it_can_be_neither_changed_nor_taken_back(
    town: Town,
) -> None:
    await an_answer_is_queued(town)
    await town.tick(1)
    with pytest.raises(Conflict, match="gone out"):
        await edits(town, RIGHT)
    with pytest.raises(Conflict, match="gone out"):
        await takes_back(town)
    assert (await last(town)).body == WRONG


async def test_once_vera_has_read_it_it_stays(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    await town.vera.sees()
    with pytest.raises(Conflict, match="read"):
        await takes_back(town)
    assert (await last(town)).body == WRONG


async def test_a_knock_that_is_under_way_carries_no_words_so_they_can_be_changed(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.ada.answers(WRONG)
    await town.tick(61)
    assert "Reply Y" in town.carrier.to(VERA_PHONE)[-1]
    await edits(town, RIGHT)
    await town.text_in(VERA_PHONE, "Y")
    await town.tick(60)
    assert RIGHT in town.carrier.to(VERA_PHONE)[-1]


async def test_ben_cannot_change_or_take_back_what_ada_wrote(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    with pytest.raises(Forbidden):
        await edits(town, RIGHT, by=town.ben)
    with pytest.raises(Forbidden):
        await takes_back(town, by=town.ben)


async def test_nobody_takes_back_what_vera_wrote_and_an_event_is_no_message(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(Forbidden):
        await takes_back(town)
    with pytest.raises(NotFound):
        await takes_back(town, seq=1)  # opened
    with pytest.raises(NotFound):
        await takes_back(town, seq=99)


async def test_a_note_can_be_changed_and_taken_back_at_any_time(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers("Ask the warehouse", note=True)
    await town.vera.sees()
    await edits(town, "Ask Ben")
    assert (await last(town)).body == "Ask Ben"
    await takes_back(town)
    assert (await last(town)).body is None
    assert [row.audience for row in await town.vera.events("edited")] == ["staff"]


async def test_what_ada_took_back_is_a_question_unanswered_again_and_she_is_told(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    assert (await town.vera.reach("staff")).state == "settled"
    await takes_back(town)
    assert (await town.vera.conversation()).waiting_since is not None
    await town.tick(200)
    assert town.post.to(ADA_MAIL)


async def test_another_answer_still_answers_when_one_of_two_is_taken_back(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers("Yes.")
    await town.ada.answers(WRONG)
    await takes_back(town)
    assert (await town.vera.reach("staff")).state == "settled"
    assert (await town.vera.conversation()).waiting_since is None


async def test_in_a_resolved_conversation_nothing_waits_again(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await takes_back(town)
    assert (await town.vera.reach("staff")).state == "settled"


async def test_vera_is_never_shown_the_words_that_were_meant_no_longer(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers("Yes, in 81.")
    await edits(town, WRONG)
    await edits(town, RIGHT)
    row = await town.vera.conversation()
    shown = await reading.snapshot(town.house, row.store_id, row.conversation_id, "shopper")
    told = [(each.event, each.body, each.edited) for each in shown.entries if each.body]
    assert told[1:] == [(None, RIGHT, True), ("edited", RIGHT, False)]
    await takes_back(town)
    shown = await reading.snapshot(town.house, row.store_id, row.conversation_id, "shopper")
    assert [each.body for each in shown.entries if each.body] == ["Is the blue one back?"]
    assert [each.taken_back for each in shown.entries if each.kind == "message"] == [False, True]


async def test_an_open_tab_hears_the_new_words_and_that_they_are_gone(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    tab = await town.vera.tab()
    await edits(town, RIGHT)
    assert RIGHT in await tab.until('"event":"edited"')
    await takes_back(town)
    await tab.until('"event":"taken_back"')


async def test_the_inbox_shows_the_newest_message_that_still_has_its_words(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    await edits(town, RIGHT)
    assert (await town.vera.conversation()).preview == RIGHT
    await takes_back(town)
    assert (await town.vera.conversation()).preview == "Is the blue one back?"


async def test_the_inbox_shows_an_answers_words_and_a_shoppers_signs(town: Town) -> None:
    await town.vera.writes("Is the *blue* one back?")
    assert (await town.vera.conversation()).preview == "Is the *blue* one back?"
    await town.ada.answers("Yes, the **blue** one, in `38`:\n- here\n- at home")
    assert (await town.vera.conversation()).preview == "Yes, the blue one, in 38: - here - at home"


async def test_a_mail_quotes_nothing_that_was_taken_back(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.answers(WRONG)
    await takes_back(town)
    await town.ada.answers(RIGHT)
    await town.tick(60)
    (letter,) = town.post.to(VERA_MAIL)
    assert WRONG not in letter.words
    assert "None" not in letter.words


async def test_a_repeat_of_what_was_changed_meanwhile_is_still_the_same_message(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    first = await town.ada.answers(WRONG, cmid="cmid-of-ada-1")
    with pytest.raises(CmidConflict):
        await town.ada.answers(RIGHT, cmid="cmid-of-ada-1")
    await edits(town, RIGHT)
    again = await town.ada.answers(WRONG, cmid="cmid-of-ada-1")
    assert (again.seq, again.dup) == (first.seq, True)


async def test_taking_back_twice_is_once_and_then_nothing_can_be_changed(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers(WRONG)
    seq = (await last(town)).seq
    await takes_back(town, seq=seq)
    await takes_back(town, seq=seq)
    assert len(await town.vera.events("taken_back")) == 1
    with pytest.raises(Conflict, match="taken"):
        await edits(town, RIGHT, seq=seq)
