"""What search costs: a page of twenty conversations beside the bare query, and a message's rows.

The baseline of a page is the bare statement that brings the same rows to the driver. That of a
message is the whole write of one from a shopper, of which its search row is a part.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import TextClause, insert, text
from sqlmodel import col, delete

from bench.row import ROUNDS, Row, beside_each
from gateway.clock import MINUTE, SECOND, SystemClock
from gateway.core.inbox_order import order_of
from gateway.live.hub import Hub
from gateway.services import receive, searching, setup
from gateway.services.house import House
from gateway.store import house as houses
from gateway.store import people, search_late, search_words
from gateway.store.migrate import upgrade
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import ConversationRow, EntryRow, SearchDueRow, SearchTextRow
from gateway.store.tx import Tx
from gateway.store.written import Written

EACH = 20  #: messages of a conversation
VOCABULARY = 20_000
AT_ONCE = 200  #: conversations
TIMES = 20
TOGETHER = 50  #: shoppers who write at once
#: a word of a few messages, two that are everywhere, a phrase, the start of a word, a filter alone
ASKED = ('"w15000"', '"w0" "w1"', '"w3 w5"', "w150", "is:resolved")
_BARE = text(
    "SELECT s.place, s.about, s.seq, e.body, e.at, c.number, c.last_at, h.name"
    " FROM search_index i CROSS JOIN search_text s ON s.place = i.rowid"
    " JOIN conversation c ON c.store_id = s.store_id AND c.conversation_id = s.about"
    " JOIN entry e ON e.store_id = s.store_id AND e.conversation_id = s.about AND e.seq = s.seq"
    " LEFT JOIN shopper h ON h.store_id = c.store_id AND h.shopper_id = c.shopper_id"
    " WHERE i.search_index MATCH :match AND s.store_id = :store_id ORDER BY i.rowid DESC LIMIT 60"
)
#: A list of as many in the order of an index.
_LISTED = text(
    "SELECT c.*, h.name FROM conversation c"
    " LEFT JOIN shopper h ON h.store_id = c.store_id AND h.shopper_id = c.shopper_id"
    " WHERE c.store_id = :store_id AND :match <> '' ORDER BY c.inbox_order DESC LIMIT 21"
)


def rows(*, quick: bool) -> Iterator[Row]:
    """Pages of answers, and what being found costs whoever writes."""
    yield from asyncio.run(_rows(20_000 if quick else 200_000, 3 if quick else ROUNDS))


async def _rows(messages: int, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=".") as home:
        path = Path(home) / "onethread.db"
        await upgrade(f"sqlite:///{path}")
        clock = SystemClock()
        store = SqliteStore(path, clock)
        house = House(
            store=store,
            clock=clock,
            hub=Hub(),
            channels={},
            secrets=(b"a secret of the bench, 32 bytes long",),
            base_url="http://127.0.0.1",
            node_id="bench",
        )
        try:
            return await _measured(house, messages, rounds)
        finally:
            await store.aclose()


async def _measured(house: House, messages: int, rounds: int) -> list[Row]:
    store_id = await setup.ensure_store(
        house.store, setup.NewStore(key="acme", name="Acme", origins=())
    )
    await setup.add_agent(house.store, email="ada@acme.example", name="Ada", password="x" * 12)
    ada = await house.store.read(lambda tx: houses.agents(tx)[0].agent_id)
    drawn = random.Random(7)  # noqa: S311  # words, no secrets
    for first in range(0, messages // EACH, AT_ONCE):
        await house.store.write(partial(_fill, store_id=store_id, drawn=drawn, first=first))
    found = []
    for query in ASKED:
        bare = _LISTED if query.startswith("is:") else _BARE
        taken = await _beside(house, store_id, ada, query, bare, rounds)
        found.append(
            beside_each(
                f"search {query} in {messages:,} messages, beside the bare query",
                [(one / TIMES * 1_000, other / TIMES * 1_000) for one, other in taken],
                unit="ms",
                must=3,
                aim=2,
                lower=True,
                database="sqlite",
            )
        )
    share = await _share_of_a_message(house, store_id, rounds)
    found.append(
        Row(
            name="what a message leaves for search, of its whole write",
            value=round(100 * share, 1),
            unit="%",
            baseline=100,
            must=10,
            aim=5,
            rounds=rounds,
            database="sqlite",
        )
    )
    return found


async def _beside(
    house: House, store_id: str, ada: str, query: str, statement: TextClause, rounds: int
) -> list[tuple[float, float]]:
    # The processor's time: what else the machine does would count for both, but not alike.
    match = query.replace('" "', '" AND "') if '"' in query else f'"{query}" *'

    def bare(tx: Tx) -> object:
        given = {"match": match, "store_id": store_id}
        return tx.session.connection().execute(statement, given).all()

    pairs = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(TIMES):
            await searching.search_for(house, ada, query)
        between = time.process_time()
        for _ in range(TIMES):
            await house.store.read(bare)
        pairs.append((between - begun, time.process_time() - between))
    return pairs


async def _share_of_a_message(house: House, store_id: str, rounds: int) -> float:
    drawn = random.Random(8)  # noqa: S311  # words, no secrets
    people_ = [await house.store.write(partial(_new, store_id=store_id)) for _ in range(TOGETHER)]
    shares = []
    for n in range(rounds + 1):
        begun = time.process_time()
        await asyncio.gather(
            *(
                receive.from_shopper(house, store_id, each, cmid=f"{n}", body=_words(drawn))
                for each in people_
            )
        )
        whole = time.process_time() - begun
        if n > 0:  # the first opens their conversations
            shares.append(await house.store.write(partial(_marking, store_id=store_id)) / whole)
    return median(shares)


def _new(tx: Tx, store_id: str) -> str:
    return people.new_shopper(tx, store_id, language="en").shopper_id


def _marking(tx: Tx, store_id: str) -> float:
    """Seconds of the processor that it takes to mark as many as wrote together."""
    rows = [
        Written(
            store_id=store_id,
            conversation_id=f"marked{n}",
            seq=1,
            entry_id="",
            prev=0,
            at=tx.now,
            author_id="",
            author_name="",
            cmid="",
            body="",
        )
        for n in range(TOGETHER)
    ]
    connection = tx.session.connection()
    begun = time.thread_time()
    search_late.mark(connection, rows)
    took = time.thread_time() - begun
    tx.session.exec(delete(SearchDueRow).where(col(SearchDueRow.store_id) == store_id))
    return took


def _fill(tx: Tx, store_id: str, drawn: random.Random, first: int) -> None:
    """Conversations of shoppers who wrote a minute apart."""
    logs, entries, found = [], [], []
    for n in range(first, first + AT_ONCE):
        log = ConversationRow(
            store_id=store_id,
            conversation_id=f"c{n:08}",
            number=n,
            shopper_id=f"s{n:08}",
            state="resolved",
            last_seq=EACH,
            last_all=EACH,
            last_at=tx.now + n * MINUTE,
            created_at=tx.now + n * MINUTE,
        )
        log.inbox_order = order_of(state=log.state, last_at=log.last_at, waiting_since=None)
        logs.append(log.model_dump())
        for seq in range(1, EACH + 1):
            entry = EntryRow(
                store_id=store_id,
                conversation_id=log.conversation_id,
                seq=seq,
                entry_id=f"e{n:08}{seq:03}",
                prev=seq - 1,
                at=log.created_at + seq * SECOND,
                kind="message",
                audience="all",
                side="shopper",
                author_id=log.shopper_id,
                author_name="",
                channel="chat",
                body=_words(drawn),
            )
            entries.append(entry.model_dump())
            found.append(
                {
                    "store_id": store_id,
                    "about": log.conversation_id,
                    "seq": seq,
                    "kind": "entry",
                    "place": search_words.first_place(entry.at),
                    "words": search_words.written(search_words.words_of_entry(entry), "sqlite"),
                }
            )
    for table, values in ((ConversationRow, logs), (EntryRow, entries), (SearchTextRow, found)):
        tx.session.connection().execute(insert(table), values)


def _words(drawn: random.Random) -> str:
    """As many words as people write, a few of them everywhere and most of them rare."""
    many = drawn.randint(5, 25)
    return " ".join(f"w{int(VOCABULARY ** drawn.random()) - 1}" for _ in range(many))
