"""Presence through real sockets: clients that freeze, and several tabs of one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from gateway.clock import SECOND
from gateway.protocol.session import CLOSE_SILENT, LATE, SILENCE
from gateway.services import setup
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import PresenceRow, ReachRow
from gateway.store.tx import Tx
from gateway.web import ticking
from tests.behaviours import behaviour
from tests.integration.web_gateway import (
    ACME,
    BEN,
    PATIENCE,
    Line,
    Vera,
    WebGateway,
    cmid,
    on_air,
)

QUICK = {"silence": 6, "linger": 1}  #: seconds
STEP = LATE - 1  #: a longer one is a gateway that stood still
READING = {"panel": True, "visible": True, "focus": True}
SHUT = {"panel": False, "visible": True, "focus": True}


@pytest.fixture
async def air(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WebGateway]:
    # Sockets are looked at once a second; a test that lets minutes pass would wait for each look.
    monkeypatch.setattr(ticking, "TICK", 0.02)
    async with on_air(tmp_path, database_url) as running:
        yield running


async def passes(air: WebGateway, seconds: float) -> None:
    """Let time pass on both hands; whoever is not made to hear something is frozen meanwhile."""
    while seconds > 0:
        step = min(seconds, STEP)
        air.clock.skip(step)
        air.clock.move_ahead(round(step * SECOND))
        await air.clock.sleep(0.06)  # a few ticks
        seconds -= step


async def seen_of(air: WebGateway, side: str, person_id: str) -> PresenceRow | None:
    """What is written of a person."""

    def find(tx: Tx) -> PresenceRow | None:
        store = people.HOUSE if side == "staff" else _store(tx)
        return people.presence(tx, store, side, person_id)

    return await air.gateway.house.store.read(find)


async def until(air: WebGateway, side: str, person_id: str, presence: str) -> PresenceRow:
    """Wait until this is what is written of a person."""
    with anyio.fail_after(PATIENCE):
        while True:
            row = await seen_of(air, side, person_id)
            if row is not None and row.presence == presence:
                return row
            await air.clock.sleep(0.02)


async def reach_of(air: WebGateway, shopper_id: str) -> ReachRow:
    """The reach row of a shopper's side."""

    def find(tx: Tx) -> ReachRow:
        row = thread.latest_of(tx, _store(tx), shopper_id)
        assert row is not None
        return reaching.reach(tx, row, "shopper")

    return await air.gateway.house.store.read(find)


def _store(tx: Tx) -> str:
    return houses.store_by_key(tx, ACME).store_id


async def asks(line: Line) -> dict[str, Any]:
    """Vera's first message; returns the conversation's head."""
    await line.say("send", cmid=cmid(), body="Is the blue one back?")
    head: dict[str, Any] = (await line.hear("snapshot"))["conversation"]
    return head


async def answers(console: Line, head: dict[str, Any], words: str, *, seen: int) -> int:
    """Ada answers, having seen everything up to ``seen``; returns the seq."""
    ids = {"store_id": head["store_id"], "conversation_id": head["conversation_id"]}
    await console.say("send", **ids, cmid=cmid(), body=words, seen_seq=seen)
    told = await console.hear("ack", "error")
    assert told["t"] == "ack", told
    return int(told["seq"])


async def another(air: WebGateway, vera: Vera) -> Vera:
    """Another tab of the same shopper asks to be let in."""
    return await air.vera(session=vera.session)


async def seen_by_shopper(line: Line) -> dict[str, Any]:
    """The next word that the shopper's side has seen something."""
    while (told := await line.hear("seen"))["side"] != "shopper":
        pass
    return told


