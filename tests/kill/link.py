"""A socket client as ours are: what is not acknowledged is sent again, and what is missed resumed.

It folds as ``widget/link`` does: an entry whose ``prev`` is what is held is taken, one that is held
already is known, anything else is a gap, and a gap means another socket with the cursor.
"""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import anyio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

from gateway.clock import Clock
from tests.kill.ledger import Ledger

Frame = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Street:
    """What everybody shares: addresses, time, luck, and a count of what was acknowledged."""

    base_url: str
    sandbox_url: str
    store_key: str
    ledgers: Path
    http: aiohttp.ClientSession
    clock: Clock
    luck: random.Random
    #: returns once the gateway accepts sockets: forty clients at a closed door slow its start down
    listening: Callable[[], Awaitable[None]]
    acked: int = 0
    refused: list[str] = field(default_factory=list)
    _acked_more: anyio.Event = field(default_factory=anyio.Event)

    def acknowledge(self) -> None:
        """Count one more message."""
        self.acked += 1
        self._acked_more.set()
        self._acked_more = anyio.Event()

    async def acknowledged(self, more: int) -> None:
        """Until so many more messages have been acknowledged."""
        enough = self.acked + more
        while self.acked < enough:
            await self._acked_more.wait()


@dataclass(frozen=True, slots=True)
class Held:
    """The end of the log that a client holds."""

    seq: int
    entry_id: str


class Gap(Exception):
    """What came does not follow what is held."""


