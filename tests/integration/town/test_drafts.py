"""What Ada has begun to write is on whichever device she goes on at, and gone once it is sent."""

from __future__ import annotations

import anyio
import pytest

from gateway.clock import DAY
from gateway.errors import BadInput, NotFound
from gateway.protocol.writing import DraftKind
from gateway.services import drafts
from gateway.services.house import Change
from gateway.store import thread
from gateway.store.tables import DraftRow
from tests.integration.interleaving import Gate, somebody_waits
from tests.integration.town.building import Town
from tests.integration.town.townspeople import Agent


async def begins(
    town: Town, words: str, *, kind: DraftKind = "answer", who: Agent | None = None
) -> None:
    row = await town.vera.conversation()
    agent = who or town.ada
    await drafts.keep(
        town.house, row.store_id, row.conversation_id, agent.agent_id, kind=kind, body=words
    )


async def begun(town: Town, who: Agent | None = None) -> dict[str, str]:
    row = await town.vera.conversation()
    agent = who or town.ada
    found = await drafts.of(town.house, row.store_id, row.conversation_id, agent.agent_id)
    return {each.kind: each.body for each in found}


async def test_an_answer_and_a_note_are_kept_apart_and_ben_sees_neither(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await begins(town, "Yes, in")
    await begins(town, "Yes, in 38")
    await begins(town, "ask the warehouse", kind="note")
    assert await begun(town) == {"answer": "Yes, in 38", "note": "ask the warehouse"}
    assert await begun(town, town.ben) == {"answer": "", "note": ""}


async def test_sending_takes_the_draft_of_its_kind_and_tells_every_device(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    await begins(town, "Yes, in 38.")
    await begins(town, "ask the warehouse", kind="note")
    phone = await town.follows("staff", town.ada.agent_id, row.conversation_id)
    await town.ada.answers("Yes, in 38.")
    assert '"elsewhere":true' in await phone.until('"draft"')
    assert await begun(town) == {"answer": "", "note": "ask the warehouse"}
    await town.ada.answers("asked", note=True)
    assert await town.rows(DraftRow) == []


async def test_what_is_begun_while_the_answer_is_being_stored_is_the_next_draft(
    town: Town, database_url: str
) -> None:
    await town.vera.writes("Is the blue one back?")
    await begins(town, "Yes, in 38.")
    row = await town.vera.conversation()
    gate = Gate(town.house.store)

    def sends(change: Change) -> None:
        conversation = thread.take(change.tx, row.store_id, row.conversation_id)
        drafts.written(change, conversation, town.ada.agent_id, "answer")
        change.tx.session.flush()
        gate.pass_()

    async with anyio.create_task_group() as group:
        group.start_soon(lambda: town.house.change(sends, on=row.conversation_id))
        await gate.reached()
        group.start_soon(begins, town, "And the laces?")
        if town.house.store.dialect == "postgresql":
            await somebody_waits(database_url)
        gate.open()
    assert (await begun(town))["answer"] == "And the laces?"


async def test_what_is_wiped_out_is_kept_no_more(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await begins(town, "Yes")
    await begins(town, "")
    await begins(town, "")
    assert await town.rows(DraftRow) == []


async def test_what_no_database_takes_and_what_belongs_nowhere_is_refused(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(BadInput, match="surrogate"):
        await begins(town, "half a \ud83d")
    with pytest.raises(NotFound):
        await drafts.keep(
            town.house, town.store_id, "nowhere", town.ada.agent_id, kind="answer", body="Hm"
        )
    assert await town.rows(DraftRow) == []


async def test_what_nobody_touched_for_months_is_forgotten(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await begins(town, "Yes")
    town.clock.move_ahead(drafts.LASTS - DAY)
    await begins(town, "ask", kind="note")
    town.clock.move_ahead(2 * DAY)
    await drafts.tidy(town.house)
    assert await begun(town) == {"answer": "", "note": "ask"}
