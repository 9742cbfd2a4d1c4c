"""People talking at more than fifty messages a second while the gateway is killed again and again.

Pauses here are the load's own pace: they say when people type and when a process dies, and never
stand for something to have happened. Whatever has to have happened is waited for.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import anyio

from gateway import demo
from gateway.clock import SECOND
from tests.kill.builds import Build
from tests.kill.house import KillHouse, opened
from tests.kill.ledger import Ledger
from tests.kill.link import Link, Street
from tests.kill.people import Agent, Phones, Shopper, cast_of
from tests.kill.plan import POLICY, Plan, Report

SETTLED_WITHIN = 100.0  #: seconds: a lease, a sweep, the hold of an unknown outcome, and room
RECEIPTS_WITHIN = 5  #: seconds that the carrier takes to say that a text was delivered, at most
SOON = 60  #: seconds: longer than any span of the policy that is not about those who are there
CAUGHT_UP_WITHIN = 10.0
PATIENCE = 60.0


class Load:
    """One run on one house."""

    def __init__(self, house: KillHouse, plan: Plan, street: Street) -> None:
        self.house, self.plan, self.street = house, plan, street
        self.clock = house.clock
        self.phones = Phones(street)
        self.shoppers = [Shopper(street, name, habits, plan.slow) for name, habits in cast_of(plan)]
        self.agents = [Agent(street, who) for who in demo.AGENTS]
        self.report = Report()
        self.fate = random.Random(plan.seed)  # noqa: S311  # to be run again
        self._typing = anyio.Event()  #: set when everybody is to stop

    @property
    def here(self) -> list[Shopper]:
        """Those who stay."""
        return [each for each in self.shoppers if not each.habits.leaves]

    @property
    def swift(self) -> list[Shopper]:
        """Those who are back at once when their socket breaks."""
        return [each for each in self.here if not each.habits.slow]

    @property
    def links(self) -> list[Link]:
        """Everybody who is connected to the end."""
        return [*self.here, *self.agents]

    @property
    def ledgers(self) -> list[Ledger]:
        """Everybody's."""
        people: list[Link] = [*self.shoppers, *self.agents]
        return [*(each.ledger for each in people), self.phones.ledger]

    async def run(self) -> Report:
        """Set up, kill, calm down, settle, and let everybody catch up."""
        async with anyio.create_task_group() as sockets:
            await sockets.start(self.phones.listen)
            with self._patience("everybody to arrive"):
                await self._arrive(sockets)
            began, acked = self.clock.monotonic(), self.street.acked
            async with anyio.create_task_group() as typing:
                self._type(typing)
                await self._kill_and_restart()
                await self.clock.sleep(self.plan.calm)
                self.report.seconds = self.clock.monotonic() - began
                self.report.alive += self.plan.calm
                self.report.acked = self.street.acked - acked
                self._typing.set()
            with self._patience("every message to be acknowledged"):
                for link in self.links:
                    await link.until(lambda link=link: not link.outbox)  # type: ignore[misc]
            if self.plan.settles:
                await self._switch("ok")
                await self._settle()
            await self._catch_up()
            # The gateway first: closing tabs are shoppers who leave, and they would be texted.
            await self.house.stop()
            sockets.cancel_scope.cancel()
        self.report.refused = self.street.refused
        return self.report

    @contextlib.contextmanager
    def _patience(self, what: str) -> Iterator[None]:
        try:
            with anyio.fail_after(PATIENCE):
                yield
        except TimeoutError:
            said = self.house.log.read_text()[-4000:]
            raise AssertionError(f"waited in vain for {what}\n{said}") from None

    async def _arrive(self, sockets: anyio.abc.TaskGroup) -> None:
        """Everybody is there, numbers are proven, those who leave have left."""
        left = [each for each in self.shoppers if each.habits.leaves]
        for agent in self.agents:
            await agent.sign_in()
            sockets.start_soon(agent.run)
        async with anyio.create_task_group() as arriving:
            for shopper in self.shoppers:
                arriving.start_soon(self._one_arrives, shopper, sockets)
        for agent in self.agents:
            await agent.until(lambda agent=agent: bool(agent.store_id))  # type: ignore[misc]
        for number, shopper in enumerate(self.shoppers):
            assert shopper.conversation_id is not None
            await self.agents[number % len(self.agents)].take(shopper.conversation_id)
        while self._count("presence WHERE side = 'shopper' AND presence = 'gone'") < len(left):
            await self.clock.sleep(0.1)
        for agent in self.agents:
            await agent.until(
                lambda agent=agent: len(agent.held) == len(agent.mine)  # type: ignore[misc]
            )

    async def _one_arrives(self, shopper: Shopper, sockets: anyio.abc.TaskGroup) -> None:
        if not shopper.habits.leaves:
            sockets.start_soon(shopper.run)
            await shopper.arrive(self.phones)
            return
        async with anyio.create_task_group() as visit:
            visit.start_soon(shopper.run)
            await shopper.arrive(self.phones)
            visit.cancel_scope.cancel()

    def _type(self, typing: anyio.abc.TaskGroup) -> None:
        for shopper in self.here:
            typing.start_soon(self._shopper_types, shopper)
            typing.start_soon(self._shopper_looks, shopper)
        for shopper in self.shoppers:
            if shopper.habits.texts:
                typing.start_soon(self._shopper_texts, shopper)
        for agent in self.agents:
            typing.start_soon(self._agent_answers, agent)
        typing.start_soon(self._lines_are_lost)

    async def _paced(self, seconds: float) -> AsyncIterator[None]:
        """At irregular moments, about ``seconds`` apart, until everybody is to stop."""
        while not self._typing.is_set():
            await self.clock.sleep(self.street.luck.uniform(0.5, 1.5) * seconds)
            yield

    async def _shopper_types(self, shopper: Shopper) -> None:
        async for _ in self._paced(1 / self.plan.shopper_rate):
            if shopper.may_write:
                await shopper.write()

    async def _shopper_looks(self, shopper: Shopper) -> None:
        async for _ in self._paced(1.0):
            await shopper.look()

    async def _shopper_texts(self, shopper: Shopper) -> None:
        number = shopper.habits.phone or ""
        texts = 0
        async for _ in self._paced(self.plan.text_every):
            texts += 1
            await self.phones.text(number, f"{shopper.name}-sms-{texts:06d}: on the way")

    async def _agent_answers(self, agent: Agent) -> None:
        luck, left = self.street.luck, self._of(agent, leaves=True)
        there = self._of(agent, leaves=False)
        async for _ in self._paced(1 / self.plan.agent_rate):
            conversation_id = luck.choice(left if left and luck.random() < 0.5 else there)
            if agent.may_write:
                await agent.answer(conversation_id)
            if luck.random() < 0.2:
                await agent.look(conversation_id)

    def _of(self, agent: Agent, *, leaves: bool) -> list[str]:
        return [
            each.conversation_id
            for each in self.shoppers
            if each.conversation_id in agent.mine and each.habits.leaves == leaves
        ]

    async def _lines_are_lost(self) -> None:
        """Mobile lines break by themselves: acknowledgements are lost while the gateway lives."""
        async for _ in self._paced(1.0):
            # Not those who are slow to come back: they would have left, and rightly be texted.
            await self.street.luck.choice([*self.swift, *self.agents]).lose_the_line(0.2)
            self.report.lines_lost += 1

    async def _kill_and_restart(self) -> None:
        plan = self.plan
        for number in range(1, plan.kills + 1):
            early = self.fate.random() < plan.early
            life = self.fate.uniform(0.0, 1.0) if early else self.fate.uniform(*plan.lives)
            mode = self.fate.choice(plan.modes)
            await self._switch(mode)
            if not early:
                await self._live(self.fate.randint(*plan.acks), life)
            else:
                await self.clock.sleep(life)
            await self.house.kill()
            await self.house.start()
            self.report.kills += 1
            self.report.early += early
            when = "while starting" if early else "after it was ready"
            print(
                f"kill {number}: {life:.3f} s {when}, sms {mode}, {self.street.acked} acked",
                flush=True,
            )
        await self._switch(self.fate.choice(plan.modes))
        await self.house.until_ready()

    async def _live(self, acks: int, longer: float) -> None:
        await self.house.until_ready()
        began = self.clock.monotonic()
        with self._patience(f"{acks} messages to be acknowledged"):
            await self.street.acknowledged(acks)
        await self.clock.sleep(longer)
        self.report.alive += self.clock.monotonic() - began

    async def _switch(self, mode: str) -> None:
        url = f"{self.street.sandbox_url}/api/switches"
        async with self.street.http.post(url, json={"sms": mode}) as answer:
            answer.raise_for_status()

    async def _settle(self) -> None:
        """Until nothing is under way or due soon, or for longer than that may take."""
        began = self.clock.monotonic()
        with anyio.move_on_after(SETTLED_WITHIN):
            while self._under_way():
                await self.clock.sleep(0.25)
        self.report.settled = self.clock.monotonic() - began

    async def _catch_up(self) -> None:
        """Everybody who is connected holds the log to its end, or has had time to."""
        ends = self._ends()
        with anyio.move_on_after(CAUGHT_UP_WITHIN):
            for link in self.links:
                await link.until(lambda link=link: _holds(link, ends))  # type: ignore[misc]
        for link in self.links:
            for conversation_id, held in link.held.items():
                link.ledger.write("end", conversation_id=conversation_id, seq=held.seq)

    def _under_way(self) -> int:
        soon = self.clock.now() + SOON * SECOND
        live = self._count("delivery WHERE state IN ('queued', 'submitting')")
        # What the carrier has still to tell of them: a receipt is an entry too.
        told = self.clock.now() - RECEIPTS_WITHIN * SECOND
        live += self._count(f"delivery WHERE state IN ('accepted', 'sent') AND state_at > {told}")
        # A text has its 200 before it is understood.
        live += self._count("inbound WHERE state IN ('kept', 'stored', 'parsing')")
        return live + self._count(f"reach WHERE due_at < {soon}")

    def _count(self, rows: str) -> int:
        with _reading(self.house) as database:
            found = database.execute(f"SELECT count(*) FROM {rows}")  # noqa: S608  # our own words
            return int(found.fetchone()[0])

    def _ends(self) -> dict[str, tuple[int, int]]:
        """The last seq for shoppers and for staff, by conversation."""
        with _reading(self.house) as database:
            rows = database.execute("SELECT conversation_id, last_all, last_seq FROM conversation")
            return {row[0]: (row[1], row[2]) for row in rows}


