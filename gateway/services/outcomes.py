"""Committing what came of hand-overs.

Those that end while others are being committed share the next commit. Nothing waits for company.
What was accepted wakes its side, and what is due then is planned in the same transaction: all that
a look afterwards would load is there already.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from gateway.channels.port import Accepted, Outcome
from gateway.errors import StorageRefused
from gateway.services.claiming import Claimed
from gateway.services.handover import apply, record
from gateway.services.house import Change, House
from gateway.services.reaching import plan_if_due
from gateway.services.views import look_around
from gateway.store import known as known_rows
from gateway.store.tables import ConversationRow

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
            known_rows.add_decisions(tx, known)
            change.tx = look_around(tx, known)
            for row in known.taken.values():
                apply(change, row, by_id[row.delivery_id].outcome)
            for conversation in _of_one_person_each(known.conversations.values()):
                plan_if_due(change, conversation, "shopper")

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
