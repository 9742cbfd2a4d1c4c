"""Two texts alike to one number, the second sent because an agent did not wait for the first.

The provider's list tells texts apart by their words alone. So it says nothing of two that are alike
while the provider's name of either is not known; only the callback, which bears our name, does.
"""

from __future__ import annotations

from gateway.core.delivery import NEVER_SENT, NOT_NOW
from gateway.core.model import DeliveryState
from gateway.services.house import House
from gateway.store import reaching
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx, unpack

_NOWHERE = NEVER_SENT | NOT_NOW | {DeliveryState.QUEUED}


def has_one(tx: Tx, row: DeliveryRow) -> bool:
    """Whether what is listed may as well be another delivery of the same words to this address."""
    rows = reaching.deliveries_of(tx, row.store_id, row.conversation_id, row.side)
    return any(
        each.delivery_id != row.delivery_id
        and (each.address_id, each.form) == (row.address_id, row.form)
        and each.provider_id is None
        and each.state not in _NOWHERE
        and bool(set(unpack(each.seqs)) & set(unpack(row.seqs)))
        for each in rows
    )


async def is_anothers(house: House, row: DeliveryRow, provider_id: str | None) -> bool:
    """Whether the provider has told us that this is another delivery."""

    def load(tx: Tx) -> bool:
        known = reaching.delivery_by_provider(tx, row.store_id, provider_id or "")
        return known is not None and known.delivery_id != row.delivery_id

    return provider_id is not None and await house.store.read(load)
