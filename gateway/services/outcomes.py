"""Committing what came of hand-overs.

Those that end while others are being committed share the next commit. Nothing waits for company.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from gateway.channels.port import Accepted, Outcome
from gateway.errors import StorageRefused
from gateway.services.circuits import ADDRESS, CHANNEL
from gateway.services.claiming import Claimed
from gateway.services.handover import apply, record
from gateway.services.house import Change, House
from gateway.store import known as known_rows

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Ended:
    claimed: Claimed
    outcome: Outcome
    committed: asyncio.Future[None]


class Outcomes:
    """Where the hand-overs of one process put what came of them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ended: list[_Ended] = []
        self._busy = False

    async def record(self, claimed: Claimed, outcome: Outcome) -> None:
        """Return when it is committed."""
        ended = _Ended(claimed, outcome, asyncio.get_running_loop().create_future())
        self._ended.append(ended)
        if not self._busy:
            await self._commit_all()
        await ended.committed

    async def _commit_all(self) -> None:
        self._busy = True
        try:
            while self._ended:
                taken, self._ended = self._ended, []
                await self._commit(taken)
        finally:
            self._busy = False

    async def _commit(self, ended: Sequence[_Ended]) -> None:
        plain = [each for each in ended if _is_plain(each)]
        others = [each for each in ended if not _is_plain(each)]
        try:
            await self._together(plain)
        except StorageRefused as refused:
            _fail(plain, refused)
        except Exception:
            # Whichever it is, it must not take the others' outcomes along.
            log.exception("outcomes.together_failed", deliveries=len(plain))
            others = [*plain, *others]
        for each in others:
            await self._alone(each)

    async def _together(self, ended: Sequence[_Ended]) -> None:
        if not ended:
            return
        by_id = {each.claimed.outgoing.delivery_id: each for each in ended}

        def work(change: Change) -> None:
            tx = change.tx
            known = known_rows.taken(tx, {each.claimed.store_id for each in ended}, by_id)
            rows = known.taken.values()
            channels = [(row.store_id, CHANNEL + row.channel) for row in rows]
            addresses = [(row.store_id, ADDRESS + row.address_id) for row in rows]
            known_rows.add_circuits(tx, known, channels + addresses)
            change.tx = tx.with_known(known)
            for row in rows:
                apply(change, row, by_id[row.delivery_id].outcome)

        names = {name for each in ended for name in each.claimed.alone_on or ()}
        await self._house.change(work, on=tuple(names))
        _succeed(ended)

    async def _alone(self, ended: _Ended) -> None:
        claimed = ended.claimed
        try:
            await record(self._house, claimed.store_id, claimed.outgoing.delivery_id, ended.outcome)
        except Exception as error:
            _fail([ended], error)
        else:
            _succeed([ended])


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
