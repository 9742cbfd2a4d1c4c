"""Handing over what is queued: claim, call, commit what came of it; a few calls at a time."""

from __future__ import annotations

from collections import Counter
from typing import Final

import anyio
import structlog
from anyio.abc import TaskGroup

from gateway.channels.port import Outcome
from gateway.clock import SECOND
from gateway.services import claiming, handover
from gateway.services.claiming import Claimed
from gateway.services.house import LOOK_AGAIN, Doorbell, House
from gateway.services.outcomes import Outcomes
from gateway.store import senders
from gateway.worker.throughput import Throughput

log = structlog.get_logger(__name__)

#: Hand-overs per channel at the same time: a hung provider holds up only its own.
AT_ONCE: Final = 8
RESERVE: Final = 5.0  #: what this worker means to hand over, no other claims meanwhile
LAST_CALLS: Final = 20.0  #: seconds that calls may go on when a process stops; compose gives it 30


class Dispatcher:
    """The hand-overs of one process; ``bell`` rings when there is room for more."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.bell = Doorbell()
        self._limits: dict[str, anyio.Semaphore] = {}
        self._under_way: Counter[str] = Counter()  #: claimed and not yet recorded, by channel
        self._turns: set[anyio.CancelScope] = set()  #: of those that wait to be called
        self._outcomes = Outcomes(house)
        self._throughput = Throughput()
        self._is_claiming = False
        self._stops = False
        self._ended = Doorbell()

    async def step(self, group: TaskGroup) -> float:
        """Claim what is queued and begin to hand it over; seconds until there may be more."""
        if self._stops or self._house.hub.draining:
            return LOOK_AGAIN
        self._is_claiming = True
        try:
            claimed = await self._claim()
            for each in claimed:
                self._under_way[each.outgoing.channel] += 1
                group.start_soon(self._hand_over, each)
        finally:
            self._is_claiming = False
            self._ended.ring()
        if claimed:
            return 0.0
        turn = await self._house.store.read(senders.next_turn)
        if turn is None:
            return LOOK_AGAIN
        return max(0.01, (turn - self._house.clock.now()) / SECOND)

    async def drain(self, seconds: float) -> None:
        """Claim nothing more, and let the calls under way end: cut short, each would be unknown.

        What was claimed and waits for its turn to be called waits no longer; that it was not called
        is known. Returns when all is recorded, or after ``seconds``.
        """
        self._stops = True
        for turn in self._turns:
            turn.cancel()
        with anyio.move_on_after(seconds):
            while self._is_claiming or self._under_way.total():
                await self._ended.wait(seconds)
            return
        log.warning("dispatcher.calls_cut_short", calls=self._under_way.total())

    async def _claim(self) -> list[Claimed]:
        full = [channel for channel, held in self._under_way.items() if held > AT_ONCE]
        room = self._throughput.room(self._house.clock.monotonic())
        queued = await claiming.waiting(self._house, limit=room, reserve=RESERVE, full=full)
        return [] if self._stops else await claiming.claim_all(self._house, queued)

    async def _hand_over(self, claimed: Claimed) -> None:
        channel = claimed.outgoing.channel
        try:
            with self._outcomes.expected():
                outcome = await self._called(claimed)
            self._throughput.ended(self._house.clock.monotonic())
            await self._outcomes.record(claimed, outcome)
        except Exception:
            # The row says how far it came; the sweep makes it unknown when its lease lapses.
            log.exception("dispatcher.hand_over_failed", delivery=claimed.outgoing.delivery_id)
        finally:
            self._under_way[channel] -= 1
            if self._under_way[channel] in (0, AT_ONCE):
                self.bell.ring()
            self._ended.ring()

    async def _called(self, claimed: Claimed) -> Outcome:
        """Call in its turn; one whose turn does not come within its lease was not called."""
        limit = self._limits.setdefault(claimed.outgoing.channel, anyio.Semaphore(AT_ONCE))
        left = 0.0 if self._stops else claimed.deadline - self._house.clock.monotonic()
        with anyio.move_on_after(left) as turn:
            self._turns.add(turn)
            try:
                await limit.acquire()
            finally:
                self._turns.discard(turn)
        if turn.cancelled_caught:
            return handover.stopped(claimed) if self._stops else handover.late(claimed)
        try:
            return await handover.call(self._house, claimed)
        finally:
            limit.release()
