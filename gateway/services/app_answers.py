"""What a store's app tells us: what became of a notification, and what its user answers to it.

The store signs it, so a user speaks for the shopper that they are linked to, on whatever device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gateway.auth.tokens import digest
from gateway.core.inbound import because
from gateway.core.keywords import Keyword, keyword, starts_again
from gateway.core.matching import Match
from gateway.core.model import DeliveryState, Form
from gateway.errors import CmidConflict, NotFound
from gateway.services import answering, app_users, receipts, stopping
from gateway.services.house import Change, House
from gateway.services.queueing import move
from gateway.services.words import clean
from gateway.store import apps, reaching, thread
from gateway.store import house as houses
from gateway.store.apps import CHANNEL
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, InboundRow, StoreRow
from gateway.store.tx import Tx, pack, unpack

KEY: Final = "app:"  #: before their ids, which might be anything: a MessageSid too

ReceiptState = Literal["delivered", "read", "failed"]
Became = Literal["taken", "repeated", "stopped", "started"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A user's answer; ``name`` is the app's own id of it, for ever."""

    name: str
    user: str
    words: str
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an answer, and the number of the conversation that it is in, if in any."""

    became: Became
    conversation: int | None


async def told(
    house: House, store_key: str, *, name: str, delivery_id: str, state: ReceiptState, words: str
) -> None:
    """The app tells what became of a notification; ``name`` makes a repeat harmless.

    Raises:
        NotFound: no such delivery went to an app of this store.
    """

    def find(tx: Tx) -> list[str]:
        store = houses.store_by_key(tx, store_key)
        row = tx.session.get(DeliveryRow, (store.store_id, delivery_id))
        if row is None or row.channel != CHANNEL or row.handed_at is None:
            raise NotFound("delivery: no such call of this store's app")
        rows = reaching.deliveries_of(tx, row.store_id, row.conversation_id, row.side)
        return [each.delivery_id for each in rows if each.message_id == row.message_id]

    # What was told once more under the same id is one notification.
    for each in await house.store.read(find):
        key = f"{KEY}{name}:{each}"
        receipt = receipts.Receipt(key=key, state=state, delivery_id=each, words=words)
        await receipts.take(house, store_key, receipt)


async def receive(house: House, store_key: str, said: Said, raw: bytes) -> Taken:
    """A user answers from the app; the same ``name`` any number of times is one message.

    Raises:
        BadInput: no words, or words that cannot be stored.
        CmidConflict: this ``name`` came before with other words.
        NotFound: the user is linked to nobody.
        StorageRefused: it could not be stored; the app has to say it again.
    """
    words = clean(said.words)
    content = digest(pack([said.user, words]))

    def work(change: Change) -> Taken:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        known = tx.session.get(InboundRow, (store.store_id, KEY + said.name))
        if known is not None:
            if unpack(known.envelope)["content"] != content:
                raise CmidConflict("id: this one came before, with other words")
            return Taken(became="repeated", conversation=_number(tx, known))
        address = apps.linked_to(tx, store.store_id, said.user)
        if address is None:
            raise NotFound("user: linked to no shopper")
        inbound = InboundRow(
            store_id=store.store_id,
            inbound_key=KEY + said.name,
            channel=CHANNEL,
            state="done",
            envelope=pack({"content": content}),
            sender=said.user,
            raw=raw,
            due_at=tx.now,
            received_at=tx.now,
        )
        tx.session.add(inbound)
        tx.session.flush()
        became = _understand(change, store, address, said, words, inbound)
        inbound.outcome = became
        tx.session.add(inbound)
        return Taken(became=became, conversation=_number(tx, inbound))

    store_id = await house.store.read(lambda tx: houses.store_by_key(tx, store_key).store_id)
    return await house.change(work, on=app_users.lock_of(store_id, said.user))


def _understand(
    change: Change,
    store: StoreRow,
    address: AddressRow,
    said: Said,
    words: str,
    inbound: InboundRow,
) -> Became:
    # Whoever answers STOP means it, whatever else the app has for that (47 CFR 64.1200(a)(10)).
    if keyword(words) is Keyword.STOP:
        stopping.stop(change, store, CHANNEL, said.user, told=True)
        return "stopped"
    if address.stopped_at is not None and starts_again(words):
        stopping.start(change, store, CHANNEL, said.user, told=True)
        return "started"
    # The provider said never; the same provider now lets them speak.
    address.failed_at, address.failed_because = None, ""
    change.tx.session.add(address)
    incoming = answering.Incoming(
        store=store, channel=CHANNEL, sender=said.user, words=words, inbound=inbound
    )
    answering.deliver(change, _match(change, address, said), incoming)
    return "taken"


def _match(change: Change, address: AddressRow, said: Said) -> Match:
    """The shopper's own conversation: who they are is proven, so nothing else has to be asked."""
    tx = change.tx
    answers = _answered(change, address, said.in_reply_to)
    current = thread.open_of(tx, address.store_id, address.person_id)
    return Match(
        kind="joins",
        why=because("proven_shopper"),
        conversation_id=current.conversation_id if current else None,
        person_id=address.person_id,
        delivery_id=answers,
    )


def _answered(change: Change, address: AddressRow, named: str | None) -> str | None:
    """The delivery that they answer: the one that the app names has been read, else the last."""
    tx = change.tx
    if named is not None:
        row = reaching.delivery(tx, address.store_id, named)
        if row is not None and row.address_id == address.address_id:
            move(change, row, DeliveryState.READ)
            return row.delivery_id
    sent = reaching.latest_to(tx, [address.store_id], [address.address_id])
    handed = (row for row in sent if row.form == Form.WORDS and row.handed_at is not None)
    last = max(handed, key=lambda row: row.handed_at or 0, default=None)
    return last.delivery_id if last is not None else None


def _number(tx: Tx, inbound: InboundRow) -> int | None:
    if inbound.conversation_id is None:
        return None
    found = tx.session.get(ConversationRow, (inbound.store_id, inbound.conversation_id))
    return found.number if found is not None else None