@behaviour(32)
async def test_what_vera_reads_in_one_tab_is_read_in_all_of_them(air: WebGateway) -> None:
    vera = await air.vera()
    on_phone = await another(air, vera)
    async with (
        air.tab(vera) as (desk, _),
        air.tab(on_phone) as (phone, _),
        air.console() as (ada, _),
    ):
        await desk.say("tab", **SHUT)
        await phone.say("tab", **READING)
        head = await asks(desk)
        assert (await phone.hear("snapshot"))["conversation"] == head
        seq = await answers(ada, head, "It is!", seen=head["last_seq"])
        for line in (desk, phone):
            assert (await line.hear("entry"))["entry"]["seq"] == seq
        assert (await reach_of(air, vera.shopper_id)).state == "waiting"

        await phone.say("seen", seq=seq)
        for line in (desk, phone):
            told = await seen_by_shopper(line)
            assert (told["conversation_id"], told["seq"]) == (head["conversation_id"], seq)
        assert (await reach_of(air, vera.shopper_id)).state == "settled"
        async with air.tab(await another(air, vera)) as (next_page, _):
            snapshot = await next_page.hear("snapshot")
            assert snapshot["conversation"]["seen_shopper"] == seq


async def test_what_ada_reads_in_one_console_is_read_in_her_other_one(air: WebGateway) -> None:
    async with air.tab() as (vera, _), air.console() as (desk, _), air.console() as (home, _):
        head = await asks(vera)
        ids = {"store_id": head["store_id"], "conversation_id": head["conversation_id"]}
        for console in (desk, home):
            await console.say("open", **ids)
            await console.hear("snapshot")
        await desk.say("seen", **ids, seq=head["last_seq"])
        assert (await home.hear("seen"))["seq"] == head["last_seq"]
        while (await home.hear("rows"))["rows"][0]["unread"]:
            pass


@pytest.mark.parametrize(("silence", "heartbeat_ms"), [(9, 4_000), (45, 20_000), (600, 20_000)])
async def test_a_tab_is_told_how_often_it_will_be_asked(
    air: WebGateway, silence: int, heartbeat_ms: int
) -> None:
    await setup.set_policy(air.gateway.house.store, ACME, {"silence": silence})
    async with air.tab() as (_, welcome):
        assert welcome["heartbeat_ms"] == heartbeat_ms


@behaviour(5)
async def test_a_tab_that_freezes_is_gone_since_its_last_word_and_thaws_without_a_loss(
    air: WebGateway,
) -> None:
    await setup.set_policy(air.gateway.house.store, ACME, QUICK)
    vera = await air.vera()
    async with air.tab(vera) as (tab, welcome), air.console() as (ada, _):
        head = await asks(tab)
        last = head["last_seq"]
        await tab.say("tab", **READING)
        began = await until(air, "shopper", vera.shopper_id, "reading")
        await passes(air, 4)
        await tab.say("earlier", before=last)
        await tab.hear("page")
        spoke_at = air.clock.now()
        await passes(air, 1)
        # From here her browser has frozen the tab: the connection stands and nobody answers.
        first = await answers(ada, head, "It is!", seen=last)
        await passes(air, QUICK["silence"] - 2)
        assert (await until(air, "shopper", vera.shopper_id, "reading")).since == began.since
        await passes(air, 3)
        row = await until(air, "shopper", vera.shopper_id, "gone")
        assert row.lost_at is None
        assert abs(row.since - spoke_at) < SECOND
        second = await answers(ada, head, "In 38, too.", seen=first)

        # It thaws: what was sent before the end is still there, then the end, then another socket.
        held = (await tab.hear("entry"))["entry"]
        assert held["seq"] == first
        assert await tab.closed() == CLOSE_SILENT
    cursor = {"epoch": welcome["epoch"], "seq": held["seq"], "entry_id": held["id"]}
    async with air.tab(await another(air, vera), cursor) as (tab, _):
        missed = await tab.hear("snapshot")
        assert missed["recovered"]
        assert [(each["seq"], each["body"]) for each in missed["entries"]] == [
            (second, "In 38, too.")
        ]
        assert missed["entries"][0]["prev"] == held["seq"]
        await tab.say("tab", **READING)
        await until(air, "shopper", vera.shopper_id, "reading")


