"""Durable, once, gap-free (invariants 1 to 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from gateway.bootstrap import open_store
from gateway.clock import SystemClock
from gateway.errors import CmidConflict, Misconfigured
from gateway.live.hub import Hub
from gateway.protocol.entry import Cursor
from gateway.services import reading, receive
from gateway.settings import Settings
from gateway.store import house as houses
from gateway.store.migrate import upgrade
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.databases import commits_held, count
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import VERA_PHONE

# --- 1. durable ----------------------------------------------------------------------------------

MESSAGES = "SELECT count(*) FROM entry WHERE kind = 'message'"


async def test_vera_gets_her_ack_and_others_hear_of_it_only_after_the_commit(
    town: Town, database_url: str
) -> None:
    await town.vera.writes("First.")
    tab = await town.vera.tab()
    await tab.until("First.")
    async with commits_held(database_url, town.house.store) as held:
        writing = await held.start(town.vera.writes("Second."))
        assert not writing.done()
        assert await count(database_url, MESSAGES) == 1
        assert not [frame for frame in tab.heard if "Second." in frame]
        await held.release()
        await writing
        assert await count(database_url, MESSAGES) == 2
    await tab.until("Second.")


async def test_a_text_gets_its_200_only_after_the_commit(town: Town, database_url: str) -> None:
    async with commits_held(database_url, town.house.store) as held:
        texting = await held.start(town.text_in(VERA_PHONE, "Hello?"))
        assert not texting.done()
        assert await count(database_url, "SELECT count(*) FROM inbound") == 0
        await held.release()
        assert await texting == 200
        assert await count(database_url, MESSAGES) == 1


async def test_a_mail_is_on_disk_when_its_sender_is_told_so(town: Town, database_url: str) -> None:
    await town.mail_in(mail("Hello?", From="mia@shopper.example", To=MAILBOX), MAILBOX)
    assert await count(database_url, "SELECT count(*) FROM inbound WHERE state = 'stored'") == 1


async def test_every_write_is_flushed_to_disk_before_it_is_answered(
    empty_database_url: str,
) -> None:
    def settings(tx: Tx) -> list[object]:
        ask = tx.session.connection().exec_driver_sql
        if store.dialect == "sqlite":
            return [ask("PRAGMA journal_mode").scalar(), ask("PRAGMA synchronous").scalar()]
        return [ask("SHOW fsync").scalar(), ask("SHOW synchronous_commit").scalar()]

    await upgrade(empty_database_url)
    store = await open_store(Settings(database_url=empty_database_url), SystemClock())
    found = await store.write(settings)
    await store.aclose()
    full = 2  # sqlite.org/pragma.html#pragma_synchronous
    assert found == (["wal", full] if store.dialect == "sqlite" else ["on", "on"])


@pytest.mark.postgres
async def test_a_server_that_may_lose_acknowledged_messages_is_refused_without_the_flag(
    empty_postgresql_url: str,
) -> None:
    postgresql_url = empty_postgresql_url
    await upgrade(postgresql_url)
    name = postgresql_url.rpartition("/")[2]
    connection = await asyncpg.connect(postgresql_url)
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()
    with pytest.raises(Misconfigured, match="synchronous_commit=off"):
        await open_store(Settings(database_url=postgresql_url), SystemClock())
    accepted = Settings(database_url=postgresql_url, accept_data_loss=True)
    await (await open_store(accepted, SystemClock())).aclose()


# --- 2. once -------------------------------------------------------------------------------------


async def test_the_same_cmid_gets_the_same_ack_and_another_body_an_error(town: Town) -> None:
    first = await town.vera.writes("Is it blue?", cmid="cmid-of-vera")
    again = await town.vera.writes("Is it blue?", cmid="cmid-of-vera")
    assert again == replace(first, dup=True, opened=False)
    with pytest.raises(CmidConflict):
        await town.vera.writes("Is it red?", cmid="cmid-of-vera")
    answer = await town.ada.answers("It is.", cmid="cmid-of-ada")
    assert (await town.ada.answers("It is.", cmid="cmid-of-ada")).entry_id == answer.entry_id
    with pytest.raises(CmidConflict):
        await town.ada.answers("It is not.", cmid="cmid-of-ada")
    assert await town.vera.said() == ["Is it blue?", "It is."]


async def test_the_cmid_of_one_shopper_means_nothing_for_another(town: Town) -> None:
    mia = await town.shopper()
    await town.vera.writes("Is it blue?", cmid="cmid-of-both")
    await mia.writes("Is it red?", cmid="cmid-of-both")
    assert await mia.said() == ["Is it red?"]


async def test_one_cmid_sent_twenty_times_at_once_is_one_message(town: Town) -> None:
    acks = await asyncio.gather(
        *(town.vera.writes("Hello?", cmid="cmid-of-vera") for _ in range(20))
    )
    assert len({ack.entry_id for ack in acks}) == 1
    assert [ack.dup for ack in acks].count(False) == 1
    assert await town.vera.said() == ["Hello?"]


@behaviour(19)
async def test_the_same_mail_delivered_twice_is_one_message(town: Town) -> None:
    raw = mail("Hello?", From="mia@shopper.example", To=MAILBOX)
    await town.mail_in(raw, MAILBOX)
    await town.tick(1)
    await town.mail_in(raw, MAILBOX)
    await town.tick(1)
    assert [row.body for row in await town.messages()] == ["Hello?"]


# --- 3. gap-free ---------------------------------------------------------------------------------


async def test_everybody_writing_at_once_leaves_seqs_from_one_to_n(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    row = await town.vera.conversation()
    before = row.last_seq
    work: list[Callable[[int], Awaitable[object]]] = [
        lambda n: town.vera.writes(f"By chat {n}"),
        lambda n: town.text_in(VERA_PHONE, f"By text {n}"),
        lambda n: town.ada.answers(f"A note {n}", note=True),
    ]
    await asyncio.gather(*(each(n) for n in range(6) for each in work))
    log = await town.vera.entries()
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert len(log) >= before + 18
    shown = [entry for entry in log if entry.audience == "all"]
    assert [entry.prev for entry in shown] == [0, *(entry.seq for entry in shown[:-1])]


async def test_vera_resumes_with_exactly_what_she_missed(town: Town) -> None:
    await town.vera.writes("Hello?")
    row = await town.vera.conversation()
    held = (await town.vera.entries())[-1]
    epoch = await town.read(lambda tx: houses.house(tx).epoch)
    cursor = Cursor(epoch=epoch, seq=held.seq, entry_id=held.entry_id)
    await town.ada.answers("A note", note=True)
    await town.ada.answers("Hi Vera")

    async def resumed(cursor: Cursor) -> tuple[bool, list[str | None]]:
        found = await reading.snapshot(
            town.house, row.store_id, row.conversation_id, "shopper", cursor
        )
        return found.recovered, [entry.body for entry in found.entries if entry.body]

    assert await resumed(cursor) == (True, ["Hi Vera"])
    everything = (False, ["Hello?", "Hi Vera"])
    assert await resumed(cursor.model_copy(update={"epoch": epoch + 1})) == everything
    assert await resumed(cursor.model_copy(update={"entry_id": "other"})) == everything
    assert await resumed(cursor.model_copy(update={"seq": held.seq + 50})) == everything


@behaviour(33)
async def test_a_tab_that_missed_bells_hears_everything_once_and_in_order(town: Town) -> None:
    await town.vera.writes("One")
    tab = await town.vera.tab()
    row = await town.vera.conversation()
    elsewhere = replace(town.house, hub=Hub(), node_id="another node")
    for words in ("Two", "Three"):
        await receive.from_agent(
            elsewhere,
            row.store_id,
            row.conversation_id,
            town.ada.agent_id,
            cmid=town.cmid(),
            body=words,
            seen_seq=row.last_seq,
        )
    await town.vera.writes("Four")
    await tab.until("Four")
    frames = [frame for frame in tab.heard if '"t":"entry"' in frame]
    heard = [word for frame in frames for word in ("Two", "Three", "Four") if word in frame]
    assert heard == ["Two", "Three", "Four"]
