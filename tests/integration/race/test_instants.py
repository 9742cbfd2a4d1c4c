"""Ada answers in the instant in which Vera's tab closes, and Vera comes back; by real sockets."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select
from websockets.asyncio.client import connect
from websockets.typing import Origin

from gateway.clock import SECOND, ClockFile
from gateway.store import people, reaching, thread
from gateway.store.tables import EntryRow
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.race.processes import (
    EMAIL,
    KEY,
    PASSWORD,
    Town,
    open_town,
    phone,
    proven,
    until,
)
from tests.integration.web_gateway import Line, cmid

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

READING = {"panel": True, "visible": True, "focus": True}
QUESTION, ANSWER = "Is the blue one back?", "Yes, in 38."
ORDERS = list(itertools.product(("answer", "close"), ("aborts", "says goodbye")))
EACH = 3  #: shoppers for each order and each way to close a tab
SILENCE = 600  #: seconds of silence: these tabs answer no ping
DELAY, DEADLINE = 60, 600  #: seconds; the test lets them pass by moving the gateway's clock


@pytest.fixture
async def town(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(postgresql_url, tmp_path) as built:
        yield built


@dataclass(frozen=True, slots=True)
class Doors:
    """How people come to a gateway that is a process of its own."""

    origin: str
    http: httpx2.AsyncClient

    async def posts(self, path: str, body: object, **headers: str) -> httpx2.Response:
        answer = await self.http.post(path, json=body, headers={"Origin": self.origin, **headers})
        assert answer.status_code == 200, answer.text
        return answer

    @asynccontextmanager
    async def line(self, path: str, ticket: str) -> AsyncIterator[Line]:
        """A socket that was welcomed."""
        async with connect(
            self.origin.replace("http", "ws", 1) + path,
            origin=Origin(self.origin),
            compression=None,
            ping_interval=None,
            close_timeout=1,
            proxy=None,
        ) as connection:
            line = Line(connection)
            await line.say("hello", ticket=ticket, **({} if "agent" in path else {"resume": None}))
            await line.hear("welcome")
            yield line

    @asynccontextmanager
    async def console(self) -> AsyncIterator[Line]:
        """Ada's."""
        signed = await self.posts("/api/login", {"email": EMAIL, "password": PASSWORD})
        cookie = signed.headers["set-cookie"].partition(";")[0]
        known = {"Cookie": cookie, "X-Onethread-CSRF": signed.json()["csrf"]}
        ticket = (await self.posts("/api/ticket", None, **known)).json()["ticket"]
        async with self.line("/ws/agent", ticket) as line:
            yield line

    @asynccontextmanager
    async def tab(self, session: str | None = None) -> AsyncIterator[tuple[Line, dict[str, Any]]]:
        """A tab with the panel open and in sight, and what its browser was given."""
        visit = (await self.posts("/widget/session", {"key": KEY, "session": session})).json()
        async with self.line("/ws/shopper", visit["ticket"]) as line:
            await line.say("tab", **READING)
            yield line, visit


@asynccontextmanager
async def open_doors(town: Town) -> AsyncIterator[Doors]:
    """Start the gateway."""
    await town.serves()
    origin = f"http://127.0.0.1:{town.port}"
    async with httpx2.AsyncClient(base_url=origin, trust_env=False, timeout=30) as http:
        yield Doors(origin, http)


@dataclass(frozen=True, slots=True)
class Asker:
    """A shopper who has asked, and whose numbers are proven."""

    town: Town
    line: Line
    session: str
    shopper_id: str
    head: dict[str, Any]
    numbers: tuple[str, ...]

    async def is_now(self, presence: str) -> bool:
        """Whether this is what the gateway has written of them."""
        row = await self.town.house.store.read(
            lambda tx: people.presence(tx, self.town.store_id, "shopper", self.shopper_id)
        )
        return row is not None and row.presence == presence

    async def said(self) -> list[str]:
        """What is stored of their conversation."""

        def find(tx: Tx) -> list[str]:
            rows = tx.session.exec(
                select(EntryRow)
                .where(
                    EntryRow.conversation_id == self.head["conversation_id"],
                    EntryRow.kind == "message",
                )
                .order_by(col(EntryRow.seq))
            ).all()
            return [row.body or "" for row in rows]

        return await self.town.house.store.read(find)

    async def reach(self) -> str:
        """The state of the effort to bring them what is unread."""

        def find(tx: Tx) -> str:
            row = thread.latest_of(tx, self.town.store_id, self.shopper_id)
            assert row is not None
            return reaching.reach(tx, row, "shopper").state

        return await self.town.house.store.read(find)

    def texts(self) -> list[str]:
        """What came to their phones."""
        return [each.body for each in self.town.carrier.taken if each.to in self.numbers]


async def asks(town: Town, line: Line, visit: dict[str, Any], *numbers: str) -> Asker:
    """Somebody asks, and has proven these numbers."""
    await line.say("send", cmid=cmid(), body=QUESTION)
    head = (await line.hear("snapshot"))["conversation"]
    shopper_id = visit["shopper_id"]
    for number in numbers:

        def work(tx: Tx, number: str = number) -> None:
            proven(tx, town.store_id, shopper_id, number)

        await town.house.store.write(work)
    return Asker(town, line, visit["session"], shopper_id, head, numbers)


