"""STOP, START and HELP."""

from __future__ import annotations

import asyncio

import anyio
import asyncpg
import pytest

from gateway.errors import BadInput
from gateway.files.child import Child
from gateway.services import claiming
from gateway.store.tables import AddressRow, ConsentRow, ConversationRow
from tests.behaviours import behaviour
from tests.integration.conftest import open_store
from tests.integration.town.building import ADA_PHONE, Town, open_town
from tests.integration.town.databases import PATIENCE
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE


async def an_answer_is_queued(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    assert [row.state for row in await town.vera.deliveries() if row.form == "words"] == ["queued"]


async def test_stop_withdraws_what_is_queued_in_its_own_transaction(town: Town) -> None:
    await an_answer_is_queued(town)
    assert await town.text_in(VERA_PHONE, "Stop!") == 200
    (words,) = [row for row in await town.vera.deliveries() if row.form == "words"]
    (number,) = [row for row in await town.rows(AddressRow) if row.value == VERA_PHONE]
    evidence = [row for row in await town.rows(ConsentRow) if row.source == "stop"]
    assert words.state == "withdrawn"
    # One transaction has one instant.
    instants = {words.state_at, number.stopped_at, *(row.at for row in evidence)}
    assert len(instants) == 1
    assert {row.granted for row in evidence} == {0}


@behaviour(26)
async def test_stop_is_confirmed_once_and_what_waits_goes_by_mail(town: Town) -> None:
    await an_answer_is_queued(town)
    await town.text_in(VERA_PHONE, "STOP")
    await town.text_in(VERA_PHONE, "stop")
    await town.tick(60)
    code, confirmation = town.carrier.to(VERA_PHONE)
    assert "is your code" in code
    assert confirmation == ("Acme: you will get no more texts from us. Reply START to change that.")
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    await town.ada.answers("And in 39.")
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    (told,) = await town.vera.events("consent")
    assert town.data_of(told)["what"] == "stopped"


async def test_a_stop_that_the_carrier_has_confirmed_is_not_confirmed_again(town: Town) -> None:
    await an_answer_is_queued(town)
    await town.text_in(VERA_PHONE, "STOP", OptOutType="STOP")
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 1


@behaviour(27)
async def test_start_gives_back_what_stop_took(town: Town) -> None:
    await an_answer_is_queued(town)
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick(60)
    await town.text_in(VERA_PHONE, "START")
    await town.tick(1)
    assert town.carrier.to(VERA_PHONE)[-1] == ("Acme: texts are on again. Reply STOP to end them.")
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert "And in 39." in town.carrier.to(VERA_PHONE)[-1]


async def test_start_from_somebody_who_never_stopped_is_a_message(town: Town) -> None:
    await town.text_in(VERA_PHONE, "Start")
    assert [row.body for row in await town.messages()] == ["Start"]


async def test_help_says_who_this_is_and_how_to_stop_and_is_no_message(town: Town) -> None:
    await town.text_in(VERA_PHONE, "help")
    await town.tick(1)
    assert town.carrier.to(VERA_PHONE) == [
        "Acme: we text you answers to your question in our chat. Reply STOP to end."
    ]
    assert await town.rows(ConversationRow) == []


async def test_a_cry_for_help_in_a_conversation_reaches_ada_too(town: Town) -> None:
    await an_answer_is_queued(town)
    await town.tick(60)
    await town.text_in(VERA_PHONE, "Help!")
    await town.tick(1)
    assert "Reply STOP to end." in town.carrier.to(VERA_PHONE)[-1]
    assert [row.body for row in await town.messages()][-1] == "Help!"


@behaviour(41)
async def test_a_number_that_stopped_before_we_knew_it_stays_stopped(town: Town) -> None:
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick(1)
    await town.vera.writes("Hello?")
    with pytest.raises(BadInput, match="START"):
        await town.vera.leaves_number()
    assert len(town.carrier.to(VERA_PHONE)) == 1


@behaviour(26)
async def test_a_stop_ends_texts_for_everybody_who_has_the_number(town: Town) -> None:
    mia = await town.shopper()
    for shopper in (town.vera, mia):
        await shopper.writes("Hello?")
        await shopper.proves_number()
        await shopper.leaves()
    await town.text_in(VERA_PHONE, "STOP")
    await town.ada.answers("Hi Vera", town.vera)
    await town.ada.answers("Hi Mia", mia)
    await town.tick(3_600)
    assert not [body for body in town.carrier.to(VERA_PHONE) if "Hi " in body]
    assert len([body for body in town.carrier.to(VERA_PHONE) if "no more texts" in body]) == 1


async def test_an_agent_who_says_stop_is_told_by_mail(town: Town) -> None:
    await town.policy(staff_ladder=["sms", "email"])
    await town.text_in(ADA_PHONE, "STOP")
    await town.vera.writes("Hello?")
    await town.tick(130)
    assert len(town.post.to(town.ada.mailbox)) == 1
    assert not [body for body in town.carrier.to(ADA_PHONE) if "Hello?" in body]


@pytest.mark.postgres
async def test_a_stop_that_comes_while_a_worker_claims_does_not_undo_the_claim(
    postgresql_url: str, clock: MovingClock, mail_child: Child
) -> None:
    store = open_store(postgresql_url, clock)
    async with open_town(store, clock, mail_child) as town:
        await an_answer_is_queued(town)
        connection = await asyncpg.connect(postgresql_url)
        watcher = await asyncpg.connect(postgresql_url)
        try:
            await connection.execute("BEGIN")
            await connection.execute("SELECT * FROM conversation FOR UPDATE")
            ((store_id, delivery_id, *_),) = await claiming.waiting(town.house)
            claim = asyncio.create_task(claiming.claim(town.house, store_id, delivery_id))
            await _waiting_for_locks(watcher, 1)
            stopping = asyncio.create_task(town.text_in(VERA_PHONE, "STOP"))
            await _waiting_for_locks(watcher, 2)
            await connection.execute("COMMIT")
        finally:
            await connection.close()
            await watcher.close()
        claimed = await claim
        assert await stopping == 200
        states = [row.state for row in await town.vera.deliveries() if row.form == "words"]
        # Whoever was first: what a worker holds in its hands is never called withdrawn.
        assert states[0] == ("submitting" if claimed is not None else "withdrawn")
    await store.aclose()


async def _waiting_for_locks(connection: asyncpg.Connection, sessions: int) -> None:
    with anyio.fail_after(PATIENCE):
        while sessions > await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await anyio.lowlevel.checkpoint()
