"""Shoppers with one tab each, thousands in a process: ``python -m bench.crowd_load SOURCE``.

The first line of its input is the people (see ``crowd.admit``); each further line is what they do,
``{"do": ...}``, and is answered by one line. ``arrive`` opens every tab, some at a time, and is
answered when each has its snapshot; ``state`` says how many are open and what each holds; ``talk``
has everybody write, so many messages a second in all, until ``hush``. They keep what they hold of
the log over arrivals and resume with it, and tell of entries that came twice or left a gap.
With ``"echo": true`` they wait for what they said, and know nothing of a log.

SOURCE is the loopback address that they call from: one address has ports for some 28,000 sockets.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from functools import partial
from typing import Any

import uvloop

from bench.frames import Client
from bench.held import let_many_files_be_open
from gateway.clock import SystemClock

PATIENCE = 120.0
WORDS = "Is there any news of my order 4711? It should have been here on Monday."
CLOCK = SystemClock()
_TAB = {"t": "tab", "panel": False, "visible": True, "focus": True}

Answer = dict[str, Any]


class Visitor:
    """One shopper and what they hold of their conversation."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self.cursor: dict[str, Any] | None = None
        self.replayed = 0  #: entries that snapshots brought after the first one
        self.wrong: list[str] = []
        self._client: Client | None = None
        self._arrived: asyncio.Future[None] | None = None
        self._tickets = iter(about["shopper"])
        self._sent: dict[str, float] = {}
        self.acked: list[float] = []  #: seconds

    @property
    def is_open(self) -> bool:
        """Whether the socket is still there."""
        return self._client is not None and not self._client.closed.done()

    @property
    def waiting(self) -> int:
        """Messages without an ack yet."""
        return len(self._sent)

    async def arrive(self, port: int, source: str, *, echo: bool) -> None:
        """Open the tab, and have the snapshot (or the echo)."""
        loop = asyncio.get_running_loop()
        self._arrived = loop.create_future()
        heard = self._echoed if echo else self._heard
        client = self._client = Client("/ws/shopper", self.about["origin"], heard)
        made = partial(_same, client)
        async with asyncio.timeout(PATIENCE):
            await loop.create_connection(made, "127.0.0.1", port, local_addr=(source, 0))
            await client.opened
            self._say(client, {"t": "hello", "ticket": next(self._tickets), "resume": self.cursor})
            await self._arrived
        if not echo:
            self._say(client, _TAB)

    def write(self) -> None:
        """One message."""
        assert self._client is not None
        cmid = f"w{secrets.token_hex(12)}"
        self._sent[cmid] = time.perf_counter()
        self._say(self._client, {"t": "send", "cmid": cmid, "body": WORDS})

    def leave(self) -> None:
        """Close the browser."""
        if self._client is not None and self.is_open:
            self._client.close()

    def _say(self, client: Client, frame: dict[str, Any]) -> None:
        client.say(json.dumps(frame).encode())

    def _echoed(self, _text: bytes) -> None:
        assert self._arrived is not None
        self._arrived.set_result(None)

    def _heard(self, text: bytes) -> None:
        assert self._client is not None
        frame = json.loads(text)
        match frame["t"]:
            case "ping":
                self._say(self._client, {"t": "pong", "n": frame["n"]})
            case "snapshot":
                self._shown(frame)
            case "entry":
                self._take(frame["entry"])
            case "ack":
                self.acked.append(time.perf_counter() - self._sent.pop(frame["cmid"]))
            case "error":
                self.wrong.append(f"was told {frame['code']}")
                self._sent.pop(frame["cmid"] or "", None)

    def _shown(self, snapshot: dict[str, Any]) -> None:
        assert self._arrived is not None
        if self.cursor is None:
            self.cursor = {"epoch": snapshot["epoch"]} | _place(snapshot["entries"][-1])
        elif snapshot["recovered"]:
            self.replayed += len(snapshot["entries"])
            for entry in snapshot["entries"]:
                self._take(entry)
        else:
            self.wrong.append("was shown the conversation afresh")
        if not self._arrived.done():
            self._arrived.set_result(None)

    def _take(self, entry: dict[str, Any]) -> None:
        assert self.cursor is not None
        if entry["prev"] != self.cursor["seq"]:
            self.wrong.append(f"{entry['seq']} after {self.cursor['seq']} names {entry['prev']}")
        self.cursor |= _place(entry)


def _place(entry: dict[str, Any]) -> dict[str, Any]:
    return {"seq": entry["seq"], "entry_id": entry["id"]}


def _same(client: Client) -> Client:
    return client


class Crowd:
    """Everybody of this process."""

    def __init__(self, people: list[dict[str, Any]], source: str) -> None:
        self._visitors = [Visitor(each) for each in people]
        self._source = source
        self._talking: asyncio.Task[None] | None = None

    async def do(self, asked: dict[str, Any]) -> Answer:
        """Answer one line."""
        match asked["do"]:
            case "arrive":
                return await self._arrive(asked["port"], asked["at_once"], echo=asked["echo"])
            case "talk":
                self._talking = asyncio.create_task(self._talk(asked["rate"]))
                return {}
            case "hush":
                return await self._hush()
            case _:
                return self._state()

    async def _arrive(self, port: int, at_once: int, *, echo: bool) -> Answer:
        waiting = iter(self._visitors)

        async def some() -> None:
            for visitor in waiting:
                await visitor.arrive(port, self._source, echo=echo)

        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(some())
        return {"seconds": time.perf_counter() - begun}

    async def _talk(self, rate: float) -> None:
        begun, number = time.perf_counter(), 0
        while True:
            await CLOCK.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            self._visitors[number % len(self._visitors)].write()
            number += 1

    async def _hush(self) -> Answer:
        assert self._talking is not None
        self._talking.cancel()
        await asyncio.gather(self._talking, return_exceptions=True)
        late = time.perf_counter() + PATIENCE
        while any(each.waiting for each in self._visitors):
            if time.perf_counter() > late:
                state = [(each.waiting, each.is_open, each.wrong) for each in self._visitors]
                raise TimeoutError(f"no ack for {[each for each in state if each[0]]}")
            await CLOCK.sleep(0.01)
        acked = [span for each in self._visitors for span in each.acked]
        for each in self._visitors:
            each.acked.clear()
        return {"acked": acked}

    def _state(self) -> Answer:
        held = {
            each.about["conversation_id"]: each.cursor["seq"]
            for each in self._visitors
            if each.cursor is not None
        }
        return {
            "open": sum(each.is_open for each in self._visitors),
            "replayed": sum(each.replayed for each in self._visitors),
            "wrong": [wrong for each in self._visitors for wrong in each.wrong],
            "held": held,
        }

    def leave(self) -> None:
        """Everybody closes the browser."""
        for each in self._visitors:
            each.leave()


async def main(source: str) -> None:
    """Do what the input says, line by line."""
    let_many_files_be_open()
    crowd = Crowd(json.loads(await asyncio.to_thread(sys.stdin.readline)), source)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await crowd.do(json.loads(line))), flush=True)
    crowd.leave()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