async def test_a_tab_that_answers_may_be_silent_otherwise(air: WebGateway) -> None:
    await setup.set_policy(air.gateway.house.store, ACME, QUICK)
    vera = await air.vera()
    async with air.tab(vera) as (tab, _):
        await tab.say("tab", **SHUT)
        began = await until(air, "shopper", vera.shopper_id, "on_page")
        for _ in range(8):
            await passes(air, 2.5)
            await tab.hear("ping")  # which is answered
            await tab.is_heard()
        row = await seen_of(air, "shopper", vera.shopper_id)
        assert row is not None
        assert (row.presence, row.since) == ("on_page", began.since)


async def test_a_tab_that_froze_is_not_gone_while_another_one_is_open(air: WebGateway) -> None:
    await setup.set_policy(air.gateway.house.store, ACME, QUICK)
    vera = await air.vera()
    on_phone = await another(air, vera)
    async with air.tab(vera) as (desk, _), air.tab(on_phone) as (phone, _):
        await desk.say("tab", **READING)
        await phone.say("tab", **SHUT)
        await until(air, "shopper", vera.shopper_id, "reading")
        for _ in range(3):
            await passes(air, 2.5)
            await phone.hear("ping")
            await phone.is_heard()
        assert await desk.closed() == CLOSE_SILENT
        await until(air, "shopper", vera.shopper_id, "on_page")
        await passes(air, 2.5)
        assert (await until(air, "shopper", vera.shopper_id, "on_page")).lost_at is None


async def test_a_console_that_freezes_is_nobody_who_answers(air: WebGateway) -> None:
    async with air.tab() as (vera, welcome), air.console(BEN) as (ben, known):
        assert not welcome["staff"]
        ben_id = known["agent"]["agent_id"]
        await until(air, "staff", ben_id, "reading")
        spoke_at = air.clock.now()
        for _ in range(5):
            await passes(air, SILENCE / 4.5)
            # Vera's tab answers, Ben's console does not.
            await vera.say("typing", on=False)
            await vera.is_heard()
        assert await ben.closed() == CLOSE_SILENT
        await passes(air, 6)
        row = await until(air, "staff", ben_id, "gone")
        assert abs(row.since - spoke_at) < 2 * SECOND
        while (await vera.hear("staff"))["staff"]:
            pass


async def test_a_console_is_in_sight_until_it_says_otherwise_and_hidden_is_no_leaving(
    air: WebGateway,
) -> None:
    async with air.console(BEN) as (ben, known):
        ben_id = known["agent"]["agent_id"]
        await until(air, "staff", ben_id, "reading")
        await ben.say("tab", panel=True, visible=False, focus=False)
        await until(air, "staff", ben_id, "hidden")
        async with air.tab() as (_, welcome):
            assert [each["agent_id"] for each in welcome["staff"]] == [ben_id]
        await ben.say("tab", panel=True, visible=True, focus=False)
        await until(air, "staff", ben_id, "on_page")


async def test_a_gateway_that_stood_still_closes_nobodys_socket(air: WebGateway) -> None:
    await setup.set_policy(air.gateway.house.store, ACME, QUICK)
    vera = await air.vera()
    async with air.tab(vera) as (tab, _):
        await tab.say("tab", **READING)
        began = await until(air, "shopper", vera.shopper_id, "reading")
        air.clock.skip(600)
        air.clock.move_ahead(600 * SECOND)
        await tab.hear("ping")
        await passes(air, 2)
        row = await seen_of(air, "shopper", vera.shopper_id)
        assert row is not None
        assert (row.presence, row.since) == ("reading", began.since)
        # A tab that is really silent is found all the same.
        await passes(air, QUICK["silence"] + 2)
        assert await tab.closed() == CLOSE_SILENT
        await until(air, "shopper", vera.shopper_id, "gone")
