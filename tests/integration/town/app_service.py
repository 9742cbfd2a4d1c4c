"""A store's own push service on loopback, which believes signatures and takes each id once."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
from aiohttp import web

from gateway.channels.app.signature import SIGNATURE, mint, proven_id
from gateway.clock import SECOND
from gateway.errors import BadInput, Forbidden

if TYPE_CHECKING:
    from gateway.clock import Clock

HANGS = "hangs"  #: takes the call and never says so
DROPS = "drops"  #: takes the call and hangs up
LOSES = "loses"  #: hangs up and does not take it


@dataclass(frozen=True, slots=True)
class Says:
    """An answer other than 202; only one in the two hundreds takes the call."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class AppService:
    """The ledger, and what happens to the next calls; without a script it takes everything."""

    clock: Clock
    secret: str = field(default_factory=mint)
    taken: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)  #: those too that it knew already
    asked: list[str] = field(default_factory=list)  #: the id of every call, taken or not
    marks: list[str] = field(default_factory=list)  #: the signatures of every call
    script: deque[str | Says] = field(default_factory=deque)
    base: str = ""
    _port: int = 0
    _runner: web.ServerRunner | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._runner = web.ServerRunner(
            web.Server(self._serve, handler_cancellation=True), shutdown_timeout=0.05
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self.base = f"http://127.0.0.1:{self._port}"

    async def close(self) -> None:
        """Go away with every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @property
    def url(self) -> str:
        """What a store names."""
        return f"{self.base}/onethread"

    def says(self, *acts: str | Says) -> None:
        """What happens to the next calls."""
        self.script.extend(acts)

    def to(self, user: str) -> list[dict[str, Any]]:
        """What a user was told, oldest first."""
        return [each for each in self.taken if each.get("user") == user]

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        now = self.clock.now() // SECOND
        try:
            name = proven_id([self.secret], request.headers, body, now=now)
        except (BadInput, Forbidden) as error:
            return web.Response(status=401, text=error.message)
        self.asked.append(name)
        self.marks.append(request.headers[SIGNATURE])
        act = self.script.popleft() if self.script else Says(202)
        if isinstance(act, Says) and not 200 <= act.status < 300:
            return web.Response(status=act.status, body=act.body, headers=act.headers)
        if act != LOSES:
            self.calls.append(json.loads(body))
            if all(each["id"] != name for each in self.taken):
                self.taken.append(self.calls[-1])
        if act == HANGS:
            await anyio.Event().wait()
        if not isinstance(act, Says):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=act.status, body=act.body, headers=act.headers)