async def answers(ada: Line, asker: Asker) -> None:
    """Ada's answer leaves her browser; nobody waits for what comes of it."""
    ids = {key: asker.head[key] for key in ("store_id", "conversation_id")}
    seen = asker.head["last_seq"]
    await ada.say("send", **ids, cmid=cmid(), body=ANSWER, seen_seq=seen)


async def closes(asker: Asker, how: str) -> None:
    """The tab goes, with a goodbye or without."""
    if how == "says goodbye":
        await asker.line.say("bye")
    asker.line.connection.transport.abort()


@behaviour(6)
async def test_an_answer_and_a_close_in_one_instant_in_either_order_are_one_entry_and_one_text(
    town: Town,
) -> None:
    await town.policy(silence=SILENCE)
    async with AsyncExitStack() as stack:
        doors = await stack.enter_async_context(open_doors(town))
        ada = await stack.enter_async_context(doors.console())
        askers = []
        for n in range(len(ORDERS) * EACH):
            line, visit = await stack.enter_async_context(doors.tab())
            askers.append(await asks(town, line, visit, phone(n)))
        for asker in askers:
            await until(partial(asker.is_now, "reading"))

        for asker, (first, how) in zip(askers, ORDERS * EACH, strict=True):
            if first == "answer":
                await answers(ada, asker)
            await closes(asker, how)
            if first == "close":
                await answers(ada, asker)
        for _ in askers:
            told = await ada.hear("ack", "error")
            assert told["t"] == "ack", told

        async def everybody_was_texted() -> bool:
            over = {row.state for row in await town.deliveries()} <= {"accepted", "superseded"}
            return over and all(asker.texts() for asker in askers)

        await until(everybody_was_texted)
        assert [len(asker.texts()) for asker in askers] == [1] * len(askers)
        assert all(ANSWER in asker.texts()[0] for asker in askers)
        assert [await asker.said() for asker in askers] == [[QUESTION, ANSWER]] * len(askers)
        kept = Counter(
            row.conversation_id for row in await town.deliveries() if row.state != "superseded"
        )
        assert kept == Counter(asker.head["conversation_id"] for asker in askers)


async def comes_back_and_reads(doors: Doors, stack: AsyncExitStack, asker: Asker) -> Line:
    """A new tab, in which everything is before their eyes."""
    line, _ = await stack.enter_async_context(doors.tab(asker.session))
    found = await line.hear("snapshot")
    assert ANSWER in [each["body"] for each in found["entries"]]
    await line.say("seen", seq=found["conversation"]["last_seq"])

    async def it_is_settled() -> bool:
        return await asker.reach() == "settled"

    await until(it_is_settled)
    return line


@behaviour(7)
async def test_who_returns_before_the_hand_over_gets_no_text_and_who_returns_after_it_no_second(
    town: Town, tmp_path: Path
) -> None:
    """Olga never returns: what her phones get is what the others would have got."""
    clock = ClockFile(tmp_path / "clock")
    town.environment["ONETHREAD_CLOCK"] = str(tmp_path / "clock")
    await town.policy(gone=DELAY, longest_gone=DELAY, receipt_deadline=DEADLINE, silence=SILENCE)
    async with AsyncExitStack() as stack:
        doors = await stack.enter_async_context(open_doors(town))
        ada = await stack.enter_async_context(doors.console())
        askers = []
        for n in range(3):
            line, visit = await stack.enter_async_context(doors.tab())
            askers.append(await asks(town, line, visit, phone(n), phone(100 + n)))
        vera, nina, olga = askers
        for asker in askers:
            await closes(asker, "says goodbye")
            await until(partial(asker.is_now, "gone"))
            await answers(ada, asker)
            assert (await ada.hear("ack", "error"))["t"] == "ack"

        await comes_back_and_reads(doors, stack, vera)
        clock.raise_to((DELAY + 5) * SECOND)

        async def two_were_texted() -> bool:
            over = {row.state for row in await town.deliveries()} <= {"accepted"}
            return over and bool(nina.texts() and olga.texts())

        await until(two_were_texted)
        line, _ = await stack.enter_async_context(doors.tab(nina.session))
        found = (await line.hear("snapshot"))["entries"]
        (mark,) = [each for each in found if each["event"] == "carried"]
        (answer,) = [each for each in found if each["body"] == ANSWER]
        assert mark["data"] == {"channel": "sms", "seqs": [answer["seq"]]}
        await comes_back_and_reads(doors, stack, nina)
        clock.raise_to((DELAY + DEADLINE + 10) * SECOND)

        async def olgas_other_phone_rang() -> bool:
            return len(olga.texts()) == 2

        await until(olgas_other_phone_rang)
        assert [len(asker.texts()) for asker in askers] == [0, 1, 2]
        assert [await asker.reach() for asker in (vera, nina)] == ["settled"] * 2
