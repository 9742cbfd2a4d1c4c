"""The newest page of a conversation and a page of the inbox, beside the bare queries of their rows.

Two houses stand side by side, one of which keeps a hundred times as much: what somebody looks at
costs what it shows, whatever else there is. Rows are made by the database itself; nobody is
measured while they are.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.row import ROUNDS, Row, beside_each
from gateway import bootstrap
from gateway.clock import SECOND, SystemClock
from gateway.core.inbox_order import order_of
from gateway.live.hub import Hub
from gateway.protocol.inbox import Narrowed
from gateway.services import inboxes, reading, setup
from gateway.services.house import House
from gateway.settings import read_settings
from gateway.store import house as houses
from gateway.store.migrate import upgrade
from gateway.store.tables import ConversationRow, EntryRow, ShopperRow
from gateway.store.tables.columns import Row as TableRow
from gateway.store.tx import Tx

EACH = 20  #: messages of a conversation
LONG = 10  #: conversations that are longer than a page
OF_A_LONG_ONE = 200
TIMES = 20
AT_ONCE = 100_000  #: rows of one transaction
MUST, AIM = 3.0, 2.0  #: times the bare query
MUST_GROW, AIM_GROW = 2.0, 1.3  #: times what it takes in the small house
_LATEST = text(
    "SELECT * FROM entry WHERE store_id = :store_id AND conversation_id = :conversation_id"
    " ORDER BY seq DESC LIMIT 50"
)
_INBOX = text(
    "SELECT c.*, h.*, p.* FROM conversation c"
    " LEFT JOIN shopper h ON h.store_id = c.store_id AND h.shopper_id = c.shopper_id"
    " LEFT JOIN presence p ON p.store_id = c.store_id AND p.side = 'shopper'"
    " AND p.person_id = c.shopper_id"
    " WHERE c.store_id = :store_id AND c.inbox_order < :end"
    " ORDER BY c.inbox_order, c.conversation_id LIMIT 101"
)
_NUMBERS = (
    "WITH RECURSIVE n (n) AS (SELECT CAST(:first AS bigint) UNION ALL"
    " SELECT n + 1 FROM n WHERE n < :last)"
)

Taken = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A house with so many messages in it."""

    house: House
    store_id: str
    ada: str

    async def latest(self) -> None:
        """The newest page of a conversation, as an agent's console is sent it."""
        await reading.snapshot(self.house, self.store_id, _named(3), "staff")

    async def bare_latest(self) -> None:
        """Its rows."""
        await self._ask(_LATEST, conversation_id=_named(3))

    async def inbox(self) -> None:
        """A page of the open ones, each with what is unread in it."""
        await inboxes.page(self.house, self.ada, Narrowed(view="open"))

    async def bare_inbox(self) -> None:
        """Its rows."""
        await self._ask(_INBOX, end=order_of(state="open", last_at=0, waiting_since=None))

    async def _ask(self, statement: Any, **given: object) -> None:  # noqa: ANN401  # a text's type
        def work(tx: Tx) -> None:
            tx.session.connection().execute(statement, {"store_id": self.store_id, **given}).all()

        await self.house.store.read(work)


def rows(
    *, quick: bool, urls: tuple[str, str] = ("", ""), database: str = "sqlite"
) -> Iterator[Row]:
    """Both pages beside the bare query, and in the large house beside the small one."""
    sizes = (10_000, 100_000 if quick else 1_000_000)
    rounds = 3 if quick else ROUNDS
    for name, beside, taken in asyncio.run(_asked(sizes, urls, rounds)):
        grows = beside is None
        yield beside_each(
            f"{name} of {sizes[1]:,}, beside {sizes[0]:,}" if grows else f"{name}, beside {beside}",
            [(one * 1_000, other * 1_000) for one, other in taken],
            unit="ms",
            must=MUST_GROW if grows else MUST,
            aim=AIM_GROW if grows else AIM,
            lower=True,
            database=database,
        )


async def _asked(
    sizes: tuple[int, int], urls: tuple[str, str], rounds: int
) -> list[tuple[str, str | None, Taken]]:
    async with AsyncExitStack() as stack:
        small, large = [
            await _kept(stack, size, url) for size, url in zip(sizes, urls, strict=True)
        ]
        found: list[tuple[str, str | None, Taken]] = []
        for name, work, bare in (
            ("latest 50 of a conversation", Kept.latest, Kept.bare_latest),
            ("inbox page with unread counts", Kept.inbox, Kept.bare_inbox),
        ):
            beside = [(await _spent(work, large), await _spent(bare, large)) for _ in range(rounds)]
            grown = [(await _spent(work, large), await _spent(work, small)) for _ in range(rounds)]
            found += [(name, "the bare query", beside), (name, None, grown)]
    return found


async def _spent(work: Callable[[Kept], Awaitable[None]], kept: Kept) -> float:
    """Seconds of the processor for one; what else the machine does does not count."""
    await work(kept)
    gc.collect()
    begun = time.process_time()
    for _ in range(TIMES):
        await work(kept)
    return (time.process_time() - begun) / TIMES


