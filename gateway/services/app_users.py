"""Users of a store's own app, as addresses of its shoppers.

The store signs that a shopper is its user, and what the user agreed to; that proves the address.
A user is one shopper's and a shopper is one user: whoever else is meant has to be unlinked first,
and nothing is ever merged for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.auth.shopper_references import read
from gateway.clock import SECOND
from gateway.core.consent import BY_PROVIDER, SUPPORT, may
from gateway.errors import BadInput, Conflict
from gateway.services import stopping
from gateway.services.addresses import prove
from gateway.services.conversation_stops import lift
from gateway.services.evidence import rows_for
from gateway.services.house import Change, House
from gateway.services.preferring import tell_tabs
from gateway.store import apps, people, thread
from gateway.store import house as houses
from gateway.store.apps import CHANNEL
from gateway.store.tables import AddressRow
from gateway.store.tx import Tx

BY = "signature"  #: how the consent came, and what proves the address


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What became of it; ``fresh``: it was not so before."""

    shopper_id: str
    fresh: bool


async def link(house: House, store_key: str, *, reference: str, user: str, sentence: str) -> Linked:
    """The store says that the shopper of this reference is its user, who agreed to ``sentence``.

    Raises:
        BadInput: the reference is none of ours, or over.
        Conflict: this user, or this shopper, is linked already, and otherwise.
        NotFound: no store has this key.
    """

    def known(tx: Tx) -> tuple[str, str]:
        store = houses.store_by_key(tx, store_key)
        named = read(house.secrets, reference, now=tx.now // SECOND)
        if named is None or named.store_id != store.store_id:
            raise BadInput("shopper: this reference is none of this store's, or it has run out")
        return store.store_id, named.shopper_id

    store_id, shopper_id = await house.store.read(known)

    def work(change: Change) -> Linked:
        fresh = link_user(change, store_id, shopper_id, user, sentence=sentence)
        return Linked(shopper_id=shopper_id, fresh=fresh)

    linked = await house.change(work, on=(lock_of(store_id, user), shopper_id))
    await tell_tabs(house, store_id, shopper_id)
    return linked


def link_user(change: Change, store_id: str, shopper_id: str, user: str, *, sentence: str) -> bool:
    """This shopper is this user of the store's app; False when that was so already.

    To be called alone on the user (``lock_of``) and on the shopper.

    Raises:
        Conflict: the user is another shopper's, or the shopper another user.
    """
    tx = change.tx
    held = apps.linked_to(tx, store_id, user)
    if held is not None and held.person_id != shopper_id:
        raise Conflict("this user is linked to another shopper; unlink it there first")
    rows = apps.links_of(tx, store_id, shopper_id)
    if any(row.proven_at is not None and row.value != user for row in rows):
        raise Conflict("this shopper is linked to another user; unlink that one first")
    row = next((row for row in rows if row.value == user), None) or _new(
        tx, store_id, shopper_id, user
    )
    agreed = SUPPORT in may(rows_for(people.consents_of(tx, store_id, [row.address_id])))
    if row.proven_at is not None and row.failed_at is None and row.stopped_at is None and agreed:
        return False
    row.stopped_at = None
    people.record_consent(tx, row, purposes=(SUPPORT,), granted=True, source=BY, sentence=sentence)
    found = thread.open_of(tx, store_id, shopper_id)
    conversation = thread.take(tx, store_id, found.conversation_id) if found else None
    prove(change, row, BY, conversation)
    if conversation is not None:
        lift(change, conversation, CHANNEL)
    return True


async def unlink(house: House, store_key: str, user: str) -> bool:
    """Nothing goes to this user any more; False when nobody was linked to it.

    What is queued for it is taken back in the same transaction, as after a STOP.

    Raises:
        NotFound: no store has this key.
    """

    def work(change: Change) -> AddressRow | None:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        row = apps.linked_to(tx, store.store_id, user)
        if row is None:
            return None
        stopping.stop(change, store, CHANNEL, user, told=True, source=BY_PROVIDER)
        row.proven_at, row.proof = None, None
        tx.session.add(row)
        return row

    store_id = await house.store.read(lambda tx: houses.store_by_key(tx, store_key).store_id)
    row = await house.change(work, on=lock_of(store_id, user))
    if row is not None:
        await tell_tabs(house, row.store_id, row.person_id)
    return row is not None


def lock_of(store_id: str, user: str) -> str:
    """What whoever changes a user's link is alone on."""
    return f"app:{store_id}:{user}"


def _new(tx: Tx, store_id: str, shopper_id: str, user: str) -> AddressRow:
    row = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel=CHANNEL,
        value=user,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
