"""Presence: what tabs say, folded to one person, through a lazy lane behind the messages.

A goodbye or a close becomes ``gone`` only after ``linger`` without another socket of the same
person, since a reload looks exactly like leaving. A return writes no reach row; presence may only
pull a due time nearer, on rows that wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import col, select, update

from gateway.clock import SECOND
from gateway.core.conversation import pull_due
from gateway.core.model import Presence
from gateway.core.policy import Policy
from gateway.errors import OnethreadError
from gateway.live.socket import Socket
from gateway.protocol.frames import Tab
from gateway.services import staff
from gateway.services.house import Change, Doorbell, House
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import PresenceRow, ReachRow

LAZY = 0.1  #: seconds that changes of one person are gathered
AGAIN = 1.0
IDLE = 5.0  #: seconds between looks when nothing is pending

Key = tuple[str, str, str]  #: store_id (the house's for agents), side, person_id


@dataclass(slots=True)
class _Person:
    tabs: dict[str, Tab] = field(default_factory=dict)
    left_at: int | None = None
    due: float | None = None  #: monotonic; None when nothing is to be written


def folded(tabs: list[Tab]) -> Presence:
    """Several tabs and devices are one person: the most present tab counts."""
    if any(tab.panel and tab.visible for tab in tabs):
        return Presence.READING
    if any(tab.visible for tab in tabs):
        return Presence.ON_PAGE
    return Presence.HIDDEN if tabs else Presence.GONE


def key_of(socket: Socket) -> Key:
    """Under whose presence a socket counts."""
    store_id = socket.store_id if socket.audience == "shopper" else people.HOUSE
    return store_id, socket.audience, socket.person_id


class Presences:
    """What this node sees of its people, and the lane that writes it down."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people: dict[Key, _Person] = {}
        self._bell = Doorbell()

    def tab(self, socket: Socket, tab: Tab) -> None:
        """A tab told what it is."""
        person = self._people.setdefault(key_of(socket), _Person())
        person.tabs[socket.socket_id] = tab
        person.left_at = None
        self._schedule(person, LAZY)

    async def left(self, socket: Socket) -> None:
        """A tab said goodbye or its socket ended; the first of the two counts."""
        person = self._people.get(key_of(socket))
        if person is None or person.tabs.pop(socket.socket_id, None) is None:
            return
        if person.tabs:
            self._schedule(person, LAZY)
            return
        person.left_at = self._house.clock.now()
        policy = await self._policy(socket.store_id)
        person.due = self._house.clock.monotonic() + policy.linger / SECOND
        self._bell.ring()

    async def run(self) -> None:
        """Write what is pending, when it is due, for ever."""
        while True:
            now = self._house.clock.monotonic()
            for key, person in list(self._people.items()):
                if person.due is not None and person.due <= now:
                    person.due = None
                    await self._write(key, person)
            soonest = min((p.due for p in self._people.values() if p.due is not None), default=None)
            wait = IDLE if soonest is None else max(0.0, soonest - now)
            await self._bell.wait(wait)

    def _schedule(self, person: _Person, seconds: float) -> None:
        due = self._house.clock.monotonic() + seconds
        person.due = due if person.due is None else min(person.due, due)
        self._bell.ring()

    async def _policy(self, store_id: str) -> Policy:
        if not store_id:
            return Policy()
        return await self._house.store.read(
            lambda tx: houses.policy(tx, houses.store(tx, store_id))
        )

    async def _write(self, key: Key, person: _Person) -> None:
        tabs = list(person.tabs.values())
        presence = folded(tabs)
        shown = next((tab for tab in tabs if tab.visible), tabs[0] if tabs else None)
        since = person.left_at

        def work(change: Change) -> bool:
            return record(
                change,
                key,
                presence,
                node_id=self._house.node_id,
                since=since,
                page=(shown.url, shown.title) if shown else None,
            )

        try:
            news = await self._house.change(work, on=key[2])
        except OnethreadError:
            # Leaving is observed once: what could not be stored is kept and written later.
            self._schedule(person, AGAIN)
            raise
        if not person.tabs and person.due is None and self._people.get(key) is person:
            del self._people[key]
        if news and key[1] == "staff":
            await staff.announce(self._house)


def record(
    change: Change,
    key: Key,
    presence: Presence,
    *,
    node_id: str,
    since: int | None,
    page: tuple[str | None, str | None] | None,
) -> bool:
    """Write down what is known of a person now; whether it is news."""
    tx = change.tx
    store_id, side, person_id = key
    row = people.presence(tx, store_id, side, person_id)
    news = row is None or row.presence != presence or row.lost_at is not None
    if row is None:
        row = PresenceRow(
            store_id=store_id,
            side=side,
            person_id=person_id,
            node_id=node_id,
            presence=presence,
            since=tx.now,
        )
    was = Presence(row.presence)
    if news:
        row.presence, row.since = presence, since if since is not None else tx.now
    row.node_id, row.lost_at = node_id, None
    if page is not None:
        row.url, row.title = page
    tx.session.add(row)
    tx.session.flush()
    if side == "shopper":
        _shopper_changed(change, row, was=was if news else None)
    elif news:
        _staff_changed(change, row)
    return news


def _shopper_changed(change: Change, row: PresenceRow, *, was: Presence | None) -> None:
    """``was``: the presence before, None when nothing but the page has changed."""
    tx = change.tx
    if was is not None and row.presence == Presence.READING:
        people.record_act(tx, row.store_id, "shopper", row.person_id, "chat")
    conversation = thread.open_of(tx, row.store_id, row.person_id)
    if conversation is None:
        return
    change.touch(conversation)
    reach = reaching.reach(tx, conversation, "shopper")
    if was is None or reach.state != "waiting" or reach.due_at is None:
        return
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    nearer = pull_due(reach.due_at, Presence(row.presence), row.since, policy, was=was)
    if nearer < reach.due_at:
        reach.due_at = nearer
        tx.session.add(reach)
        change.work = True
    reaching.note_fact(tx, row.store_id, row.person_id, "presence", presence=row.presence)


def _staff_changed(change: Change, row: PresenceRow) -> None:
    """When nobody of the staff is there any more, whoever waits for them is looked at again."""
    if row.presence != Presence.GONE:
        return
    tx = change.tx
    others = tx.session.exec(
        select(PresenceRow.person_id).where(
            PresenceRow.store_id == people.HOUSE,
            PresenceRow.side == "staff",
            PresenceRow.presence != Presence.GONE,
            col(PresenceRow.lost_at).is_(None),
        )
    ).first()
    if others is None:
        tx.session.exec(
            update(ReachRow)
            .where(
                col(ReachRow.side) == "staff",
                col(ReachRow.state) == "waiting",
                col(ReachRow.due_at) > tx.now,
            )
            .values(due_at=tx.now)
        )
        change.work = True
