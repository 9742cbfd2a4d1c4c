"""The lane of one node, with the sockets of its tabs, driven by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio

from gateway.clock import SECOND
from gateway.live.socket import Socket
from gateway.protocol.frames import Tab
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.store import people
from gateway.store.tables import PresenceRow
from tests.integration.town.building import Town
from tests.integration.town.databases import PATIENCE

OPEN = Tab(panel=True, visible=True, focus=True)
SHUT = Tab(panel=False, visible=True, focus=False)
BEHIND = Tab(panel=True, visible=False, focus=False)

TURNS = 200  #: of the event loop: more than a write takes that nothing holds up


class Lane:
    """What one node sees of Vera, and of a passer-by whose changes show that the lane ran."""

    def __init__(self, town: Town, house: House) -> None:
        self._town = town
        self._presences = Presences(house)
        self._passer_by = self.socket("passer-by", f"passer-by of {house.node_id}")
        self.run = self._presences.run
        self.came = self._presences.came
        self.tab = self._presences.tab
        self.left = self._presences.left
        self.may_ring = self._presences.may_ring
        self.tell_again = self._presences.tell_again

    def socket(self, name: str, person_id: str | None = None) -> Socket:
        """A tab's connection."""
        return Socket(
            socket_id=name,
            audience="shopper",
            person_id=person_id or self._town.vera.shopper_id,
            name="",
            store_id=self._town.store_id,
        )

    async def passes(self, seconds: float) -> None:
        """Let time pass, and the lane write down all that is due by then."""
        self._town.clock.move_ahead(round(seconds * SECOND))
        # What is due with the first change may be written after it; nothing is after the second.
        for tab, presence in ((BEHIND, "hidden"), (OPEN, "reading")):
            self._presences.tab(self._passer_by, tab)
            self._town.clock.move_ahead(round(0.2 * SECOND))
            self._presences.tab(self._passer_by, tab)  # rings the lane's bell
            await self._until(presence, self._passer_by.person_id)

    async def turns(self) -> None:
        """Let the lane do whatever it does at this instant."""
        for _ in range(TURNS):
            await anyio.lowlevel.checkpoint()

    async def says(self, presence: str) -> PresenceRow:
        """Wait until this is what is written of Vera."""
        return await self._until(presence, self._town.vera.shopper_id)

    async def _until(self, presence: str, person_id: str) -> PresenceRow:
        town = self._town
        with anyio.fail_after(PATIENCE):
            while True:
                row = await town.read(
                    lambda tx: people.presence(tx, town.store_id, "shopper", person_id)
                )
                if row is not None and row.presence == presence:
                    return row
                await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def lane_of(town: Town, house: House | None = None) -> AsyncIterator[Lane]:
    """The lane of the town's own house, or of another node of it."""
    lane = Lane(town, house or town.house)
    running = asyncio.create_task(lane.run())
    try:
        yield lane
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
