"""A push service on loopback, and the browsers that hang on it, with bad days of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from aiohttp import web

from gateway.sandbox.browsers import Browser, Notification
from gateway.sandbox.push_exchange import PushExchange, Refused

if TYPE_CHECKING:
    from gateway.clock import Clock

HANGS = "hangs"  #: takes the message and never says so
DROPS = "drops"  #: takes the message and hangs up


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer other than 201; nothing is taken."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One message as it came."""

    browser: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class PushService:
    """The ledger, and what becomes of the next messages; without a script it takes what is good."""

    clock: Clock
    exchange: PushExchange = field(default_factory=PushExchange)
    calls: list[Call] = field(default_factory=list)
    taken: list[Notification] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    script: deque[str | Answers] = field(default_factory=deque)
    base: str = ""
    port: int = 0
    _runner: web.ServerRunner | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._runner = web.ServerRunner(
            web.Server(self._serve, handler_cancellation=True), shutdown_timeout=0.05
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.exchange.base = self.exchange.base or self.base

    async def close(self) -> None:
        """Go away with every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def says(self, *acts: str | Answers) -> None:
        """What happens to the next messages."""
        self.script.extend(acts)

    def browser(self, key: str) -> Browser:
        """A browser that lets the store of this key notify it."""
        return self.exchange.subscribe(key)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        which, body, now = request.path.rpartition("/")[2], await request.read(), self.clock.now()
        self.calls.append(Call(browser=which, headers=headers, body=body))
        act = self.script.popleft() if self.script else None
        if isinstance(act, Answers):
            return web.Response(status=act.status, headers=act.headers)
        try:
            browser = self.exchange.check(which, headers, now)
            kept = self.exchange.take(browser, headers, body, now)
        except Refused as why:
            self.refused.append((why.status, why.words))
            return web.Response(status=why.status, text=why.words)
        self.taken.append(kept)
        self.exchange.show(browser, now)
        if act == HANGS:
            await anyio.Event().wait()
        if act == DROPS:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=201, headers={"Location": f"{self.base}/m/{kept.id}"})
