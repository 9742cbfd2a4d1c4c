"""Texts whose webhook never reached us: listed at the provider, and taken in as though it had.

The same intake under the same MessageSid, so that a text that did come is not taken twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import structlog

from gateway.channels.port import Listed, NotListed, TextListing
from gateway.channels.twilio.webhooks import parse_message
from gateway.channels.twilio.whatsapp import on_the_wire
from gateway.clock import DAY, HOUR, MINUTE
from gateway.errors import BadInput
from gateway.live.hub import Hub
from gateway.services.hook_intake import put, text_hook
from gateway.services.house import House
from gateway.services.kept_hooks import understand_due
from gateway.services.senders import SERVICE
from gateway.store import house as houses
from gateway.store.senders import senders_of
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)

AT_FIRST = DAY  #: how far is looked back after a start, or when nothing could be listed before
AFTERWARDS = 2 * HOUR
KNOWN_FOR = HOUR  #: a Messaging Service's numbers are asked for again after this
IN_FLIGHT = MINUTE  #: what is younger may be on its way here


async def take_missed(house: House, look_back: int) -> bool:
    """Take in what came for our numbers in the last ``look_back`` and is not here.

    False when the provider could not say what came.
    """
    if house.listing is None:
        return True
    all_listed, now = True, house.clock.now()
    for store_key, sender in await house.store.read(_senders):
        try:
            numbers = await _numbers_of(house, house.listing, sender)
            listed = [
                each
                for number in numbers
                for each in await house.listing.received(number, now - look_back)
            ]
        except NotListed as error:
            log.warning("texts.not_listed", error=error.message)
            all_listed = False
            continue
        listed.sort(key=lambda each: each.at)
        missed = await _missed(house, store_key, [e for e in listed if e.at <= now - IN_FLIGHT])
        for each in missed:
            await _take(house, store_key, each)
    return all_listed


# Ends with the node's hub.
_known: WeakKeyDictionary[Hub, dict[str, tuple[int, Sequence[str]]]] = WeakKeyDictionary()


async def _numbers_of(house: House, listing: TextListing, sender: str) -> Sequence[str]:
    """The number itself, or those of a Messaging Service as they were at most an hour ago."""
    if not sender.startswith(SERVICE):
        return [sender]
    known = _known.setdefault(house.hub, {})
    if sender not in known or known[sender][0] + KNOWN_FOR <= house.clock.now():
        known[sender] = (house.clock.now(), await listing.numbers_of(sender))
    return known[sender][1]


def _senders(tx: Tx) -> list[tuple[str, str]]:
    """Each store's key with each number or service that it is texted at."""
    return [
        (store.key, number)
        for store in houses.stores(tx)
        for number in dict.fromkeys(
            [
                store.sms_from,
                *(each.sender for each in senders_of(tx, store.store_id)),
                on_the_wire(store.whatsapp_from) if store.whatsapp_from else None,
            ]
        )
        if number
    ]


async def _missed(house: House, store_key: str, listed: Sequence[Listed]) -> list[Listed]:
    def read(tx: Tx) -> list[Listed]:
        store_id = houses.store_by_key(tx, store_key).store_id
        return [e for e in listed if tx.session.get(InboundRow, (store_id, e.key)) is None]

    return await house.store.read(read)


async def _take(house: House, store_key: str, listed: Listed) -> None:
    try:
        text = parse_message(listed.fields)
    except BadInput:
        log.warning("text.missed_unreadable", store=store_key)
        return
    raw = urlencode(listed.fields).encode()
    hook = text_hook(store_key, text, raw, said_at=listed.at)
    await house.store.write(lambda tx: put(tx, [hook]))
    await understand_due(house)
    log.warning("text.missed", store=store_key)
