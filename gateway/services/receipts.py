"""What providers later tell of a delivery: kept as it came, and moving it forward at most."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.port import Rejected
from gateway.channels.twilio.codes import rejection, verdict
from gateway.channels.twilio.webhooks import TextReceipt
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


def of_text(found: TextReceipt, delivery_id: str | None) -> Receipt:
    """What a status callback tells, already known to be Twilio's.

    Raises:
        ValueError: its status says nothing of a delivery.
    """
    if found.state is None:
        raise ValueError("only what speaks of a delivery is kept")
    code = found.error_code
    return Receipt(
        key=f"{found.sid}:{found.status}",
        state=found.state,
        provider_id=found.sid,
        delivery_id=delivery_id,
        code=str(code or ""),
        words=found.words or "",
        refusal=rejection(code) if found.state == "failed" and code else None,
        retries=verdict(code).retries if code else 0,
    )


async def take(house: House, store_key: str, receipt: Receipt) -> None:
    """Keep a receipt and let it move its delivery; a repeat, or one for nobody, changes nothing."""

    def find(tx: Tx) -> tuple[str, ...]:
        return concerned(tx, houses.store_by_key(tx, store_key).store_id, receipt)

    def work(change: Change) -> DeliveryRow | None:
        return record(change, houses.store_by_key(change.tx, store_key).store_id, receipt)

    moved = await house.change(work, on=await house.store.read(find))
    if moved is not None and receipt.refusal is not None:
        refusing.alert(moved.store_id, moved.channel, receipt.refusal)


def concerned(tx: Tx, store_id: str, receipt: Receipt) -> tuple[str, ...]:
    """Whom ``record`` has to be alone on: the person and the conversations of the delivery."""
    row = _delivery(tx, store_id, receipt, locked=False)
    if row is None:
        return ()
    rows = batch_of(tx, row, locked=False)
    return (row.person_id, *(each.conversation_id for each in rows))


def record(change: Change, store_id: str, receipt: Receipt) -> DeliveryRow | None:
    """Keep a receipt; the delivery, if it moved that. A repeat, or one for nobody, is not kept."""
    tx = change.tx
    row = _delivery(tx, store_id, receipt)
    if row is None or tx.session.get(ReceiptRow, (store_id, receipt.key)) is not None:
        return None
    tx.session.add(
        ReceiptRow(
            store_id=store_id,
            receipt_key=receipt.key,
            delivery_id=row.delivery_id,
            state=receipt.state,
            error_code=receipt.code,
            words=receipt.words,
            at=tx.now,
        )
    )
    return row if apply(change, row, receipt) else None


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
