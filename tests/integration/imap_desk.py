"""A house that reads a mailbox: the product's reader and books, with a bell for whoever watches."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio
from sqlmodel import select
from typing_extensions import override

from gateway.channels.email.imap import MailboxReader
from gateway.channels.email.imap_url import place_from
from gateway.clock import SystemClock
from gateway.live.hub import Hub
from gateway.services import setup
from gateway.services.house import House
from gateway.services.mailboxes import MailboxBooks
from gateway.settings import read_settings
from gateway.store.tables import InboundRow, MailboxRow
from gateway.store.tx import Store, Tx

if TYPE_CHECKING:
    from gateway.channels.email.imap_bookmark import Bookmark
    from gateway.channels.email.imap_books import State
    from tests.integration.imap_server import ImapServer

MAILBOX, DOMAIN = "help@shoes.example", "in.shoes.example"
VERA = "vera@shopper.example"
PATIENCE = 45.0  #: seconds, on a machine with other work


class PausedClock(SystemClock):
    """A clock on which nobody wakes by himself: ``pass_on`` wakes all who sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []
        self._woken = asyncio.Event()
        self._asleep = asyncio.Condition()
        self._skipped = 0.0

    @override
    async def sleep(self, seconds: float) -> None:
        woken = self._woken
        async with self._asleep:
            self.slept.append(seconds)
            self._asleep.notify_all()
        await woken.wait()

    @override
    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    async def pause(self, *, after: int = 0, but: tuple[float, ...] = (20.0,)) -> float:
        """The next sleep after the first ``after``, other than the lease's."""
        async with self._asleep:
            with anyio.fail_after(PATIENCE):
                while True:
                    found = [each for each in self.slept if each not in but][after:]
                    if found:
                        return found[0]
                    await self._asleep.wait()

    def pass_on(self, seconds: float = 0.0) -> None:
        """Let everybody's sleep be over, and time-outs see so many seconds pass."""
        self._skipped += seconds
        self._woken.set()
        self._woken = asyncio.Event()


@dataclass(frozen=True, slots=True)
class WatchedBooks(MailboxBooks):
    """The product's books; a test hears of every move, and may break one."""

    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    states: list[str] = field(default_factory=list)
    telling: list[asyncio.Task[None]] = field(default_factory=list)
    #: raises what is to go wrong at the moment that it names
    breaks: Callable[[str, bytes], None] = lambda moment, raw: None

    @override
    async def keep(self, raw: bytes) -> bool:
        self.breaks("keep", raw)
        kept = await MailboxBooks.keep(self, raw)
        self.breaks("kept", raw)
        return kept

    @override
    async def mark(self, bookmark: Bookmark) -> None:
        self.breaks("mark", b"")
        await MailboxBooks.mark(self, bookmark)
        await self._tell()

    @override
    def now_is(self, state: State) -> None:
        MailboxBooks.now_is(self, state)
        self.states.append(f"{state.name} {state.kind}".strip())
        self.telling.append(asyncio.create_task(self._tell()))

    async def _tell(self) -> None:
        async with self.moved:
            self.moved.notify_all()


@dataclass
class Desk:
    """One gateway's reader, running."""

    house: House
    books: WatchedBooks
    reader: MailboxReader
    clock: PausedClock
    task: asyncio.Task[None] | None = None
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    async def rows(self) -> list[InboundRow]:
        """The mails on disk, oldest first."""

        def look(tx: Tx) -> list[InboundRow]:
            found = tx.session.exec(select(InboundRow)).all()
            return sorted(found, key=lambda row: (row.received_at, row.inbound_key))

        return await self.house.store.read(look)

    async def words(self) -> list[str]:
        """What the mails on disk say, in the order of the alphabet."""
        return sorted(
            row.raw.rpartition(b"\r\n\r\n")[2].decode().strip() for row in await self.rows()
        )

    async def bookmark(self) -> MailboxRow:
        """The mailbox's row."""

        def look(tx: Tx) -> MailboxRow | None:
            return tx.session.get(MailboxRow, self.books.name)

        return await self.house.store.read(look) or MailboxRow(name=self.books.name)

    async def has(self, *words: str) -> None:
        """Wait until exactly these mails are on disk."""
        async with self.books.moved:
            with anyio.fail_after(PATIENCE):
                while await self.words() != sorted(words):
                    await self.books.moved.wait()

    async def read_to(self, uid: int) -> None:
        """Wait until the bookmark stands behind a mail."""
        async with self.books.moved:
            with anyio.fail_after(PATIENCE):
                while (await self.bookmark()).last_uid < uid:
                    await self.books.moved.wait()

    async def is_now(self, state: str, times: int = 1) -> None:
        """Wait until it was in this state so many times."""
        async with self.books.moved:
            with anyio.fail_after(PATIENCE):
                while self.books.states.count(state) < times:
                    await self.books.moved.wait()

    def start(self) -> None:
        """The gateway begins."""

        async def run() -> None:
            with self.scope:
                await self.reader.run()

        self.task = asyncio.create_task(run())

    async def stop(self) -> None:
        """The gateway is told to stop."""
        task, self.task = self.task, None
        if task is not None:
            self.scope.cancel()
            with anyio.fail_after(PATIENCE):
                await asyncio.wait([task])


def desk_at(
    house: House,
    server: ImapServer | None,
    *,
    folder: str = "INBOX",
    url: str = "",
    breaks: Callable[[str, bytes], None] | None = None,
    most_bytes: int | None = None,
) -> Desk:
    """A reader as ``bootstrap`` makes it, on a clock that the test moves; not started."""
    where = server.url(folder) if server is not None and not url else url
    place = place_from(read_settings(imap_url=where))
    assert place is not None
    clock = PausedClock()
    books = WatchedBooks(house, place.name, place.user)
    if breaks is not None:
        books = replace(books, breaks=breaks)
    more = {} if most_bytes is None else {"most_bytes": most_bytes}
    return Desk(house, books, MailboxReader(place, books, clock, **more), clock)


@contextlib.asynccontextmanager
async def reading(desk: Desk) -> AsyncIterator[Desk]:
    """Run it; stopped at the end."""
    desk.start()
    try:
        yield desk
    finally:
        await desk.stop()


async def a_house(store: Store, clock: SystemClock, node_id: str = "node1") -> House:
    """A house with one store that has a mail address."""
    await setup.ensure_store(
        store,
        setup.NewStore(
            key="pk_shoes", name="Shoes", origins=(), mail_from=MAILBOX, mail_domain=DOMAIN
        ),
    )
    return House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"s" * 32,),
        base_url="http://127.0.0.1:8080",
        node_id=node_id,
    )


def letter(words: str, *, to: str = MAILBOX, more: str = "") -> bytes:
    """A mail of Vera's with a Message-ID of its own."""
    head = f"From: Vera <{VERA}>\r\nTo: {to}\r\nSubject: Shoes\r\n{more}"
    return (
        f"{head}Message-ID: <{words.replace(' ', '.')}@shopper.example>\r\n\r\n{words}\r\n".encode()
    )
