"""The only place that builds things and puts them together: plain parameters, no container."""

from __future__ import annotations

import contextlib
import gc
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import FrameType

import anyio
import structlog
import uvicorn
from typing_extensions import override

from gateway.auth.passwords import Passwords
from gateway.channels.app.from_settings import app_channel
from gateway.channels.email.from_settings import listeners, sender_check, smtp_channel
from gateway.channels.email.imap import MailboxReader
from gateway.channels.email.listener import Listener
from gateway.channels.port import Channel
from gateway.channels.push.from_settings import push_channel, push_hosts
from gateway.channels.twilio.from_settings import sms_channel, text_listing, text_media
from gateway.channels.twilio.whatsapp import TwilioWhatsApp
from gateway.clock import Clock, SystemClock, clock_from
from gateway.egress import Egress
from gateway.errors import Misconfigured, OnethreadError
from gateway.files.child import Child
from gateway.files.shelf import Shelf
from gateway.live.hub import Hub
from gateway.protocol.session import MOST_BYTES
from gateway.services import mail_intake, mailboxes, nodes
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.services.readiness import wrong_with
from gateway.settings import Settings
from gateway.store import house as houses
from gateway.store.migrate import require_newest, sqlite_path
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore, own
from gateway.store.tx import Store
from gateway.web.app import App, build_app
from gateway.web.mail_hooks import MailHooks
from gateway.web.mail_keys import mail_keys
from gateway.web.twilio_keys import twilio_keys, twilio_tokens
from gateway.worker.clock_follower import follower
from gateway.worker.clockwork import Clockwork

log = structlog.get_logger(__name__)

MAIL_READER = "gateway.worker.mail_reader"
SIGNATURE_READER = "gateway.worker.signature_reader"
SIGNATURE_SECONDS = 5.0  #: for the sums over one mail; 25 MB take about two
SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class Gateway:
    """What ``serve`` runs."""

    house: House
    app: App
    clockwork: Clockwork
    listeners: tuple[Listener, ...]
    mailbox: MailboxReader | None


async def open_store(settings: Settings, clock: Clock) -> Store:
    """The database, at the newest schema and durable.

    Raises:
        Misconfigured: an older schema, or a database that may lose what it acknowledged.
    """
    await require_newest(settings.database)
    path = sqlite_path(settings.database)
    if path is not None:
        return SqliteStore(path, clock)
    store = PostgresStore(settings.database, clock)
    try:
        await store.check_durability(accept_data_loss=settings.accept_data_loss)
    except BaseException:
        await store.aclose()
        raise
    return store


def channels_from(settings: Settings, clock: Clock) -> dict[str, Channel]:
    """The channels that the settings name."""
    found: dict[str, Channel] = {}
    texts = sms_channel(settings)
    if texts is not None:
        found["sms"], found["whatsapp"] = texts, TwilioWhatsApp(texts)
    mail = smtp_channel(settings, clock)
    if mail is not None:
        found["email"] = mail
    found["app"] = app_channel(settings)
    push = push_channel(settings, clock)
    if push is not None:
        found["push"] = push
    return found


