"""Leaving is an observed act: reloads, several tabs, and gateways that go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio

from gateway.clock import SECOND
from gateway.live.socket import Socket
from gateway.protocol.frames import Tab
from gateway.services.presence import Presences
from gateway.store import people
from gateway.store.tables import PresenceRow
from tests.integration.town.building import Town
from tests.integration.town.townspeople import VERA_PHONE

OPEN = Tab(panel=True, visible=True, focus=True)
SHUT = Tab(panel=False, visible=True, focus=False)
BEHIND = Tab(panel=True, visible=False, focus=False)


class Lane:
    """The lane of one node, driven by hand."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._presences = Presences(town.house)
        self._passer_by = self.socket("passer-by", "passer-by")
        self.run = self._presences.run

    def socket(self, name: str, person_id: str | None = None) -> Socket:
        """A tab's connection."""
        return Socket(
            socket_id=name,
            audience="shopper",
            person_id=person_id or self._town.vera.shopper_id,
            name="",
            store_id=self._town.store_id,
        )

    def tab(self, socket: Socket, tab: Tab) -> None:
        self._presences.tab(socket, tab)

    async def left(self, socket: Socket) -> None:
        await self._presences.left(socket)

    async def passes(self, seconds: float) -> None:
        """Let time pass, and the lane write down all that is due by then."""
        self._town.clock.move_ahead(round(seconds * SECOND))
        # What is due with the first change may be written after it; nothing is after the second.
        for tab, presence in ((BEHIND, "hidden"), (OPEN, "reading")):
            self._presences.tab(self._passer_by, tab)
            self._town.clock.move_ahead(round(0.2 * SECOND))
            self._presences.tab(self._passer_by, tab)  # rings the lane's bell
            await self._until(presence, self._passer_by.person_id)

    async def says(self, presence: str) -> PresenceRow:
        """Wait until this is what is written of Vera."""
        return await self._until(presence, self._town.vera.shopper_id)

    async def _until(self, presence: str, person_id: str) -> PresenceRow:
        town = self._town
        with anyio.fail_after(5):
            while True:
                row = await town.read(
                    lambda tx: people.presence(tx, town.store_id, "shopper", person_id)
                )
                if row is not None and row.presence == presence:
                    return row
                await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def lane_of(town: Town) -> AsyncIterator[Lane]:
    lane = Lane(town)
    running = asyncio.create_task(lane.run())
    try:
        yield lane
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_reload_is_no_leaving(town: Town) -> None:
    await town.vera.writes("Hello?")
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, OPEN)
        await lane.passes(1)
        since = (await lane.says("reading")).since
        await lane.left(first)
        await lane.passes(4)
        lane.tab(lane.socket("second"), OPEN)
        await lane.passes(10)
        row = await lane.says("reading")
        assert row.since == since


async def test_closing_the_last_tab_is_leaving_five_seconds_later_and_counts_from_the_close(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    async with lane_of(town) as lane:
        first, second = lane.socket("first"), lane.socket("second")
        lane.tab(first, OPEN)
        lane.tab(second, SHUT)
        await lane.passes(1)
        await lane.says("reading")
        await lane.left(first)
        await lane.passes(10)
        await lane.says("on_page")
        closed_at = town.clock.now()
        await lane.left(second)
        await lane.passes(3)
        await lane.says("on_page")
        await lane.passes(3)
        assert abs((await lane.says("gone")).since - closed_at) < SECOND // 10


async def test_several_tabs_are_one_person_as_present_as_the_most_present(town: Town) -> None:
    async with lane_of(town) as lane:
        first, second = lane.socket("first"), lane.socket("second")
        lane.tab(first, BEHIND)
        await lane.passes(1)
        await lane.says("hidden")
        lane.tab(second, SHUT)
        await lane.passes(1)
        await lane.says("on_page")
        lane.tab(first, OPEN)
        await lane.passes(1)
        await lane.says("reading")
        await lane.left(first)
        await lane.passes(1)
        await lane.says("on_page")


async def vera_reads_an_answer(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.returns()
    await town.ada.answers("Hi Vera")


async def test_leaving_brings_the_text_nearer(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.tick(60)
    await town.vera.leaves()
    await town.tick(28)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(4)
    assert "Hi Vera" in town.carrier.to(VERA_PHONE)[1]


async def test_a_return_before_the_text_was_due_keeps_it_from_going(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.vera.leaves()
    await town.tick(20)
    due = (await town.vera.reach()).due_at
    await town.vera.returns()
    assert (await town.vera.reach()).due_at == due  # a return writes no reach row
    await town.tick(300)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_a_restart_texts_nobody_who_comes_back_in_time(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(away=60)
    await town.tick(85)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.vera.returns()
    await town.tick(400)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_who_does_not_come_back_after_a_restart_is_texted_when_grace_is_over(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(away=60)
    await town.tick(88)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(6)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_a_gateway_that_died_is_found_out_and_its_people_get_the_same_grace(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(silent=True, away=200)
    (row,) = [row for row in await town.rows(PresenceRow) if row.side == "shopper"]
    assert row.lost_at is not None
    await town.tick(85)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.vera.returns()
    await town.tick(200)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_what_is_due_after_a_restart_goes_out_once(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.look(after=31)
    await town.restarts(silent=True, away=100)
    await town.tick(300)
    await town.restarts()
    await town.tick(300)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_while_no_gateway_accepts_sockets_nobody_is_texted(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.stops()
    town.clock.move_ahead(60 * SECOND)
    await town.settle()
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.restarts(silent=True)
    await town.tick(95)
    assert len(town.carrier.to(VERA_PHONE)) == 2
