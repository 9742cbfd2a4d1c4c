"""Binds the three listeners and runs them in one task group until told to stop."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, cast

import aiohttp
import anyio
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from typing_extensions import override

from gateway.errors import OnethreadError
from gateway.sandbox import shop
from gateway.sandbox.account import Account
from gateway.sandbox.album import Album
from gateway.sandbox.carrier import Carrier
from gateway.sandbox.courier import Courier
from gateway.sandbox.ending import EndsAtOnce
from gateway.sandbox.faults import Fault
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.options import Options, Ports
from gateway.sandbox.page_api import PageApi
from gateway.sandbox.post_office import PostOffice
from gateway.sandbox.push_service import PushService
from gateway.sandbox.shop_app import ShopApp
from gateway.sandbox.twilio_api import TwilioApi
from gateway.sandbox.webhooks import Webhooks
from gateway.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from anyio.abc import TaskGroup
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from gateway.sandbox.wall_clock import WallClock

_HOST: Final = "127.0.0.1"
_NAMES: Final = ("127.0.0.1", "localhost")
_LARGEST_BODY: Final = 8_000_000  # a large picture, as base64
_log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """A server among others: signals are the process's, not each server's."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    options: Options, *, clock: WallClock, stop: anyio.Event, started: Callable[[Ports], None]
) -> None:
    """Run the sandbox until ``stop`` is set; ``started`` is told the ports once all listen.

    Ending waits for nobody: open event streams are cut, and texts on their way stay undelivered.

    Raises:
        OSError: when a port is taken or the data directory cannot be written.
    """
    sockets = _Sockets.bind(options)
    async with AsyncExitStack() as stack:
        stack.callback(sockets.close)
        sms, mail, push, app = (
            stack.enter_context(closing(Ledger(options.data / f"{name}.jsonl")))
            for name in ("sms", "mail", "push", "app")
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with anyio.create_task_group() as tasks:
            house = _House(
                options=options,
                world=World(
                    numbers=(options.shopper_phone, *options.agent_phones),
                    addresses=(options.shopper_mail, *options.agent_mails),
                ),
                sms=sms,
                mail=mail,
                push=push,
                app=app,
                session=session,
                webhooks=Webhooks(session, token=options.auth_token, clock=clock),
                clock=clock,
                tasks=tasks,
            )
            await _listen(house, sockets, stop, started)
            tasks.cancel_scope.cancel()


async def _listen(
    house: _House, sockets: _Sockets, stop: anyio.Event, started: Callable[[Ports], None]
) -> None:
    options = house.options
    app = house.shop_app()
    office, desk = house.furnish(sockets.ports, app)
    front = shop.build(gateway_url=options.gateway_url, store_key=options.store_key, link=app.link)
    servers = (_server(EndsAtOnce(desk, stop)), _server(EndsAtOnce(front, stop)))
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(office.protocol, sock=sockets.smtp)
    async with anyio.create_task_group() as listeners:
        listeners.start_soon(servers[0].serve, [sockets.desk])
        listeners.start_soon(servers[1].serve, sockets.front)
        started(sockets.ports)
        await stop.wait()
        smtp.close()
        for server in servers:
            server.should_exit = server.force_exit = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sockets:
    """Bound and listening; the shop may have two, one per protocol."""

    desk: socket.socket
    smtp: socket.socket
    front: list[socket.socket]

    @classmethod
    def bind(cls, options: Options) -> Self:
        return cls(
            desk=socket.create_server((_HOST, options.port)),
            smtp=socket.create_server((_HOST, options.smtp_port)),
            front=_bind_twins(options.storefront_port),
        )

    @property
    def ports(self) -> Ports:
        return Ports(
            port=self.desk.getsockname()[1],
            smtp_port=self.smtp.getsockname()[1],
            storefront_port=self.front[0].getsockname()[1],
        )

    def close(self) -> None:
        for listener in (self.desk, self.smtp, *self.front):
            listener.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What the two companies and their desk share."""

    options: Options
    world: World
    sms: Ledger
    mail: Ledger
    push: Ledger
    app: Ledger
    session: aiohttp.ClientSession
    webhooks: Webhooks
    clock: WallClock
    tasks: TaskGroup

    def shop_app(self) -> ShopApp:
        options = self.options
        return ShopApp(
            token=options.auth_token,
            hooks=f"{options.gateway_url.rstrip('/')}/hooks/app/{options.store_key}",
            world=self.world,
            ledger=self.app,
            session=self.session,
            clock=self.clock,
            tasks=self.tasks,
        )

    def furnish(self, ports: Ports, app: ShopApp) -> tuple[PostOffice, Starlette]:
        options, world, clock = self.options, self.world, self.clock
        account, album = Account(options.account_sid), Album()
        carrier = Carrier(
            options,
            world=world,
            account=account,
            ledger=self.sms,
            webhooks=self.webhooks,
            clock=clock,
            tasks=self.tasks,
            album=album,
            base=f"http://{_HOST}:{ports.port}",
        )
        courier = Courier(
            host=options.inbound_smtp_host, port=options.inbound_smtp_port, clock=clock
        )
        office = PostOffice(
            world=world, ledger=self.mail, courier=courier, clock=clock, tasks=self.tasks
        )
        twilio = TwilioApi(
            options, world=world, account=account, carrier=carrier, clock=clock, album=album
        )
        page = PageApi(
            about=_about(options, ports),
            store_number=options.store_number,
            world=world,
            carrier=carrier,
            album=album,
            courier=courier,
            ledger=self.mail,
            clock=clock,
        )
        world.exchange.base = f"http://{_HOST}:{ports.port}"
        pushes = PushService(
            world.exchange,
            world=world,
            ledger=self.push,
            session=self.session,
            gateway_url=options.gateway_url,
            clock=clock,
            tasks=self.tasks,
        )
        return office, _desk([*twilio.routes(), *pushes.routes(), *app.routes(), *page.routes()])


def _desk(routes: Sequence[BaseRoute]) -> Starlette:
    return Starlette(
        routes=routes,
        # Another site may point its own name at this address; it must not read mail here.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_NAMES, www_redirect=False)],
        exception_handlers={Fault: _fault, OnethreadError: _error},
        max_body_size=_LARGEST_BODY,
    )


def _bind_twins(port: int) -> list[socket.socket]:
    """Listen on the IPv4 loopback, and on the same port of IPv6's where there is one."""
    first = socket.create_server((_HOST, port))
    try:
        second = socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6)
    except OSError:
        _log.info("no_ipv6_loopback")
        return [first]
    return [first, second]


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        access_log=False,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    return _Server(config)


def _about(options: Options, ports: Ports) -> dict[str, object]:
    return {
        "people": {
            "shopper_phone": options.shopper_phone,
            "shopper_mail": options.shopper_mail,
            "agent_phones": list(options.agent_phones),
            "agent_mails": list(options.agent_mails),
        },
        "store_number": options.store_number,
        # By name, so that a browser takes shop and gateway for two sites.
        "storefront_url": f"http://localhost:{ports.storefront_port}/",
    }


def _fault(request: Request, fault: Exception) -> Response:
    return cast("Fault", fault).response()


def _error(request: Request, error: Exception) -> Response:
    known = cast("OnethreadError", error)
    return JSONResponse({"code": known.code, "message": known.message}, known.status)
