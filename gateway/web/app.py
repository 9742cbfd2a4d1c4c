"""The Starlette application: every route in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.auth.passwords import Passwords
from gateway.errors import BadInput, OnethreadError
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.services.quarantine import measure
from gateway.store import house as houses
from gateway.store.tx import Tx, unpack
from gateway.web.agent_socket import AgentConnection
from gateway.web.answers import json, on_crash, on_error, on_hanging_up, on_refusal, problem
from gateway.web.app_hooks import AppHooks
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
from gateway.web.stop_page import StopPage
from gateway.web.thread_page import ThreadPage
from gateway.web.transcripts import Transcripts

App = Starlette
MOST_BODY = 1_000_000  #: bytes of an HTTP request

Ready = Callable[[], Awaitable[dict[str, str]]]


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
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def shopper(websocket: WebSocket) -> None:
        origin = websocket.headers.get("origin")
        if origin != own and not allowed(origin, await house.store.read(_all_origins)):
            await websocket.close(1008)  # before accept: a 403, not an upgrade
            return
        shop = None if origin == own else origin
        await ShopperConnection(house, presences, websocket, shop=shop).serve()

    async def agent(websocket: WebSocket) -> None:
        if websocket.headers.get("origin") != own:
            await websocket.close(1008)
            return
        await AgentConnection(house, presences, websocket).serve()

    return Starlette(
        routes=[
            # First: routes are tried one by one, and nothing else is called as often.
            *Hooks(house, twilio_tokens, twilio_keys).routes(),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            WebSocketRoute("/ws/shopper", shopper),
            WebSocketRoute("/ws/agent", agent),
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
            *Transcripts(house, console.signed_in).routes(),
            *Letters(house, console.signed_in).routes(),
            *Canned(house, console.signed_in).routes(),
            *MessagesForLater(house, console.signed_in).routes(),
            *OwnSettings(house, console.signed_in).routes(),
            *Inbox(house, console.signed_in).routes(),
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


class WithoutNul:
    """Refuses a NUL in a path or a query before anything reads it: no database takes one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has none."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            await problem(BadInput("an address cannot contain the NUL character"))(
                scope, receive, send
            )
            return
        await self._app(scope, receive, send)


def _all_origins(tx: Tx) -> frozenset[str]:
    return frozenset(str(each) for row in houses.stores(tx) for each in unpack(row.origins))