async def _kept(stack: AsyncExitStack, messages: int, url: str) -> Kept:
    home = stack.enter_context(
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True)
    )
    clock = SystemClock()
    settings = read_settings(data=Path(home), **({"database_url": url} if url else {}))
    await upgrade(settings.database)
    store = await stack.enter_async_context(bootstrap.opened(settings, clock))
    house = House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"a secret of the bench, 32 bytes long",),
        base_url="http://127.0.0.1",
        node_id="bench",
    )
    store_id = await setup.ensure_store(store, setup.NewStore(key="acme", name="Acme", origins=()))
    await setup.add_agent(store, email="ada@acme.example", name="Ada", password="x" * 12)
    ada = await store.read(lambda tx: houses.agents(tx)[0].agent_id)
    conversations = LONG + (messages - LONG * OF_A_LONG_ONE) // EACH
    for table, given, drawn, last in _tables(store_id, clock.now(), conversations):
        for first in range(0, last, AT_ONCE):
            until = min(first + AT_ONCE, last) - 1
            await store.write(
                lambda tx, table=table, given=given, drawn=drawn, first=first, until=until: _fill(  # type: ignore[misc]
                    tx, table, given, drawn, first, until
                )
            )
    return Kept(house=house, store_id=store_id, ada=ada)


def _named(number: int) -> str:
    return f"c{10_000_000 + number}"


def _tables(
    store_id: str, now: int, conversations: int
) -> Iterator[tuple[type[TableRow], TableRow, Mapping[str, str], int]]:
    """What is put where: a row, the columns that differ from it by ``n``, and how many."""
    about, shopper = "'c' || (10000000 + {n})", "'s' || (10000000 + {n})"
    yield (
        ShopperRow,
        ShopperRow(store_id=store_id, shopper_id="", name="Vera", created_at=now),
        {"shopper_id": shopper.format(n="n")},
        conversations,
    )
    answered = order_of(state="open", last_at=0, waiting_since=None)
    resolved = order_of(state="resolved", last_at=0, waiting_since=None)
    last_at = f"{now} + n * {SECOND}"
    yield (
        ConversationRow,
        ConversationRow(
            store_id=store_id,
            conversation_id="",
            number=0,
            shopper_id="",
            last_at=now,
            created_at=now,
            preview="And when will it come, do you think?",
            last_seq=EACH,
            last_all=EACH,
        ),
        {
            "conversation_id": about.format(n="n"),
            "shopper_id": shopper.format(n="n"),
            "number": "n + 1",
            "last_at": last_at,
            "state": "CASE WHEN n % 2 = 0 THEN 'open' ELSE 'resolved' END",
            "unread": "CASE WHEN n % 4 = 0 THEN 3 ELSE 0 END",
            "waiting_since": f"CASE WHEN n % 4 = 0 THEN {last_at} ELSE NULL END",
            "inbox_order": f"CASE WHEN n % 4 = 0 THEN {last_at} WHEN n % 2 = 0"
            f" THEN {answered} - ({last_at}) ELSE {resolved} - ({last_at}) END",
        },
        conversations,
    )
    long = LONG * OF_A_LONG_ONE
    of = f"CASE WHEN n < {long} THEN n / {OF_A_LONG_ONE} ELSE {LONG} + (n - {long}) / {EACH} END"
    seq = f"CASE WHEN n < {long} THEN n % {OF_A_LONG_ONE} ELSE (n - {long}) % {EACH} END"
    yield (
        EntryRow,
        EntryRow(
            store_id=store_id,
            conversation_id="",
            seq=0,
            entry_id="",
            prev=0,
            at=now,
            kind="message",
            audience="all",
            side="shopper",
            author_id="",
            author_name="",
            channel="chat",
            body="Where is my parcel? It should have been here on Monday already.",
        ),
        {
            "conversation_id": about.format(n=f"({of})"),
            "author_id": shopper.format(n=f"({of})"),
            "seq": f"{seq} + 1",
            "prev": seq,
            "entry_id": "'e' || (10000000 + n)",
            "at": f"{now} + n * {SECOND}",
        },
        long + (conversations - LONG) * EACH,
    )


def _fill(
    tx: Tx,
    table: type[TableRow],
    given: TableRow,
    drawn: Mapping[str, str],
    first: int,
    last: int,
) -> None:
    values = {name: each for name, each in given.model_dump().items() if each is not None}
    values = {name: each for name, each in values.items() if name not in drawn}
    columns = [*drawn, *values]
    # Constants of this module: nothing of it comes from outside.
    chosen = ", ".join([*drawn.values(), *(_literal(each) for each in values.values())])
    statement = (
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"  # noqa: S608
        f" {_NUMBERS} SELECT {chosen} FROM n"
    )
    tx.session.connection().execute(text(statement), {"first": first, "last": last})


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"
