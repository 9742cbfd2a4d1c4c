"""The link in a message that opens its conversation on whatever device reads it.

It is sealed for one delivery and opens one browser, once, within days: mails are forwarded and
links are kept. Looking at it changes nothing, since mail scanners follow every link; its page has a
button, and that opens. Opening is as good as an answer from that address, so it proves no more than
an answer does: the address, for the conversation that the message was about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.auth.tokens import SEAL_CHARS, digest, mint, seal, sealed
from gateway.clock import DAY
from gateway.core.model import Form
from gateway.errors import NotFound
from gateway.services.addresses import prove
from gateway.services.house import Change, House
from gateway.services.sessions import begin_session
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, StoreRow
from gateway.store.tx import Tx

LINK = "thread link"
LASTS = 14 * DAY

State = Literal["ready", "used", "late"]

_LINKED = (Form.WORDS, Form.TRANSCRIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What the page of a link shows; ``open`` when this browser is let in already."""

    store_name: str
    accent: str
    language: str
    state: State
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    store: StoreRow
    delivery: DeliveryRow
    address: AddressRow
    conversation: ConversationRow


def thread_link(
    base_url: str, store_key: str, secret: bytes, *, store_id: str, delivery_id: str
) -> str:
    """The address that goes into the words of this delivery."""
    mark = seal(secret, LINK, store_id, delivery_id)
    return f"{base_url.rstrip('/')}/t/{store_key}/{delivery_id}{mark}"


async def look(house: House, store_key: str, token: str, session: str | None) -> Linked:
    """What a link is good for; changes nothing.

    Raises:
        NotFound: a link that we did not make, or whose address was stopped since.
    """

    def load(tx: Tx) -> Linked:
        found = _find(tx, house, store_key, token)
        return Linked(
            store_name=found.store.name,
            accent=found.store.accent,
            language=_language(tx, found),
            state=_state(tx, found.delivery),
            open=_is_in(tx, found, session),
        )

    return await house.store.read(load)


async def open_link(house: House, store_key: str, token: str, session: str | None) -> str:
    """Let this browser into the conversation; returns its session's token.

    Raises:
        NotFound: as ``look``, or the link was used in another browser, or is too old.
    """
    fresh = mint()

    def enter(change: Change) -> str:
        tx = change.tx
        found = _find(tx, house, store_key, token)
        if session is not None and _is_in(tx, found, session):
            return session
        delivery = reaching.delivery(tx, found.store.store_id, found.delivery.delivery_id)
        if delivery is None or _state(tx, delivery) != "ready":
            raise NotFound
        delivery.link_used_at = tx.now
        tx.session.add(delivery)
        conversation = thread.take(tx, delivery.store_id, found.conversation.conversation_id)
        if not people.is_proven(found.address, conversation.conversation_id):
            prove(change, found.address, "link", conversation)
            found.address.proven_in = conversation.conversation_id
        begin_session(tx, delivery.store_id, conversation.shopper_id, fresh)
        return fresh

    return await house.change(enter, on=f"link:{token}")


async def is_in(house: House, store_key: str, session: str | None) -> StoreRow | None:
    """The store, when this browser holds a session of one of its shoppers."""

    def load(tx: Tx) -> StoreRow | None:
        store = houses.store_by_key(tx, store_key)
        held = people.session_shopper(tx, store.store_id, digest(session)) if session else None
        return store if held is not None else None

    return await house.store.read(load)


def _find(tx: Tx, house: House, store_key: str, token: str) -> _Found:
    delivery_id, mark = token[:-SEAL_CHARS], token[-SEAL_CHARS:]
    store = houses.store_by_key(tx, store_key)
    if not sealed(house.secrets, mark, LINK, store.store_id, delivery_id):
        raise NotFound
    delivery = tx.session.get(DeliveryRow, (store.store_id, delivery_id))
    if delivery is None or delivery.side != "shopper" or delivery.form not in _LINKED:
        raise NotFound
    address = people.address(tx, store.store_id, delivery.address_id)
    conversation = tx.session.get(ConversationRow, (store.store_id, delivery.conversation_id))
    if address is None or address.stopped_at is not None or conversation is None:
        raise NotFound
    about, conversation = conversation, thread.end_of(tx, conversation, locked=False)
    # What went on in another says no more to an address that only was typed there.
    if about is not conversation and not people.is_proven(address, conversation.conversation_id):
        raise NotFound
    # A proof by message counts for one conversation; the panel shows the newest.
    newest = thread.latest_of(tx, store.store_id, conversation.shopper_id)
    if newest is None or not _may_show(address, conversation, newest):
        raise NotFound
    return _Found(store=store, delivery=delivery, address=address, conversation=conversation)


def _may_show(address: AddressRow, about: ConversationRow, newest: ConversationRow) -> bool:
    is_newest = about.conversation_id == newest.conversation_id
    return is_newest or (address.proven_at is not None and address.proven_in is None)


def _state(tx: Tx, delivery: DeliveryRow) -> State:
    if delivery.link_used_at is not None:
        return "used"
    if delivery.handed_at is None or delivery.handed_at + LASTS <= tx.now:
        return "late"
    return "ready"


def _is_in(tx: Tx, found: _Found, session: str | None) -> bool:
    if not session:
        return False
    held = people.session_shopper(tx, found.store.store_id, digest(session))
    return held is not None and held.shopper_id == found.conversation.shopper_id


def _language(tx: Tx, found: _Found) -> str:
    shopper = people.shopper(tx, found.store.store_id, found.conversation.shopper_id)
    return shopper.language if shopper else found.store.language
