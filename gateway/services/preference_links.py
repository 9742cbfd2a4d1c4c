"""The link in a message by which its reader says where the store shall answer.

It is sealed for one address of one store and kept nowhere, so it works for as long as the address
is not stopped. Whoever holds it is shown the store's name and masked addresses: mails are
forwarded, so it opens no thread, no history and no whole address.

An address that was only typed may be somebody else's. It is shown no other address, and once
another one is proven it has no say: a stranger must not turn the shopper's answers to themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.auth.tokens import SEAL_CHARS, seal, sealed
from gateway.clock import HOUR, SECOND
from gateway.core.consent import SUPPORT, may
from gateway.core.timing import CHAT
from gateway.errors import Conflict, NotFound
from gateway.services.evidence import rows_for
from gateway.services.house import House
from gateway.services.preferring import prefer, preference_of
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tables import AddressRow
from gateway.store.tx import Tx

LINK, FORM = "preference link", "preference form"
FORM_LASTS = 12 * HOUR  #: a page that stayed open for longer is shown anew before it counts
SHOWN = ("sms", "email", "whatsapp", "push")
SOURCE = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to be answered; ``to`` are its addresses, masked, none for the chat."""

    channel: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page shows. ``choices`` is empty when this address has no say."""

    store_name: str
    accent: str
    language: str
    choices: tuple[Choice, ...]
    chosen: str | None
    form: str  #: goes back with the choice


def link_to(base_url: str, store_key: str, secret: bytes, row: AddressRow) -> str:
    """The address of the page for whoever reads messages at this address."""
    mark = seal(secret, LINK, row.store_id, row.address_id)
    return f"{base_url.rstrip('/')}/p/{store_key}/{row.address_id}{mark}"


async def look(house: House, store_key: str, token: str) -> Asked:
    """What a link shows.

    Raises:
        NotFound: no such store or address, a link that we did not make, or a stopped address.
    """
    return (await _read(house, store_key, token))[1]


async def choose(house: House, store_key: str, token: str, channel: str, form: str) -> Asked:
    """Answer the shopper behind a link by this channel first; returns what the page then shows.

    Raises:
        Conflict: the form is too old to count; look at the page anew.
        NotFound: as ``look``, or a form or channel that this page never had.
    """
    row, shown = await _read(house, store_key, token)
    since = _sealed_at(house, token, form)
    if since is None or channel not in {each.channel for each in shown.choices}:
        raise NotFound
    if house.clock.now() >= since + FORM_LASTS:
        raise Conflict("this page has been open for too long")
    await prefer(house, row.store_id, row.person_id, [channel], SOURCE)
    return await look(house, store_key, token)


async def _read(house: House, store_key: str, token: str) -> tuple[AddressRow, Asked]:
    address_id, mark = token[:-SEAL_CHARS], token[-SEAL_CHARS:]
    form = _form(house, token)

    def load(tx: Tx) -> tuple[AddressRow, Asked]:
        store = houses.store_by_key(tx, store_key)
        if not sealed(house.secrets, mark, LINK, store.store_id, address_id):
            raise NotFound
        row = people.address(tx, store.store_id, address_id)
        if row is None or row.side != "shopper" or row.stopped_at is not None:
            raise NotFound
        shopper = people.shopper(tx, store.store_id, row.person_id)
        if shopper is None:
            raise NotFound
        return row, Asked(
            store_name=store.name,
            accent=store.accent,
            language=shopper.language,
            choices=_choices(tx, row),
            chosen=next(iter(preference_of(shopper)), None),
            form=form,
        )

    return await house.store.read(load)


def _choices(tx: Tx, row: AddressRow) -> tuple[Choice, ...]:
    rows = people.addresses_of(tx, row.store_id, "shopper", row.person_id)
    last = thread.latest_of(tx, row.store_id, row.person_id)
    here = last.conversation_id if last else None
    proven = {each.address_id for each in rows if people.is_proven(each, here)}
    if row.address_id not in proven:
        if proven:
            return ()
        rows = [row]
    usable = [each for each in rows if _usable(tx, each)]
    ways = [
        Choice(
            channel=channel,
            to=tuple(
                masked(channel, each.value, abroad=True)
                for each in usable
                if each.channel == channel
            ),
        )
        for channel in SHOWN
    ]
    return (*(way for way in ways if way.to), Choice(channel=CHAT))


def _usable(tx: Tx, row: AddressRow) -> bool:
    if row.stopped_at is not None or row.failed_at is not None:
        return False
    return SUPPORT in may(rows_for(people.consents_of(tx, row.store_id, [row.address_id])))


def _form(house: House, token: str) -> str:
    """A mark that only this page carries: what follows links by itself sends no form back."""
    at = str(house.clock.now() // SECOND)
    return f"{at}.{seal(house.secrets[0], FORM, token, at)}"


def _sealed_at(house: House, token: str, form: str) -> int | None:
    """When a form was made, microseconds UTC; None when it is none of ours."""
    at, _, mark = form.partition(".")
    return int(at) * SECOND if sealed(house.secrets, mark, FORM, token, at) else None
