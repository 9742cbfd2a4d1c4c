"""A polled mailbox: its mails go where the listener's go, its bookmark is kept in the database.

One gateway at a time reads a mailbox; every move of the bookmark asks again whose it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge
from typing_extensions import override

from gateway.channels.email.imap import MailboxReader
from gateway.channels.email.imap_bookmark import Bookmark
from gateway.channels.email.imap_books import Books, NotHeld, State
from gateway.channels.email.imap_envelope import named_in, sender_in, with_line_ends
from gateway.channels.email.imap_url import place_from
from gateway.channels.email.listener import Envelope
from gateway.clock import MINUTE
from gateway.services import mail_intake
from gateway.services.house import Change, House
from gateway.services.unreadable_mails import set_aside
from gateway.settings import Settings
from gateway.store import house as houses
from gateway.store import mailboxes
from gateway.store.tables import InboundRow, MailboxRow, StoreRow
from gateway.store.tx import Tx, pack

log = structlog.get_logger(__name__)

T = TypeVar("T")

LEASE = MINUTE
UNTOLD = MINUTE  #: a lost connection is nobody's business while the next attempt may mend it
PASSING = {"lost", "unreachable", "declined"}

READING = Gauge("onethread_mailbox_reading", "1 while this gateway reads the mailbox.")
TROUBLES = Counter("onethread_mailbox_troubles", "Why the mailbox could not be read.", ["kind"])
MAILS = Counter("onethread_mailbox_mails", "Mails found in the mailbox.", ["outcome"])


@dataclass(frozen=True, slots=True)
class MailboxBooks(Books):
    """The database's side of one mailbox; ``address`` is what a mail without a name is for."""

    house: House
    name: str
    address: str

    @override
    async def hold(self) -> Bookmark | None:
        house = self.house

        def work(tx: Tx) -> Bookmark | None:
            alone = house.store.dialect == "sqlite"
            row = mailboxes.hold(tx, self.name, house.node_id, LEASE, alone=alone)
            return _bookmark(row) if row is not None else None

        return await self._write(work)

    @override
    async def let_go(self) -> None:
        def work(tx: Tx) -> None:
            row = mailboxes.held(tx, self.name, self.house.node_id)
            if row is not None:
                row.holder, row.lease_until = None, tx.now
                tx.session.add(row)

        await self._write(work)

    @override
    async def mark(self, bookmark: Bookmark) -> None:
        def work(tx: Tx) -> None:
            row = mailboxes.held(tx, self.name, self.house.node_id)
            if row is None:
                raise NotHeld
            for name, value in asdict(bookmark).items():
                setattr(row, name, value)
            tx.session.add(row)

        await self._write(work)

    @override
    async def has_readers(self) -> bool:
        return bool(await self.house.store.read(_with_mail))

    @override
    async def keep(self, raw: bytes) -> bool:
        raw = with_line_ends(raw)
        named = [each for each in named_in(raw) if await mail_intake.accepts(self.house, each)]
        home = None if named else await self.house.store.read(self._home)
        if home is not None and home.mail_from:
            named = [home.mail_from]
        if not named:
            # It stays unread in the mailbox, where somebody may find it.
            MAILS.labels("for_nobody").inc()
            log.warning("mailbox.for_nobody")
            return False
        envelope = Envelope(sender=sender_in(raw), recipients=tuple(named), raw=raw, peer="")
        await mail_intake.keep(self.house, envelope)
        MAILS.labels("stored").inc()
        return True

    @override
    async def set_aside(self, raw: bytes, number: str, why: str) -> None:
        """Nothing of it is read: reading it may be what failed."""
        key = hashlib.sha256(raw or f"{self.name} {number}".encode()).hexdigest()

        def work(change: Change) -> None:
            tx = change.tx
            store = self._home(tx) or _with_mail(tx)[0]
            if tx.session.get(InboundRow, (store.store_id, f"sha256:{key}")) is not None:
                return
            row = InboundRow(
                store_id=store.store_id,
                inbound_key=f"sha256:{key}",
                channel=mail_intake.CHANNEL,
                envelope=pack({"sender": "", "recipients": [], "peer": ""}),
                raw=raw,
                due_at=tx.now,
                received_at=tx.now,
            )
            set_aside(change, row, why)

        await self.house.change(work, on=f"mail:{key}")
        MAILS.labels("set_aside").inc()

    @override
    def now_is(self, state: State) -> None:
        READING.set(state.name == "reading")
        if state.kind:
            TROUBLES.labels(state.kind).inc()

    def _home(self, tx: Tx) -> StoreRow | None:
        """The store for mail that names nobody: whose address the mailbox is, else the only one."""
        ours = _with_mail(tx)
        mine = [row for row in ours if (row.mail_from or "").lower() == self.address.lower()]
        if mine:
            return mine[0]
        return ours[0] if len(ours) == 1 else None

    async def _write(self, work: Callable[[Tx], T]) -> T:
        return await self.house.store.write(work, on=f"mailbox:{self.name}")


def mailbox_of(settings: Settings, house: House) -> MailboxReader | None:
    """What reads the mailbox that the settings name, if any; not started.

    Raises:
        Misconfigured: the mailbox's address cannot be used.
    """
    place = place_from(settings)
    if place is None:
        return None
    return MailboxReader(place, MailboxBooks(house, place.name, place.user), house.clock)


def wrong_with(reader: MailboxReader | None, now: int) -> dict[str, str]:
    """What keeps the mailbox from being read, if that has lasted; another gateway's is not ours."""
    if reader is None or reader.state.name != "in_trouble":
        return {}
    if reader.state.kind in PASSING and now - reader.state.since < UNTOLD:
        return {}
    return {"mailbox": reader.state.words}


def _with_mail(tx: Tx) -> list[StoreRow]:
    return [row for row in houses.stores(tx) if row.mail_from or row.mail_domain]


def _bookmark(row: MailboxRow) -> Bookmark:
    return Bookmark(**{each.name: getattr(row, each.name) for each in fields(Bookmark)})
