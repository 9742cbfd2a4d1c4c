"""Committing what came of hand-overs.

Those that end while others are being committed share the next commit. As long as more is being
called, one waits a moment for company: what a commit costs is nearly all for the first in it.
What was accepted wakes its side, and what is due then is planned in the same transaction: all that
a look afterwards would load is there already.

What a provider said is known here alone. So what the database refuses is brought again, past the
lease too: by then a sweep may have called it unknown, which every outcome outranks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import anyio
import structlog

from gateway.channels.port import Accepted, Outcome
from gateway.errors import StorageRefused
from gateway.services.claiming import Claimed
from gateway.services.handover import apply, record
from gateway.services.house import Change, Doorbell, House
from gateway.services.reaching import plan_if_due
from gateway.services.surroundings import look_ahead
from gateway.store import known as known_rows
from gateway.store import spending
from gateway.store.tables import ConversationRow

log = structlog.get_logger(__name__)

GATHER: Final = 0.05  #: seconds that an outcome waits for those of what is being called
LONGEST: Final = 0.25  #: or as long as the last commit took, which the next would wait for anyway
COMPANY: Final = 64  #: it waits for no more
FIRST_PAUSE: Final = 1.0  #: seconds before what was refused is brought again; then twice as long
LONGEST_PAUSE: Final = 8.0
BROUGHT_FOR: Final = 600.0  #: seconds; later a mail of unknown outcome may be on its way again


@dataclass(frozen=True, slots=True)
class _Ended:
    claimed: Claimed
    outcome: Outcome
    committed: asyncio.Future[None]


class Outcomes:
    """Where the hand-overs of one process put what came of them."""

    def __init__(self, house: House, *, gather: float = GATHER) -> None:
        self._house = house
        self._gather_for = gather
        self._took = 0.0  #: seconds for the last commit
        self._ended: list[_Ended] = []
        self._busy = False
        self._under_way = 0
        self._no_more = Doorbell()

    @contextmanager
    def expected(self) -> Iterator[None]:
        """While an outcome is on its way: others wait for it, for a moment."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._no_more.ring()

    async def record(self, claimed: Claimed, outcome: Outcome) -> None:
        """Return when it is committed.

        A gateway that stops waits for that, but not for a database that refuses.

        Raises:
            StorageRefused: the database took it at no time within ``BROUGHT_FOR``.
        """
        until = self._house.clock.monotonic() + BROUGHT_FOR
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._record(claimed, outcome)
            except StorageRefused:
                left = until - self._house.clock.monotonic()
                named = {"delivery": claimed.outgoing.delivery_id, "was": type(outcome).__name__}
                if left <= 0:
                    log.exception("outcomes.lost", **named)
                    raise
                log.warning("outcomes.refused", **named)
            await self._house.clock.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _record(self, claimed: Claimed, outcome: Outcome) -> None:
        ended = _Ended(claimed, outcome, asyncio.get_running_loop().create_future())
        self._ended.append(ended)
        if len(self._ended) == COMPANY:
            self._no_more.ring()
        # Left out, what a provider took would be of unknown outcome; and nothing that is being
        # called keeps a gateway waiting that stops, for that is called off.
        with anyio.CancelScope(shield=True):
            if not self._busy:
                await self._commit_all()
            await ended.committed

    async def _commit_all(self) -> None:
        self._busy = True
        try:
            while self._ended:
                await self._gather()
                taken, self._ended = self._ended, []
                begun = self._house.clock.monotonic()
                await self._commit(taken)
                self._took = self._house.clock.monotonic() - begun
        finally:
            self._busy = False

    async def _gather(self) -> None:
        if self._under_way and len(self._ended) < COMPANY:
            await self._no_more.wait(max(self._gather_for, min(self._took, LONGEST)))

    async def _commit(self, ended: Sequence[_Ended]) -> None:
        plain = [each for each in ended if _is_plain(each)]
        others = [each for each in ended if not _is_plain(each)]
        try:
            await self._together(plain)
        except StorageRefused as refused:
            # One after the other they would wait out the database's time-outs.
            _fail(ended, refused)
            return
        except Exception:
            # Whichever it is, it must not take the others' outcomes along.
            log.exception("outcomes.together_failed", deliveries=len(plain))
            others = [*plain, *others]
        for place, each in enumerate(others):
            try:
                await self._alone(each)
            except StorageRefused as refused:
                _fail(others[place:], refused)
                return

    async def _together(self, ended: Sequence[_Ended]) -> None:
        if not ended:
            return
        by_id = {each.claimed.outgoing.delivery_id: each for each in ended}

        def work(change: Change) -> None:
            tx = change.tx
            known = known_rows.taken(tx, {each.claimed.store_id for each in ended}, by_id)
            known_rows.add_decisions(tx, known)
            change.tx = look_ahead(tx, known)
            for row in known.taken.values():
                apply(change, row, by_id[row.delivery_id].outcome)
            spending.spend_known(tx, known)  # plans look at what was spent
            planned = _of_one_person_each(known.conversations.values())
            if change.touched.keys() <= {each.conversation_id for each in planned}:
                change.work = False  # whoever was woken is looked at here, and nobody else was
            for conversation in planned:
                plan_if_due(change, conversation, "shopper")

        names = {name for each in ended for name in each.claimed.alone_on or ()}
        await self._house.change(work, on=tuple(names))
        _succeed(ended)

    async def _alone(self, ended: _Ended) -> None:
        claimed = ended.claimed
        try:
            await record(self._house, claimed.store_id, claimed.outgoing.delivery_id, ended.outcome)
        except StorageRefused:
            raise
        except Exception as error:
            _fail([ended], error)
        else:
            _succeed([ended])


def _of_one_person_each(rows: Iterable[ConversationRow]) -> list[ConversationRow]:
    """Those whose person is in no other: what is queued for somebody is not in what was loaded."""
    found = list(rows)
    people = Counter((row.store_id, row.shopper_id) for row in found)
    return [row for row in found if people[row.store_id, row.shopper_id] == 1]


def _is_plain(ended: _Ended) -> bool:
    """A shopper's that the provider took, which is nearly always; failures touch others' rows."""
    return isinstance(ended.outcome, Accepted) and ended.claimed.alone_on is not None


def _succeed(ended: Sequence[_Ended]) -> None:
    for each in ended:
        if not each.committed.done():
            each.committed.set_result(None)


def _fail(ended: Sequence[_Ended], error: Exception) -> None:
    for each in ended:
        if not each.committed.done():
            each.committed.set_exception(error)
