"""The house under test: a gateway as an operator runs it, and what is seen of it from outside."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import anyio
from typing_extensions import override

from gateway import demo
from gateway.clock import SystemClock
from gateway.services import setup
from gateway.store.sqlite import SqliteStore
from tests.integration.town.carrier import ACCOUNT, TOKEN, Carrier
from tests.kill.link import Frame, Street
from tests.kill.people import Agent, Habits
from tests.kill.people import Shopper as Tab
from tests.mail_loop.breaking_line import BreakingLine
from tests.mail_loop.dovecot import Dovecot
from tests.mail_loop.greylist import Greylist
from tests.mail_loop.postfix import Postfix
from tests.mail_loop.readers import Readers

PATIENCE = 25.0
QUESTION = "Is the blue one back in 38?"
TOP = Path(__file__).resolve().parents[2]

#: seconds; whoever left is reached at once, and what went wrong is tried again within seconds
POLICY: dict[str, object] = {
    "gone": 1,
    "elsewhere": 1,
    "longest_gone": 1,
    "linger": 0,
    "spacing": 0,
    "on_unknown": 3,
    "backoff_first": 2,
    "circuit_after": 100,
    "staff_first": 600,
    "staff_first_present": 600,
    "ladder": ["email", "sms"],
    "prove_first_sms": "straight",
    "quiet": {},
    "cap": 9_999,
}

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class House:
    """One gateway, with its relay, its phone company and everybody's mailboxes around it."""

    plan: demo.Plan
    postfix: Postfix
    dovecot: Dovecot
    readers: Readers
    line: BreakingLine
    greylist: Greylist
    carrier: Carrier
    street: Street
    clock: SystemClock
    tasks: anyio.abc.TaskGroup
    ada: Agent = field(init=False)

    async def until(self, what: str, look: Callable[[], T | None]) -> T:
        """What ``look`` finds, once it finds something."""
        with anyio.move_on_after(PATIENCE):
            while not (found := look()):
                await self.clock.sleep(0.1)
            return found
        raise AssertionError(f"waited in vain for {what}")

    async def stays(self, look: Callable[[], T], *, seconds: float = 4.0) -> T:
        """What ``look`` finds after so long: for what must not happen and gives no sign."""
        await self.clock.sleep(seconds)
        return look()

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query finds in the gateway's database, which is only looked at."""
        uri = f"file:{self.plan.data}/onethread.db?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    async def shopper(self, mailbox: str, *, phone: str | None = None) -> Shopper:
        """Somebody asks, leaves a mailbox (and a phone), and goes."""
        tab = _LeavingTab(self.street, mailbox.partition("@")[0], Habits(panel=True))
        async with anyio.create_task_group() as visit:
            visit.start_soon(tab.run)
            with anyio.fail_after(PATIENCE):
                await tab.asks()
                await tab.leaves("email", mailbox)
                if phone is not None:
                    await tab.leaves("sms", phone)
            visit.cancel_scope.cancel()
        assert tab.conversation_id is not None
        found = Shopper(self, mailbox, tab.conversation_id)
        gone = "SELECT 1 FROM presence p JOIN conversation c ON c.shopper_id = p.person_id"
        await self.until(
            "the shopper to be gone",
            lambda: self.rows(
                f"{gone} WHERE c.conversation_id = ? AND p.presence = 'gone'",
                found.conversation_id,
            ),
        )
        return found

    async def answers(self, shopper: Shopper, words: str) -> None:
        """Ada answers in the console."""
        await self.ada.take(shopper.conversation_id)
        with anyio.fail_after(PATIENCE):
            await self.ada.until(lambda: shopper.conversation_id in self.ada.held)
            await self.ada.say(
                {
                    "store_id": self.ada.store_id,
                    "conversation_id": shopper.conversation_id,
                    "body": words,
                    "seen_seq": self.ada.held[shopper.conversation_id].seq,
                }
            )
            await self.ada.until(lambda: not self.ada.outbox)


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody who left, as far as the database and the mailboxes tell."""

    house: House
    mailbox: str
    conversation_id: str

    @property
    def hops(self) -> list[str]:
        """Channel and state of each delivery for them, oldest first."""
        return [f"{row['channel']} {row['state']}" for row in self.deliveries]

    @property
    def deliveries(self) -> list[Row]:
        """Each delivery of words for them, oldest first."""
        return self.house.rows(
            "SELECT * FROM delivery WHERE conversation_id = ? AND side = 'shopper'"
            " AND form = 'words' ORDER BY queued_at, delivery_id",
            self.conversation_id,
        )

    @property
    def said(self) -> list[str]:
        """What they wrote, without the question that all ask."""
        rows = self.house.rows(
            "SELECT body FROM entry WHERE conversation_id = ? AND kind = 'message'"
            " AND side = 'shopper' ORDER BY seq",
            self.conversation_id,
        )
        return [row["body"] for row in rows if row["body"] != QUESTION]

    @property
    def letters(self) -> list[Any]:
        """What lies in their mailbox, oldest first."""
        return self.house.dovecot.letters(self.mailbox)

    async def has(self, *hops: str) -> None:
        """Wait until the deliveries came to this."""
        try:
            await self.house.until("", lambda: self.hops == list(hops))
        except AssertionError:
            raise AssertionError(f"{self.mailbox}: {self.hops}, not {list(hops)}") from None

    async def has_mail(self, count: int = 1) -> None:
        """Wait until so many mails lie in the mailbox."""
        await self.house.until(
            f"{count} mails to {self.mailbox}", lambda: len(self.letters) >= count
        )


class _LeavingTab(Tab):
    """A tab whose owner leaves addresses, and then the page."""

    def __init__(self, street: Street, name: str, habits: Habits) -> None:
        super().__init__(street, name, habits, slow=(0.0, 0.0))  # nobody is
        self._sentences: dict[str, str] = {}

    @override
    def greetings(self, welcome: Frame) -> list[Frame]:
        self._sentences = {each["channel"]: each["id"] for each in welcome["sentences"]}
        return super().greetings(welcome)

    async def asks(self) -> None:
        """Write the first message."""
        await self.until(lambda: bool(self._sentences))
        await self.say({"body": QUESTION})
        await self.until(lambda: not self.outbox and bool(self.held))
        self.conversation_id = next(iter(self.held))

    async def leaves(self, channel: str, value: str) -> None:
        """Type an address and agree."""
        before = len(self._addresses)
        sentence = self._sentences[channel]
        await self.tell(
            {"t": "leave_address", "channel": channel, "value": value, "sentence_id": sentence}
        )
        await self.until(lambda: len(self._addresses) > before)


async def prepare(plan: demo.Plan, clock: SystemClock) -> None:
    """A database with the demo's store and agents, and a policy of seconds."""
    plan.data.mkdir(parents=True)
    await demo.prepare(plan, clock)
    store = SqliteStore(plan.data / "onethread.db", clock)
    await setup.set_policy(store, demo.STORE_KEY, POLICY)
    await store.aclose()


