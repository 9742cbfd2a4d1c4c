"""Understanding the webhooks that were kept: each in one transaction, a sender's in their order.

One that cannot be understood keeps no other waiting: it is looked at again after a while, and set
aside for an operator in the end. What a callback said stands in its receipt, so its row goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import anyio
import structlog

from gateway.channels.port import Rejected
from gateway.channels.twilio.webhooks import pairs_of, parse_message, parse_status
from gateway.clock import MINUTE
from gateway.errors import StorageRefused
from gateway.services import receipts, refusing, texts
from gateway.services.hook_intake import STATUS
from gateway.services.house import Change, House
from gateway.services.receipts import Receipt
from gateway.store import inbound
from gateway.store.inbound import Kept
from gateway.store.tables import DeliveryRow, InboundRow
from gateway.store.tx import Tx, unpack

log = structlog.get_logger(__name__)

BATCH = 64
MOST_ATTEMPTS = 3
AGAIN = MINUTE


async def understand_due(house: House) -> int:
    """Understand what is kept; how many there were."""
    due = await house.store.read(lambda tx: inbound.kept(tx, BATCH))
    lines: dict[str, list[Kept]] = {}
    for each in due:
        lines.setdefault(each.sender or each.inbound_key, []).append(each)
    async with anyio.create_task_group() as group:
        for line in lines.values():
            group.start_soon(_one_by_one, house, line)
    return len(due)


async def _one_by_one(house: House, line: Sequence[Kept]) -> None:
    for each in line:
        try:
            if each.inbound_key.startswith(STATUS):
                await _take_status(house, each)
            else:
                await _take_text(house, each)
        except StorageRefused:
            raise
        except Exception:
            log.exception("hook.not_understood", store=each.store_id)
            await house.change(partial(_failed, kept=each))


async def _take_text(house: House, kept: Kept) -> None:
    def work(change: Change) -> None:
        row = inbound.still_kept(change.tx, kept)
        if row is None:
            return
        row.state = "done"
        text = parse_message(pairs_of(row.raw))
        row.outcome = texts.understand(change, text, row, fetches=house.media is not None)
        change.tx.session.add(row)

    await house.change(work, on=(f"text:{kept.sender}",))


async def _take_status(house: House, kept: Kept) -> None:
    def find(tx: Tx) -> tuple[str, ...]:
        row = inbound.still_kept(tx, kept, locked=False)
        return receipts.concerned(tx, row.store_id, _receipt(row)) if row is not None else ()

    def work(change: Change) -> tuple[DeliveryRow, Rejected | None] | None:
        row = inbound.still_kept(change.tx, kept)
        if row is None:
            return None
        receipt = _receipt(row)
        change.tx.session.delete(row)
        moved = receipts.record(change, row.store_id, receipt)
        return None if moved is None else (moved, receipt.refusal)

    found = await house.change(work, on=await house.store.read(find))
    if found is not None and found[1] is not None:
        refusing.alert(found[0].store_id, found[0].channel, found[1])


def _failed(change: Change, kept: Kept) -> None:
    row = inbound.still_kept(change.tx, kept)
    if row is None:
        return
    row.attempts += 1
    row.due_at = change.tx.now + AGAIN
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.outcome = "quarantined", "quarantined"
        log.warning("hook.set_aside", store=row.store_id, attempts=row.attempts)
    change.tx.session.add(row)


def _receipt(row: InboundRow) -> Receipt:
    return receipts.of_text(parse_status(pairs_of(row.raw)), unpack(row.envelope)["delivery"])
