"""A shopper's browser that may be notified: subscribed, changed, and told to be quiet again.

The browser of this very session made the subscription, so it is proven by nature; it says nothing
of who the shopper is, so it verifies nobody. What one shopper has on two browsers is two addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.push.encryption import BadKeys, point_of, secret_of
from gateway.clock import HOUR
from gateway.core.consent import SUPPORT, may
from gateway.core.consent_sentences import SENTENCES
from gateway.errors import BadInput, TooMany
from gateway.services.conversation_stops import lift
from gateway.services.evidence import rows_for
from gateway.services.house import Change, House
from gateway.services.wire import masked
from gateway.services.withdrawing import withdraw
from gateway.store import house as houses
from gateway.store import people, push, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, SubscriptionRow
from gateway.store.tx import Tx

CHANNEL = "push"
PURPOSES = (SUPPORT,)
MOST_NEW = 20  #: subscriptions that one shopper may bring in an hour
PROOF = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a browser gives away when it lets a store notify it (RFC 8030, RFC 8291).

    ``key`` is the store's key that it was made with, None for the one in use; ``replaces`` the
    endpoint that this browser had before.
    """

    endpoint: str
    p256dh: str
    auth: str
    key: str | None = None
    replaces: str | None = None


async def subscribe(
    house: House, store_id: str, shopper_id: str, given: Subscription, sentence_id: str
) -> str:
    """A shopper lets this browser be notified, by a sentence; returns the address's id.

    Said again it changes nothing.

    Raises:
        BadInput: no subscription, of a push service that we do not call, with a key of another
            store, or by no such sentence; or this store notifies no browser.
        TooMany: a cap holds.
    """
    _check(house, given)
    sentence = SENTENCES.get(sentence_id)
    if sentence is None or sentence.channel != CHANNEL or CHANNEL not in house.channels:
        raise BadInput("this cannot be agreed to here")

    def work(change: Change) -> str:
        tx = change.tx
        store = houses.store(tx, store_id)
        key = _key_of(tx, store_id, given)
        conversation = thread.open_of(tx, store_id, shopper_id)
        row = _address(tx, conversation, store_id, shopper_id, given.endpoint)
        _keep(tx, row, given, key)
        for other in people.addresses_with(tx, store_id, CHANNEL, given.endpoint):
            if other.address_id != row.address_id:
                _end(change, other)  # this browser is somebody else's now
        if given.replaces not in (None, given.endpoint):
            _end_own(change, store_id, shopper_id, given.replaces or "")
        agreed = SUPPORT in may(rows_for(people.consents_of(tx, store_id, [row.address_id])))
        if agreed and row.failed_at is None:
            return row.address_id
        row.failed_at, row.failed_because = None, ""  # the browser has it, so it is there again
        tx.session.add(row)
        people.record_consent(
            tx,
            row,
            purposes=PURPOSES,
            granted=True,
            source="widget",
            sentence_id=sentence_id,
            sentence=sentence.text.format(store=store.name),
            evidence=_evidence(tx, store_id, shopper_id),
        )
        if conversation is not None:
            _tell(change, conversation, row, event="address", what="left")
            lift(change, conversation, CHANNEL)
            change.wake(conversation, "shopper")
        return row.address_id

    return await house.change(work, on=shopper_id)


async def unsubscribe(house: House, store_id: str, shopper_id: str, endpoint: str) -> None:
    """A shopper wants this browser left alone; one that they never had changes nothing."""
    await house.change(
        lambda change: _end_own(change, store_id, shopper_id, endpoint), on=shopper_id
    )


def _check(house: House, given: Subscription) -> None:
    if not house.push_hosts.take(given.endpoint):
        raise BadInput("this push service is none that we call")
    try:
        point_of(given.p256dh)
        secret_of(given.auth)
    except BadKeys as wrong:
        raise BadInput(f"this is no subscription: {wrong}") from None


def _key_of(tx: Tx, store_id: str, given: Subscription) -> str:
    rows = push.keys_of(tx, store_id)
    in_use = next((row.public_key for row in rows if row.retired_at is None), None)
    if in_use is None:
        raise BadInput("this store notifies no browser")
    key = given.key or in_use
    if key not in {row.public_key for row in rows}:
        raise BadInput("this subscription is for another store")
    return key


def _address(
    tx: Tx, conversation: ConversationRow | None, store_id: str, shopper_id: str, endpoint: str
) -> AddressRow:
    """The shopper's row for this browser, made if it is new."""
    row = _own(tx, store_id, shopper_id, endpoint)
    if row is not None:
        return row
    if people.count(tx, store_id, f"subscribed:{shopper_id}", HOUR) > MOST_NEW:
        raise TooMany("too many browsers were subscribed; try again later")
    row = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel=CHANNEL,
        value=endpoint,
        typed_conversation_id=conversation.conversation_id if conversation else None,
        typed_seq=conversation.last_seq if conversation else 0,
        proven_at=tx.now,
        proof=PROOF,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    here = conversation.conversation_id if conversation else None
    reaching.note_fact(
        tx,
        store_id,
        shopper_id,
        "proven",
        address=row.address_id,
        proof=PROOF,
        conversation=here,
    )
    return row


def _own(tx: Tx, store_id: str, shopper_id: str, endpoint: str) -> AddressRow | None:
    rows = people.addresses_of(tx, store_id, "shopper", shopper_id)
    return next((row for row in rows if row.channel == CHANNEL and row.value == endpoint), None)


def _keep(tx: Tx, row: AddressRow, given: Subscription, key: str) -> None:
    held = push.subscription(tx, row.store_id, row.address_id) or SubscriptionRow(
        store_id=row.store_id, address_id=row.address_id, p256dh="", auth="", public_key=""
    )
    held.p256dh, held.auth, held.public_key = given.p256dh, given.auth, key
    tx.session.add(held)
    tx.session.flush()


def _end_own(change: Change, store_id: str, shopper_id: str, endpoint: str) -> None:
    row = _own(change.tx, store_id, shopper_id, endpoint)
    if row is not None:
        _end(change, row)


def _end(change: Change, row: AddressRow) -> None:
    """Nothing goes there any more; what is queued is taken back in the same transaction."""
    tx = change.tx
    held = push.subscription(tx, row.store_id, row.address_id)
    if held is not None:
        tx.session.delete(held)
    if SUPPORT not in may(rows_for(people.consents_of(tx, row.store_id, [row.address_id]))):
        return
    people.record_consent(tx, row, purposes=PURPOSES, granted=False, source="widget")
    for delivery in reaching.latest_to(tx, [row.store_id], [row.address_id]):
        if delivery.state == "queued":
            withdraw(change, delivery)
    conversation = thread.open_of(tx, row.store_id, row.person_id)
    if conversation is not None:
        _tell(change, conversation, row, event="consent", what="stopped")
        change.wake(conversation, "shopper")


def _tell(
    change: Change, conversation: ConversationRow, row: AddressRow, *, event: str, what: str
) -> None:
    to = masked(row.channel, row.value)
    change.append(conversation, thread.happened(event, channel=CHANNEL, what=what, to=to))


def _evidence(tx: Tx, store_id: str, shopper_id: str) -> dict[str, object]:
    seen = people.presence(tx, store_id, "shopper", shopper_id)
    return {"page": seen.url if seen else None, "title": seen.title if seen else None}
