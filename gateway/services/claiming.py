"""Taking queued deliveries for hand-over.

The claim's transaction asks ``plan`` again as though the delivery did not exist. Another answer
supersedes it, and what that answer wants is queued in the same transaction; so seen, STOP, one more
message and a returning shopper need no code of their own here.

What shoppers are told is claimed many at a time, everything loaded by set. A staff notice takes
along what else waits for the same agent at the same address: one message tells of all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import anyio
import structlog

from gateway.channels.port import Outgoing
from gateway.clock import SECOND
from gateway.core.delivery import may_claim
from gateway.core.model import DeliveryState, Form
from gateway.core.policy import TEXTS
from gateway.core.reach import agrees
from gateway.errors import StorageRefused
from gateway.services import pacing, transcripts
from gateway.services.house import Change, House
from gateway.services.reaching import decide, follow
from gateway.services.submitting import submit
from gateway.services.surroundings import look_around
from gateway.services.views import delivery_of
from gateway.services.withdrawing import end, withdraw
from gateway.store import known as known_rows
from gateway.store import reaching, taking, thread
from gateway.store.batches import batch_of, queued_beside
from gateway.store.known_texts import add_texts
from gateway.store.tables import DeliveryRow
from gateway.store.taking import Queued
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)

SAFETY = 0.25  #: the part of the lease that must be left right before the call
BATCH = 32
MOST_TOLD = 10  #: conversations in one message to an agent: a text has 1,600 characters


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may hand over until ``deadline`` on the monotonic hand.

    ``alone_on`` names whom recording its outcome has to be alone on; None: that is to be asked.
    """

    store_id: str
    outgoing: Outgoing
    deadline: float
    alone_on: tuple[str, ...] | None = None


async def waiting(
    house: House, *, limit: int = BATCH, reserve: float = 0.0, full: Collection[str] = ()
) -> Sequence[Queued]:
    """What is queued, oldest first, but for the channels that have their hands full.

    For ``reserve`` seconds no other worker is told of them.
    """
    span = round(reserve * SECOND)
    found = await house.store.read(lambda tx: taking.queued(tx, limit, full=full))
    if found and span and taking.are_many(house.store):
        return await house.store.write(lambda tx: taking.queued(tx, limit, span, full=full))
    return found


async def claim_all(house: House, queued: Sequence[Queued]) -> list[Claimed]:
    """Take these for hand-over; what is not to go out (any more) is not among them.

    Of several to one person only the first is taken: what it does to them counts for the others.
    """
    together: dict[str, Queued] = {}
    for each in queued:
        if each.side == "shopper" and each.form in (Form.WORDS, Form.KNOCK):
            together.setdefault(each.person_id, each)
    alone = [each for each in queued if each.side == "staff" or each.form in _COMMANDS]
    try:
        found = await _claim_together(house, list(together.values())) if together else []
    except StorageRefused:
        raise
    except Exception:
        # One of them cannot be claimed, and must not keep the others from going out.
        log.exception("claim.together_failed", deliveries=len(together))
        found, alone = [], [*together.values(), *alone]

    async def one(each: Queued) -> None:
        try:
            claimed = await claim(house, each.store_id, each.delivery_id)
        except Exception:
            # It stays queued. What is claimed already must be handed over, whatever this was: left
            # to its lease, nobody would know that it was never called.
            log.exception("claim.failed", delivery=each.delivery_id)
        else:
            found.extend([claimed] if claimed else ())

    async with anyio.create_task_group() as group:
        for each in alone:
            group.start_soon(one, each)
    return found


_COMMANDS = frozenset({Form.CODE, Form.CONFIRMATION, Form.TRANSCRIPT})


