"""Handing a delivery over: the claim (see ``claiming``), the call, the outcome.

Each is committed before the next begins. Outcomes that come in while others are being committed
share the next commit.
"""

from __future__ import annotations

import structlog

from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Unavailable, Unknown
from gateway.clock import MINUTE, SECOND
from gateway.core.delivery import advance
from gateway.core.model import DeliveryState, Form
from gateway.services import enclosures, lookalikes, refusing
from gateway.services.circuits import LATE, NO_FILE
from gateway.services.claiming import Claimed, alone_on
from gateway.services.house import Change, House
from gateway.services.queueing import conversation_of, move, queue
from gateway.services.rerouting import another_way
from gateway.services.submitting import template_of
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.batches import batch_of
from gateway.store.tables import DeliveryRow, StoreRow
from gateway.store.tx import Tx, unpack

log = structlog.get_logger(__name__)

MOST_COMMAND_ATTEMPTS = 5
COMMAND_BACKOFF = 30 * SECOND
RESOLVE_AFTER = 60 * SECOND  #: an unknown outcome is looked up in the provider's list after this
RESOLVE_FOR = 15 * MINUTE
BATCH = 32


async def hand_over(house: House, claimed: Claimed) -> None:
    """Call the provider and commit what came of it."""
    outcome = await call(house, claimed)
    await record(house, claimed.store_id, claimed.outgoing.delivery_id, outcome)


async def call(house: House, claimed: Claimed) -> Outcome:
    """Call the provider; what came of it is to be recorded.

    The lease is checked on the monotonic clock right before the call: a worker that was stopped for
    longer than its lease must not call any more (invariant 8). It knows that it did not.
    """
    channel = house.channels.get(claimed.outgoing.channel)
    if house.clock.monotonic() >= claimed.deadline:
        return late(claimed)
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
            outcome = Unavailable(code=NO_FILE, words=words)
        else:
            outcome = await channel.send(ready)
            moved = await another_way(house, claimed.store_id, ready, outcome)
            if moved is not None and house.clock.monotonic() < claimed.deadline:
                outcome = await channel.send(moved)
    if isinstance(outcome, Rejected):
        refusing.alert(claimed.store_id, claimed.outgoing.channel, outcome)
    return outcome


def late(claimed: Claimed) -> Outcome:
    """What came of one whose lease is over before it was called."""
    log.warning("delivery.lease_lapsed", delivery=claimed.outgoing.delivery_id)
    return _not_called()


def stopped(claimed: Claimed) -> Outcome:
    """What came of one whose turn had not come when the gateway was told to stop."""
    log.info("delivery.left_to_others", delivery=claimed.outgoing.delivery_id)
    return _not_called()


def _not_called() -> Outcome:
    return Unavailable(code=LATE, words="We did not get to it in time.")


async def record(house: House, store_id: str, delivery_id: str, outcome: Outcome) -> None:
    """Commit an outcome; ranks decide, so it does not matter what a receipt said meanwhile."""

    def work(change: Change) -> None:
        row = reaching.delivery(change.tx, store_id, delivery_id)
        for each in batch_of(change.tx, row) if row is not None else ():
            apply(change, each, outcome)

    await house.change(work, on=await alone_on(house, store_id, delivery_id))


def apply(change: Change, row: DeliveryRow, outcome: Outcome) -> None:
    """What one outcome means for the delivery and its address."""
    match outcome:
        case Accepted(provider_id=provider_id, state=state):
            row.provider_id = provider_id or row.provider_id
            move(change, row, DeliveryState(state))
        case Rejected(code=code, words=words):
            # Before the move, and not twice, when a commit was taken whose answer was lost.
            if advance(DeliveryState(row.state), DeliveryState.FAILED) is not None:
                refusing.learn(change, row, outcome)
            move(change, row, DeliveryState.FAILED, words=words, code=code)
        case Unavailable(code=code, words=words):
            moved = move(change, row, DeliveryState.DEFERRED, words=words, code=code)
            # Nor is this asked for twice.
            if moved and row.form in (Form.CODE, Form.CONFIRMATION, Form.TRANSCRIPT):
                _again(change, row)
        case Unknown(code=code, words=words):
            move(change, row, DeliveryState.UNKNOWN, words=words, code=code)


def _again(change: Change, row: DeliveryRow) -> None:
    """What carries no entries is brought again by no reach row: this does it."""
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
        decision_id=row.decision_id,
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
            and not lookalikes.has_one(tx, row)
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
            text=kept.get("text", ""),
        )
        found = await channel.find(outgoing, row.handed_at or row.queued_at)
        if found is not None and not await lookalikes.is_anothers(house, row, found.provider_id):
            await record(house, store.store_id, row.delivery_id, found)
