"""What consoles show beside the log, recomputed after any change: inbox row, shopper, reach, route.

Changes of one conversation are coalesced: a burst costs one look. Between looks it rests by how
many they are, and how many agents are told, so that a busy house spends its time on messages.
Whatever waits when a round begins is told of in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog

from gateway.errors import StorageRefused
from gateway.protocol.entry import PresenceName, ShopperFact, Wire
from gateway.protocol.frames import Reach, Rows, Shopper
from gateway.protocol.inbox import InboxRow
from gateway.services import blocking, scheduling
from gateway.services.addresses import facts_of
from gateway.services.explain import explain
from gateway.services.forecast import foreseen, route_of
from gateway.services.forms import answers_of
from gateway.services.house import House
from gateway.services.inboxes import rows_of
from gateway.services.preferring import preference_of
from gateway.services.surroundings import look_over
from gateway.services.traits import identity_fact
from gateway.services.wire import ms, ms_or_none, shopper_name
from gateway.store import inbox as inbox_rows
from gateway.store import people, reaching
from gateway.store.tables import ConversationRow, PresenceRow
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)
IDLE = 30.0
REST = 0.015  #: seconds for each conversation that was looked at, so some 65 a second
REST_EACH = 0.0005  #: seconds for each agent who is told, so some 2,000 frames a second
LONGEST_REST = 3.0  #: seconds; thousands that come back at once must not silence all consoles
TOLD_TOGETHER = 20  #: rows in one frame, since every console gets each


async def run(house: House) -> None:
    """Refresh what is stale, for ever."""
    while True:
        if not (house.stale or house.grown):  # left when the database was away, it rings no more
            await house.refresh.wait(IDLE)
        async for share in _refreshed(house):
            await house.clock.sleep(share)


async def refresh_stale(house: House) -> int:
    """Tell of what is stale now; how many conversations that were.

    Raises:
        StorageRefused: the database cannot be read now; what was not told of stays stale.
    """
    waiting = len(house.stale | house.grown)
    async for _ in _refreshed(house):
        pass
    return waiting


async def _refreshed(house: House) -> AsyncIterator[float]:
    """Tell of what is stale now, some at a time; the seconds to rest after each of these times."""
    waiting = list(dict.fromkeys((*house.stale, *house.grown)))
    rest = min(max(REST * len(waiting), REST_EACH * len(house.hub.staff_ids)), LONGEST_REST)
    for first in range(0, len(waiting), TOLD_TOGETHER):
        some = _taken(house, waiting[first : first + TOLD_TOGETHER])
        try:
            await _refresh_some(house, some)
        except StorageRefused:
            house.stale.update({each.conversation_id: each.store_id for each in some})
            raise
        # Not all of it at the end: nobody's message waits behind a whole round of looks.
        yield rest * min(TOLD_TOGETHER, len(waiting) - first) / len(waiting)


@dataclass(frozen=True, slots=True)
class _Stale:
    store_id: str
    conversation_id: str
    wholly: bool  #: or nothing but a plain message has come


def _taken(house: House, conversation_ids: Sequence[str]) -> list[_Stale]:
    """These, which are stale no more: what changes from here on is told of again."""
    some: list[_Stale] = []
    for each in conversation_ids:
        grown, stale = house.grown.pop(each, None), house.stale.pop(each, None)
        store_id = stale or grown
        if store_id is not None:
            some.append(_Stale(store_id, each, wholly=stale is not None))
    return some


async def _refresh_some(house: House, some: Sequence[_Stale]) -> None:
    """Tell of these; one that fails takes no other along."""
    try:
        await _tell_of(house, some)
    except StorageRefused:
        raise
    except Exception:
        if len(some) == 1:
            log.exception("feed.not_told", conversation_id=some[0].conversation_id)
        else:
            for each in some:
                await _refresh_some(house, [each])


async def refresh(house: House, store_id: str, conversation_id: str) -> None:
    """Tell consoles what they show of one conversation."""
    await _tell_of(house, [_Stale(store_id, conversation_id, wholly=True)])


async def _tell_of(house: House, some: Sequence[_Stale]) -> None:
    """Tell every console the lines of these, and those who follow one what else they show of it."""
    followed = {
        each.conversation_id
        for each in some
        if house.hub.is_followed_by_staff(each.conversation_id)
    }
    if not followed and not house.hub.staff_ids:
        return

    def load(tx: Tx) -> tuple[list[InboxRow], list[tuple[str, Wire]]]:
        rows = inbox_rows.conversations(
            tx, [(each.store_id, each.conversation_id) for each in some]
        )
        lines = rows_of(tx, list(rows.values()))
        shown = [each for each in rows.values() if each.conversation_id in followed]
        if not shown:
            return lines, []
        tx, whole = look_over(tx, shown), {each.conversation_id for each in some if each.wholly}
        details = [
            (row.conversation_id, frame)
            for row in shown
            for frame in (
                _all_of(tx, row) if row.conversation_id in whole else _of_message(tx, row)
            )
        ]
        return lines, details

    async with house.telling:
        lines, details = await house.store.read(load)
        for conversation_id, frame in details:
            house.hub.tell_followers(conversation_id, frame, audience="staff")
        if lines:
            house.hub.tell_staff(Rows(rows=lines))


def _of_message(tx: Tx, row: ConversationRow) -> list[Wire]:
    """What a plain message changes: who waits for whom."""
    return [_reach(tx, row, side) for side in ("shopper", "staff")]


def _all_of(tx: Tx, row: ConversationRow) -> list[Wire]:
    seen = people.presence(tx, row.store_id, "shopper", row.shopper_id)
    return [
        Shopper(conversation_id=row.conversation_id, shopper=_shopper(tx, row, seen)),
        *_of_message(tx, row),
        route_of(tx, row, seen),
        scheduling.frame_of(tx, row),
    ]


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
        blocked=blocking.fact_of(tx, shopper),
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
