"""Presence: what tabs say, folded to one person, through a lazy lane behind the messages.

A goodbye or a close becomes ``gone`` only after ``linger`` without another socket of the same
person, since a reload looks exactly like leaving. It then counts from when they were last known to
be there. A node that drains writes nothing more: that it shuts its doors is nobody's leaving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import structlog

from gateway.clock import SECOND
from gateway.core.model import Presence
from gateway.core.policy import Policy
from gateway.errors import OnethreadError, StorageRefused
from gateway.live.socket import Socket
from gateway.protocol.frames import Tab
from gateway.services import staff, whereabouts
from gateway.services.house import Change, Doorbell, House
from gateway.services.overlooked import overlooked
from gateway.services.whereabouts import Key, Seen, Sight
from gateway.store import people

log = structlog.get_logger(__name__)

LAZY = 0.1  #: seconds that changes of one person are gathered
TELLS_WITHIN = 3.0  #: a tab that has not said by then what it is counts as hidden
AGAIN = 1.0
IDLE = 5.0  #: seconds between looks when nothing is pending
AT_ONCE = 64  #: people written in one transaction


@dataclass(slots=True)
class _Person:
    at: int  #: when anything was last known of them, microseconds UTC
    tabs: dict[str, Tab | None] = field(default_factory=dict)  #: None: has not said what it is
    left: float | None = None  #: on the monotonic hand, when the last tab went
    rung: dict[str, int] = field(default_factory=dict)  #: by conversation, up to which seq

    @property
    def told(self) -> list[Tab]:
        return [tab for tab in self.tabs.values() if tab is not None]


@lru_cache(maxsize=1_024)
def _the_same(tab: Tab) -> Tab:
    """One value for all tabs that say the same: most are on few pages, and most are idle."""
    return tab


class _Look(NamedTuple):
    """A person in the moment in which they are about to be written down."""

    key: Key
    person: _Person
    told: list[Tab]
    has_tabs: bool
    at: int
    away: float  #: seconds since the last tab went


def folded(tabs: Sequence[Tab], unfocused: str) -> Presence:
    """Several tabs and devices are one person: the most present tab counts.

    ``unfocused``: what an open panel in a visible tab counts as while its window has no focus.
    """
    found = {_counted(tab, unfocused) for tab in tabs}
    return next((each for each in whereabouts.MOST_PRESENT if each in found), Presence.GONE)


def _counted(tab: Tab, unfocused: str) -> Presence:
    if not tab.visible:
        return Presence.HIDDEN
    if not tab.panel:
        return Presence.ON_PAGE
    return Presence.READING if tab.focus else Presence(unfocused)


def key_of(socket: Socket) -> Key:
    """Under whose presence a socket counts."""
    store_id = socket.store_id if socket.audience == "shopper" else people.HOUSE
    return store_id, socket.audience, socket.person_id


class Presences:
    """What this node sees of its people, and the lane that writes it down."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people: dict[Key, _Person] = {}
        self._due: dict[Key, float] = {}  #: on the monotonic hand; who is to be written, and when
        self._policies: dict[str, Policy] = {}  #: by store, as last read
        self._bell = Doorbell()
        self._wakes = 0.0

    def came(self, socket: Socket) -> None:
        """A socket was welcomed; its tab says in a moment what it is.

        Until then it keeps somebody from being gone, and changes nothing else: who goes on to the
        shop's next page is not hidden for as long as a phone's network takes.
        """
        key, person = self._person(socket)
        person.tabs.setdefault(socket.socket_id, None)
        if not person.told:
            self._schedule(key, TELLS_WITHIN, instead=True)

    def tab(self, socket: Socket, tab: Tab) -> None:
        """A tab told what it is."""
        key, person = self._person(socket)
        person.tabs[socket.socket_id] = _the_same(tab)
        self._schedule(key, LAZY)

    def may_ring(self, socket: Socket, conversation_id: str, seq: int) -> bool:
        """Whether this tab makes the sound for an answer: the first of a person's tabs that asks.

        None does while one of them is being read: who has the words before their eyes needs none.
        It is agreed among the tabs of this node.
        """
        key, person = self._person(socket)
        if folded(person.told, self._policy(key).unfocused) is Presence.READING:
            return False
        if seq <= person.rung.get(conversation_id, 0):
            return False
        person.rung = {conversation_id: seq}
        return True

    def left(self, socket: Socket, *, at: int | None = None) -> None:
        """A tab said goodbye or its socket ended; the first of the two counts.

        ``at``: when it was last known to be there, if that is not now.
        """
        key = key_of(socket)
        person = self._people.get(key)
        if person is None or socket.socket_id not in person.tabs:
            return
        del person.tabs[socket.socket_id]
        person.at = max(person.at, self._house.clock.now() if at is None else at)
        if person.told:
            self._schedule(key, LAZY)
        elif person.tabs:
            self._schedule(key, TELLS_WITHIN, instead=True)
        else:
            person.left = self._house.clock.monotonic()
            self._schedule(key, self._policy(key).linger / SECOND, instead=True)

    def tell_again(self) -> None:
        """Others took this node for dead and its people for lost: say who is here after all."""
        for key, person in self._people.items():
            if person.tabs:
                self._schedule(key, LAZY)

    async def run(self) -> None:
        """Write what is pending, when it is due, for ever."""
        looked_at = self._house.clock.monotonic()
        while True:
            now = self._house.clock.monotonic()
            if self._house.hub.draining:
                self._due.clear()
            if now - looked_at >= IDLE:
                looked_at = now
                await self._look_over()
            due = [key for key, at in self._due.items() if at <= now][:AT_ONCE]
            if due:
                await self._write_all(due)
                continue
            self._wakes = min(self._due.values(), default=now + IDLE)
            await self._bell.wait(max(0.0, min(IDLE, self._wakes - now)))

    def _person(self, socket: Socket) -> tuple[Key, _Person]:
        key, now = key_of(socket), self._house.clock.now()
        person = self._people.setdefault(key, _Person(at=now))
        person.at, person.left = max(person.at, now), None
        return key, person

    def _schedule(self, key: Key, seconds: float, *, instead: bool = False) -> None:
        """Write in so many seconds, ``instead`` of what was pending or at the latest."""
        now = self._house.clock.monotonic()
        due = now + seconds
        if not instead:
            due = min(due, self._due.get(key, due))
        self._due[key] = due
        if due < self._wakes or now >= self._wakes:
            # Only then: a bell for each of ten thousand who come back would be as many looks.
            self._bell.ring()

    def _policy(self, key: Key) -> Policy:
        return self._policies.get(key[0], Policy())

    async def _look_over(self) -> None:
        """Find whom another node spoke for last, and says less of than is seen here."""
        own = self._house.node_id
        here = {
            key: folded(person.told, self._policy(key).unfocused)
            for key, person in self._people.items()
            if person.told
        }
        try:
            found = await self._house.store.read(lambda tx: overlooked(tx, here, node_id=own))
        except OnethreadError:
            log.warning("presence.not_read")
            return
        for key in found:
            self._schedule(key, LAZY)

    async def _write_all(self, keys: Sequence[Key]) -> None:
        for key in keys:
            del self._due[key]
        failed = await self._write_some(keys)
        if failed:
            # Leaving is observed once: what could not be stored is kept and written later.
            log.warning("presence.not_written", people=len(failed))
            for key in failed:
                self._schedule(key, AGAIN)

    async def _write_some(self, keys: Sequence[Key]) -> list[Key]:
        """Write these, and say whose could not be; one that fails takes no other along."""
        try:
            await self._write(keys)
        except StorageRefused:
            return list(keys)
        except Exception as error:
            if len(keys) > 1:
                return [each for key in keys for each in await self._write_some([key])]
            if not isinstance(error, OnethreadError):
                log.exception("presence.failed")
            return list(keys)
        return []

    async def _write(self, keys: Sequence[Key]) -> None:
        looks = [self._look(key) for key in keys]

        def work(change: Change) -> tuple[dict[str, Policy], dict[Key, Seen]]:
            policies = whereabouts.policies_of(change.tx, keys)
            sights = [
                sight
                for each in looks
                if (sight := _sight(each, policies[each.key[0]])) is not None
            ]
            found = whereabouts.record(change, sights, policies, node_id=self._house.node_id)
            return policies, dict(zip((each.key for each in sights), found, strict=True))

        policies, became = await self._house.change(work, on=tuple(key[2] for key in keys))
        self._policies |= policies
        for look in looks:
            key, person = look.key, look.person
            if key not in became and person.left is not None:
                self._schedule(key, self._policy(key).linger / SECOND - look.away)
            elif not person.tabs and key not in self._due and self._people.get(key) is person:
                del self._people[key]
        if any(each is Seen.NEWS and key[1] == "staff" for key, each in became.items()):
            try:
                await staff.announce(self._house)
            except OnethreadError as error:
                # It is written; who is on is told of every few seconds anyway.
                log.warning("presence.not_told", why=error.code)

    def _look(self, key: Key) -> _Look:
        person = self._people[key]
        away = 0.0 if person.left is None else self._house.clock.monotonic() - person.left
        return _Look(key, person, person.told, bool(person.tabs), person.at, away)


def _sight(look: _Look, policy: Policy) -> Sight | None:
    """What a look saw; None while whoever went may be back in a moment."""
    hidden = look.has_tabs and not look.told
    presence = Presence.HIDDEN if hidden else folded(look.told, policy.unfocused)
    if presence is Presence.GONE and look.away * SECOND < policy.linger:
        return None
    shown = next((tab for tab in look.told if tab.visible), look.told[0] if look.told else None)
    page = (shown.url, shown.title) if shown else None
    return Sight(key=look.key, presence=presence, since=look.at, page=page)