@asynccontextmanager
async def gateway(plan: demo.Plan, **settings: str) -> AsyncIterator[None]:
    """Run the gateway as a process of its own until the end."""
    log = plan.data / "gateway.log"
    with log.open("wb") as out:
        process = await anyio.open_process(
            [sys.executable, "-m", "gateway", "serve"],
            cwd=TOP,
            env={
                **os.environ,
                **demo.environment(plan),
                "TWILIO_ACCOUNT_SID": ACCOUNT,
                "TWILIO_AUTH_TOKEN": TOKEN,
                **settings,
            },
            stdin=None,
            stdout=out,
            stderr=out,
        )
    async with process:
        try:
            await _until_it_listens(process, plan.port, log)
            yield
        finally:
            if process.returncode is None:
                process.terminate()


async def _until_it_listens(process: anyio.abc.Process, port: int, log: Path) -> None:
    clock = SystemClock()
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                stream = await anyio.connect_tcp("127.0.0.1", port)
            except OSError:
                if process.returncode is not None:
                    said = await anyio.Path(log).read_text()
                    raise AssertionError(said[-3000:]) from None
                await clock.sleep(0.05)
                continue
            await stream.aclose()
            return


def street_of(plan: demo.Plan, http: aiohttp.ClientSession, clock: SystemClock) -> Street:
    """What everybody with a socket shares."""
    return Street(
        base_url=plan.base_url,
        sandbox_url="",
        store_key=demo.STORE_KEY,
        ledgers=plan.data / "ledgers",
        http=http,
        clock=clock,
        luck=random.Random(1),  # noqa: S311  # how long a client waits before it connects again
        listening=anyio.lowlevel.checkpoint,  # the house is only spoken to while it runs
    )