class Link(ABC):
    """One person's socket, opened again whenever it breaks."""

    most_unacked = 20  #: nobody types on for ever into a chat that does not answer

    def __init__(self, street: Street, name: str, path: str) -> None:
        self.street = street
        self.name = name
        self.ledger = Ledger(street.ledgers, name)
        self.pause = (0.05, 0.4)  #: seconds before another socket
        self.held: dict[str, Held] = {}
        self.epoch = 0
        self.outbox: dict[str, Frame] = {}
        self._path = path
        self._written = 0
        self._sent: set[str] = set()
        self._socket: ClientConnection | None = None  #: set once welcomed
        self._deaf = False
        self._lock = anyio.Lock()
        self._changed = anyio.Event()

    @abstractmethod
    async def ticket(self) -> str:
        """A fresh one-time ticket."""

    @abstractmethod
    def hello(self, ticket: str) -> Frame:
        """The first frame."""

    @abstractmethod
    def greetings(self, welcome: Frame) -> list[Frame]:
        """What is said on every new socket before anything else."""

    @abstractmethod
    def heard(self, frame: Frame) -> None:
        """Any frame that is not about the log or the outbox."""

    async def run(self) -> None:
        """Keep a socket open until cancelled."""
        while True:
            try:
                await self._one_socket()
            except (OSError, TimeoutError, aiohttp.ClientError, WebSocketException, Gap) as why:
                self.ledger.write("down", why=f"{type(why).__name__}: {why}"[:100])
            finally:
                self._socket = None
            await self.street.clock.sleep(self.street.luck.uniform(*self.pause))
            await self.street.listening()

    async def until(self, true: Callable[[], bool]) -> None:
        """Until something that frames bring about has become true."""
        while not true():
            await self._changed.wait()

    async def say(self, frame: Frame, **about: Any) -> None:
        """Write a message; it stays in the outbox until it is acknowledged."""
        self._written += 1
        cmid = f"{self.name}-{self._written:06d}"
        self.ledger.write("said", cmid=cmid, body=frame["body"], **about)
        self.outbox[cmid] = {**frame, "t": "send", "cmid": cmid}
        await self._flush()

    async def tell(self, frame: Frame) -> None:
        """Say something that needs no acknowledgement; lost when nobody is there."""
        if self._socket is not None:
            await self._put(self._socket, frame)

    async def lose_the_line(self, seconds: float) -> None:
        """Hear nothing for a while, then lose the connection: acknowledgements are lost."""
        socket = self._socket
        if socket is None or self._deaf:
            return
        self._deaf = True
        await self.street.clock.sleep(seconds)
        socket.transport.abort()

    def cursor(self, conversation_id: str | None) -> Frame | None:
        """Where to resume."""
        held = self.held.get(conversation_id or "")
        if held is None:
            return None
        return {"epoch": self.epoch, "seq": held.seq, "entry_id": held.entry_id}

    @property
    def may_write(self) -> bool:
        """Whether a person would go on typing."""
        return len(self.outbox) < self.most_unacked

    async def _one_socket(self) -> None:
        url = self.street.base_url.replace("http", "ws", 1) + self._path
        ticket = await self.ticket()
        async with connect(
            url,
            origin=Origin(self.street.base_url),
            compression=None,
            ping_interval=None,
            open_timeout=5,
            close_timeout=1,
            max_size=None,
            proxy=None,
        ) as socket:
            self._deaf = False
            self._sent = set()
            await socket.send(json.dumps(self.hello(ticket)))
            while True:
                text = await socket.recv()
                if not self._deaf:
                    await self._take(socket, json.loads(text))
                    self._changed.set()
                    self._changed = anyio.Event()

    async def _take(self, socket: ClientConnection, frame: Frame) -> None:
        match frame["t"]:
            case "ping":
                await self._put(socket, {"t": "pong", "n": frame["n"]})
            case "welcome":
                self.epoch = frame["epoch"]
                for greeting in self.greetings(frame):
                    await self._put(socket, greeting)
                self._socket = socket
                await self._flush()
            case "snapshot":
                self._take_snapshot(frame)
            case "entry":
                self._take_entry(frame["conversation_id"], frame["entry"])
            case "ack":
                self._take_ack(frame)
            case "error":
                self._take_error(frame)
            case _:
                self.heard(frame)

    def _take_ack(self, frame: Frame) -> None:
        facts = ("cmid", "conversation_id", "entry_id", "seq", "dup")
        self.ledger.write("acked", **{name: frame[name] for name in facts})
        if self.outbox.pop(frame["cmid"], None) is not None:
            self.street.acknowledge()

    def _take_error(self, frame: Frame) -> None:
        about, code = frame.get("about"), frame["code"]
        self.ledger.write("refused", cmid=frame.get("cmid"), code=code, about=about)
        self.street.refused.append(f"{self.name}: {about} {code}: {frame['message']}")
        self.outbox.pop(frame.get("cmid") or "", None)

    def _take_snapshot(self, frame: Frame) -> None:
        conversation_id = frame["conversation"]["conversation_id"]
        held = self.held.get(conversation_id)
        self.epoch = frame["epoch"]
        if not frame["recovered"]:
            first = frame["entries"][0]["prev"] if frame["entries"] else 0
            self.ledger.write(
                "replaced",
                conversation_id=conversation_id,
                held=held.seq if held else None,
                after=first,
            )
            self.held[conversation_id] = Held(first, "")
        for entry in frame["entries"]:
            self._take_entry(conversation_id, entry)

    def _take_entry(self, conversation_id: str, entry: Frame) -> None:
        held = self.held.get(conversation_id, Held(0, ""))
        facts = {name: entry[name] for name in ("seq", "prev", "id", "cmid", "body", "kind")}
        if entry["seq"] <= held.seq:
            self.ledger.write("known", conversation_id=conversation_id, **facts)
        elif entry["prev"] != held.seq:
            self.ledger.write("gap", conversation_id=conversation_id, held=held.seq, **facts)
            raise Gap
        else:
            self.ledger.write("took", conversation_id=conversation_id, **facts)
            self.held[conversation_id] = Held(entry["seq"], entry["id"])

    async def _flush(self) -> None:
        """Send what this socket has not been given yet, in the order of writing."""
        async with self._lock:
            socket = self._socket
            if socket is None:
                return
            for cmid, frame in list(self.outbox.items()):
                if cmid not in self._sent:
                    self._sent.add(cmid)
                    await self._put(socket, frame)

    async def _put(self, socket: ClientConnection, frame: Frame) -> None:
        try:
            await socket.send(json.dumps(frame))
        except ConnectionClosed as why:
            # The reader of this socket finds it closed too, and opens another.
            self.ledger.write("unsent", t=frame["t"], why=type(why).__name__)
