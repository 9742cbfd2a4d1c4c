"""The push service on the desk's port, and the browsers that a person can hold on the page.

It asks what push services ask, and opens nothing itself: what is shown, the browser opened. A
browser that is on shows at once and tells the gateway so, as the service worker does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.errors import BadInput, NotFound
from gateway.sandbox.asked import json_of
from gateway.sandbox.push_exchange import PushExchange, Refused
from gateway.sandbox.silence import silence
from gateway.sandbox.switches import SLOW

if TYPE_CHECKING:
    from anyio.abc import TaskGroup
    from starlette.requests import Request

    from gateway.clock import Clock
    from gateway.sandbox.browsers import Browser, Notification
    from gateway.sandbox.ledger import Ledger
    from gateway.sandbox.world import World

GONE: Final = 410
AGAIN_AFTER: Final = "30"  #: seconds, in the Retry-After of a 429
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{87}", re.ASCII)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_log = structlog.get_logger(__name__)


class PushService:
    """The routes under ``/push`` and ``/api/browsers``; the push switch decides how it behaves."""

    def __init__(
        self,
        exchange: PushExchange,
        *,
        world: World,
        ledger: Ledger,
        session: aiohttp.ClientSession,
        gateway_url: str,
        clock: Clock,
        tasks: TaskGroup,
    ) -> None:
        self._exchange = exchange
        self._world = world
        self._ledger = ledger
        self._session = session
        self._shown_url = f"{gateway_url.rstrip('/')}/push/shown"
        self._clock = clock
        self._tasks = tasks

    def routes(self) -> list[Route]:
        """Return the routes, for the application."""
        return [
            Route("/push/{browser}", self.receive, methods=["POST"]),
            Route("/api/browsers", self.subscribe, methods=["POST"]),
            Route("/api/browsers/{browser}", self.change, methods=["POST"]),
        ]

    async def receive(self, request: Request) -> Response:
        """Take a message for a browser: 201, before anything has happened to it."""
        switches, now = self._world.switches, self._clock.now()
        if switches.push == "down":
            return Response("Come again later.", 503)
        if switches.push == "reject":
            status = switches.push_code or GONE
            headers = {"Retry-After": AGAIN_AFTER} if status == 429 else {}
            return Response("No.", status, headers)
        try:
            browser = self._exchange.check(
                request.path_params["browser"], dict(request.headers), now
            )
            kept = self._exchange.take(browser, dict(request.headers), await request.body(), now)
        except Refused as why:
            return Response(why.words, why.status)
        self._ledger.append({"id": kept.id, "browser": browser.id, "text": kept.payload, "at": now})
        if switches.push != "bounce":
            self._show(browser)
        self._tell(browser)
        if switches.push == "timeout":
            return await silence(request)
        if switches.push == "slow":
            await self._clock.sleep(SLOW)
        headers = {
            "Location": f"{self._exchange.base}/push/message/{kept.id}",
            "TTL": str(kept.ttl),
        }
        return Response(status_code=201, headers=headers)

    async def subscribe(self, request: Request) -> Response:
        """Let the store of a key notify a new browser; returns what its page is given."""
        key = (await json_of(request)).get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise BadInput("key is the store's public key: 87 characters of base64url.")
        browser = self._exchange.subscribe(key)
        self._tell(browser)
        told = {"id": browser.id, **browser.subscription(self._exchange.base)}
        return JSONResponse(told, 201)

    async def change(self, request: Request) -> Response:
        """Turn a browser off or on, or take its permission back (``gone``)."""
        browser = self._exchange.browsers.get(request.path_params["browser"])
        if browser is None:
            raise NotFound("There is no such browser.")
        wish = await json_of(request)
        if (
            not wish
            or set(wish) - {"on", "gone"}
            or not all(isinstance(each, bool) for each in wish.values())
        ):
            raise BadInput("Say on or gone, each true or false.")
        browser.on = bool(wish.get("on", browser.on))
        browser.gone = bool(wish.get("gone", browser.gone))
        self._show(browser)
        self._tell(browser)
        return JSONResponse(browser.as_json(self._exchange.base))

    def _show(self, browser: Browser) -> None:
        for each in self._exchange.show(browser, self._clock.now()):
            self._ledger.append({"id": each.id, "event": "shown", "at": self._clock.now()})
            if each.token:
                self._tasks.start_soon(self._receipt, each)

    async def _receipt(self, each: Notification) -> None:
        """What the service worker says of a notification that it has shown."""
        try:
            async with self._session.post(
                self._shown_url, json={"token": each.token}, timeout=_TIMEOUT
            ) as answer:
                _log.info("push_receipt", status=answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            # As in a browser: nobody sits there to try again.
            _log.info("push_receipt_lost", failure=type(failure).__name__)

    def _tell(self, browser: Browser) -> None:
        self._world.tell({"kind": "browser", "browser": browser.as_json(self._exchange.base)})
