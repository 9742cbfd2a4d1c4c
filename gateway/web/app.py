"""The Starlette application: every route in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from gateway.auth.passwords import Passwords
from gateway.errors import BadInput, Forbidden, OnethreadError
from gateway.services.arriving import Arrivals
from gateway.services.house import House
from gateway.services.metrics import CONSOLES_BEHIND
from gateway.services.presence import Presences
from gateway.services.quarantine import measure
from gateway.store import house as houses
from gateway.store.tx import Tx, unpack
from gateway.web.agent_socket import AgentConnection
from gateway.web.answers import (
    answered,
    json,
    on_crash,
    on_error,
    on_hanging_up,
    on_refusal,
    problem,
)
from gateway.web.app_hooks import AppHooks
from gateway.web.browsing import Browsing
from gateway.web.canned import Canned
from gateway.web.console import Console
from gateway.web.faces import Faces
from gateway.web.files import Files
from gateway.web.handles import Handles
from gateway.web.hooks import Hooks
from gateway.web.identity import Identity
from gateway.web.inbox import Inbox
from gateway.web.later import MessagesForLater
from gateway.web.letters import Letters
from gateway.web.mail_hooks import MailHooks
from gateway.web.numbers import Numbers
from gateway.web.originals import Originals
from gateway.web.origins import allowed, origin_of
from gateway.web.own_settings import OwnSettings
from gateway.web.panel import Panel
from gateway.web.policies import Policies
from gateway.web.preference_page import PreferencePage
from gateway.web.push_hooks import PushHooks
from gateway.web.push_page import PushPage
from gateway.web.quarantine import Quarantine
from gateway.web.rating_page import RatingPage
from gateway.web.reference import Reference
from gateway.web.search import Search
from gateway.web.shopper_socket import ShopperConnection
from gateway.web.shoppers import Shoppers
from gateway.web.stop_page import StopPage
from gateway.web.thread_page import ThreadPage
from gateway.web.ticking import Ticker
from gateway.web.transcripts import Transcripts

log = structlog.get_logger(__name__)
MOST_BODY = 1_000_000  #: bytes of an HTTP request

Ready = Callable[[], Awaitable[dict[str, str]]]


class App(Starlette):
    """Pages by Starlette; sockets and the phone company's hooks by what serves them alone.

    A socket stays for hours under everything it came through, ten thousand times; and hooks come
    by the thousand.
    """

    sockets: Mapping[str, ASGIApp] = MappingProxyType({})
    hooks: Hooks | None = None

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or one socket."""
        is_http = scope["type"] == "http"
        if scope["type"] == "websocket" and scope["path"] in self.sockets:
            await self.sockets[scope["path"]](scope, receive, send)
        elif is_http and self.hooks is not None and (hook := self.hooks.at_once(scope)):
            await answered(hook, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def build_app(
    house: House,
    presences: Presences,
    passwords: Passwords,
    *,
    twilio_tokens: tuple[str, ...],
    ready: Ready,
    twilio_keys: Mapping[str, str] | None = None,
    mail_hooks: MailHooks | None = None,
) -> App:
    """Everything that the world may ask for.

    ``ready`` says what is wrong, by part; empty when the gateway can do its work.
    """
    own = origin_of(house.base_url)
    console = Console(house, passwords)
    panel = Panel(house)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        wrong = await ready()
        return json({"ready": not wrong, "wrong": wrong}, 503 if wrong else 200)

    async def metrics(_request: Request) -> Response:
        await measure(house.store)
        CONSOLES_BEHIND.set(house.untold)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    ticker, arrivals = Ticker(house.clock), Arrivals(house)
    hooks = Hooks(house, twilio_tokens, twilio_keys)

    async def shopper(scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin")
        await receive()  # that it asks for a socket
        try:
            known = origin == own or allowed(origin, await house.store.read(_all_origins))
        except OnethreadError as error:
            log.warning("socket.not_upgraded", code=error.code)
            await problem(error)(scope, receive, send)  # in place of the upgrade
            return
        if not known:
            await send({"type": "websocket.close", "code": 1008})  # a 403, not an upgrade
            return
        shop = None if origin == own else origin
        await ShopperConnection(
            house, presences, ticker, receive, send, arrivals=arrivals, shop=shop
        ).serve(scope)

    async def agent(scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin")
        await receive()
        if origin != own:
            await send({"type": "websocket.close", "code": 1008})
            return
        await AgentConnection(house, presences, ticker, receive, send).serve(scope)

    app = App(
        routes=[
            *hooks.routes(),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *panel.routes(),
            *Handles(house).routes(),
            *Identity(house).routes(),
            *Numbers(house).routes(),
            *Reference(house).routes(),
            *ThreadPage(house, panel).routes(),
            *PreferencePage(house).routes(),
            *StopPage(house).routes(),
            *RatingPage(house).routes(),
            *PushHooks(house).routes(),
            *PushPage(house).routes(),
            *AppHooks(house).routes(),
            *(mail_hooks.routes() if mail_hooks is not None else ()),
            *Policies(house, console.signed_in).routes(),
            *Originals(house, console.signed_in).routes(),
            *Browsing(house, console.signed_in).routes(),
            *Transcripts(house, console.signed_in).routes(),
            *Letters(house, console.signed_in).routes(),
            *Canned(house, console.signed_in).routes(),
            *MessagesForLater(house, console.signed_in).routes(),
            *OwnSettings(house, console.signed_in).routes(),
            *Inbox(house, console.signed_in).routes(),
            *Shoppers(house, console.signed_in).routes(),
            *Faces(house, console.signed_in).routes(),
            *Quarantine(house, console.signed_in).routes(),
            *Search(house, console.signed_in).routes(),
            *Files(house, console.signed_in).routes(),
            *console.routes(),
        ],
        exception_handlers={
            OnethreadError: on_error,
            HTTPException: on_refusal,
            ClientDisconnect: on_hanging_up,
            Exception: on_crash,
        },
        middleware=[Middleware(WithoutNul)],
        max_body_size=MOST_BODY,
    )
    app.hooks = hooks
    app.sockets = {"/ws/shopper": shopper, "/ws/agent": agent}
    return app


class WithoutNul:
    """Refuses a NUL in a path or a query before anything reads it: no database takes one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has none."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            # No provider calls such an address: at a hook it is a stranger, as any other there.
            kind = Forbidden if scope["path"].startswith("/hooks/") else BadInput
            refused = kind("an address cannot contain the NUL character")
            await problem(refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _all_origins(tx: Tx) -> frozenset[str]:
    return frozenset(str(each) for row in houses.stores(tx) for each in unpack(row.origins))
