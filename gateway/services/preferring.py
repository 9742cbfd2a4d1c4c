"""Where a shopper likes to be answered, and in which time zone they are: both said by themselves.

The preference outranks the store's order; a live exchange outranks it (see ``core.rungs``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from gateway.core.hours import is_zone
from gateway.core.timing import CHAT
from gateway.errors import BadInput, NotFound
from gateway.protocol.entry import ChannelName
from gateway.protocol.frames import Addresses
from gateway.services.addresses import facts_of
from gateway.services.conversation_stops import lift
from gateway.services.house import Change, House
from gateway.store import people, reaching, thread
from gateway.store.tables import ConversationRow, ShopperRow
from gateway.store.tx import Tx, pack, unpack

SIDE = "shopper"


async def prefer(
    house: House, store_id: str, shopper_id: str, channels: Sequence[str], source: str
) -> None:
    """Answer this shopper by these channels from now on, the best first.

    ``chat`` ends the list: nothing goes anywhere else. An empty list leaves it to the store.
    ``source`` tells where it was said: ``widget`` or ``link``. Said again, it changes nothing.

    Raises:
        BadInput: a channel that this house does not have, or one named twice.
        NotFound: there is no such shopper.
    """
    wanted = _checked(house, channels)

    def work(change: Change) -> None:
        row = people.shopper(change.tx, store_id, shopper_id)
        if row is None:
            raise NotFound
        conversation = _newest(change.tx, store_id, shopper_id)
        if conversation is not None:
            for channel in wanted:
                lift(change, conversation, channel)
        if unpack(row.preference) == wanted:
            return
        row.preference = pack(wanted)
        change.tx.session.add(row)
        reaching.note_fact(
            change.tx, store_id, shopper_id, "preference", channels=wanted, source=source
        )
        if conversation is not None:
            change.append(conversation, thread.happened("prefers", channels=wanted, source=source))
            change.wake(conversation, SIDE)

    await house.change(work, on=shopper_id)
    await tell_tabs(house, store_id, shopper_id)


async def lives_in(house: House, store_id: str, shopper_id: str, zone: str | None) -> None:
    """Remember the time zone that a shopper's browser tells; what is none is ignored.

    Browsers say it with every connection, so it is written only when it is news. Quiet hours hang
    on it, so what waits is looked at again.
    """
    if not zone or not is_zone(zone):
        return
    known = await house.store.read(lambda tx: people.shopper(tx, store_id, shopper_id))
    if known is None or known.zone == zone:
        return

    def work(change: Change) -> None:
        row = people.shopper(change.tx, store_id, shopper_id)
        if row is None or row.zone == zone:
            return
        row.zone = zone
        change.tx.session.add(row)
        conversation = _newest(change.tx, store_id, shopper_id)
        if conversation is not None:
            change.touch(conversation)
            change.wake(conversation, SIDE)

    await house.change(work, on=shopper_id)


async def tell_tabs(house: House, store_id: str, shopper_id: str) -> None:
    """Show every tab of a shopper their addresses and preference as they are now."""

    def load(tx: Tx) -> Addresses:
        return Addresses(
            addresses=facts_of(tx, store_id, shopper_id, whole=False),
            preference=preference_of(people.shopper(tx, store_id, shopper_id)),
        )

    house.hub.tell_person("shopper", shopper_id, await house.store.read(load))


def preference_of(row: ShopperRow | None) -> list[ChannelName]:
    """The channels that a shopper likes best, in order; empty when they never said."""
    return cast("list[ChannelName]", unpack(row.preference)) if row else []


def _checked(house: House, channels: Sequence[str]) -> list[str]:
    unknown = [each for each in channels if each != CHAT and each not in house.channels]
    if unknown or len(set(channels)) != len(channels):
        raise BadInput("name channels that this store has, each of them once")
    # Nothing comes after the chat: what is named behind it was never going to be used.
    return list(channels[: channels.index(CHAT) + 1] if CHAT in channels else channels)


def _newest(tx: Tx, store_id: str, shopper_id: str) -> ConversationRow | None:
    """The open conversation, else the newest: an answer may be unread after it was resolved."""
    row = thread.open_of(tx, store_id, shopper_id)
    if row is not None:
        return row
    last = thread.latest_of(tx, store_id, shopper_id)
    return thread.take(tx, store_id, last.conversation_id) if last else None
