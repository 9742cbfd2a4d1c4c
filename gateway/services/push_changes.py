"""A browser got another subscription by itself, and its service worker hands it over.

Browsers do that when a push service moves or renews (W3C Push API, ``pushsubscriptionchange``). A
worker has no session. It knows the endpoint and the secret that it had, which are told to nobody
but the push service and us, so whoever brings both is that browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from gateway.core.consent import SUPPORT, may
from gateway.errors import NotFound
from gateway.services.evidence import rows_for
from gateway.services.house import House
from gateway.services.subscriptions import CHANNEL, Subscription, subscribe
from gateway.store import house as houses
from gateway.store import people, push
from gateway.store.tables import AddressRow
from gateway.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    store_id: str
    shopper_id: str
    public_key: str
    sentence_id: str


async def changed(
    house: House, store_key: str, was: str, secret: str, *, endpoint: str, p256dh: str, auth: str
) -> None:
    """The browser at the endpoint ``was``, which proves itself by its ``secret``, moved.

    What was agreed to for the one holds for the other, by the same sentence.

    Raises:
        NotFound: no such browser may be notified, or the secret is another's.
        BadInput: what it brings is no subscription.
        TooMany: a cap holds.
    """

    def load(tx: Tx) -> _Held:
        store = houses.store_by_key(tx, store_key)
        for row in people.addresses_with(tx, store.store_id, CHANNEL, was):
            found = _held(tx, row, secret)
            if found is not None:
                return found
        raise NotFound

    held = await house.store.read(load)
    given = Subscription(
        endpoint=endpoint, p256dh=p256dh, auth=auth, key=held.public_key, replaces=was
    )
    await subscribe(house, held.store_id, held.shopper_id, given, held.sentence_id)


def _held(tx: Tx, row: AddressRow, secret: str) -> _Held | None:
    browser = push.subscription(tx, row.store_id, row.address_id)
    if browser is None or not compare_digest(browser.auth.encode(), secret.encode()):
        return None
    consents = people.consents_of(tx, row.store_id, [row.address_id])
    if SUPPORT not in may(rows_for(consents)):
        return None
    agreed = [each for each in consents if each.granted and each.purpose == SUPPORT]
    return _Held(
        store_id=row.store_id,
        shopper_id=row.person_id,
        public_key=browser.public_key,
        sentence_id=agreed[-1].sentence_id,
    )
