"""Which of a store's numbers a text goes out from, and whose number it is that was texted.

Whoever has texted with one number finds the next answer under it: a phone shows a conversation per
number. So a number is kept with for as long as the store has it, and chosen by country at first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import phonenumbers

from gateway.core.pace import LONG_CODE, SHORT_CODE, TOLL_FREE
from gateway.errors import BadInput, Conflict, Misconfigured
from gateway.services.places import country_of
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store import senders as rows
from gateway.store.tables import SenderRow, StoreRow
from gateway.store.tx import Tx, unpack

MINUTE = 60  #: seconds
MOST_A_SECOND = 1_000
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


def checked_rates(senders: Sequence[str], typed: Mapping[str, float]) -> dict[str, int]:
    """What each of these may send, in pieces a minute; ``typed`` in pieces a second, 0: any number.

    Raises:
        BadInput: a rate is none, or for nothing that the store texts from.
    """
    asked = {checked([sender])[0]: rate for sender, rate in typed.items()}
    for sender, rate in asked.items():
        if sender not in senders:
            raise BadInput(f"{sender} has a rate, and the store does not text from it")
        if not (rate == 0 or 1 / MINUTE <= rate <= MOST_A_SECOND):
            raise BadInput(
                f"{sender} sends 1 a minute at least and {MOST_A_SECOND} a second at most;"
                " 0 leaves the line to Twilio"
            )
    return {
        each: round(asked[each] * MINUTE) if each in asked else usual_rate(each) for each in senders
    }


def usual_rate(sender: str) -> int:
    """What networks take from a number like this, in pieces a minute; 0: Twilio has the line.

    Source: twilio.com/docs/messaging/guides/throughput (by the kind of sender).
    """
    if sender.startswith(SERVICE):
        return 0
    if not sender.startswith("+"):
        return SHORT_CODE
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(sender))
    except phonenumbers.NumberParseException:
        return LONG_CODE
    return TOLL_FREE if kind == phonenumbers.PhoneNumberType.TOLL_FREE else LONG_CODE


def put(tx: Tx, store: StoreRow, senders: Sequence[str], rates: Mapping[str, int]) -> None:
    """Make these the store's, the first of them the usual one; ``rates`` are pieces a minute.

    Raises:
        Conflict: another store has one of them: a text to it would be for nobody knows whom.
    """
    for sender in senders:
        held = rows.holder(tx, sender)
        if held is not None and held.store_id != store.store_id:
            other = houses.store(tx, held.store_id)
            raise Conflict(f"{sender} is the number of {other.name} ({other.key}) already")
    known = {row.sender: row for row in rows.senders_of(tx, store.store_id)}
    for row in known.values():
        if row.sender not in senders:
            tx.session.delete(row)
    for place, sender in enumerate(senders):
        # Who stays keeps their line.
        row = known.get(sender) or SenderRow(store_id=store.store_id, sender=sender, place=place)
        row.place, row.country = place, country_of("sms", sender)
        row.per_minute = rates[sender]
        tx.session.add(row)
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


def another_for(tx: Tx, store: StoreRow, number: str, *, but: str) -> str | None:
    """Another sender than the one that has no route there: one of its country, else any."""
    pool = [each for each in rows.senders_of(tx, store.store_id) if each.sender != but]
    country = country_of("sms", number)
    near = [each.sender for each in pool if country and each.country == country]
    return next(iter([*near, *(each.sender for each in pool)]), None)


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
