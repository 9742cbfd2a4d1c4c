"""Everybody comes back at once: the gateway is killed, started again, and each missed an answer.

The rate is that of whole arrivals: handshake, ticket, welcome, and the snapshot with what was
missed. Beside it, as many sockets at a bare echo: handshake, and one message there and back. While
the crowd comes, some others who are already back go on writing, and wait for their acks. Fetching a
ticket is in neither: everybody has theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench import crowd_house
from bench.checking import asked, findings, heads
from bench.crowd import ANSWER, Pattern, admit, multiply
from bench.crowds import Crowd, crowd
from bench.row import Row, beside_each
from bench.serving import environment, running
from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.services import receive
from gateway.services.house import Change
from gateway.store import thread

OTHERS = 40  #: who write meanwhile
RATE = 100.0  #: messages a second of theirs
LONGEST_ACK = 2_000.0  #: ms
MUST, AIM = 0.6, 0.9  #: times the bare handshakes
AT_ONCE = 100  #: answers of one transaction
MOMENT = 0.5  #: seconds for what may yet come after the snapshots
CLOCK = SystemClock()


@dataclass(slots=True, kw_only=True)
class Herd:
    """Where it happens, and who comes: the crowd first, then the others."""

    home: Path
    url: str
    pattern: Pattern
    agent_id: str
    people: list[dict[str, Any]]
    arrivals: list[tuple[float, float]] = field(default_factory=list)  #: ours and the echo's, a s
    acks: list[float] = field(default_factory=list)  #: seconds

    @property
    def number(self) -> int:
        """How many they are, without the others."""
        return len(self.people) - OTHERS

    def comes_back(self, rounds: int) -> int:
        """So many times; how many entries were lost or came twice in all."""
        crowded, others = self.people[: self.number], self.people[self.number :]
        with crowd(crowded) as many, crowd(others, 4) as some:
            with running("gateway", environment(self.home, self.url)) as server:
                many.arrive(server.port)
                server.kill()
            for _ in range(rounds):
                asyncio.run(self._answer_all())
                self._one_round(many, some, crowded)
            state = many.state()
            wrong = len(state["wrong"]) + len(some.state()["wrong"])
            return wrong + asyncio.run(self._missing(rounds, state))

    def _one_round(self, many: Crowd, some: Crowd, people: Sequence[dict[str, Any]]) -> None:
        with running("gateway", environment(self.home, self.url)) as server:
            some.arrive(server.port)
            some.do("talk", rate=RATE)
            took = many.arrive(server.port)
            self.acks += [span for each in some.do("hush") for span in each["acked"]]
            asyncio.run(CLOCK.sleep(MOMENT))
            server.kill()
        with running("echo") as bare, crowd(people, 5) as callers:
            self.arrivals.append(
                (self.number / took, self.number / callers.arrive(bare.port, echo=True))
            )

    async def _missing(self, rounds: int, state: dict[str, Any]) -> int:
        """Answers that the crowd does not hold, and what the database itself finds wrong."""
        lasts = await asked(self.home, self.url, heads)
        behind = sum(lasts[name][1] != seq for name, seq in state["held"].items())
        again = abs(rounds * self.number - int(state["replayed"]))
        wrong = await asked(self.home, self.url, partial(findings, written=0))
        return int(behind + again + len(wrong))

    async def _answer_all(self) -> None:
        """While nobody is there, Ada writes to each of the crowd."""
        settings = crowd_house.settings_of(self.home, self.url)
        async with bootstrap.build(settings, SystemClock()) as gateway:
            for first in range(1, self.number + 1, AT_ONCE):
                numbers = range(first, min(first + AT_ONCE, self.number + 1))
                names = [self.pattern.conversation(each) for each in numbers]
                await gateway.house.change(partial(self._answer, names=names), on=tuple(names))

    def _answer(self, change: Change, names: Sequence[str]) -> None:
        for name in names:
            conversation = thread.take(change.tx, self.pattern.store_id, name)
            receive.agent_writes(change, conversation, self.agent_id, "Ada", ANSWER)


def rows(*, quick: bool, url: str = "", database: str = "sqlite", few: int = 500) -> Iterator[Row]:
    """Arrivals a second, what was lost or doubled, and how long the others waited.

    ``few``: how many come back when it has to be quick.
    """
    number, rounds = (few, 1) if quick else (2_000, 5)
    with crowd_house.folder() as home:
        herd = asyncio.run(_gathered(home, url, number, rounds + 1))
        wrong = herd.comes_back(rounds)
    yield beside_each(
        f"restart: {number:,} come back and have what they missed",
        herd.arrivals,
        unit="arrivals/s",
        must=MUST,
        aim=AIM,
        lower=False,
        database=database,
    )
    slowest = max(herd.acks) * 1_000  # they are too few for a p99
    for name, value, unit, baseline in (
        ("entries lost or doubled", wrong, "entries", 0.0),
        ("slowest of others' acks meanwhile", slowest, "ms", LONGEST_ACK),
    ):
        yield Row(
            name=f"restart: {name}",
            value=round(value, 1),
            unit=unit,
            baseline=baseline,
            must=baseline,
            aim=baseline,
            rounds=rounds,
            database=database,
        )


async def _gathered(home: Path, url: str, number: int, lives: int) -> Herd:
    everybody = number + OTHERS
    async with crowd_house.opened(home, url) as (house, pattern, ada):
        await multiply(house, pattern, 1, everybody)
        people = await admit(house, pattern, range(1, everybody + 1), lives)
    return Herd(home=home, url=url, pattern=pattern, agent_id=ada, people=people)
