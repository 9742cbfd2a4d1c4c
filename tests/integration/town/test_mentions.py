"""Ada names Ben in a note: he is told, and it is kept until he has looked."""

from __future__ import annotations

import json
from functools import partial

import pytest

from gateway.errors import BadInput, Stale
from gateway.protocol.inbox import Narrowed
from gateway.services import changing, inboxes, receive
from gateway.store.tables import EntryRow, MentionRow
from tests.integration.town.building import Town


async def notes(town: Town, words: str, *mentions: str, cmid: str | None = None) -> receive.Stored:
    row = await town.vera.conversation()
    return await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=cmid or town.cmid(),
        body=words,
        seen_seq=row.last_seq,
        note=True,
        mentions=mentions,
    )


async def last(town: Town) -> EntryRow:
    return (await town.vera.entries())[-1]


async def test_ben_is_told_at_once_and_it_counts_as_seen_when_he_has_looked(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    console = await town.follows("staff", town.ben.agent_id, row.conversation_id)
    await notes(town, "@Ben do you know?", town.ben.agent_id)
    note = await last(town)
    assert note.body == "@Ben do you know?"
    assert town.data_of(note)["mentions"] == [{"agent_id": town.ben.agent_id, "name": "Ben"}]
    told = json.loads(await console.until('"mentioned"'))
    assert (told["by"], told["about"], told["seq"]) == ("Ada", "note", note.seq)
    await town.ada.opens()
    (mention,) = await town.rows(MentionRow)
    assert (mention.agent_id, mention.seq, mention.seen_at) == (town.ben.agent_id, note.seq, None)
    await town.ben.opens()
    (mention,) = await town.rows(MentionRow)
    assert mention.seen_at is not None


async def test_the_same_note_again_mentions_nobody_twice(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    for _ in range(2):
        await notes(town, "@Ben?", town.ben.agent_id, cmid="note-00000001")
    assert len(await town.rows(MentionRow)) == 1


async def test_whom_the_words_do_not_name_and_herself_ada_tells_nothing(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await notes(town, "@Ada remember this", town.ben.agent_id, town.ada.agent_id)
    assert await town.rows(MentionRow) == []
    assert [each["name"] for each in town.data_of(await last(town))["mentions"]] == ["Ada"]


async def test_who_is_no_agent_here_cannot_be_named(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(BadInput, match="no agent"):
        await notes(town, "@Vera hello", town.vera.shopper_id)
    assert (await last(town)).kind == "message"


async def test_a_note_that_is_taken_back_names_nobody_any_more(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    kept = await notes(town, "@Ben do you know?", town.ben.agent_id)
    gone = await notes(town, "@Ben never mind", town.ben.agent_id)
    await changing.take_back(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, seq=gone.seq
    )
    ben = town.ben.agent_id
    page = await inboxes.page(town.house, ben, Narrowed(view="mentions"))
    assert [[each.agent_id for each in line.mentions] for line in page.rows] == [[ben]]
    assert (await inboxes.counts(town.house, ben)).mentions.n == 1
    await changing.take_back(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, seq=kept.seq
    )
    assert (await inboxes.page(town.house, ben, Narrowed(view="mentions"))).rows == []
    assert (await inboxes.counts(town.house, ben)).mentions.n == 0


async def test_an_answer_names_nobody(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body="@Ben knows.",
        seen_seq=row.last_seq,
        mentions=[town.ben.agent_id],
    )
    assert await town.rows(MentionRow) == []


async def test_an_answer_that_resolves_does_both_or_neither(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    await town.ben.answers("Moment.")
    answer = partial(
        receive.from_agent,
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid="done-00000001",
        body="Yes, in 38.",
        seen_seq=row.last_seq,
        resolve=True,
    )
    with pytest.raises(Stale):
        await answer()
    assert (await town.vera.conversation()).state == "open"
    for _ in range(2):
        await answer(anyway=True)
    after = await town.vera.conversation()
    assert (after.state, after.waiting_since) == ("resolved", None)
    assert (await town.vera.said())[-1] == "Yes, in 38."
    assert len(await town.vera.events("resolved")) == 1


async def test_what_vera_wrote_meanwhile_is_not_resolved_unseen(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    await town.vera.writes("And in 39?")
    answer = partial(
        receive.from_agent,
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid="done-00000002",
        body="Yes, in 38.",
        seen_seq=row.last_seq,
    )
    with pytest.raises(Stale):
        await answer(resolve=True)
    await answer(resolve=False)
    after = await town.vera.conversation()
    assert (after.state, after.waiting_since is None) == ("open", False)