async def _claim_together(house: House, queued: Sequence[Queued]) -> list[Claimed]:
    deadline = house.clock.monotonic() + house.lease * (1 - SAFETY)

    def work(change: Change) -> list[tuple[DeliveryRow, Outgoing]]:
        tx = change.tx
        known = known_rows.taken(
            tx, (each.store_id for each in queued), (each.delivery_id for each in queued)
        )
        change.tx = look_around(tx, known)
        add_texts(tx, known, TEXTS)
        ready = []
        for row in known.taken.values():
            if may_claim(DeliveryState(row.state)) and _still_wanted(change, row):
                outgoing = submit(change, house, [row])
                if outgoing is not None:
                    ready.append((row, outgoing))
        return ready

    names = {name for each in queued for name in (each.person_id, each.conversation_id)}
    found = await house.change(work, on=tuple(names))
    return [
        Claimed(row.store_id, outgoing, deadline, (row.person_id, row.conversation_id))
        for row, outgoing in found
    ]


async def claim(house: House, store_id: str, delivery_id: str) -> Claimed | None:
    """Take a queued delivery for hand-over; None when it is not to go out (any more)."""
    deadline = house.clock.monotonic() + house.lease * (1 - SAFETY)

    def work(change: Change) -> Outgoing | None:
        row = reaching.delivery(change.tx, store_id, delivery_id)
        if row is None or not may_claim(DeliveryState(row.state)):
            return None
        if row.form == Form.TRANSCRIPT and not transcripts.may_go(change.tx, row):
            withdraw(change, row)
            return None
        if row.form in _COMMANDS:
            return submit(change, house, [row])
        # All are planned before one is handed over: an interruption bars no other of its batch.
        wanted = [each for each in _together(change.tx, row, names) if _still_wanted(change, each)]
        return submit(change, house, wanted) if wanted else None

    # Alone on the person, so that what one worker hands over counts for the next one's caps.
    names = await alone_on(house, store_id, delivery_id)
    found = await house.change(work, on=names)
    return None if found is None else Claimed(store_id, found, deadline)


async def alone_on(house: House, store_id: str, delivery_id: str) -> tuple[str, ...] | None:
    """Whom a hand-over has to be alone on; None where a single writer is alone on everything."""
    if not taking.are_many(house.store):
        return None
    return await house.store.read(lambda tx: _names(tx, store_id, delivery_id))


def _names(tx: Tx, store_id: str, delivery_id: str) -> tuple[str, ...]:
    """The person and the conversations of a delivery, and of all that is handed over with it."""
    row = tx.session.get(DeliveryRow, (store_id, delivery_id))
    if row is None:
        return ()
    rows = batch_of(tx, row, locked=False)
    if _may_take_along(row):
        rows = [*rows, *queued_beside(tx, row, MOST_TOLD, locked=False)]
    return tuple(dict.fromkeys([row.person_id, *(each.conversation_id for each in rows)]))


def _may_take_along(row: DeliveryRow) -> bool:
    return row.side == "staff" and row.form == Form.WORDS and row.state == DeliveryState.QUEUED


def _together(tx: Tx, row: DeliveryRow, alone_on: Collection[str] | None) -> list[DeliveryRow]:
    """A delivery and what goes along; what was queued a moment ago is left for the next message."""
    if not _may_take_along(row):
        return [row]
    beside = queued_beside(tx, row, MOST_TOLD - 1)
    if alone_on is not None:
        beside = [each for each in beside if each.conversation_id in alone_on]
    return [row, *beside]


def _still_wanted(change: Change, row: DeliveryRow) -> bool:
    conversation = thread.take(change.tx, row.store_id, row.conversation_id)
    decision = decide(change.tx, conversation, row.side, but=row.delivery_id)
    if agrees(decision, delivery_of(row)):
        return True
    # Saved at once: two live deliveries of one side are refused by the database.
    end(change, conversation, row, DeliveryState.SUPERSEDED)
    reach = reaching.reach(change.tx, conversation, row.side)
    instead = follow(change, conversation, reach, decision)
    if instead is not None:
        pacing.inherit(change.tx, instead, row)
    return False
