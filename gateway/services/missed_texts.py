"""Texts whose webhook never reached us: listed at the provider, and taken in as though it had.

The same intake under the same MessageSid, so that a text that did come is not taken twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import structlog

from gateway.channels.port import Listed, NotListed
from gateway.channels.twilio.webhooks import parse_message
from gateway.clock import DAY, HOUR, MINUTE
from gateway.errors import BadInput
from gateway.services import texts
from gateway.services.house import House
from gateway.services.senders import SERVICE
from gateway.store import house as houses
from gateway.store.senders import senders_of
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)

AT_FIRST = DAY  #: how far is looked back after a start, or when nothing could be listed before
AFTERWARDS = 2 * HOUR
IN_FLIGHT = MINUTE  #: what is younger may be on its way here


async def take_missed(house: House, look_back: int) -> bool:
    """Take in what came for our numbers in the last ``look_back`` and is not here.

    False when the provider could not say what came.
    """
    if house.listing is None:
        return True
    all_listed, now = True, house.clock.now()
    for store_key, number in await house.store.read(_numbers):
        try:
            listed = await house.listing.received(number, now - look_back)
        except NotListed as error:
            log.warning("texts.not_listed", error=error.message)
            all_listed = False
            continue
        missed = await _missed(house, store_key, [e for e in listed if e.at <= now - IN_FLIGHT])
        for each in missed:
            await _take(house, store_key, each)
    return all_listed


def _numbers(tx: Tx) -> list[tuple[str, str]]:
    """Each store's key with each number that it is texted at; a service's are not known here."""
    return [
        (store.key, number)
        for store in houses.stores(tx)
        for number in dict.fromkeys(
            [store.sms_from, *(each.sender for each in senders_of(tx, store.store_id))]
        )
        if number and not number.startswith(SERVICE)
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
    outcome = await texts.receive(house, store_key, text, raw, said_at=listed.at)
    log.warning("text.missed", store=store_key, outcome=outcome)
