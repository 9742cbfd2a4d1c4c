"""The agents as everybody sees them: who is on, and who is connected."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from weakref import WeakKeyDictionary

import anyio
from sqlmodel import col, update

from gateway.core.duty import SCHEDULE
from gateway.core.model import IN_SIGHT
from gateway.live.hub import Hub
from gateway.live.socket import Socket
from gateway.protocol.entry import Colleague
from gateway.protocol.frames import Colleagues, SomeoneTyping, Staff
from gateway.services import expected
from gateway.services.house import Change, House
from gateway.services.shown_names import shown, shown_in
from gateway.services.wire import ms_or_none, path_to_face
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import ReachRow, StoreRow
from gateway.store.tx import Tx


def colleagues(tx: Tx, connected: frozenset[str]) -> list[Colleague]:
    """Every agent, on call first."""
    return [
        Colleague(
            agent_id=row.agent_id,
            name=row.name,
            duty=cast("Any", row.duty),
            connected=row.agent_id in connected or is_there(tx, row.agent_id),
            face=path_to_face(row.face),
            until=ms_or_none(row.duty_until),
            by_schedule=row.picked == SCHEDULE and not row.for_now,
        )
        for row in houses.agents(tx)
    ]


def is_there(tx: Tx, agent_id: str) -> bool:
    """Whether an agent's console is open somewhere in the house, as far as anybody can know.

    A restart is no agent leaving: nobody's phone is to ring for it. Who does not come back is
    written down as gone when their grace is over.
    """
    seen = people.presence(tx, people.HOUSE, "staff", agent_id)
    return seen is not None and seen.presence != "gone"


def who_answers(store: StoreRow, team: Sequence[Colleague]) -> list[Colleague]:
    """Those whom a shopper may expect an answer from now, as this store's shoppers see them.

    Nothing is told of until when.
    """
    return [
        each.model_copy(
            update={"name": shown(store, each.name), "until": None, "by_schedule": False}
        )
        for each in team
        if each.connected and each.duty == "online"
    ]


def somebody_answers(tx: Tx) -> bool:
    """Whether an agent who may answer has a console in sight; one who was lost counts as before."""
    online = (row.agent_id for row in houses.agents(tx) if row.duty == "online")
    seen = (people.presence(tx, people.HOUSE, "staff", agent_id) for agent_id in online)
    return any(each is not None and each.presence in IN_SIGHT for each in seen)


def wake(change: Change) -> None:
    """Who may be told, where or when has changed: look again at whatever waits for the staff.

    Also at what was given up: somebody may be reached now.
    """
    change.tx.session.exec(
        update(ReachRow)
        .where(col(ReachRow.side) == "staff", col(ReachRow.state).in_(("waiting", "unreachable")))
        .values(state="waiting", due_at=change.tx.now)
    )
    change.work = True


class _Telling:
    """Telling who is on, one round at a time, so that nothing older is told after what is newer.

    Who asks for a round before it has begun to read shares it. After a restart all consoles are
    back at once: else each was read for by itself, and told of to all of them.
    """

    def __init__(self) -> None:
        self.under_way = anyio.Lock()
        self._next: asyncio.Task[None] | None = None

    async def announce(self, house: House) -> None:
        if self._next is None:
            self._next = asyncio.create_task(self._announce(house))
        # Whoever asked may give up; the others still wait for it.
        await asyncio.shield(self._next)

    async def _announce(self, house: House) -> None:
        async with self.under_way:
            self._next = None  # what changes from here on may be missed by this round
            await _tell_colleagues(house, anyhow=True)
            await tell_shoppers(house)


# Ends with the node's hub.
_telling: WeakKeyDictionary[Hub, _Telling] = WeakKeyDictionary()


async def announce(house: House) -> None:
    """Tell everybody connected who is on, as it is now or a moment later."""
    await _telling.setdefault(house.hub, _Telling()).announce(house)


async def tell_of_turns(house: House) -> None:
    """Tell consoles and panels who is on, where that is news; asked for every few seconds."""
    async with _telling.setdefault(house.hub, _Telling()).under_way:
        await _tell_colleagues(house)
        await tell_shoppers(house)


async def tell_of_typing(house: House, socket: Socket, conversation_id: str, *, on: bool) -> None:
    """Tell whoever follows a conversation that an agent is typing there, or stopped."""
    store_id = socket.follows[conversation_id].store_id
    name = await house.store.read(lambda tx: shown_in(tx, store_id, socket.name))
    frame = SomeoneTyping(conversation_id=conversation_id, side="staff", name=name, on=on)
    house.hub.tell_followers(conversation_id, frame, audience="shopper")
    whole = frame.model_copy(update={"name": socket.name, "agent_id": socket.person_id})
    house.hub.tell_followers(conversation_id, whole, audience="staff", but=socket)


# What the consoles of a node were told last; it ends with the node's hub.
_known: WeakKeyDictionary[Hub, Colleagues] = WeakKeyDictionary()


async def _tell_colleagues(house: House, *, anyhow: bool = False) -> None:
    connected = house.hub.staff_ids
    if not connected and not anyhow:
        return
    team = await house.store.read(lambda tx: colleagues(tx, connected))
    now = Colleagues(colleagues=team)
    if anyhow or _known.get(house.hub) != now:
        _known[house.hub] = now
        house.hub.tell_staff(now)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the panels of a store were told last: the usual frame, and that for the unheard."""

    usual: str = ""
    to_unheard: str = ""
    unheard: frozenset[str] = frozenset()

    def for_(self, socket: Socket) -> str:
        return self.usual if self.unheard.isdisjoint(socket.follows) else self.to_unheard


# Ends with the node's hub.
_told: WeakKeyDictionary[Hub, dict[str, _Told]] = WeakKeyDictionary()


async def tell_shoppers(house: House) -> None:
    """Tell shoppers' tabs who is on and what to expect, where that is news.

    A store opens, closes, or is found unable to reach anybody without anybody's doing, so this is
    also asked for every few seconds.
    """
    connected = house.hub.staff_ids
    known = _told.setdefault(house.hub, {})
    fresh: dict[str, _Told] = {}
    for store_id, followed in _followed_by_shoppers(house.hub).items():
        span = await expected.usual(house, store_id)
        look = partial(_outlook, store_id, followed, connected, span)
        fresh[store_id] = await house.store.read(look)
    # Only now: a tab that came while this was read was greeted with what was true after it.
    for socket in house.hub.sockets:
        now = fresh.get(socket.store_id) if socket.audience == "shopper" else None
        before = known.get(socket.store_id, _Told())
        if now is not None and before.for_(socket) != now.for_(socket):
            socket.offer(now.for_(socket))
    known.update(fresh)


def _followed_by_shoppers(hub: Hub) -> dict[str, set[str]]:
    """The stores whose shoppers have tabs here, and the conversations that those show."""
    followed: defaultdict[str, set[str]] = defaultdict(set)
    for each in hub.sockets:
        if each.audience == "shopper":
            followed[each.store_id].update(each.follows)
    return followed


def _outlook(
    store_id: str,
    followed: Collection[str],
    connected: frozenset[str],
    span: int | None,
    tx: Tx,
) -> _Told:
    store = houses.store(tx, store_id)
    on = who_answers(store, colleagues(tx, connected))

    def frame(*, unheard: bool) -> str:
        told = expected.expected(tx, store, span, answers=bool(on), unheard=unheard)
        return Staff(staff=on, expected=told).model_dump_json()

    return _Told(
        usual=frame(unheard=False),
        to_unheard=frame(unheard=True),
        unheard=expected.unheard_among(tx, store_id, followed),
    )
