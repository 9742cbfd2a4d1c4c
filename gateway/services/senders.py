"""Which of a store's numbers a text goes out from, and whose number it is that was texted.

Whoever has texted with one number finds the next answer under it: a phone shows a conversation per
number. So a number is kept with for as long as the store has it, and chosen by country at first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.errors import BadInput, Conflict, Misconfigured
from gateway.services.places import country_of
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store import senders as rows
from gateway.store.tables import SenderRow, StoreRow
from gateway.store.tx import Tx, unpack

SERVICE = "MG"  #: what the SID of a Messaging Service begins with; it has numbers of its own
MOST_SENDERS = 100

_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|MG[0-9a-f]{32}")


def checked(typed: Sequence[str]) -> tuple[str, ...]:
    """What a store texts from, as Twilio writes it, each once.

    Raises:
        BadInput: one is neither a number nor a Messaging Service, or a service is not alone.
    """
    found = tuple(dict.fromkeys(re.sub(r"[ ().-]", "", each) for each in typed))
    for sender in found:
        if not _SENDER.fullmatch(sender):
            raise BadInput(
                f"{sender!r} is nothing to text from: write a number with + and the country, a"
                " short code, or the SID of a Messaging Service; a name cannot be answered"
            )
    if len(found) > 1 and any(each.startswith(SERVICE) for each in found):
        raise BadInput("a Messaging Service has numbers of its own; name it alone")
    if len(found) > MOST_SENDERS:
        raise BadInput(f"a store has at most {MOST_SENDERS} numbers; use a Messaging Service")
    return found


def put(tx: Tx, store: StoreRow, senders: Sequence[str]) -> None:
    """Make these the store's, the first of them the usual one.

    Raises:
        Conflict: another store has one of them: a text to it would be for nobody knows whom.
    """
    for sender in senders:
        held = rows.holder(tx, sender)
        if held is not None and held.store_id != store.store_id:
            other = houses.store(tx, held.store_id)
            raise Conflict(f"{sender} is the number of {other.name} ({other.key}) already")
    for row in rows.senders_of(tx, store.store_id):
        tx.session.delete(row)
    tx.session.flush()
    for place, sender in enumerate(senders):
        country = country_of("sms", sender)
        tx.session.add(
            SenderRow(store_id=store.store_id, sender=sender, place=place, country=country)
        )
    tx.session.flush()


def sender_for(tx: Tx, store: StoreRow, number: str) -> str:
    """The sender for a text to this number: the last one used with it, else one of its country.

    Raises:
        Misconfigured: the store has nothing to text from.
    """
    if store.sms_from is None:
        raise Misconfigured("this store has no number to text from")
    pool = rows.senders_of(tx, store.store_id)
    if len(pool) < 2:
        return store.sms_from
    used = _last_used(tx, store, number)
    if any(each.sender == used for each in pool):
        return used
    country = country_of("sms", number)
    near = (each.sender for each in pool if country and each.country == country)
    return next(near, store.sms_from)


def texted(tx: Tx, store: StoreRow, to: str) -> StoreRow:
    """The store that a text to this number is for: its holder's, whichever address it came by."""
    held = rows.holder(tx, to)
    if held is None or held.store_id == store.store_id:
        return store
    return houses.store(tx, held.store_id)


def _last_used(tx: Tx, store: StoreRow, number: str) -> str:
    """The number of ours in the newest text to or from this one; empty when there is none."""
    known = people.addresses_with(tx, store.store_id, "sms", number)
    sent = reaching.latest_to(tx, [store.store_id], [each.address_id for each in known])
    used = [
        (each.handed_at, str(unpack(each.content).get("sender", "")))
        for each in sent
        if each.handed_at is not None
    ]
    came = rows.last_text_from(tx, store.store_id, number)
    if came is not None:
        used.append((came.received_at, str(unpack(came.envelope).get("to", ""))))
    return max(((at, sender) for at, sender in used if sender), default=(0, ""))[1]
