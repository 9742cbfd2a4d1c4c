"""Who makes the load: shoppers in their tabs, shoppers who left with a phone, and two agents."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import anyio
from typing_extensions import override

from gateway.demo import DemoAgent
from tests.kill.ledger import Ledger
from tests.kill.link import Frame, Link, Street
from tests.kill.plan import Plan

CODE = re.compile(r"\d{6}")


class Phones:
    """What phones receive, told by the sandbox's own stream; and what their owners text."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._changed = anyio.Event()
        self.ledger = Ledger(street.ledgers, "phones")

    async def listen(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Take in what arrives, until cancelled; started once nothing can be missed."""
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self._street.sandbox_url}/api/events"
        async with self._street.http.get(url, timeout=timeout) as events:
            async for line in events.content:
                if line.startswith(b"event: hello"):
                    task_status.started()
                if line.startswith(b"data: "):
                    self._take(json.loads(line[6:]))

    async def code(self, number: str) -> str:
        """The code that comes to a phone."""
        while True:
            for text in self._texts[number]:
                if found := CODE.search(text):
                    return found.group()
            await self._changed.wait()

    async def text(self, number: str, body: str) -> None:
        """Text the store; returns once the carrier has brought it there or given up."""
        url = f"{self._street.sandbox_url}/api/phones/{number}/send"
        async with self._street.http.post(url, json={"body": body}) as answer:
            told = await answer.json()
        self.ledger.write("texted", number=number, body=body, **told)

    def _take(self, change: Frame) -> None:
        if change.get("kind") == "text" and change["text"]["direction"] == "in":
            self._texts[change["number"]].append(change["text"]["body"])
            self._changed.set()
            self._changed = anyio.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a shopper is.

    ``panel`` open or only on the page; ``phone`` left with consent; ``leaves`` for good and, from
    the phone, ``texts``; ``slow`` to come back when the socket breaks.
    """

    panel: bool
    phone: str | None = None
    leaves: bool = False
    texts: bool = False
    slow: bool = False


class Shopper(Link):
    """Somebody with the chat in a tab."""

    def __init__(
        self, street: Street, name: str, habits: Habits, slow: tuple[float, float]
    ) -> None:
        super().__init__(street, name, "/ws/shopper")
        self.habits = habits
        if habits.slow:
            self.pause = slow
        self.conversation_id: str | None = None
        self.seen = 0
        self._session: str | None = None
        self._sentence: str | None = None
        self._addresses: list[Frame] = []

    @override
    async def ticket(self) -> str:
        async with self.street.http.post(
            f"{self.street.base_url}/widget/session",
            json={"key": self.street.store_key, "session": self._session},
            headers={"Origin": self.street.base_url},
        ) as answer:
            answer.raise_for_status()
            told = await answer.json()
        if self._session is None:
            self.ledger.write(
                "is",
                side="shopper",
                id=told["shopper_id"],
                phone=self.habits.phone,
                leaves=self.habits.leaves,
                panel=self.habits.panel,
            )
        self._session = told["session"]
        return str(told["ticket"])

    @override
    def hello(self, ticket: str) -> Frame:
        return {"t": "hello", "ticket": ticket, "resume": self.cursor(self.conversation_id)}

    @override
    def greetings(self, welcome: Frame) -> list[Frame]:
        texts = [each["id"] for each in welcome["sentences"] if each["channel"] == "sms"]
        self._sentence = texts[0]
        self._addresses = welcome["addresses"]
        return [{"t": "tab", "panel": self.habits.panel, "visible": True, "focus": True}]

    @override
    def heard(self, frame: Frame) -> None:
        if frame["t"] == "addresses":
            self._addresses = frame["addresses"]

    async def arrive(self, phones: Phones) -> None:
        """Ask the first question; leave a number, and the tab, if that is what they do."""
        await self.until(lambda: self._sentence is not None)
        await self.say({"body": f"{self.name}-000000: is anybody there?"})
        await self.until(lambda: not self.outbox and bool(self.held))
        self.conversation_id = next(iter(self.held))
        if self.habits.phone is not None:
            await self._prove(phones, self.habits.phone)
        if self.habits.leaves:
            self.ledger.write("left")
            await self.tell({"t": "bye"})

    async def _prove(self, phones: Phones, number: str) -> None:
        sentence = self._sentence
        leave = {"t": "leave_address", "channel": "sms", "value": number, "sentence_id": sentence}
        await self.tell(leave)
        code = await phones.code(number)
        await self.until(lambda: bool(self._addresses))
        address_id = self._addresses[0]["address_id"]
        await self.tell({"t": "give_code", "address_id": address_id, "code": code})
        await self.until(lambda: bool(self._addresses[0]["proven"]))

    async def write(self) -> None:
        """One more message."""
        await self.say({"body": f"{self.name}-{self._written + 1:06d}: and another thing"})

    async def look(self) -> None:
        """Whoever has the panel open sees what is there."""
        held = self.held.get(self.conversation_id or "")
        if self.habits.panel and held is not None and held.seq > self.seen:
            self.seen = held.seq
            await self.tell({"t": "seen", "seq": held.seq})


class Agent(Link):
    """Somebody at the console, with conversations of their own."""

    most_unacked = 12  #: each new socket opens some twenty conversations before it sends again

    def __init__(self, street: Street, who: DemoAgent) -> None:
        super().__init__(street, who.name, "/ws/agent")
        self._who = who
        self._cookie = ""
        self._csrf = ""
        self.store_id = ""
        self.mine: list[str] = []
        self.frames = 0  #: about rows, shoppers, routes and colleagues

    async def sign_in(self) -> None:
        """Open the console's session; the cookie goes by hand, since it is only for https."""
        async with self.street.http.post(
            f"{self.street.base_url}/api/login",
            json={"email": self._who.email, "password": self._who.password},
            headers={"Origin": self.street.base_url},
        ) as answer:
            answer.raise_for_status()
            self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
            told = await answer.json()
        self._csrf = told["csrf"]
        self.ledger.write("is", side="staff", id=told["agent"]["agent_id"], leaves=False)

    @override
    async def ticket(self) -> str:
        async with self.street.http.post(
            f"{self.street.base_url}/api/ticket",
            headers={
                "Origin": self.street.base_url,
                "Cookie": self._cookie,
                "X-Onethread-CSRF": self._csrf,
            },
        ) as answer:
            answer.raise_for_status()
            return str((await answer.json())["ticket"])

    @override
    def hello(self, ticket: str) -> Frame:
        return {"t": "hello", "ticket": ticket}

    @override
    def greetings(self, welcome: Frame) -> list[Frame]:
        self.store_id = next(iter(welcome["stores"]))
        return [{"t": "inbox", "view": "open"}, *map(self._open, self.mine)]

    @override
    def heard(self, frame: Frame) -> None:
        self.frames += 1

    async def take(self, conversation_id: str) -> None:
        """Open one more conversation, and keep it open."""
        self.mine.append(conversation_id)
        await self.tell(self._open(conversation_id))

    async def answer(self, conversation_id: str) -> None:
        """Answer what is on screen."""
        await self.say(
            {
                "store_id": self.store_id,
                "conversation_id": conversation_id,
                "body": f"{self.name}-{self._written + 1:06d}: we are on it",
                "seen_seq": self.held[conversation_id].seq,
            },
            conversation_id=conversation_id,
        )

    async def look(self, conversation_id: str) -> None:
        """See what is on screen."""
        held = self.held[conversation_id]
        await self.tell(
            {
                "t": "seen",
                "store_id": self.store_id,
                "conversation_id": conversation_id,
                "seq": held.seq,
            }
        )

    def _open(self, conversation_id: str) -> dict[str, Any]:
        return {
            "t": "open",
            "store_id": self.store_id,
            "conversation_id": conversation_id,
            "resume": self.cursor(conversation_id),
        }


def cast_of(plan: Plan) -> Iterator[tuple[str, Habits]]:
    """The shoppers by name: those who stay, then those who leave."""
    numbers = (f"+1415666{number:04d}" for number in range(100, 10_000))
    for number in range(plan.here):
        phone = next(numbers) if number < plan.here_with_phone else None
        slow = number < plan.here_slow
        yield f"vera{number:03d}", Habits(panel=number % 2 == 0, phone=phone, slow=slow)
    for number in range(plan.away):
        phone, texts = next(numbers), number % 2 == 0
        yield f"nora{number:03d}", Habits(panel=True, phone=phone, leaves=True, texts=texts)
