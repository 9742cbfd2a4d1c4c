"""Pairs that talk: ``python -m bench.pair_load PORT TELLS``; the first line of its input is they.

Each pair is a shopper's socket and an agent's that has the same conversation open. Each further
line of its input is a stretch, ``{"first", "seconds", "rate"}``, and is answered by one line: a
message counts when it was acknowledged to the one and delivered to the other; then the pair says
the next. With a rate, so many a second are sent in all, whatever has come of the last ones; 0: as
fast as can be. ``first`` numbers the messages of the stretch, that none is a repeat. Where the
server TELLS what it still has to tell its consoles (1, else 0), that is waited for before each.
With the input's end everybody goes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvloop

from bench.frames import Client
from bench.settling import settled
from gateway.clock import SystemClock

WORDS = "Hello, where is my order 4711? It should have been here on Monday, and it is not."
SETTLE = 1.0  #: seconds for what comes after the greeting
TAB = b'{"t":"tab","panel":true,"visible":true,"focus":true}'  #: what every panel and console says
PATIENCE = 30.0
AT_ONCE = 20  #: pairs that come at the same time
CLOCK = SystemClock()


def _same(client: Client) -> Client:
    return client


@dataclass(slots=True)
class Told:
    """What came of the messages of all pairs."""

    acked: list[float] = field(default_factory=list)
    delivered: list[float] = field(default_factory=list)


class Pair:
    """One shopper and one agent."""

    def __init__(self, number: int, about: dict[str, Any], told: Told) -> None:
        self._about = about
        self.told = told
        self._name = f"m{number:05d}"
        self._at: dict[bytes, tuple[float, int]] = {}
        self._said = 0
        self._shown: list[dict[str, Any]] = []
        self._first = 0
        self.closed_loop = False
        self.ready = [asyncio.get_running_loop().create_future() for _ in range(2)]
        origin = about["origin"]
        self.shopper = Client("/ws/shopper", origin, self._shopper_hears)
        self.agent = Client("/ws/agent", origin, self._agent_hears)

    async def connect(self, port: int) -> None:
        """Open both sockets, and wait until each has its snapshot."""
        loop = asyncio.get_running_loop()
        for client, ticket in ((self.shopper, "shopper"), (self.agent, "agent")):
            await loop.create_connection(partial(_same, client), "127.0.0.1", port)
            async with asyncio.timeout(PATIENCE):
                await client.opened
            client.say(json.dumps({"t": "hello", "ticket": self._about[ticket]}).encode())
        told = {each: self._about[each] for each in ("store_id", "conversation_id")}
        self.agent.say(json.dumps({"t": "open"} | told).encode())
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self.ready)
        self.shopper.say(TAB)
        self.agent.say(TAB)
        if self._shown:  # as a panel does that is looked at
            self.shopper.say(b'{"t":"seen","seq":%d}' % self._shown[-1]["seq"])

    def begin(self, first: int, told: Told, *, closed_loop: bool) -> None:
        """A stretch of messages numbered from ``first`` on."""
        self._first, self._said = first, 0
        self.told, self.closed_loop = told, closed_loop

    def say(self) -> None:
        """The shopper's next message."""
        name = f"{self._name}-{self._first + self._said:08d}".encode()
        self._said += 1
        self._at[name] = (time.perf_counter(), 2)
        self.shopper.say(b'{"t":"send","cmid":"%b","body":"%b"}' % (name, WORDS.encode()))

    def _shopper_hears(self, text: bytes) -> None:
        if text.startswith(b'{"t":"ack"'):
            self._took(text, self.told.acked)
        elif text.startswith(b'{"t":"snapshot"') and not self.ready[0].done():
            self._shown = json.loads(text).get("entries", [])
            self.ready[0].set_result(None)
        elif text.startswith(b'{"t":"ping"'):
            self.shopper.say(_pong(text))
        elif text.startswith(b'{"t":"error"'):
            raise RuntimeError(text.decode())

    def _agent_hears(self, text: bytes) -> None:
        if text.startswith(b'{"t":"entry"'):
            self._took(text, self.told.delivered)
        elif text.startswith(b'{"t":"snapshot"') and not self.ready[1].done():
            self.ready[1].set_result(None)
        elif text.startswith(b'{"t":"ping"'):
            self.agent.say(_pong(text))

    def _took(self, text: bytes, into: list[float]) -> None:
        start = text.index(b'"cmid":"') + 8
        name = text[start : text.index(b'"', start)]
        at, left = self._at[name]
        into.append(time.perf_counter() - at)
        if left == 1:
            del self._at[name]
            if self.closed_loop:
                self.say()
        else:
            self._at[name] = (at, 1)

    @property
    def waiting(self) -> int:
        """Messages of which an answer is still to come."""
        return len(self._at)

    def lost(self) -> str:
        """Which those are, and whether both sockets are still there."""
        closed = [each.closed.done() for each in (self.shopper, self.agent)]
        return f"{self._at}, closed: {closed}"


def _pong(ping: bytes) -> bytes:
    return json.dumps({"t": "pong", "n": json.loads(ping)["n"]}).encode()


async def _come(port: int, people: list[dict[str, Any]]) -> list[Pair]:
    pairs = [Pair(n, about, Told()) for n, about in enumerate(people)]
    for start in range(0, len(pairs), AT_ONCE):
        await asyncio.gather(*(pair.connect(port) for pair in pairs[start : start + AT_ONCE]))
    await CLOCK.sleep(SETTLE)
    return pairs


async def _stretch(pairs: list[Pair], first: int, seconds: float, rate: float) -> dict[str, Any]:
    told = Told()
    for pair in pairs:
        pair.begin(first, told, closed_loop=not rate)
    begun = time.perf_counter()
    if rate:
        await _at_a_rate(pairs, begun, seconds, rate)
    else:
        for pair in pairs:
            pair.say()
        await CLOCK.sleep(seconds)
    took, done = time.perf_counter() - begun, min(len(told.acked), len(told.delivered))
    for pair in pairs:
        pair.closed_loop = False
    await _all_answered(pairs)
    return {
        "messages": done,
        "seconds": took,
        "sent": len(told.acked),
        "acked": _of(told.acked),
        "delivered": _of(told.delivered),
    }


async def _at_a_rate(pairs: list[Pair], begun: float, seconds: float, rate: float) -> None:
    for number in range(int(seconds * rate)):
        wait = begun + number / rate - time.perf_counter()
        if wait > 0:
            await CLOCK.sleep(wait)
        pairs[number % len(pairs)].say()


async def _all_answered(pairs: list[Pair]) -> None:
    late = time.perf_counter() + PATIENCE
    while any(pair.waiting for pair in pairs):
        if time.perf_counter() > late:
            raise RuntimeError(f"lost: {[pair.lost() for pair in pairs if pair.waiting]}")
        await CLOCK.sleep(0.01)


def _of(spans: list[float]) -> dict[str, float]:
    ordered = sorted(spans)
    return {
        name: round(ordered[int(len(ordered) * part)] * 1_000, 3)
        for name, part in (("p50", 0.5), ("p99", 0.99))
    }


async def main(port: int, *, tells: bool) -> None:
    """Come, and do what the input says, line by line."""
    pairs = await _come(port, json.loads(await asyncio.to_thread(sys.stdin.readline)))
    while line := await asyncio.to_thread(sys.stdin.readline):
        if tells:
            await settled(port)
        print(json.dumps(await _stretch(pairs, **json.loads(line))), flush=True)
    for pair in pairs:
        pair.shopper.close()
        pair.agent.close()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), tells=sys.argv[2] == "1"))
