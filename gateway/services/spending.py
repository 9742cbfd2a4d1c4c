"""What reaching shoppers has cost today, by the policy's prices, which are what caps are kept by.

A day is one of the store's wall clock. What a provider took counts, from that moment on; what it
refused cost nothing.
"""

from __future__ import annotations

from gateway.core.hours import day_of
from gateway.core.model import Spent
from gateway.core.policy import MMS, TEXTS, Policy
from gateway.core.segments import segments
from gateway.services.places import country_of
from gateway.services.whatsapp_window import price_of_template
from gateway.store import house as houses
from gateway.store import spending
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx, unpack


def spent_today(tx: Tx, store_id: str, shopper_id: str, policy: Policy) -> Spent | None:
    """For ``plan``; None when the policy sets no bound."""
    if policy.spend_a_day is None and policy.spend_a_day_each is None:
        return None
    begins, ends = day_of(policy.zone, tx.now)
    store, person = spending.spent(tx, store_id, begins, shopper_id)
    return Spent(store=store, person=person, until=ends)


def charge(tx: Tx, row: DeliveryRow) -> None:
    """Count what a delivery to a shopper cost; to be called once, when a provider has taken it."""
    if row.side != "shopper":
        return
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    price = max(
        policy.price(_kind(row), country_of(row.channel, row.value)), price_of_template(tx, row)
    )
    if price:
        begins, _ = day_of(policy.zone, tx.now)
        cost = price * _parts(row)
        spending.spend(tx, row.store_id, begins, row.person_id, cost)


def _kind(row: DeliveryRow) -> str:
    """What prices are named by: a text that brought pictures is no SMS."""
    if row.channel in TEXTS and unpack(row.content).get("media"):
        return MMS
    return row.channel


def _parts(row: DeliveryRow) -> int:
    """Segments of a text, whose code is not kept and is short; anything else is one piece."""
    if _kind(row) != "sms":
        return 1
    return max(1, segments(str(unpack(row.content).get("text", ""))).count)
