"""The link by which a reader says: no more e-mails about this conversation, and takes that back.

It is sealed for one address and one conversation, and kept nowhere. Stopping needs nothing but the
link, since mail programs do it by themselves on their reader's word (RFC 8058 section 3.2); taking
it back needs the form of the page that the link shows. ``plan`` obeys it as it obeys STOP, but for
this conversation alone: the address keeps its consent, and other ways stay open.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.auth.tokens import seal, sealed
from gateway.clock import HOUR, SECOND
from gateway.errors import Conflict, NotFound
from gateway.services.house import Change, House
from gateway.services.standings import STOPPED_HERE
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import people, reaching, stops, thread
from gateway.store.tables import AddressRow, ConversationRow
from gateway.store.tx import Tx

LINK, FORM = "stop link", "stop form"
FORM_LASTS = 12 * HOUR  #: a page that stayed open for longer is shown anew before it counts
SIDE = "shopper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows; ``form`` goes back with whoever takes it back."""

    store_name: str
    accent: str
    language: str
    stopped: bool
    form: str


def stop_link(
    base_url: str, store_key: str, secret: bytes, row: AddressRow, conversation_id: str
) -> str:
    """The address that ends what this address is sent of this conversation."""
    mark = seal(secret, LINK, row.store_id, row.address_id, conversation_id)
    return f"{base_url.rstrip('/')}/stop/{store_key}/{row.address_id}-{conversation_id}-{mark}"


async def look(house: House, store_key: str, token: str) -> Shown:
    """What a link shows; looking changes nothing.

    Raises:
        NotFound: no such store, address or conversation, or a link that we did not make.
    """

    def load(tx: Tx) -> Shown:
        row, conversation = _read(tx, house, store_key, token)
        store = houses.store(tx, row.store_id)
        shopper = people.shopper(tx, row.store_id, row.person_id)
        return Shown(
            store_name=store.name,
            accent=store.accent,
            language=(shopper.language if shopper else "") or store.language,
            stopped=row.address_id in stops.stops_of(tx, conversation),
            form=_form(house, token),
        )

    return await house.store.read(load)


async def stop(house: House, store_key: str, token: str) -> None:
    """Send this address nothing more of this conversation; said again, it changes nothing.

    Raises:
        NotFound: as ``look``.
    """
    await _change(house, store_key, token, stopped=True)


async def resume(house: House, store_key: str, token: str, form: str) -> None:
    """Take that back, by the form that the page showed.

    Raises:
        Conflict: the form is too old to count; look at the page anew.
        NotFound: as ``look``, or a form that this page never had.
    """
    at, _, mark = form.partition(".")
    if not sealed(house.secrets, mark, FORM, token, at):
        raise NotFound
    if house.clock.now() >= int(at) * SECOND + FORM_LASTS:
        raise Conflict("this page has been open for too long")
    await _change(house, store_key, token, stopped=False)


def lift(change: Change, conversation: ConversationRow, channel: str) -> None:
    """They asked to be answered by this channel after all: what they had stopped is on again."""
    tx = change.tx
    for address_id in stops.stops_of(tx, conversation):
        row = people.address(tx, conversation.store_id, address_id)
        if row is not None and row.channel == channel:
            _write(change, row, conversation, stopped=False)


async def _change(house: House, store_key: str, token: str, *, stopped: bool) -> None:
    def find(tx: Tx) -> str:
        return _read(tx, house, store_key, token)[1].conversation_id

    def work(change: Change) -> None:
        row, found = _read(change.tx, house, store_key, token)
        conversation = thread.take(change.tx, found.store_id, found.conversation_id)
        _write(change, row, conversation, stopped=stopped)

    await house.change(work, on=await house.store.read(find))


def _write(
    change: Change, row: AddressRow, conversation: ConversationRow, *, stopped: bool
) -> None:
    if not stops.stop(change.tx, conversation, row.address_id, stopped=stopped):
        return
    reaching.note_fact(
        change.tx,
        row.store_id,
        row.person_id,
        STOPPED_HERE,
        address=row.address_id,
        conversation=conversation.conversation_id,
        stopped=stopped,
    )
    change.append(
        conversation,
        thread.happened(
            "consent",
            channel=row.channel,
            what="stopped_here" if stopped else "started_here",
            to=masked(row.channel, row.value),
        ),
    )
    change.wake(conversation, SIDE)


def _read(tx: Tx, house: House, store_key: str, token: str) -> tuple[AddressRow, ConversationRow]:
    store = houses.store_by_key(tx, store_key)
    address_id, _, rest = token.partition("-")
    conversation_id, _, mark = rest.partition("-")
    if not sealed(house.secrets, mark, LINK, store.store_id, address_id, conversation_id):
        raise NotFound
    row = people.address(tx, store.store_id, address_id)
    conversation = tx.session.get(ConversationRow, (store.store_id, conversation_id))
    if row is None or row.side != SIDE or conversation is None:
        raise NotFound
    return row, conversation


def _form(house: House, token: str) -> str:
    """A mark that only this page carries: what follows links by itself sends no form back."""
    at = str(house.clock.now() // SECOND)
    return f"{at}.{seal(house.secrets[0], FORM, token, at)}"
