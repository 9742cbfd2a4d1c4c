"""What an operator has to mend, kept while it lasts: who is told of it, and how it ends.

A refusal that is ours to mend makes a row, and each further one counts in it. It is over when
something of the same store, channel and kind got through that was handed over later. That is looked
up now and then, and only while there are rows: the hot path pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from gateway.channels.port import Rejected
from gateway.clock import HOUR
from gateway.core.model import DeliveryState
from gateway.live.hub import Hub
from gateway.protocol.entry import Alert
from gateway.protocol.frames import Alerts
from gateway.protocol.session import encode
from gateway.services import metrics
from gateway.services.house import Change, House
from gateway.services.places import country_of
from gateway.services.wire import ms
from gateway.store import alerts as rows
from gateway.store import house as houses
from gateway.store.tables import AlertRow, DeliveryRow, StoreRow
from gateway.store.tx import Tx, unpack

FILTERED: Final = "30007"  #: twilio.com/docs/api/errors/30007: a carrier took it for spam
FILTERED_WITHIN: Final = HOUR

_ARRIVED: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ANSWERED})
_TAKEN: Final = _ARRIVED | {DeliveryState.ACCEPTED, DeliveryState.SENT}


def note(change: Change, row: DeliveryRow, why: Rejected) -> None:
    """Keep a refusal that is ours to mend; call it before the delivery is moved."""
    if row.batch_id not in (None, row.delivery_id):
        return  # one call of the provider, told of once, by its first delivery
    if why.alert:
        _raise(change.tx, row, code=why.code, about=_about(row, why.true_of), words=why.words)
    elif why.code == FILTERED:
        _note_filtered(change.tx, row)


def was_filtered(tx: Tx, row: DeliveryRow, text: str) -> bool:
    """Whether a network has filtered these very words for this person: it would do so again."""
    found = rows.refused_words(tx, row.store_id, row.person_id, row.channel, FILTERED)
    return any(unpack(each.content).get("text") == text for each in found)


def in_force(tx: Tx) -> list[Alert]:
    """Every alert of the house, as consoles are told of it."""
    return [_fact(row) for row in rows.in_force(tx)]


async def greet(house: House, agent_id: str) -> Alerts | None:
    """What a console is told that has just come in; None: nothing, or not to this agent."""

    def load(tx: Tx) -> Alerts | None:
        found = in_force(tx) if houses.agent(tx, agent_id).owner else []
        return Alerts(alerts=found) if found else None

    return await house.store.read(load)


# Ends with the node's hub.
_told: WeakKeyDictionary[Hub, str] = WeakKeyDictionary()


async def keep(house: House) -> None:
    """Take away what is over, and tell owners' consoles of this node where that is news."""
    found = await house.store.read(_looked_at)
    if any(over for _, over in found):
        await house.store.write(_forget)
        found = await house.store.read(_looked_at)
    metrics.show_alerts((row.channel, row.code) for row, _ in found)
    frame = Alerts(alerts=[_fact(row) for row, _ in found])
    text = encode(frame)
    if text == _told.get(house.hub, encode(Alerts(alerts=[]))):
        return
    owners = await house.store.read(
        lambda tx: {each.agent_id for each in houses.agents(tx) if each.owner}
    )
    for agent_id in owners:
        house.hub.tell_person("staff", agent_id, frame)
    _told[house.hub] = text


def _looked_at(tx: Tx) -> list[tuple[AlertRow, bool]]:
    return [(row, _is_over(tx, row)) for row in rows.in_force(tx)]


def _forget(tx: Tx) -> None:
    for row, over in _looked_at(tx):
        if over:
            tx.session.delete(row)


def _is_over(tx: Tx, row: AlertRow) -> bool:
    if row.code == FILTERED:
        return not _filters_much(tx, houses.store(tx, row.store_id), row.channel)[0]
    good = _ARRIVED if row.by_receipt else _TAKEN
    since = rows.handed_since(tx, row.store_id, row.channel, row.last_at)
    return any(each.state in good and row.about in ("", *_abouts(each)) for each in since)


def _raise(tx: Tx, row: DeliveryRow, *, code: str, about: str, words: str) -> None:
    known = rows.alert(tx, row.store_id, row.channel, code, about)
    if known is None:
        known = AlertRow(
            store_id=row.store_id,
            channel=row.channel,
            code=code,
            about=about,
            words=words,
            by_receipt=int(row.accepted_at is not None),
            count=0,
            since=tx.now,
            last_at=tx.now,
        )
    known.words, known.count, known.last_at = words, known.count + 1, tx.now
    tx.session.add(known)
    tx.session.flush()


def _note_filtered(tx: Tx, row: DeliveryRow) -> None:
    much, words = _filters_much(tx, houses.store(tx, row.store_id), row.channel, more=1)
    if much:
        _raise(tx, row, code=FILTERED, about="", words=words)


def _filters_much(tx: Tx, store: StoreRow, channel: str, *, more: int = 0) -> tuple[bool, str]:
    """Whether networks filter more of a store's texts than its policy bears.

    ``more`` is what the caller has learned and not yet written down.
    """
    policy = houses.policy(tx, store)
    since = tx.now - FILTERED_WITHIN
    total, filtered = rows.counted_since(tx, store.store_id, channel, since, FILTERED)
    filtered += more
    words = f"Networks filtered {filtered} of the last hour's {total} texts as spam"
    much = total >= policy.filtered_least and filtered * 100 > policy.filtered_percent * total
    return much, words


def _about(row: DeliveryRow, true_of: str) -> str:
    country, sender = _abouts(row)
    return {"country": country, "sender": sender}.get(true_of, "")


def _abouts(row: DeliveryRow) -> Sequence[str]:
    """The country and the sender of a delivery; either may not be known."""
    sender = unpack(row.content).get("sender", "")
    return country_of(row.channel, row.value), str(sender)


def _fact(row: AlertRow) -> Alert:
    return Alert(
        store_id=row.store_id,
        channel=cast("Any", row.channel),
        code=row.code,
        about=row.about,
        words=row.words,
        count=row.count,
        since=ms(row.since),
        last=ms(row.last_at),
    )
