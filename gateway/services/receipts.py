"""What providers later tell of a delivery: kept as it came, and moving it forward at most."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.twilio.codes import Effect, verdict
from gateway.core.model import DeliveryState
from gateway.services.handover import suppress
from gateway.services.house import Change, House
from gateway.services.queueing import move
from gateway.store import house as houses
from gateway.store import reaching
from gateway.store.batches import batch_of
from gateway.store.tables import DeliveryRow, ReceiptRow
from gateway.store.tx import Tx


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
        address_is_bad=error_code is not None and _condemns(error_code),
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

    def work(change: Change) -> None:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        row = _delivery(tx, store.store_id, receipt)
        if row is None or tx.session.get(ReceiptRow, (store.store_id, receipt.key)) is not None:
            return
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
        apply(change, row, receipt)

    await house.change(work, on=await house.store.read(find))


def apply(change: Change, row: DeliveryRow, receipt: Receipt) -> None:
    """What one receipt means for a delivery, for what went out with it, and for the address."""
    for each in batch_of(change.tx, row):
        each.provider_id = each.provider_id or receipt.provider_id
        change.tx.session.add(each)
        if receipt.address_is_bad:
            suppress(change, each, receipt.words)
        move(change, each, DeliveryState(receipt.state), words=receipt.words, code=receipt.code)


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


def _condemns(error_code: int) -> bool:
    """Whether one such failure is enough to leave the number alone."""
    found = verdict(error_code)
    return found.effect is Effect.SUPPRESS and found.after <= 1
