"""A shopper's tab comes in: its ticket is spent, and all that it is told is read, for many at once.

After a restart everybody is back in the same moment. Who comes while others are being let in is let
in with those who come then: one transaction spends their tickets, another reads what all of them
are told. Nothing is kept from one to the next, so nothing of it is ever old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.auth.tokens import digest
from gateway.errors import NotSignedIn
from gateway.protocol.entry import AddressFact, Cursor
from gateway.protocol.frames import Forms, Snapshot, Welcome
from gateway.services import expected, forms
from gateway.services.address_facts import facts_of_each
from gateway.services.house import House
from gateway.services.reading import PAGE, snapshot_in, snapshot_of
from gateway.services.sessions import NOT_GOOD
from gateway.services.welcome import Reception
from gateway.services.wire import entry_for
from gateway.store import arrivals
from gateway.store import forms as form_rows
from gateway.store import house as houses
from gateway.store.arrivals import Guest, Key, Ticket
from gateway.store.faces import faces_of
from gateway.store.gathering import Gathering
from gateway.store.tx import Tx, unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Whom a ticket stood for, and their store's rules for sockets."""

    store_id: str
    shopper_id: str
    session: str  #: the hash of the one that bought the ticket
    silence: int  #: microseconds without a word until the socket counts as half-open
    origins: frozenset[str]  #: of the store's pages
    conversation_id: str | None  #: their newest; by now it may be another


@dataclass(frozen=True, slots=True)
class Coming:
    """A tab that was let in, by its store, its shopper and the hash of its session.

    ``resume``: what it holds of the log; None for one that was opened just now and shows nothing.
    """

    key: Key
    heartbeat_ms: int
    resume: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """All that a tab is told; ``snapshot`` of the conversation that ``welcome`` names."""

    welcome: Welcome
    snapshot: Snapshot | None
    forms: Forms | None
    zone: str | None  #: where they live, as far as that is known; None: nobody knows them


