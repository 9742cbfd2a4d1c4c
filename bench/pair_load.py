"""Pairs that talk: ``python -m bench.pair_load PORT FIRST SECONDS RATE TELLS < pairs.json``.

Each pair is a shopper's socket and an agent's that has the same conversation open. A message counts
when it was acknowledged to the one and delivered to the other; then the pair says the next. With a
RATE, so many a second are sent in all, whatever has come of the last ones; 0: as fast as can be.
Prints one line of JSON. ``FIRST`` numbers the messages of this run, that none is a repeat. Where
the server TELLS what it still has to tell of those who came (1, else 0), that is waited for.
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
        self._told = told
        self._name = f"m{number:05d}"
        self._at: dict[bytes, tuple[float, int]] = {}
        self._said = 0
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

    def say(self, first: int) -> None:
        """The shopper's next message."""
        name = f"{self._name}-{first + self._said:08d}".encode()
        self._said += 1
        self._at[name] = (time.perf_counter(), 2)
        self.shopper.say(b'{"t":"send","cmid":"%b","body":"%b"}' % (name, WORDS.encode()))

    def _shopper_hears(self, text: bytes) -> None:
        if text.startswith(b'{"t":"ack"'):
            self._took(text, self._told.acked)
        elif text.startswith(b'{"t":"snapshot"') and not self.ready[0].done():
            self.ready[0].set_result(None)
        elif text.startswith(b'{"t":"ping"'):
            self.shopper.say(_pong(text))
        elif text.startswith(b'{"t":"error"'):
            raise RuntimeError(text.decode())

    def _agent_hears(self, text: bytes) -> None:
        if text.startswith(b'{"t":"entry"'):
            self._took(text, self._told.delivered)
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
                self.say(self.first)
        else:
            self._at[name] = (at, 1)

    first = 0

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


async def _run(port: int, first: int, seconds: float, rate: float, tells: int) -> dict[str, Any]:
    told = Told()
    pairs = [Pair(n, about, told) for n, about in enumerate(json.load(sys.stdin))]
    for start in range(0, len(pairs), 20):
        await asyncio.gather(*(pair.connect(port) for pair in pairs[start : start + 20]))
    await CLOCK.sleep(SETTLE)
    if tells:
        await settled(port)
    print("begun", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    if rate:
        await _at_a_rate(pairs, first, begun, seconds, rate)
    else:
        for pair in pairs:
            pair.first, pair.closed_loop = first, True
            pair.say(first)
        await CLOCK.sleep(seconds)
    took, done = time.perf_counter() - begun, min(len(told.acked), len(told.delivered))
    for pair in pairs:
        pair.closed_loop = False
    late = time.perf_counter() + PATIENCE
    while any(pair.waiting for pair in pairs):
        if time.perf_counter() > late:
            raise RuntimeError(f"lost: {[pair.lost() for pair in pairs if pair.waiting]}")
        await CLOCK.sleep(0.01)
    for pair in pairs:
        pair.shopper.close()
        pair.agent.close()
    return {
        "messages": done,
        "seconds": took,
        "sent": len(told.acked),
        "acked": _of(told.acked),
        "delivered": _of(told.delivered),
    }


async def _at_a_rate(
    pairs: list[Pair], first: int, begun: float, seconds: float, rate: float
) -> None:
    for number in range(int(seconds * rate)):
        wait = begun + number / rate - time.perf_counter()
        if wait > 0:
            await CLOCK.sleep(wait)
        pairs[number % len(pairs)].say(first)


def _of(spans: list[float]) -> dict[str, float]:
    ordered = sorted(spans)
    return {
        name: round(ordered[int(len(ordered) * part)] * 1_000, 3)
        for name, part in (("p50", 0.5), ("p99", 0.99))
    }


if __name__ == "__main__":
    _port, _first, _seconds, _rate, _tells = sys.argv[1:]
    found = uvloop.run(_run(int(_port), int(_first), float(_seconds), float(_rate), int(_tells)))
    print(json.dumps(found), flush=True)
