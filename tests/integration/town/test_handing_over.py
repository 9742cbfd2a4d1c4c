"""Ada hands Vera's conversation to Ben: a note and an assignment, in one act."""

from __future__ import annotations

import json

import pytest

from gateway.errors import BadInput, CmidConflict, NotFound
from gateway.services import conversations
from gateway.services.arrival import Stored
from gateway.services.handing_over import hand_over
from gateway.store.tx import unpack
from tests.integration.town.building import ADA_MAIL, BEN_MAIL, Town

NOTE = "She wants the blue one; the warehouse answers at noon."


async def hands_over(
    town: Town, *, cmid: str, note: str = NOTE, to: str | None = None, by: str | None = None
) -> Stored:
    row = await town.vera.conversation()
    return await hand_over(
        town.house,
        row.store_id,
        row.conversation_id,
        by or town.ada.agent_id,
        to or town.ben.agent_id,
        cmid=cmid,
        note=note,
    )


async def test_the_note_and_the_new_name_stand_in_the_log_together(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    stored = await hands_over(town, cmid=town.cmid())
    *_, note, assigned = await town.vera.entries()
    assert (note.kind, note.body, note.author_name, note.audience) == ("note", NOTE, "Ada", "staff")
    assert (assigned.event, assigned.author_name) == ("assigned", "Ada")
    assert unpack(assigned.data) == {
        "agent_id": town.ben.agent_id,
        "name": "Ben",
        "note_seq": stored.seq,
    }
    assert (await town.vera.conversation()).assignee_id == town.ben.agent_id


async def test_ben_is_told_of_the_note_that_is_for_him(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    ben = await town.follows("staff", town.ben.agent_id, row.conversation_id)
    stored = await hands_over(town, cmid=town.cmid())
    told = json.loads(await ben.until('"t":"mentioned"'))
    assert (told["seq"], told["by"], told["number"]) == (stored.seq, "Ada", row.number)


async def test_vera_learns_nothing_of_it(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    tab = await town.vera.tab()
    await hands_over(town, cmid=town.cmid())
    await town.ben.answers("Yes!")
    await tab.until("Yes!")
    assert not any("warehouse" in frame or "assigned" in frame for frame in tab.heard)


async def test_the_same_act_twice_is_one(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    name = town.cmid()
    once, twice = await hands_over(town, cmid=name), await hands_over(town, cmid=name)
    assert (once.dup, twice.dup, once.seq) == (False, True, twice.seq)
    with pytest.raises(CmidConflict):
        await hands_over(town, cmid=name, note="Something else.")
    assert len(await town.vera.events("assigned")) == 1


async def test_undoing_it_gives_it_back_and_the_note_stays(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await hands_over(town, cmid=town.cmid())
    row = await town.vera.conversation()
    await conversations.assign(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, None
    )
    assert (await town.vera.conversation()).assignee_id is None
    assert [each.body for each in await town.vera.entries() if each.kind == "note"] == [NOTE]


async def test_what_cannot_be_handed_over_leaves_no_note(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    before = len(await town.vera.entries())
    with pytest.raises(NotFound):
        await hands_over(town, cmid=town.cmid(), to="nobody")
    with pytest.raises(BadInput, match="somebody else"):
        await hands_over(town, cmid=town.cmid(), to=town.ada.agent_id)
    with pytest.raises(BadInput):
        await hands_over(town, cmid=town.cmid(), note="  ")
    assert len(await town.vera.entries()) == before


async def test_whoever_takes_it_over_is_told_first_and_ada_is_not_waited_for(town: Town) -> None:
    await town.ada.comes()
    await town.vera.writes("Is the blue one back?")
    await town.tick(110)
    await town.ada.opens()
    await town.tick(200)
    assert town.post.taken == []
    await hands_over(town, cmid=town.cmid())
    await town.ada.goes()
    await town.tick(1)
    # She had opened it, which holds the ladder for five minutes; she has said since who is to act.
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL]
    await town.tick(600)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL, ADA_MAIL]
