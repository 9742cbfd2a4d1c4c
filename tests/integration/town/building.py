"""A town for one test: a real house, a phone company, a post office, and people who use them.

Nothing of the gateway is replaced. Its channels talk to loopback servers, its webhooks come signed
through its web application, and its clock is moved by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import httpx2

from gateway.auth.passwords import Passwords
from gateway.auth.tokens import digest
from gateway.channels.email.smtp import SmtpChannel
from gateway.channels.twilio.client import TwilioSms
from gateway.channels.twilio.listing import TwilioListing
from gateway.channels.twilio.media import TwilioMedia
from gateway.channels.twilio.whatsapp import TwilioWhatsApp
from gateway.clock import SECOND
from gateway.core.model import Presence
from gateway.files.child import Child
from gateway.files.shelf import Shelf
from gateway.live.hub import Hub
from gateway.live.socket import Audience, Socket
from gateway.protocol.entry import Cursor
from gateway.protocol.frames import Welcome
from gateway.services import (
    nodes,
    reading,
    sessions,
    setup,
    welcome,
)
from gateway.services.arriving import Arrivals, Arrived, Coming
from gateway.services.house import Doorbell, House
from gateway.services.presence import Presences
from gateway.services.welcome import HEARTBEAT_MS
from gateway.store import people
from gateway.store.tables import (
    AddressRow,
    AgentRow,
)
from gateway.store.tx import Store, Tx
from gateway.web.app import App, build_app
from tests.integration.town.carrier import ACCOUNT, TOKEN, Carrier
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.outside import BASE_URL, KEY, NUMBER, Outside
from tests.integration.town.post_office import PostOffice
from tests.integration.town.seeing import is_seen
from tests.integration.town.townspeople import Agent, Shopper, Tab

DOMAIN = "acme.example"
MAILBOX = f"hello@{DOMAIN}"
ORIGIN = "https://acme.example"

ADA_PHONE, ADA_MAIL = "+14155550171", "ada@home.example"
BEN_PHONE, BEN_MAIL = "+14155550172", "ben@home.example"

PATIENCE = 1.5  #: seconds that a provider is given; loopback answers in milliseconds if it may run


NEVER_SLEEPS: dict[str, object] = {"quiet": {}, "cap": 1_000}
"""Tests of hours and caps put their own in force; all others run at any hour."""


@dataclass(eq=False)
class Town(Outside):
    """Everything that a test needs, built by ``open_town``."""

    store_id: str
    vera: Shopper = field(init=False)
    ada: Agent = field(init=False)
    ben: Agent = field(init=False)
    app: App = field(init=False)
    _document: dict[str, object] = field(default_factory=lambda: dict(NEVER_SLEEPS))
    _tasks: list[asyncio.Task[int]] = field(default_factory=list)

    # --- people ----------------------------------------------------------------------------------

    async def shopper(self) -> Shopper:
        """A browser that nobody knows comes to the shop."""
        visit = await sessions.visit(self.house, KEY, None)
        return Shopper(self, visit.shopper_id)

    async def presence_of(self, side: str, store_id: str, person_id: str, what: Presence) -> None:
        """Write down what a node sees of a person."""
        key = (store_id, side, person_id)
        node = self.house.node_id
        await self.house.change(
            lambda change: is_seen(change, key, what, node, (f"{ORIGIN}/blue", "Blue shoes")),
            on=person_id,
        )

    async def policy(self, **changes: object) -> None:
        """Put a new version of the store's policy in force; spans in seconds."""
        self._document |= changes
        await setup.set_policy(self.house.store, KEY, self._document)

    async def stops(self) -> None:
        """The gateway drains."""
        await nodes.end_node(self.house)

    async def restarts(self, *, silent: bool = False, away: float = 0.0) -> None:
        """The gateway drains (or, ``silent``, dies) and another one begins after so long."""
        if not silent:
            await nodes.end_node(self.house)
        self.clock.move_ahead(round(away * SECOND))
        self.house = replace(
            self.house,
            node_id=f"node{next(self.numbers)}",
            hub=Hub(),
            work=Doorbell(),
            stale={},
            grown={},
            refresh=Doorbell(),
        )
        await nodes.begin_node(self.house)
        await self.opens_doors()

    async def arrives(self, shopper_id: str, resume: Cursor | None = None) -> Arrived:
        """What a tab of a shopper's is told that comes with a session of its own."""
        session = f"session{next(self.numbers)}"
        await self.house.store.write(
            lambda tx: sessions.begin_session(tx, self.store_id, shopper_id, session)
        )
        key = (self.store_id, shopper_id, digest(session))
        return await Arrivals(self.house).load(Coming(key, HEARTBEAT_MS, resume))

    async def welcome(self, shopper_id: str) -> Welcome:
        """The first of it."""
        return (await self.arrives(shopper_id)).welcome

    # --- sockets ---------------------------------------------------------------------------------

    async def follows(self, audience: Audience, person_id: str, conversation_id: str) -> Tab:
        """A live socket that follows one conversation from here on."""
        socket = Socket(
            socket_id=f"socket{next(self.numbers)}",
            audience=audience,
            person_id=person_id,
            name="",
            store_id=self.store_id if audience == "shopper" else "",
        )
        tab = Tab(socket, [], anyio.Condition())

        async def send(text: str) -> None:
            async with tab.grown:
                tab.heard.append(text)
                tab.grown.notify_all()

        house = self.house
        greeting = (
            await self.welcome(person_id)
            if audience == "shopper"
            else await welcome.welcome_agent(house, person_id)
        )
        socket.greet(greeting.model_dump_json())
        house.hub.add(socket)
        house.hub.follow(socket, self.store_id, conversation_id)
        found = await reading.snapshot(house, self.store_id, conversation_id, audience)
        socket.offer(found.model_dump_json())
        socket.resume(conversation_id, found.entries[-1].seq if found.entries else 0)

        async def read_after(store_id: str, which: str, seq: int, who: Audience) -> Sequence[Any]:
            return await reading.read_after(house, store_id, which, seq, who)

        self._tasks.append(asyncio.create_task(socket.pump(send, read_after)))
        return tab

    def cmid(self) -> str:
        """A fresh client id."""
        return f"cmid-{next(self.numbers):08d}"

    async def opens_doors(self) -> None:
        """Build the web application of this house."""
        if hasattr(self, "web"):
            await self.web.aclose()
        self.app = build_app(
            self.house,
            Presences(self.house),
            Passwords(),
            twilio_tokens=(TOKEN,),
            ready=_ready,
        )
        self.web = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url=BASE_URL
        )

    async def close(self) -> None:
        """End what was started here."""
        await self.web.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self.house.channels.values():
            await channel.aclose()


