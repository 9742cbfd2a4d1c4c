"""What consoles show beside the log, recomputed after any change: inbox row, shopper, reach, route.

Changes of one conversation are coalesced: a burst costs one look. After a round of looks it rests
for longer than the round took, so that a busy house spends its time on messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from gateway.protocol.entry import PresenceName, ShopperFact, Wire
from gateway.protocol.frames import Reach, Rows, Shopper
from gateway.protocol.inbox import InboxRow
from gateway.services import scheduling
from gateway.services.addresses import facts_of
from gateway.services.explain import explain
from gateway.services.forecast import foreseen, route_of
from gateway.services.forms import answers_of
from gateway.services.house import House
from gateway.services.inboxes import rows_of
from gateway.services.preferring import preference_of
from gateway.services.traits import identity_fact
from gateway.services.wire import ms, ms_or_none, shopper_name
from gateway.store import inbox as inbox_rows
from gateway.store import people, reaching
from gateway.store.tables import ConversationRow, PresenceRow
from gateway.store.tx import Tx

IDLE = 30.0
RESTS = 3.0  #: times as long as it worked
LONGEST_REST = 1.0
TOLD_TOGETHER = 20  #: rows in one frame, since every console gets each


async def run(house: House) -> None:
    """Refresh what is stale, for ever."""
    while True:
        await house.refresh.wait(IDLE)
        begun = house.clock.monotonic()
        for _ in range(0, len(house.stale), TOLD_TOGETHER):
            await _refresh_some(house)
        worked = house.clock.monotonic() - begun
        await house.clock.sleep(min(RESTS * worked, LONGEST_REST))


async def _refresh_some(house: House) -> None:
    """The next few, those first that have waited longest; what fails takes no other along."""
    lines: list[InboxRow | None] = []
    try:
        while house.stale and len(lines) < TOLD_TOGETHER:
            conversation_id = next(iter(house.stale))
            store_id = house.stale.pop(conversation_id)
            lines.append(await _refreshed(house, store_id, conversation_id))
    finally:
        _tell(house, lines)


async def refresh(house: House, store_id: str, conversation_id: str) -> None:
    """Tell consoles what they show of one conversation."""
    _tell(house, [await _refreshed(house, store_id, conversation_id)])


def _tell(house: House, lines: Iterable[InboxRow | None]) -> None:
    rows = [line for line in lines if line is not None]
    if rows:
        house.hub.tell_staff(Rows(rows=rows))


async def _refreshed(house: House, store_id: str, conversation_id: str) -> InboxRow | None:
    """Tell its followers, and give the line that every console shows of it."""
    followed = house.hub.is_followed_by_staff(conversation_id)
    if not followed and not house.hub.staff_ids:
        return None

    def load(tx: Tx) -> tuple[InboxRow | None, list[Wire]]:
        row = tx.session.get(ConversationRow, (store_id, conversation_id))
        if row is None:
            return None, []
        seen = people.presence(tx, store_id, "shopper", row.shopper_id)
        (line,) = rows_of(tx, [row])
        if not followed:
            return line, []
        return line, [
            Shopper(
                conversation_id=conversation_id,
                shopper=_shopper(tx, row, seen),
            ),
            *(_reach(tx, row, side) for side in ("shopper", "staff")),
            route_of(tx, row, seen),
            scheduling.frame_of(tx, row),
        ]

    line, details = await house.store.read(load)
    for frame in details:
        house.hub.tell_followers(conversation_id, frame, audience="staff")
    return line


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
        preference=preference_of(shopper),
        language=shopper.language if shopper else "",
        zone=shopper.zone if shopper else "",
        identity=identity_fact(tx, row.store_id, row.shopper_id),
        answers=answers_of(tx, row.store_id, row.shopper_id),
        earlier=inbox_rows.other_conversations(
            tx, row.store_id, row.shopper_id, row.conversation_id
        ),
    )


def _reach(tx: Tx, row: ConversationRow, side: str) -> Reach:
    reach = reaching.reach(tx, row, side)
    stored = reaching.decision(tx, row.store_id, reach.decision_id) if reach.decision_id else None
    due_at, sentence = reach.due_at, explain(tx, stored).sentence if stored else ""
    if stored is None and reach.state == "waiting" and side == "shopper":
        # Nothing has been decided yet; what will be, if nothing happens, is no secret.
        due_at, sentence = foreseen(tx, row) or (due_at, "")
    return Reach(
        conversation_id=row.conversation_id,
        side=cast("Any", side),
        state=cast("Any", reach.state),
        due_at=ms_or_none(due_at),
        sentence=sentence,
        decision_id=reach.decision_id,
    )