def _holds(link: Link, ends: dict[str, tuple[int, int]]) -> bool:
    last = 1 if isinstance(link, Agent) else 0
    return all(held.seq >= ends[name][last] for name, held in link.held.items())


@contextlib.contextmanager
def _reading(house: KillHouse) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(f"file:{house.database}?mode=ro", uri=True, timeout=5)
    ) as database:
        yield database


async def run(build: Build, data: Path, plan: Plan) -> Report:
    """One run of one build; the ledgers are in ``data / "ledgers"`` afterwards."""
    print(f"{build.name}, seed {plan.seed}")
    async with opened(build, data, POLICY) as house:
        report = await run_in(house, plan)
    print(report)
    return report


async def run_in(house: KillHouse, plan: Plan) -> Report:
    """Everybody, on a house that is there."""
    timeout = aiohttp.ClientTimeout(total=90, sock_connect=5)
    jar = aiohttp.DummyCookieJar()
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar, connector=connector) as http:
        street = Street(
            base_url=house.base_url,
            sandbox_url=house.sandbox_url,
            store_key=demo.STORE_KEY,
            ledgers=house.data / "ledgers",
            http=http,
            clock=house.clock,
            luck=random.Random(plan.seed + 1),  # noqa: S311
            listening=house.listening,
        )
        load = Load(house, plan, street)
        try:
            return await load.run()
        finally:
            for ledger in load.ledgers:
                ledger.close()
