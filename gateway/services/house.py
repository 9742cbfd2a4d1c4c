"""What every service works with, and the one way to change something and then tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import anyio

from gateway.channels.email.authenticity import SenderCheck
from gateway.channels.port import Channel, MediaSource, TextListing
from gateway.channels.push.hosts import PushHosts
from gateway.clock import SECOND, Clock
from gateway.files.shelf import Shelf
from gateway.live.hub import Bell, Hub
from gateway.live.socket import told
from gateway.protocol.entry import Wire
from gateway.protocol.session import PER_SECOND
from gateway.services import metrics
from gateway.services.wire import entry_for, is_alike
from gateway.store import reaching, thread
from gateway.store.faces import faces_of
from gateway.store.tables import ConversationRow, EntryRow, ReachRow
from gateway.store.tx import On, Store, Tx
from gateway.store.written import Written

T = TypeVar("T")
LOOK_AGAIN = 2.0  #: seconds at most between the clockwork's looks: finds what no bell told


class Doorbell:
    """Wakes whoever waits for work; a ring while nobody waits is not lost."""

    def __init__(self) -> None:
        self._rung = anyio.Event()

    def ring(self) -> None:
        """There may be work."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Until it rings, or at most so long."""
        with anyio.move_on_after(seconds):
            await self._rung.wait()
        self._rung = anyio.Event()


@dataclass(slots=True)
class Change:
    """One transaction's work and what is to be told once it is committed."""

    tx: Tx
    grown: dict[str, tuple[ConversationRow, list[EntryRow]]] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, Wire]] = field(default_factory=list)  #: frames, each for one agent
    work: bool = False
    faces: dict[str, str] = field(default_factory=dict)  #: of agents who wrote, by agent

    def append(self, conversation: ConversationRow, draft: thread.Draft) -> EntryRow:
        """Append to the log and remember to ring."""
        row = thread.append(self.tx, conversation, draft)
        self.grown.setdefault(conversation.conversation_id, (conversation, []))[1].append(row)
        if row.side == "staff":
            self.faces |= faces_of(self.tx, (row,))
        self.touch(conversation)
        return row

    def touch(self, conversation: ConversationRow) -> None:
        """Something that consoles show of this conversation has changed."""
        self.touched[conversation.conversation_id] = conversation.store_id

    def wake(self, conversation: ConversationRow, side: str, *, due_at: int | None = None) -> None:
        """The wake rule: look again at this side now (or at ``due_at``), if anything is open.

        What was merged is looked at where it goes on.
        """
        conversation = thread.end_of(self.tx, conversation)
        row = reaching.reach(self.tx, conversation, side)
        if row.head_seq <= row.seen_seq:
            return
        due = self.tx.now if due_at is None else due_at
        if row.state == "waiting" and row.due_at is not None:
            due = min(due, row.due_at)
        row.state, row.due_at = "waiting", due
        self.tx.session.add(row)
        self.look_by(due)
        self.touch(conversation)

    def look_by(self, due_at: int) -> None:
        """Wake the clockwork if this is soon (microseconds UTC)."""
        self.work = self.work or _is_soon(due_at, self.tx.now)

    def settle(self, row: ReachRow) -> None:
        """Nothing is left to bring to this side."""
        row.state, row.due_at, row.decision_id = "settled", None, None
        self.tx.session.add(row)


@dataclass(frozen=True, slots=True)
class House:
    """The running installation: what ``bootstrap`` built, handed to every service."""

    store: Store
    clock: Clock
    hub: Hub
    channels: Mapping[str, Channel]
    secrets: tuple[bytes, ...]  #: the first signs, all are accepted
    base_url: str
    node_id: str
    files: Shelf | None = None  #: a house without one takes no files
    frame_rate: float = PER_SECOND  #: frames a second that a socket may send over time
    lease: float = 60.0  #: seconds a hand-over may take; longer than any provider's time-out
    #: who really wrote a mail; without it nothing shows that
    senders: SenderCheck | None = None
    #: fetches what came along with a text; without it that is only told of
    media: MediaSource | None = None
    #: tells of texts whose webhook never came; without it those stay unknown
    listing: TextListing | None = None
    #: whose push services a browser's subscription may name
    push_hosts: PushHosts = field(default_factory=PushHosts)
    #: set when the clockwork may have something to do
    work: Doorbell = field(default_factory=Doorbell)
    #: set when a webhook was kept, which is to be understood at once
    heard: Doorbell = field(default_factory=Doorbell)
    #: conversations whose consoles are to be refreshed: conversation_id → store_id
    stale: dict[str, str] = field(default_factory=dict)
    #: those of them to which nothing but a plain message has come
    grown: dict[str, str] = field(default_factory=dict)
    refresh: Doorbell = field(default_factory=Doorbell)
    #: held from reading to telling, so that nothing older is told after what is newer
    telling: anyio.Lock = field(default_factory=anyio.Lock)

    @property
    def untold(self) -> int:
        """How many conversations have changed that consoles have not been told of yet.

        While some are being told of and nothing else waits, 1.
        """
        return len(self.stale.keys() | self.grown.keys()) or int(self.telling.locked())

    async def change(self, fn: Callable[[Change], T], *, on: On = None) -> T:
        """Run ``fn`` in one transaction; after the commit, never before, ring and wake."""

        def run(tx: Tx) -> tuple[T, Change]:
            change = Change(tx)
            return fn(change), change

        result, change = await self.store.write(run, on=on)
        self.tell(change)
        return result

    def tell(self, change: Change) -> None:
        """Ring the bells of what was committed, and wake the clockwork."""
        for conversation, rows in change.grown.values():
            self._ring(rows, conversation.last_seq, conversation.last_all, change.faces)
        for agent_id, frame in change.told:
            self.hub.tell_person("staff", agent_id, frame)
        if change.touched:
            self.stale.update(change.touched)
            self.refresh.ring()
        if change.work:
            self.work.ring()

    def tell_of(self, row: Written, due_at: int | None) -> None:
        """The same of a message that was taken as it is.

        ``due_at``: when its conversation is to be looked at, if that is another instant now.
        """
        self._ring([row], row.seq, row.seq, {})
        if row.conversation_id not in self.stale:
            self.grown[row.conversation_id] = row.store_id
        self.refresh.ring()
        if due_at is not None and _is_soon(due_at, row.at):
            self.work.ring()

    def _ring(
        self,
        rows: Sequence[EntryRow] | Sequence[Written],
        last_seq: int,
        last_all: int,
        faces: Mapping[str, str],
    ) -> None:
        metrics.count(rows)
        first = rows[0]
        heard_by = self.hub.heard_by(first.conversation_id)
        if heard_by:
            name = first.conversation_id
            staff = told(name, (entry_for("staff", row, faces) for row in rows))
            theirs = staff
            if "shopper" in heard_by and not all(map(is_alike, rows)):
                seen = (row for row in rows if row.audience == "all")
                theirs = told(name, (entry_for("shopper", row, faces) for row in seen))
            self.hub.ring(Bell(first.store_id, name, last_seq, last_all, staff, theirs))


def _is_soon(due_at: int, now: int) -> bool:
    """Whether the clockwork's own next look might come too late for this."""
    return due_at < now + LOOK_AGAIN * SECOND