class Arrivals:
    """The shoppers' way into this node."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._reading = Gathering(self._read)
        self._connected: frozenset[str] = frozenset()

    async def admit(self, ticket: str) -> Admitted:
        """Trade a shopper's ticket for who it stands for, once.

        Raises:
            NotSignedIn: it was spent, has run out, or was never ours.
        """
        found = await self._house.store.write_together(_admit, (digest(ticket), "shopper"))
        if found is None:
            raise NotSignedIn(NOT_GOOD)
        return found

    async def load(self, coming: Coming) -> Arrived:
        """All that a tab is told.

        Its socket has to be found by its session before, and to follow its conversation: what ends
        the session or grows the log from then on reaches it by itself.

        Raises:
            NotSignedIn: the session has ended since the ticket was bought.
        """
        found = await self._reading.hand_in(self._load, coming, ())
        if found is None:
            raise NotSignedIn
        return found

    async def _read(
        self,
        fn: Callable[[Tx], Sequence[Any]],
        *,
        on: tuple[str, ...],  # a Write
    ) -> Sequence[Any]:
        self._connected = self._house.hub.staff_ids  # here: a reader's thread must not look at it
        return await self._house.store.read(fn)

    def _load(self, tx: Tx, all_coming: Sequence[Coming]) -> list[Arrived | None]:
        found = arrivals.guests(tx, (each.key for each in all_coming))
        guests = {key: guest for key, guest in found.items() if _is_theirs(tx, guest)}
        coming = [each for each in all_coming if each.key in guests]
        usual, connected = expected.kept(self._house), self._connected
        stores = {each.key[0] for each in coming}
        receptions = {each: Reception(tx, self._house, each, connected, usual) for each in stores}
        asking = {each for each in stores if form_rows.newest(tx, each) is not None}
        addresses = _addresses(tx, guests.values())
        snapshots = _snapshots(tx, [(guests[each.key], each.resume) for each in coming])
        arrived = {
            id(each): Arrived(
                welcome=receptions[each.key[0]].welcome(
                    guests[each.key], addresses, each.heartbeat_ms
                ),
                snapshot=snapshot,
                forms=forms.now_in(tx, *each.key[:2], shown=each.resume is not None)
                if each.key[0] in asking
                else None,
                zone=guests[each.key].zone,
            )
            for each, snapshot in zip(coming, snapshots, strict=True)
        }
        return [arrived.get(id(each)) for each in all_coming]


def _admit(tx: Tx, tickets: Sequence[tuple[str, str]]) -> list[Admitted | None]:
    spent = arrivals.spend(tx, tickets)
    good = [each for each in spent if each is not None]
    rules = {each: _rules(tx, each) for each in {ticket.store_id for ticket in good}}
    newest = arrivals.newest_conversations(tx, {(each.store_id, each.person_id) for each in good})

    def admitted(ticket: Ticket) -> Admitted:
        silence, origins = rules[ticket.store_id]
        return Admitted(
            store_id=ticket.store_id,
            shopper_id=ticket.person_id,
            session=ticket.session_hash,
            silence=silence,
            origins=origins,
            conversation_id=newest.get((ticket.store_id, ticket.person_id)),
        )

    return [None if each is None else admitted(each) for each in spent]


def _rules(tx: Tx, store_id: str) -> tuple[int, frozenset[str]]:
    row = houses.store(tx, store_id)
    return houses.policy(tx, row).silence, frozenset(unpack(row.origins))


def _is_theirs(tx: Tx, guest: Guest) -> bool:
    """Whether the session still holds, as ``people.session_shopper`` says it."""
    ends_at = guest.session_ends_at
    return ends_at is not None and ends_at > tx.now and guest.owner_merged_into is None


def _addresses(tx: Tx, guests: Iterable[Guest]) -> dict[str, list[AddressFact]]:
    having: dict[str, list[str]] = {}
    for each in guests:
        if each.has_addresses:
            having.setdefault(each.store_id, []).append(each.shopper_id)
    found: dict[str, list[AddressFact]] = {}
    for store_id, shopper_ids in having.items():
        found |= facts_of_each(tx, store_id, shopper_ids)
    return found


def _snapshots(tx: Tx, shown: Sequence[tuple[Guest, Cursor | None]]) -> list[Snapshot | None]:
    """What follows each one's cursor, else the last page.

    What is short is read for all together. A long absence, or a page of a long log of which the
    shopper sees a part, is read alone: who comes back to it is one of many.
    """
    epoch = houses.epoch(tx)
    asked: dict[tuple[str, str], int] = {}
    for guest, resume in shown:
        since = _since(resume, epoch)
        if guest.conversation_id is not None and guest.last_seq - since <= PAGE:
            name = (guest.store_id, guest.conversation_id)
            asked[name] = min(since, asked.get(name, since))  # another tab may hold more of it
    read = arrivals.entries_since(tx, asked)
    faces = faces_of(tx, (row for rows in read.values() for row in rows))

    def snapshot(guest: Guest, resume: Cursor | None) -> Snapshot | None:
        if guest.conversation_id is None:
            return None
        since = _since(resume, epoch)
        name = (guest.store_id, guest.conversation_id)
        rows = [row for row in read.get(name, ()) if row.seq >= since]
        held = next((row.entry_id for row in rows if row.seq == since), None)
        is_read = guest.last_seq - since <= PAGE
        if not is_read or held != (resume.entry_id if resume and since else None):
            return snapshot_in(tx, *name, "shopper", resume)
        entries = [entry_for("shopper", row, faces) for row in rows if row.seq > since]
        return snapshot_of(guest, epoch, entries, recovered=since > 0)

    return [snapshot(guest, resume) for guest, resume in shown]


def _since(resume: Cursor | None, epoch: int) -> int:
    return resume.seq if resume is not None and resume.epoch == epoch else 0