async def _ready() -> dict[str, str]:
    return {}


@asynccontextmanager
async def open_town(store: Store, clock: MovingClock, child: Child) -> AsyncIterator[Town]:
    """Build a town on a fresh database; everybody is away and the doors are open."""
    carrier, post = Carrier(clock), PostOffice()
    place = TemporaryDirectory()
    shelf = Shelf(Path(place.name), clock)
    await carrier.open()
    await post.open()
    store_id = await setup.ensure_store(
        store,
        setup.NewStore(
            key=KEY,
            name="Acme",
            origins=(ORIGIN,),
            sms_from=NUMBER,
            sms_rates={NUMBER: 0},  # tests of rates put their own in force
            mail_from=MAILBOX,
            mail_domain=DOMAIN,
        ),
    )
    await setup.set_policy(store, KEY, NEVER_SLEEPS)
    house = House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={
            "sms": TwilioSms(ACCOUNT, TOKEN, api_base=carrier.base, timeout=PATIENCE),
            "whatsapp": TwilioWhatsApp(
                TwilioSms(ACCOUNT, TOKEN, api_base=carrier.base, timeout=PATIENCE)
            ),
            "email": SmtpChannel("127.0.0.1", post.port, tls="none", timeout=PATIENCE, clock=clock),
        },
        secrets=(b"a secret of the town, long enough for anybody",),
        base_url=BASE_URL,
        node_id="node0",
        files=shelf,
        media=TwilioMedia(ACCOUNT, TOKEN, api_base=carrier.base),
        listing=TwilioListing(ACCOUNT, TOKEN, api_base=carrier.base),
    )
    town = Town(clock, house, child, carrier, post, store_id)
    await nodes.begin_node(house)
    await town.opens_doors()
    town.vera = await town.shopper()
    town.ada = await _employ(town, "Ada", 1, ADA_PHONE, ADA_MAIL)
    town.ben = await _employ(town, "Ben", 2, BEN_PHONE, BEN_MAIL)
    try:
        yield town
    finally:
        await town.close()
        await shelf.aclose()
        place.cleanup()
        await carrier.close()
        await post.close()


async def _employ(town: Town, name: str, on_call: int, phone: str, mailbox: str) -> Agent:
    """Rows as ``setup.add_agent`` writes them, without hashing a password that nobody types."""

    def work(tx: Tx) -> str:
        row = AgentRow(
            agent_id=tx.new_id(),
            email=f"{name.lower()}@{DOMAIN}",
            name=name,
            password_hash="",
            on_call=on_call,
            created_at=tx.now,
        )
        tx.session.add(row)
        for channel, value in (("email", mailbox), ("sms", phone)):
            address = AddressRow(
                store_id=people.HOUSE,
                address_id=tx.new_id(),
                side="staff",
                person_id=row.agent_id,
                channel=channel,
                value=value,
                proven_at=tx.now,
                proof="operator",
                created_at=tx.now,
            )
            tx.session.add(address)
            tx.session.flush()
            people.record_consent(
                tx, address, purposes=("support",), granted=True, source="operator"
            )
        return row.agent_id

    return Agent(town, await town.house.store.write(work), name, phone, mailbox)
