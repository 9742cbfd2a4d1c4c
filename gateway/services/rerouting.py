"""No route leads from one of our numbers to a phone: another number is tried, once.

It was certainly not sent, so it is the same attempt, and the phone sees one text. The number that
worked is kept with afterwards (see ``senders``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gateway.channels.port import Outcome, Outgoing, Rejected
from gateway.core.model import DeliveryState
from gateway.services import pacing, senders
from gateway.services.house import House
from gateway.store import house as houses
from gateway.store import reaching
from gateway.store.tx import Tx, pack, unpack

NO_ROUTE: Final = "21612"  #: twilio.com/docs/api/errors/21612


async def another_way(
    house: House, store_id: str, outgoing: Outgoing, outcome: Outcome
) -> Outgoing | None:
    """The text from another of the store's numbers, written down; None: there is none to try."""
    refused = isinstance(outcome, Rejected) and outcome.code == NO_ROUTE
    if not refused or outgoing.channel != "sms":
        return None

    def work(tx: Tx) -> Outgoing | None:
        row = reaching.delivery(tx, store_id, outgoing.delivery_id)
        if row is None or row.state != DeliveryState.SUBMITTING:
            return None
        store = houses.store(tx, store_id)
        sender = senders.another_for(tx, store, outgoing.to, but=outgoing.sender)
        if sender is None:
            return None
        moved = replace(outgoing, sender=sender)
        content = unpack(row.content)
        if "sender" in content:
            row.content = pack(content | {"sender": sender})
        tx.session.add(row)
        pacing.goes_now(tx, store_id, moved)
        return moved

    return await house.store.write(work)
