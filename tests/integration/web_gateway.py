"""A gateway on a free port of this machine, with two stores, two agents, and clients to it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
from typing_extensions import override
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from gateway import bootstrap
from gateway.bootstrap import Gateway
from gateway.clock import SystemClock
from gateway.egress import Egress
from gateway.services import nodes, setup
from gateway.settings import Settings, read_settings
from gateway.store.migrate import upgrade

ACME, OTHER = "pk_acme", "pk_other"
ACME_ORIGIN, OTHER_ORIGIN = "https://shop.example", "https://other.example:8443"
#: a name that would end the document's data element if it could
ACME_NAME = "Acme</script><script>alert(1)</script> & Söhne"
ADA, BEN = "ada@acme.example", "ben@acme.example"
PASSWORD = "correct horse battery"
PATIENCE = 45.0  #: seconds, on a machine with other work
SMALL_BUFFER = 16_384
_numbers = itertools.count(1)


class MovableClock(SystemClock):
    """The machine's clock, of which a test may move both hands ahead."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0

    @override
    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time-outs see so many seconds pass at once."""
        self._skipped += seconds


class Line:
    """One socket of a client that answers pings."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, t: str, **fields: Any) -> None:
        await self.raw(json.dumps({"t": t, **fields}, ensure_ascii=False))

    async def raw(self, frame: str | bytes) -> None:
        await self.connection.send(frame)

    async def hear(self, *names: str) -> dict[str, Any]:
        """The next frame of one of these names; other frames are passed over."""
        with anyio.fail_after(PATIENCE):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                if frame["t"] == "ping":
                    await self.say("pong", n=frame["n"])
                if frame["t"] in names:
                    return frame

    async def is_heard(self) -> None:
        """All that was said has come: the server answers a ping of WebSocket's own after it."""
        with anyio.fail_after(PATIENCE):
            await (await self.connection.ping())

    async def closed(self) -> int:
        """The code with which the gateway closes, after whatever it still says."""
        with anyio.fail_after(PATIENCE):
            try:
                while True:
                    await self.connection.recv()
            except ConnectionClosed as end:
                return end.rcvd.code if end.rcvd is not None else 1006

    async def hang_up(self) -> None:
        await self.connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A console's cookie and the token that its changes carry."""

    cookie: str
    csrf: str
    origin: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-Onethread-CSRF": self.csrf, "Origin": self.origin}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vera:
    """What a shopper's browser was given."""

    ticket: str
    session: str
    shopper_id: str
    known: bool
    cookie: str


class WebGateway:
    """What runs, and how people come to it."""

    def __init__(self, gateway: Gateway, clock: MovableClock, http: httpx2.AsyncClient) -> None:
        self.gateway = gateway
        self.clock = clock
        self.http = http
        self.origin = gateway.house.base_url

    async def vera(self, key: str = ACME, session: str | None = None) -> Vera:
        """A shopper's browser asks to be let in."""
        answer = await self.http.post(
            "/widget/session",
            json={"key": key, "session": session},
            headers={"Origin": self.origin},
        )
        assert answer.status_code == 200, answer.text
        return Vera(**answer.json(), cookie=answer.headers["set-cookie"])

    async def sign_in(self, email: str = ADA, password: str = PASSWORD) -> SignedIn:
        """An agent signs in."""
        answer = await self.http.post(
            "/api/login",
            json={"email": email, "password": password},
            headers={"Origin": self.origin},
        )
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].partition(";")[0]
        return SignedIn(cookie=cookie, csrf=answer.json()["csrf"], origin=self.origin)

    async def agent_ticket(self, signed: SignedIn) -> str:
        answer = await self.http.post("/api/ticket", headers=signed.headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ticket"])

    @contextlib.asynccontextmanager
    async def line(
        self, path: str, origin: str | None = None, *, sock: socket.socket | None = None
    ) -> AsyncIterator[Line]:
        """An accepted socket on which nothing has been said."""
        async with connect(
            self.origin.replace("http", "ws", 1) + path,
            origin=Origin(self.origin if origin is None else origin),
            compression=None,
            max_size=None,
            ping_interval=None,
            proxy=None,
            sock=sock,
        ) as connection:
            yield Line(connection)

    @contextlib.asynccontextmanager
    async def tab(
        self, vera: Vera | None = None, resume: dict[str, Any] | None = None
    ) -> AsyncIterator[tuple[Line, dict[str, Any]]]:
        """A shopper's tab that was welcomed, and the welcome."""
        vera = vera or await self.vera()
        async with self.line("/ws/shopper") as line:
            await line.say("hello", ticket=vera.ticket, resume=resume)
            yield line, await line.hear("welcome")

    @contextlib.asynccontextmanager
    async def console(self, email: str = ADA) -> AsyncIterator[tuple[Line, dict[str, Any]]]:
        """A console that was welcomed, and the welcome."""
        ticket = await self.agent_ticket(await self.sign_in(email))
        async with self.line("/ws/agent") as line:
            await line.say("hello", ticket=ticket)
            yield line, await line.hear("welcome")


def cmid() -> str:
    """A client's id for a message, never given twice."""
    return f"cmid-{next(_numbers):08d}"


@contextlib.asynccontextmanager
async def on_air(
    data: Path, database_url: str | None = None, *, egress: Egress | None = None, **given: object
) -> AsyncIterator[WebGateway]:
    """Migrate, set up, serve; everything ends with the block. Without a URL it is SQLite.

    ``given`` are further settings.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Accepted connections inherit it, so that a reader who stops is noticed early.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        settings = read_settings(
            data=data, port=listening.getsockname()[1], database_url=database_url, **given
        )
        await upgrade(settings.database)
        clock, stop = MovableClock(), asyncio.Event()
        started: asyncio.Future[Gateway] = asyncio.get_running_loop().create_future()
        # A task of its own: a fixture's two halves may run in different ones.
        running = asyncio.create_task(_run(settings, clock, egress, listening, started, stop))
        # A task that failed before it served must not leave the test waiting for ever.
        running.add_done_callback(lambda _: None if started.done() else started.cancel())
        try:
            gateway = await started
            async with httpx2.AsyncClient(
                base_url=gateway.house.base_url, trust_env=False, timeout=PATIENCE
            ) as http:
                yield WebGateway(gateway, clock, http)
        finally:
            stop.set()
            await running


async def _run(
    settings: Settings,
    clock: MovableClock,
    egress: Egress | None,
    listening: socket.socket,
    started: asyncio.Future[Gateway],
    stop: asyncio.Event,
) -> None:
    async with bootstrap.build(settings, clock, egress) as gateway:
        await _people(gateway)
        await nodes.begin_node(gateway.house)
        server = bootstrap.web_server(gateway.app, settings, gateway.house.hub)
        async with anyio.create_task_group() as group:
            group.start_soon(gateway.clockwork.run)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                await clock.sleep(0.01)
            started.set_result(gateway)
            await stop.wait()
            server.should_exit = True
            await serving
            group.cancel_scope.cancel()


async def _people(gateway: Gateway) -> None:
    store = gateway.house.store
    for key, name, origin in ((ACME, ACME_NAME, ACME_ORIGIN), (OTHER, "Other", OTHER_ORIGIN)):
        await setup.ensure_store(store, setup.NewStore(key=key, name=name, origins=(origin,)))
    for email, name in ((ADA, "Ada"), (BEN, "Ben")):
        await setup.add_agent(store, email=email, name=name, password=PASSWORD)
