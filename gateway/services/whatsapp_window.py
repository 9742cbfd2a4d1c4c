"""Until when WhatsApp lets free words through to somebody, and which templates after that.

Read off the rows both by the view that ``plan`` decides on and by the rendering at hand-over, so
that what was planned as a template is rendered as one.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.channels.twilio.codes import OUTSIDE_WINDOW
from gateway.core.model import Address, Form
from gateway.core.window import WINDOWED, closes
from gateway.services.tongues import short
from gateway.store import house as houses
from gateway.store import people
from gateway.store import whatsapps as rows
from gateway.store.tables import DeliveryRow, InboundRow, StoreRow, WhatsappTemplateRow
from gateway.store.tx import Tx, unpack


def opened(
    tx: Tx, store_id: str, language: str, addresses: tuple[Address, ...]
) -> tuple[Address, ...]:
    """These addresses of somebody who speaks this language, with what WhatsApp lets through."""
    if not any(each.channel in WINDOWED for each in addresses):
        return addresses
    store = houses.store(tx, store_id)
    brought = tuple(
        (form, found.price)
        for form in (Form.WORDS, Form.KNOCK, Form.CODE)
        if (found := template_for(tx, store, form, language)) is not None
    )
    return tuple(
        replace(each, window_until=_window_until(tx, store, each), templates=brought)
        if each.channel in WINDOWED
        else each
        for each in addresses
    )


def template_for(
    tx: Tx, store: StoreRow, purpose: str, language: str
) -> WhatsappTemplateRow | None:
    """The store's template for this in the reader's language, else in its own; None: neither."""
    if store.whatsapp_from is None:
        return None
    by_language = {
        row.language: row for row in rows.templates_of(tx, store.store_id) if row.purpose == purpose
    }
    return by_language.get(short(language)) or by_language.get(short(store.language))


def _window_until(tx: Tx, store: StoreRow, address: Address) -> int | None:
    """When the window ends that they last opened at the store's number."""
    row = people.address(tx, store.store_id, address.address_id)
    if row is None or store.whatsapp_from is None:
        return None
    wrote = [
        _wrote_at(each)
        for each in rows.written_by(tx, store.store_id, row.value)
        if unpack(each.envelope).get("to") == store.whatsapp_from
    ]
    if not wrote:
        return None
    last = max(wrote)
    refused = rows.refused_with(tx, store.store_id, row.address_id, OUTSIDE_WINDOW)
    if refused is not None and refused.handed_at is not None and refused.handed_at >= last:
        # WhatsApp itself says that it is closed, whatever we make of their last message.
        return min(closes(last), refused.handed_at)
    return closes(last)


def _wrote_at(row: InboundRow) -> int:
    """When they wrote it: one that was fetched late came long before it was taken in."""
    return int(unpack(row.envelope).get("said_at") or row.received_at)


def price_of_template(tx: Tx, row: DeliveryRow) -> int:
    """What a delivery cost beyond free words because it went as a template; 0 for any other.

    What a code said is not kept: it goes to numbers that have not written, so as a template.
    """
    if row.channel not in WINDOWED:
        return 0
    sid = unpack(row.content).get("content_sid")
    prices = [
        each.price or 0
        for each in rows.templates_of(tx, row.store_id)
        if each.content_sid == sid or each.purpose == row.form == Form.CODE
    ]
    return max(prices, default=0)


def may_be_left(tx: Tx, store: StoreRow, channel: str) -> bool:
    """Whether a shopper may type an address of this channel in the panel.

    A number for WhatsApp is proven by a code that goes there: nobody who types it has a window
    open, so the store needs a template that brings one.
    """
    return channel not in WINDOWED or template_for(tx, store, Form.CODE, "") is not None