def secret_of(settings: Settings) -> bytes:
    """The key that signs reply addresses; kept beside the data when none is set.

    Raises:
        Misconfigured: it is too short.
    """
    if settings.secret_key is not None:
        found = settings.secret_key.get_secret_value().encode()
        if len(found) < SHORTEST_SECRET:
            raise Misconfigured(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters")
        return found
    home = settings.data / "secret.key"
    if not home.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        home.touch(mode=0o600)
        home.write_text(secrets.token_urlsafe(48))
    return home.read_text().strip().encode()


@contextlib.asynccontextmanager
async def build(
    settings: Settings, clock: Clock | None = None, egress: Egress | None = None
) -> AsyncIterator[Gateway]:
    """Everything, built and open; closed again at the end."""
    clock, keys = clock or clock_from(settings.clock), mail_keys(settings)
    shared = twilio_keys(settings)
    with contextlib.ExitStack() as stack:
        path = sqlite_path(settings.database)
        if path is not None:
            stack.enter_context(own(path))
        store = await open_store(settings, clock)
        await _never_go_back(store, clock)
        signatures = Child(SIGNATURE_READER, seconds=SIGNATURE_SECONDS)
        house = House(
            store=store,
            clock=clock,
            hub=Hub(),
            channels=channels_from(settings, clock),
            secrets=(secret_of(settings),),
            base_url=settings.base_url,
            node_id=secrets.token_hex(8),
            files=(shelf := Shelf(settings.files_home, clock)),
            frame_rate=settings.frame_rate,
            lease=settings.lease,
            senders=sender_check(settings, signatures.read),
            media=text_media(settings),
            listing=text_listing(settings),
            push_hosts=push_hosts(settings),
        )
        child = Child(MAIL_READER)
        presences = Presences(house)
        clockwork = Clockwork(house, presences, child, follower(house, settings.clock))

        async def ready() -> dict[str, str]:
            wrong = await wrong_with(house, clockwork_is_alive=clockwork.is_alive)
            return wrong | mailboxes.wrong_with(mailbox, clock.now())

        try:
            mailbox = mailboxes.mailbox_of(settings, house)
            yield Gateway(
                house=house,
                app=build_app(
                    house,
                    presences,
                    Passwords(),
                    twilio_tokens=twilio_tokens(settings),
                    twilio_keys=shared,
                    ready=ready,
                    mail_hooks=MailHooks(house, keys, egress or Egress()),
                ),
                clockwork=clockwork,
                listeners=listeners(
                    settings,
                    clock,
                    accepts=lambda recipient: mail_intake.accepts(house, recipient),
                    store=lambda envelope: mail_intake.keep(house, envelope),
                ),
                mailbox=mailbox,
            )
        finally:
            with anyio.CancelScope(shield=True):
                await child.aclose()
                await signatures.aclose()
                await shelf.aclose()
                for channel in house.channels.values():
                    await channel.aclose()
                await store.aclose()


class _Server(uvicorn.Server):
    """uvicorn's, which says that it is going before it closes the sockets (with 1012)."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._hub.drain()
        # Not by uvicorn's own: after the last socket it raises the signal again, and the process
        # would die of it before this node is ended and its people are flagged lost.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def web_server(app: App, settings: Settings, hub: Hub) -> uvicorn.Server:
    """The server of the web, with the limits that the wire promises; not started."""
    return _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            ws="websockets-sansio",
            ws_max_size=MOST_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=None,  # the protocol's own pings are answered by the page itself
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        ),
        hub,
    )


async def serve(settings: Settings, sockets: list[socket.socket] | None = None) -> None:
    """Serve the web, the clockwork and the mail listener until told to stop.

    Raises:
        Misconfigured: the port is taken, or the host is not this machine's.
    """
    sockets = sockets or [_listen(settings.host, settings.port)]
    async with build(settings) as gateway:
        await nodes.begin_node(gateway.house)
        server = web_server(gateway.app, settings, gateway.house.hub)
        async with anyio.create_task_group() as group:
            group.start_soon(gateway.clockwork.run)
            if gateway.mailbox is not None:
                group.start_soon(gateway.mailbox.run)
            try:
                for listener in gateway.listeners:
                    await listener.start()
                # What is there by now stays: each full collection would walk it, for 0.1 s.
                gc.freeze()
                await server.serve(sockets=sockets)
            finally:
                with anyio.CancelScope(shield=True):
                    for listener in gateway.listeners:
                        await listener.stop()
                    with contextlib.suppress(OnethreadError):
                        await nodes.end_node(gateway.house)
                    if not server.force_exit:
                        await gateway.clockwork.drain()
                group.cancel_scope.cancel()


def _listen(host: str, port: int) -> socket.socket:
    """Our own socket: uvicorn would end the process from inside when the port is taken."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise Misconfigured(f"cannot listen on {host}:{port}: {error.strerror}") from None


async def work(settings: Settings) -> None:
    """Run the clockwork alone, beside gateways on the same database, until told to stop.

    Raises:
        Misconfigured: on SQLite, whose file one process owns.
    """
    if sqlite_path(settings.database) is not None:
        raise Misconfigured(
            "a worker of its own needs PostgreSQL: on SQLite `onethread serve` runs it inside"
        )
    async with build(settings) as gateway:
        await gateway.clockwork.run_until_told()


@contextlib.asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    """The database alone, for the command line."""
    async with contextlib.aclosing(await open_store(settings, clock)) as store:
        await _never_go_back(store, clock)
        yield store


async def _never_go_back(store: Store, clock: Clock) -> None:
    """Lift the clock to what the database has seen: ``now()`` never goes back over a restart."""
    floor = await store.write(lambda tx: houses.house(tx).clock_floor)
    if isinstance(clock, SystemClock):
        clock.lift(floor)
