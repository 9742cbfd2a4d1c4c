"""Handing a delivery over: the claim, the call, the outcome, each committed before the next.

The claim's transaction asks ``plan`` again as though the delivery did not exist. Another answer
supersedes it, and what that answer wants is queued in the same transaction; so seen, STOP, one more
message and a returning shopper need no code of their own here. A staff notice takes along what else
waits for the same agent at the same address: one message tells of all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Unavailable, Unknown
from gateway.clock import MINUTE, SECOND
from gateway.core.delivery import may_claim
from gateway.core.model import DeliveryState, Form
from gateway.core.reach import agrees
from gateway.services import enclosures, refusing
from gateway.services.house import Change, House
from gateway.services.queueing import conversation_of, move, queue
from gateway.services.reaching import decide, follow
from gateway.services.submitting import submit, template_of
from gateway.services.views import delivery_of
from gateway.services.withdrawing import end
from gateway.store import house as houses
from gateway.store import people, reaching, taking, thread
from gateway.store.batches import batch_of, queued_beside
from gateway.store.tables import DeliveryRow, StoreRow
from gateway.store.tx import Tx, unpack

log = structlog.get_logger(__name__)

SAFETY = 0.25  #: the part of the lease that must be left right before the call
MOST_COMMAND_ATTEMPTS = 5
COMMAND_BACKOFF = 30 * SECOND
RESOLVE_AFTER = 60 * SECOND  #: an unknown outcome is looked up in the provider's list after this
RESOLVE_FOR = 15 * MINUTE
BATCH = 32
MOST_TOLD = 10  #: conversations in one message to an agent: a text has 1,600 characters


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may hand over until ``deadline`` on the monotonic hand."""

    store_id: str
    outgoing: Outgoing
    deadline: float


async def waiting(house: House, *, reserve: float = 0.0) -> Sequence[tuple[str, str]]:
    """What is queued: (store_id, delivery_id), oldest first.

    For ``reserve`` seconds no other worker is told of them.
    """
    span = round(reserve * SECOND)
    found = await house.store.read(lambda tx: taking.queued(tx, BATCH))
    if found and span and taking.are_many(house.store):
        return await house.store.write(lambda tx: taking.queued(tx, BATCH, span))
    return found


async def claim(house: House, store_id: str, delivery_id: str) -> Claimed | None:
    """Take a queued delivery for hand-over; None when it is not to go out (any more)."""
    deadline = house.clock.monotonic() + house.lease * (1 - SAFETY)

    def work(change: Change) -> Outgoing | None:
        row = reaching.delivery(change.tx, store_id, delivery_id)
        if row is None or not may_claim(DeliveryState(row.state)):
            return None
        if row.form not in (Form.WORDS, Form.KNOCK):
            return submit(change, house, [row])
        # All are planned before one is handed over: an interruption bars no other of its batch.
        wanted = [each for each in _together(change.tx, row, names) if _still_wanted(change, each)]
        return submit(change, house, wanted) if wanted else None

    # Alone on the person, so that what one worker hands over counts for the next one's caps.
    names = await _alone_on(house, store_id, delivery_id)
    found = await house.change(work, on=names)
    return None if found is None else Claimed(store_id, found, deadline)


async def _alone_on(house: House, store_id: str, delivery_id: str) -> tuple[str, ...] | None:
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
    end(change, conversation, row, DeliveryState.SUPERSEDED)
    follow(change, conversation, reaching.reach(change.tx, conversation, row.side), decision)
    return False


