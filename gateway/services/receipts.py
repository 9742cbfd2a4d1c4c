"""What providers later tell of a delivery: kept as it came, and moving it forward at most."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.port import Rejected
from gateway.channels.twilio.codes import rejection, verdict
from gateway.core.delivery import advance
from gateway.core.model import DeliveryState, Form
from gateway.services import refusing
from gateway.services.house import Change, House
from gateway.services.queueing import move
from gateway.store import house as houses
from gateway.store import reaching
from gateway.store.batches import batch_of
from gateway.store.tables import DeliveryRow, ReceiptRow
from gateway.store.tx import Tx, unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One receipt; ``key`` makes a repeat harmless."""

    key: str
    state: str
    provider_id: str | None = None
    delivery_id: str | None = None
    code: str = ""
    words: str = ""
    address_is_bad: bool = False
    refusal: Rejected | None = None
    retries: int = 0  #: how often the same words may be sent there again before it is a refusal


async def from_twilio(
    house: House,
    store_key: str,
    *,
    sid: str,
    status: str,
    state: str | None,
    error_code: int | None,
    words: str | None,
    delivery_id: str | None,
) -> None:
    """A status callback, already known to be Twilio's.

    Raises:
        NotFound: no store has this key.
    """
    if state is None:
        return
    receipt = Receipt(
        key=f"{sid}:{status}",
        state=state,
        provider_id=sid,
        delivery_id=delivery_id,
        code=str(error_code or ""),
        words=words or "",
        refusal=rejection(error_code) if state == "failed" and error_code else None,
        retries=verdict(error_code).retries if error_code else 0,
    )
    await take(house, store_key, receipt)


async def take(house: House, store_key: str, receipt: Receipt) -> None:
    """Keep a receipt and let it move its delivery; a repeat, or one for nobody, changes nothing."""

    def find(tx: Tx) -> tuple[str, ...]:
        store = houses.store_by_key(tx, store_key)
        row = _delivery(tx, store.store_id, receipt, locked=False)
        if row is None:
            return ()
        rows = batch_of(tx, row, locked=False)
        return (row.person_id, *(each.conversation_id for each in rows))

    def work(change: Change) -> DeliveryRow | None:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        row = _delivery(tx, store.store_id, receipt)
        if row is None or tx.session.get(ReceiptRow, (store.store_id, receipt.key)) is not None:
            return None
        tx.session.add(
            ReceiptRow(
                store_id=store.store_id,
                receipt_key=receipt.key,
                delivery_id=row.delivery_id,
                state=receipt.state,
                error_code=receipt.code,
                words=receipt.words,
                at=tx.now,
            )
        )
        return row if apply(change, row, receipt) else None

    moved = await house.change(work, on=await house.store.read(find))
    if moved is not None and receipt.refusal is not None:
        refusing.alert(moved.store_id, moved.channel, receipt.refusal)


def apply(change: Change, row: DeliveryRow, receipt: Receipt) -> bool:
    """What one receipt means for a delivery, for what went out with it, and for the address.

    False when it moved nothing.
    """
    moved = False
    for each in batch_of(change.tx, row):
        each.provider_id = each.provider_id or receipt.provider_id
        change.tx.session.add(each)
        if receipt.address_is_bad:
            refusing.suppress(change, each, receipt.words)
        state = _state(change.tx, each, receipt)
        if receipt.refusal is not None and advance(DeliveryState(each.state), state) is not None:
            # Taken in before the move, which asks whose fault it was; late news teach nothing.
            refusing.learn(change, each, receipt.refusal, final=state is DeliveryState.FAILED)
        moved = move(change, each, state, words=receipt.words, code=receipt.code) or moved
    return moved


def _state(tx: Tx, row: DeliveryRow, receipt: Receipt) -> DeliveryState:
    """What the receipt says, or that the same words may be sent there again after a while."""
    state = DeliveryState(receipt.state)
    if state is not DeliveryState.FAILED or row.form not in (Form.WORDS, Form.KNOCK):
        return state
    seqs = set(unpack(row.seqs))
    before = sum(
        each.state == DeliveryState.RETURNED
        and each.address_id == row.address_id
        and each.delivery_id != row.delivery_id
        and not seqs.isdisjoint(unpack(each.seqs))
        for each in reaching.deliveries_of(tx, row.store_id, row.conversation_id, row.side)
    )
    return DeliveryState.RETURNED if before < receipt.retries else state


def _delivery(
    tx: Tx, store_id: str, receipt: Receipt, *, locked: bool = True
) -> DeliveryRow | None:
    row = None
    if receipt.delivery_id:
        row = reaching.delivery(tx, store_id, receipt.delivery_id, locked=locked)
        # The id travels in a URL that Twilio signed; all the same it must be the same text.
        if row is not None and row.provider_id not in (None, receipt.provider_id):
            return None
    if row is None and receipt.provider_id:
        row = reaching.delivery_by_provider(tx, store_id, receipt.provider_id)
    return row
