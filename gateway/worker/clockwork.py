"""What happens by itself: a few loops, woken by the doorbell and, in any case, by what is due.

Every loop survives its own failures: it says so, waits a moment and goes on; what it was doing is
in the database and is found again.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable

import anyio
import structlog
from anyio.abc import TaskGroup

from gateway.clock import SECOND
from gateway.files.child import Child
from gateway.services import (
    alerts,
    attachments,
    drafts,
    duty,
    feed,
    handover,
    kept_hooks,
    mails,
    missed_texts,
    nodes,
    reaching,
    reading,
    scheduled_sends,
    snoozes,
    staff,
    text_files,
)
from gateway.services.house import LOOK_AGAIN, Doorbell, House
from gateway.services.presence import Presences
from gateway.store import house as houses
from gateway.store import search_late, taking, writing
from gateway.worker.clock_follower import ClockFollower
from gateway.worker.dispatcher import LAST_CALLS, Dispatcher

log = structlog.get_logger(__name__)

SWEEP = 3.0
INDEX = 0.5  #: what was written is found as soon as that
KEEP_NODE = 5.0
OUTLOOK = 5.0
TIDY = 600.0
TAKE_MISSED = 600.0
SWEEP_FILES = 6 * 3_600.0  #: every blob on disk is looked at
AFTER_FAILURE = 1.0
STALLED = 30.0
GATHER = 0.02  #: rings that come this close together are one


class Clockwork:
    """The loops of one process."""

    def __init__(
        self,
        house: House,
        presences: Presences,
        child: Child,
        follower: ClockFollower | None = None,
    ) -> None:
        self._house = house
        self._presences = presences
        self._child = child
        self._follower = follower
        self._bells: dict[str, Doorbell] = {}
        self._dispatcher = Dispatcher(house)
        self._stepped_at: float | None = None
        self._look_back = missed_texts.AT_FIRST

    @property
    def is_alive(self) -> bool:
        """Whether it looked at what is due not long ago."""
        now = self._house.clock.monotonic()
        return self._stepped_at is not None and now - self._stepped_at < STALLED

    async def run(self) -> None:
        """Run every loop until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._forever, "presence", self._presences.run)
            group.start_soon(self._forever, "feed", lambda: feed.run(self._house))
            group.start_soon(self._ring_on)
            group.start_soon(self._loop, "reach", self._reach, LOOK_AGAIN)
            group.start_soon(self._loop, "later", self._send_later, LOOK_AGAIN)
            group.start_soon(self._dispatch, group)
            group.start_soon(self._understand_hooks)
            group.start_soon(self._loop, "intake", self._read_mail, LOOK_AGAIN)
            group.start_soon(self._loop, "search", self._index, INDEX)
            group.start_soon(self._loop, "media", self._fetch_media, LOOK_AGAIN)
            group.start_soon(self._every, "sweep", self._sweep, SWEEP)
            group.start_soon(self._every, "snooze", self._wake_snoozed, SWEEP)
            group.start_soon(self._every, "node", self._keep_node, KEEP_NODE)
            group.start_soon(self._every, "outlook", self._tell_who_is_on, OUTLOOK)
            group.start_soon(self._every, "alerts", self._keep_alerts, OUTLOOK)
            group.start_soon(self._every, "tidy", self._tidy, TIDY)
            group.start_soon(self._every, "missed", self._take_missed, TAKE_MISSED)
            group.start_soon(self._every, "files", self._sweep_files, SWEEP_FILES)
            if self._follower is not None:
                group.start_soon(self._forever, "clock", self._follower.run)

    async def run_until_told(self) -> None:
        """The same in a process of its own, until it is sent SIGINT or SIGTERM."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.run)
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as told:
                async for _ in told:
                    break
            await self.drain()
            group.cancel_scope.cancel()

    async def drain(self, seconds: float = LAST_CALLS) -> None:
        """Hand over nothing more, and let what is being called end, for so many seconds at most.

        Whoever runs the loops cancels them after this.
        """
        await self._dispatcher.drain(seconds)

    async def _ring_on(self) -> None:
        """Pass one ring on to every loop that waits for work."""
        while True:
            await self._house.work.wait(LOOK_AGAIN)
            for bell in self._bells.values():
                bell.ring()

    async def _loop(
        self,
        name: str,
        step: Callable[[], Awaitable[float]],
        longest: float,
        *,
        bell: Doorbell | None = None,
        gather: float = GATHER,
    ) -> None:
        """Step for ever; a step says how many seconds it may be until the next."""
        bell = self._bells[name] = bell or Doorbell()
        while True:
            wait = AFTER_FAILURE
            try:
                wait = min(longest, await step())
            except Exception:
                log.exception("clockwork.step_failed", loop=name)
            if wait > 0:
                await bell.wait(wait)
                await self._house.clock.sleep(gather)

    async def _every(self, name: str, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
            except Exception:
                log.exception("clockwork.step_failed", loop=name)
            if self._follower is None:
                await self._house.clock.sleep(seconds)
            else:
                await self._follower.pause(seconds)

    async def _forever(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
            except Exception:
                log.exception("clockwork.step_failed", loop=name)
            await self._house.clock.sleep(AFTER_FAILURE)

    async def _reach(self) -> float:
        self._stepped_at = self._house.clock.monotonic()
        if await reaching.look_at_due(self._house):
            return 0.0
        due = await self._house.store.read(taking.next_due)
        if due is None:
            return LOOK_AGAIN
        return max(0.01, (due - self._house.clock.now()) / SECOND)

    async def _send_later(self) -> float:
        if await scheduled_sends.send_due(self._house):
            return 0.0
        due = await self._house.store.read(writing.next_due)
        if due is None:
            return LOOK_AGAIN
        return max(0.01, (due - self._house.clock.now()) / SECOND)

    async def _understand_hooks(self) -> None:
        # Somebody may be looking at the conversation: not a moment is waited for company.
        bell = self._house.heard
        await self._loop("hooks", self._read_hooks, LOOK_AGAIN, bell=bell, gather=0.0)

    async def _dispatch(self, group: TaskGroup) -> None:
        step, bell = self._dispatcher.step, self._dispatcher.bell
        await self._loop("dispatch", lambda: step(group), LOOK_AGAIN, bell=bell)

    async def _read_hooks(self) -> float:
        return 0.0 if await kept_hooks.understand_due(self._house) else LOOK_AGAIN

    async def _read_mail(self) -> float:
        return 0.0 if await mails.read_due(self._house, self._child) else LOOK_AGAIN

    async def _index(self) -> float:
        await search_late.index_due(self._house.store)
        return INDEX

    async def _fetch_media(self) -> float:
        return 0.0 if await text_files.fetch_due(self._house) else LOOK_AGAIN

    async def _sweep(self) -> None:
        await reading.sweep(self._house)
        await handover.sweep(self._house)
        await handover.resolve_unknown(self._house)

    async def _keep_node(self) -> None:
        if await nodes.keep_node(self._house):
            self._presences.tell_again()

    async def _tell_who_is_on(self) -> None:
        await duty.turn(self._house)
        await staff.tell_of_turns(self._house)

    async def _wake_snoozed(self) -> None:
        await snoozes.wake_due(self._house)

    async def _keep_alerts(self) -> None:
        await alerts.keep(self._house)

    async def _take_missed(self) -> None:
        listed = await missed_texts.take_missed(self._house, self._look_back)
        self._look_back = missed_texts.AFTERWARDS if listed else missed_texts.AT_FIRST

    async def _sweep_files(self) -> None:
        await attachments.sweep(self._house)

    async def _tidy(self) -> None:
        await self._house.change(lambda change: houses.forget_old(change.tx))
        await drafts.tidy(self._house)