async def hand_over(house: House, claimed: Claimed) -> None:
    """Call the provider and commit what came of it.

    The lease is checked on the monotonic clock right before the call: a worker that was stopped for
    longer than its lease must not call any more (invariant 8).
    """
    channel = house.channels.get(claimed.outgoing.channel)
    if house.clock.monotonic() >= claimed.deadline:
        log.warning("delivery.lease_lapsed", delivery=claimed.outgoing.delivery_id)
        return
    if channel is None:
        outcome: Outcome = Rejected(
            blame="us", code="no_channel", words="This channel is not set up.", alert=True
        )
    else:
        try:
            ready = await enclosures.filled(house, claimed.store_id, claimed.outgoing)
        except OSError as error:
            log.warning("delivery.file_missing", delivery=claimed.outgoing.delivery_id)
            words = f"A file of the message could not be read: {error.strerror}."
            outcome = Unavailable(code="file", words=words)
        else:
            outcome = await channel.send(ready)
    await record(house, claimed.store_id, claimed.outgoing.delivery_id, outcome)
    if isinstance(outcome, Rejected):
        refusing.alert(claimed.store_id, claimed.outgoing.channel, outcome)


async def record(house: House, store_id: str, delivery_id: str, outcome: Outcome) -> None:
    """Commit an outcome; ranks decide, so it does not matter what a receipt said meanwhile."""

    def work(change: Change) -> None:
        row = reaching.delivery(change.tx, store_id, delivery_id)
        for each in batch_of(change.tx, row) if row is not None else ():
            apply(change, each, outcome)

    await house.change(work, on=await _alone_on(house, store_id, delivery_id))


def apply(change: Change, row: DeliveryRow, outcome: Outcome) -> None:
    """What one outcome means for the delivery and its address."""
    match outcome:
        case Accepted(provider_id=provider_id, state=state):
            row.provider_id = provider_id or row.provider_id
            move(change, row, DeliveryState(state))
        case Rejected(code=code, words=words):
            refusing.learn(change, row, outcome)
            move(change, row, DeliveryState.FAILED, words=words, code=code)
        case Unavailable(code=code, words=words):
            move(change, row, DeliveryState.DEFERRED, words=words, code=code)
            if row.form in (Form.CODE, Form.CONFIRMATION):
                _again(change, row)
        case Unknown(code=code, words=words):
            move(change, row, DeliveryState.UNKNOWN, words=words, code=code)


def _again(change: Change, row: DeliveryRow) -> None:
    """Codes and confirmations carry no entries, so no reach row brings them again: this does."""
    store_id = people.HOUSE if row.side == "staff" else row.store_id
    address = people.address(change.tx, store_id, row.address_id)
    if address is None or row.attempt >= MOST_COMMAND_ATTEMPTS:
        return
    queue(
        change,
        conversation_of(change, row),
        address,
        form=row.form,
        seqs=(),
        side=row.side,
        attempt=row.attempt + 1,
        content=template_of(row),
        store_id=row.store_id,
        not_before=change.tx.now + COMMAND_BACKOFF * 2 ** (row.attempt - 1),
    )


async def sweep(house: House) -> None:
    """Hand-overs whose worker never came back are of unknown outcome."""
    lapsed = await house.store.read(
        lambda tx: [(row.store_id, row.delivery_id) for row in reaching.lapsed(tx, BATCH)]
    )
    for store_id, delivery_id in lapsed:
        outcome = Unknown(code="lease", words="It may have gone out: we stopped in the middle.")
        await record(house, store_id, delivery_id, outcome)


async def resolve_unknown(house: House) -> None:
    """Look texts of unknown outcome up in the provider's own list; not listed is not proof."""

    def load(tx: Tx) -> list[tuple[StoreRow, DeliveryRow]]:
        return [
            (houses.store(tx, row.store_id), row)
            for row in reaching.unknown_since(tx, tx.now - RESOLVE_FOR, BATCH)
            if row.handed_at is not None
            and row.state_at <= tx.now - RESOLVE_AFTER
            and row.batch_id in (None, row.delivery_id)
        ]

    for store, row in await house.store.read(load):
        channel = house.channels.get(row.channel)
        kept = unpack(row.content)
        if channel is None or not kept:
            continue
        outgoing = Outgoing(
            delivery_id=row.delivery_id,
            channel=row.channel,
            to=row.value,
            sender=kept["sender"],
            text=kept["text"],
        )
        found = await channel.find(outgoing, row.handed_at or row.queued_at)
        if found is not None:
            await record(house, store.store_id, row.delivery_id, found)
