"""What consoles show beside the log, recomputed after any change: inbox row, shopper, reach, route.

Changes of one conversation are coalesced: a burst costs one look.
"""

from __future__ import annotations

from typing import Any, cast

from gateway.core.model import Decision, Health, Message, Send, Unreachable, Wait
from gateway.core.reach import plan
from gateway.protocol.entry import PresenceName, ShopperFact, Wire
from gateway.protocol.frames import Reach, Route, Row, Shopper
from gateway.services.addresses import facts_of
from gateway.services.explain import CHANNELS, explain, span
from gateway.services.house import House
from gateway.services.views import view_of
from gateway.services.wire import inbox_row, masked, ms, ms_or_none, shopper_name
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import ConversationRow, PresenceRow
from gateway.store.tx import Tx

IDLE = 30.0
STEPS = 4  #: waits that a forecast looks through


async def run(house: House) -> None:
    """Refresh what is stale, for ever."""
    while True:
        await house.refresh.wait(IDLE)
        while house.stale:
            conversation_id, store_id = house.stale.popitem()
            await refresh(house, store_id, conversation_id)


async def refresh(house: House, store_id: str, conversation_id: str) -> None:
    """Tell consoles what they show of one conversation."""
    followed = house.hub.is_followed_by_staff(conversation_id)
    if not followed and not house.hub.staff_ids:
        return

    def load(tx: Tx) -> tuple[Wire | None, list[Wire]]:
        row = tx.session.get(ConversationRow, (store_id, conversation_id))
        if row is None:
            return None, []
        shopper = people.shopper(tx, store_id, row.shopper_id)
        seen = people.presence(tx, store_id, "shopper", row.shopper_id)
        line = Row(row=inbox_row(row, shopper, seen))
        if not followed:
            return line, []
        return line, [
            Shopper(
                conversation_id=conversation_id,
                shopper=_shopper(tx, row, seen),
            ),
            *(_reach(tx, row, side) for side in ("shopper", "staff")),
            _route(tx, row, seen),
        ]

    line, details = await house.store.read(load)
    if line is not None:
        house.hub.tell_staff(line)
    for frame in details:
        house.hub.tell_followers(conversation_id, frame, audience="staff")


def _presence_name(seen: PresenceRow | None) -> PresenceName:
    return cast("PresenceName", seen.presence if seen else "gone")


def _shopper(tx: Tx, row: ConversationRow, seen: PresenceRow | None) -> ShopperFact:
    shopper = people.shopper(tx, row.store_id, row.shopper_id)
    return ShopperFact(
        shopper_id=row.shopper_id,
        name=shopper_name(shopper, row.number),
        verified=bool(shopper and shopper.verified),
        presence=_presence_name(seen),
        since=ms(seen.since if seen else row.created_at),
        lost=bool(seen and seen.lost_at is not None),
        page_url=seen.url if seen else None,
        page_title=seen.title if seen else None,
        addresses=facts_of(tx, row.store_id, row.shopper_id, whole=True),
        earlier=thread.other_conversations(tx, row.store_id, row.shopper_id, row.conversation_id),
    )


def _reach(tx: Tx, row: ConversationRow, side: str) -> Reach:
    reach = reaching.reach(tx, row, side)
    stored = reaching.decision(tx, row.store_id, reach.decision_id) if reach.decision_id else None
    return Reach(
        conversation_id=row.conversation_id,
        side=cast("Any", side),
        state=cast("Any", reach.state),
        due_at=ms_or_none(reach.due_at),
        sentence=explain(tx, stored).sentence if stored else "",
        decision_id=reach.decision_id,
    )


def _route(tx: Tx, row: ConversationRow, seen: PresenceRow | None) -> Route:
    """Where an answer written now would go: ``plan`` asked about a message of this instant."""
    view = view_of(tx, row, "shopper")
    probe = Message(seq=row.last_seq + 1, at=tx.now, author_id="")
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    # Only the new message: what is under way already goes its own way.
    asked = type(view)(
        side="shopper",
        messages=(probe,),
        people=view.people,
        deliveries=tuple(each for each in view.deliveries if each.accepted_at is not None),
        interruptions=view.interruptions,
        accepting_since=view.accepting_since,
    )
    at, found = tx.now, plan(asked, policy, Health(), tx.now)
    for _ in range(STEPS):
        if not isinstance(found, Wait) or found.until is None:
            break
        at, found = found.until, plan(asked, policy, Health(), found.until)
    shopper = people.shopper(tx, row.store_id, row.shopper_id)
    return _line(tx, row, seen, shopper_name(shopper, row.number), at, found)


def _line(
    tx: Tx,
    row: ConversationRow,
    seen: PresenceRow | None,
    who: str,
    at: int,
    found: Decision,
) -> Route:
    presence = _presence_name(seen)
    if presence in ("reading", "on_page"):
        sentence = {
            "reading": f"{who} is reading: your answer appears in the chat.",
            "on_page": f"{who} is on the page: your answer appears in the chat.",
        }[presence]
        return Route(
            conversation_id=row.conversation_id,
            channel="chat",
            at=None,
            presence=presence,
            sentence=sentence,
        )
    where = _where(seen, who, tx.now)
    channel: Any = None
    if isinstance(found, Send):
        address = people.address(tx, row.store_id, found.address_id)
        to = masked(address.channel, address.value) if address else ""
        way = "a text asks first" if found.form == "knock" else "this goes"
        sentence = f"{where}; {way} by {CHANNELS[found.channel]} to {to} in {span(at - tx.now)}."
        channel = found.channel
    elif isinstance(found, Unreachable):
        sentence = f"{where}, and left no way to be reached; your answer waits in the chat."
    else:
        sentence = f"{where}; your answer waits in the chat."
    return Route(
        conversation_id=row.conversation_id,
        channel=channel,
        at=ms(at) if isinstance(found, Send) else None,
        presence=presence,
        sentence=sentence,
    )


def _where(seen: PresenceRow | None, who: str, now: int) -> str:
    if seen is None:
        return f"{who} is not on the page"
    if seen.lost_at is not None:
        return f"The connection to {who} was lost"
    if seen.presence == "hidden":
        return f"{who} has the page in another tab"
    return f"{who} left {span(now - seen.since)} ago"
