"""Rendering what is handed over, and writing down that it is: one delivery, or a digest's several.

A digest is one call of the provider. It bears the id of its first delivery, which is the batch's
too; what comes of it comes of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from gateway.auth.tokens import code_digest, mint_code
from gateway.channels.port import Outgoing
from gateway.clock import SECOND
from gateway.core.model import DeliveryState, Form
from gateway.errors import Misconfigured
from gateway.services import notices, pacing, refusing, render
from gateway.services.addresses import CODE_LASTS
from gateway.services.carried import Setting
from gateway.services.house import Change, House
from gateway.services.queueing import conversation_of, log_delivery, move
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import CodeRow, DeliveryRow
from gateway.store.tx import Tx, pack, unpack

#: Digits are kept nowhere; of a transcript the conversation itself is what there was in it.
_NOT_KEPT: Final = frozenset({Form.CODE, Form.TRANSCRIPT})
#: The store's logo is kept with the store, files with their messages; a browser's keys are kept
#: with the subscription, and the store's are locked.
_KEPT_ELSEWHERE: Final = {"delivery_id", "inlined", "attachments", "browser"}
_KEPT: Final = [each.name for each in fields(Outgoing) if each.name not in _KEPT_ELSEWHERE]


def submit(change: Change, house: House, rows: Sequence[DeliveryRow]) -> Outgoing | None:
    """Make these deliveries ``submitting``, as one message; only staff notices are ever several.

    Returns:
        None when this store cannot send them or a network has filtered these very words, which
        fails them, or when it is not their turn.
    """
    tx, first = change.tx, rows[0]
    code = _fresh_code(tx, house, first) if first.form == Form.CODE else None
    setting = Setting(
        store=houses.store(tx, first.store_id), base_url=house.base_url, secret=house.secrets[0]
    )
    try:
        ready = (
            notices.outgoing(tx, setting, rows, code)
            if notices.is_for_staff(first)
            else render.outgoing(tx, setting, first, code)
        )
    except Misconfigured as wrong:
        for row in rows:
            row.state = DeliveryState.SUBMITTING
            row.handed_at = tx.now
            row.content_rejected = 1
            log_delivery(change, conversation_of(change, row), row)
            move(change, row, DeliveryState.FAILED, words=wrong.message, code=wrong.code)
        return None
    if refusing.never_again(change, rows, ready) or pacing.waits(tx, rows, ready):
        return None
    for row in rows:
        row.state, row.state_at, row.handed_at = DeliveryState.SUBMITTING, tx.now, tx.now
        row.lease_until = tx.now + round(house.lease * SECOND)
        row.batch_id = first.delivery_id if len(rows) > 1 else None
        row.message_id = ready.message_id
        row.content = pack({} if row.form in _NOT_KEPT else _kept(ready) | _template(row))
        tx.session.add(row)
        tx.flush()
        log_delivery(change, conversation_of(change, row), row)
    return ready


def template_of(row: DeliveryRow) -> dict[str, object]:
    """What a confirmation is rendered from, before its hand-over and after it."""
    content: dict[str, object] = unpack(row.content)
    kept = content.get("template")
    return kept if isinstance(kept, dict) else content


def keep_template(row: DeliveryRow, template: dict[str, object]) -> None:
    """Change what is kept of that."""
    content: dict[str, object] = unpack(row.content)
    row.content = pack(content | {"template": template} if "template" in content else template)


def _template(row: DeliveryRow) -> dict[str, object]:
    return {"template": unpack(row.content)} if row.form == Form.CONFIRMATION else {}


def _kept(ready: Outgoing) -> dict[str, object]:
    return {name: value for name in _KEPT if (value := getattr(ready, name))}


def _fresh_code(tx: Tx, house: House, row: DeliveryRow) -> str:
    code = mint_code()
    home = people.HOUSE if row.side == "staff" else row.store_id
    held = tx.session.get(CodeRow, (home, row.address_id))
    if held is None:
        raise LookupError("a code is expected from the moment it is asked for")
    held.code_hash = code_digest(house.secrets[0], row.address_id, code)
    held.sent_at, held.expires_at = tx.now, tx.now + CODE_LASTS
    tx.session.add(held)
    return code
