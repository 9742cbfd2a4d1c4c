"""A town for one test: a real house, a phone company, a post office, and people who use them.

Nothing of the gateway is replaced. Its channels talk to loopback servers, its webhooks come signed
through its web application, and its clock is moved by hand.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import anyio
import httpx2

from gateway.auth.passwords import Passwords
from gateway.channels.email.listener import Envelope
from gateway.channels.email.smtp import SmtpChannel
from gateway.channels.twilio.client import TwilioSms
from gateway.clock import SECOND
from gateway.core.model import Presence
from gateway.files.child import Child
from gateway.live.hub import Hub
from gateway.live.socket import Audience, Socket
from gateway.services import (
    addresses,
    explain,
    handover,
    mails,
    presence,
    reaching,
    reading,
    receive,
    sessions,
    setup,
    welcome,
)
from gateway.services.house import Doorbell, House
from gateway.services.presence import Presences
from gateway.store import people, thread
from gateway.store import reaching as reaching_rows
from gateway.store.tables import (
    AddressRow,
    AgentRow,
    ConversationRow,
    DecisionRow,
    DeliveryRow,
    EntryRow,
    ReachRow,
)
from gateway.store.tx import Store, Tx, unpack
from gateway.web.app import App, build_app
from sqlmodel import SQLModel, col, select

from tests.integration.town.carrier import ACCOUNT, TOKEN, Carrier, Text, signed
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.post_office import Letter, PostOffice

T = TypeVar("T")
R = TypeVar("R", bound=SQLModel)

KEY = "pk_town_acme"
NUMBER = "+14155550100"
DOMAIN = "acme.example"
MAILBOX = f"hello@{DOMAIN}"
BASE_URL = "https://chat.acme.example"
ORIGIN = "https://acme.example"

VERA_PHONE = "+14155550142"
VERA_MAIL = "vera@shopper.example"
ADA_PHONE, ADA_MAIL = "+14155550171", "ada@home.example"
BEN_PHONE, BEN_MAIL = "+14155550172", "ben@home.example"

PATIENCE = 0.25  #: seconds that a provider is given; loopback answers in a few milliseconds
MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Tab:
    """An open socket without its transport: what it heard, as JSON text."""

    socket: Socket
    heard: list[str]
    grown: anyio.Condition

    async def until(self, words: str) -> str:
        """Wait until a frame holds these words."""
        with anyio.fail_after(5):
            async with self.grown:
                while True:
                    for frame in self.heard:
                        if words in frame:
                            return frame
                    await self.grown.wait()


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody at the shop, with the verbs of the product."""

    town: Town
    shopper_id: str

    async def writes(self, words: str, *, cmid: str | None = None) -> receive.Stored:
        """A message in the panel."""
        return await receive.from_shopper(
            self.town.house,
            self.town.store_id,
            self.shopper_id,
            cmid=cmid or self.town.cmid(),
            body=words,
        )

    async def is_now(self, what: Presence) -> None:
        """Presence, as the lane writes it down."""
        await self.town.presence_of("shopper", self.town.store_id, self.shopper_id, what)

    async def leaves(self) -> None:
        """Closes the tab; the linger is over."""
        await self.is_now(Presence.GONE)

    async def returns(self) -> None:
        """Is back, with the panel open."""
        await self.is_now(Presence.READING)

    async def sees(self, seq: int | None = None) -> None:
        """The panel showed everything up to ``seq``, else all."""
        row = await self.conversation()
        await reading.seen_by_shopper(
            self.town.house, row.store_id, row.conversation_id, row.last_seq if seq is None else seq
        )

    async def leaves_number(self, number: str = VERA_PHONE) -> str:
        """Types a number and agrees to the sentence; returns the address's id."""
        return await self._leaves("sms", number)

    async def leaves_mailbox(self, mailbox: str = VERA_MAIL) -> str:
        """Types a mail address and agrees to the sentence; returns the address's id."""
        return await self._leaves("email", mailbox)

    async def proves_number(self, number: str = VERA_PHONE) -> str:
        """Leaves a number, gets the code and types it into the panel."""
        address_id = await self.leaves_number(number)
        await self.town.tick()
        await self.types_code(address_id, self.town.code_at(number))
        return address_id

    async def types_code(self, address_id: str, code: str) -> None:
        """Types digits into the panel."""
        await addresses.prove_by_code(
            self.town.house, self.town.store_id, self.shopper_id, address_id, code
        )

    async def conversation(self) -> ConversationRow:
        """The newest one."""
        found = await self.town.read(
            lambda tx: thread.latest_of(tx, self.town.store_id, self.shopper_id)
        )
        assert found is not None
        return found

    async def entries(self) -> list[EntryRow]:
        """The log of the newest conversation."""
        return await self.town.entries((await self.conversation()).conversation_id)

    async def said(self) -> list[str]:
        """What people wrote to each other, oldest first."""
        return [row.body or "" for row in await self.entries() if row.kind == "message"]

    async def deliveries(self, side: str = "shopper") -> list[DeliveryRow]:
        """Every attempt for one side of the newest conversation, oldest first."""
        row = await self.conversation()
        return await self.town.read(
            lambda tx: list(
                reaching_rows.deliveries_of(tx, row.store_id, row.conversation_id, side)
            )
        )

    async def reach(self, side: str = "shopper") -> ReachRow:
        """The reach row of one side."""
        row = await self.conversation()
        return await self.town.read(lambda tx: reaching_rows.reach(tx, row, side))

    async def why(self, side: str = "shopper") -> explain.Explained:
        """The stored decision that is in force, in words."""
        row = await self.reach(side)
        assert row.decision_id is not None
        return await explain.decision(self.town.house, row.store_id, row.decision_id)

    async def reasons_of(self, answer: str, side: str = "shopper") -> list[str]:
        """The sentences of every stored decision with this answer, oldest first."""
        row = await self.conversation()
        return [
            (await explain.decision(self.town.house, row.store_id, each.decision_id)).sentence
            for each in await self.town.decisions()
            if (each.conversation_id, each.side, each.answer)
            == (row.conversation_id, side, answer)
        ]

    async def events(self, name: str) -> list[EntryRow]:
        """The log's events of one name."""
        return [row for row in await self.entries() if row.event == name]

    async def tab(self) -> Tab:
        """A tab with the panel, following the conversation."""
        row = await self.conversation()
        return await self.town.follows("shopper", self.shopper_id, row.conversation_id)

    async def _leaves(self, channel: str, typed: str) -> str:
        return await addresses.leave(
            self.town.house,
            self.town.store_id,
            self.shopper_id,
            channel=channel,
            typed=typed,
            sentence_id=f"{channel}.support.en.1",
        )


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers."""

    town: Town
    agent_id: str
    name: str
    phone: str
    mailbox: str

    async def answers(
        self, words: str, whom: Shopper | None = None, *, cmid: str | None = None, note: bool = False
    ) -> receive.Stored:
        """An answer in the console, having everything on screen."""
        row = await (whom or self.town.vera).conversation()
        return await receive.from_agent(
            self.town.house,
            row.store_id,
            row.conversation_id,
            self.agent_id,
            cmid=cmid or self.town.cmid(),
            body=words,
            seen_seq=row.last_seq,
            note=note,
        )

    async def opens(self, whom: Shopper | None = None) -> None:
        """Opens the conversation in the console and looks at all of it."""
        row = await (whom or self.town.vera).conversation()
        await reading.seen_by_agent(
            self.town.house, row.store_id, row.conversation_id, self.agent_id, row.last_seq
        )

    async def comes(self) -> None:
        """Opens the console."""
        await self.town.presence_of("staff", people.HOUSE, self.agent_id, Presence.READING)

    async def goes(self) -> None:
        """Closes the console."""
        await self.town.presence_of("staff", people.HOUSE, self.agent_id, Presence.GONE)


@dataclass(eq=False)
class Town:
    """Everything that a test needs, built by ``open_town``."""

    clock: MovingClock
    carrier: Carrier
    post: PostOffice
    house: House
    child: Child
    store_id: str
    vera: Shopper = field(init=False)
    ada: Agent = field(init=False)
    ben: Agent = field(init=False)
    app: App = field(init=False)
    web: httpx2.AsyncClient = field(init=False)
    #: set by a test that breaks something on purpose, which the checker would then report
    unchecked: bool = False
    _document: dict[str, object] = field(default_factory=dict)
    _tasks: list[asyncio.Task[int]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # --- time ------------------------------------------------------------------------------------

    async def tick(self, seconds: float = 0.0) -> None:
        """Let time pass, with a clockwork that sleeps until something is due."""
        goal = self.clock.now() + round(seconds * SECOND)
        await self.settle()
        while True:
            due = await self.read(reaching_rows.next_due)
            if due is None or due >= goal:
                break
            await self._until(due)
        await self._until(goal)

    async def _until(self, instant: int) -> None:
        self.clock.move_ahead(max(0, instant - self.clock.now()))
        await presence.keep_node(self.house)
        await self.settle()

    async def settle(self) -> None:
        """What the clockwork does, round after round, until nothing is due."""
        await handover.sweep(self.house)
        await handover.resolve_unknown(self.house)
        for _ in range(MOST_ROUNDS):
            due = await self.read(reaching_rows.next_due)
            busy = due is not None and due <= self.clock.now()
            if busy:
                await mails.read_due(self.house, self.child)
                await reaching.look_at_due(self.house)
            if not await self.hand_over_all() and not busy:
                return
        raise AssertionError("the clockwork never comes to rest")

    async def hand_over_all(self) -> bool:
        """Claim and hand over what is queued; whether there was anything."""
        waiting = await handover.waiting(self.house)
        for store_id, delivery_id in waiting:
            claimed = await handover.claim(self.house, store_id, delivery_id)
            if claimed is not None:
                await handover.hand_over(self.house, claimed)
        return bool(waiting)

    async def claim_and_die(self) -> None:
        """A worker claims what is queued and is never heard of again."""
        for store_id, delivery_id in await handover.waiting(self.house):
            await handover.claim(self.house, store_id, delivery_id)

    async def look(self, after: float = 0.0) -> None:
        """Let time pass, plan what is due, and hand nothing over yet."""
        self.clock.move_ahead(round(after * SECOND))
        await presence.keep_node(self.house)
        while await reaching.look_at_due(self.house):
            pass

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
            lambda change: presence.record(
                change, key, what, node_id=node, since=None, page=(f"{ORIGIN}/blue", "Blue shoes")
            ),
            on=person_id,
        )

    async def policy(self, **changes: object) -> None:
        """Put a new version of the store's policy in force; spans in seconds."""
        self._document |= changes
        await setup.set_policy(self.house.store, KEY, self._document)

    async def stops(self) -> None:
        """The gateway drains."""
        await presence.end_node(self.house)

    async def restarts(self, *, silent: bool = False, away: float = 0.0) -> None:
        """The gateway drains (or, ``silent``, dies) and another one begins after so long."""
        if not silent:
            await presence.end_node(self.house)
        self.clock.move_ahead(round(away * SECOND))
        self.house = replace(
            self.house,
            node_id=f"node{next(self._numbers)}",
            hub=Hub(),
            work=Doorbell(),
            stale={},
            refresh=Doorbell(),
        )
        await presence.begin_node(self.house)
        await self.opens_doors()

    # --- the world outside -----------------------------------------------------------------------

    async def text_in(
        self, number: str, body: str, *, sid: str | None = None, **more: str
    ) -> int:
        """Somebody texts the store; returns the webhook's HTTP status."""
        form = {
            "MessageSid": sid or f"SM{next(self._numbers):032d}",
            "AccountSid": ACCOUNT,
            "From": number,
            "To": NUMBER,
            "Body": body,
            "NumMedia": "0",
            **more,
        }
        return await self.post_signed(f"{BASE_URL}/hooks/twilio/{KEY}/message", form)

    async def receipt(self, text: Text, status: str, *, error: int | None = None) -> int:
        """The phone company tells what became of a text of ours."""
        form = {"MessageSid": text.sid, "AccountSid": ACCOUNT, "MessageStatus": status}
        if error is not None:
            form["ErrorCode"] = str(error)
        return await self.post_signed(text.callback, form)

    async def post_signed(self, url: str, form: dict[str, str]) -> int:
        """A webhook as the phone company posts it."""
        answer = await self.web.post(url, data=form, headers={"X-Twilio-Signature": signed(url, form)})
        return answer.status_code

    async def mail_in(self, raw: bytes, *to: str, sender: str = VERA_MAIL) -> list[str]:
        """A mail comes in; returns the recipients that were ours."""
        ours = [each for each in to if await mails.accepts(self.house, each)]
        if ours:
            envelope = Envelope(
                sender=sender, recipients=tuple(ours), raw=raw, peer="192.0.2.1"
            )
            await mails.keep(self.house, envelope)
        return ours

    async def answers_mail(
        self, letter: Letter, words: str, *, sender: str | None = None, **fields: str
    ) -> None:
        """Somebody answers a mail of ours, by default whoever got it."""
        who = sender or letter.to
        reply_to = letter.head("Reply-To")
        raw = mail(
            words,
            **{
                "From": who,
                "To": reply_to,
                "Subject": f"Re: {letter.head('Subject')}",
                "In-Reply-To": letter.head("Message-ID"),
                **fields,
            },
        )
        assert await self.mail_in(raw, reply_to, sender=who)

    def code_at(self, number: str) -> str:
        """The digits in the last text to a phone."""
        found = re.search(r"\b\d{6}\b", self.carrier.to(number)[-1])
        assert found is not None
        return found.group()

    # --- what is stored --------------------------------------------------------------------------

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Look something up."""
        return await self.house.store.read(fn)

    async def rows(self, table: type[R]) -> list[R]:
        """Every row of a table."""
        return await self.read(lambda tx: list(tx.session.exec(select(table)).all()))

    async def entries(self, conversation_id: str) -> list[EntryRow]:
        """A conversation's log."""
        return await self.read(
            lambda tx: list(
                tx.session.exec(
                    select(EntryRow)
                    .where(EntryRow.conversation_id == conversation_id)
                    .order_by(col(EntryRow.seq))
                ).all()
            )
        )

    async def decisions(self) -> list[DecisionRow]:
        """Every stored answer of ``plan``, oldest first."""
        return sorted(await self.rows(DecisionRow), key=lambda row: row.at)

    @staticmethod
    def data_of(row: EntryRow) -> dict[str, Any]:
        """What an event tells."""
        found: dict[str, Any] = unpack(row.data)
        return found

    async def messages(self) -> list[EntryRow]:
        """Everything that people wrote, over all conversations."""
        rows = [row for row in await self.rows(EntryRow) if row.kind == "message"]
        return sorted(rows, key=lambda row: row.at)

    # --- sockets ---------------------------------------------------------------------------------

    async def follows(self, audience: Audience, person_id: str, conversation_id: str) -> Tab:
        """A live socket that follows one conversation from here on."""
        socket = Socket(
            socket_id=f"socket{next(self._numbers)}",
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
            await welcome.welcome_shopper(house, self.store_id, person_id)
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
        return f"cmid-{next(self._numbers):08d}"

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


def mail(words: str, **fields: str) -> bytes:
    """A plain mail; field names are spelt as in a head."""
    head = {
        "Message-ID": f"<{next(_mails)}@shopper.example>",
        "Date": "Fri, 09 Jan 2026 12:00:00 +0000",
        "Content-Type": "text/plain; charset=utf-8",
        **fields,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{words}\r\n".encode()


_mails = itertools.count(1)


def bounce(letter: Letter) -> bytes:
    """What a mail server sends back for a mail of ours (RFC 3464)."""
    boundary = "=_bounce"
    return (
        "From: MAILER-DAEMON@mx.shopper.example\r\n"
        f"To: {letter.back}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce{next(_mails)}@mx.shopper.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.shopper.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n"
        f"--{boundary}--\r\n"
    ).encode()


async def _ready() -> dict[str, str]:
    return {}


@asynccontextmanager
async def open_town(store: Store, clock: MovingClock, child: Child) -> AsyncIterator[Town]:
    """Build a town on a fresh database; everybody is away and the doors are open."""
    carrier, post = Carrier(clock), PostOffice()
    await carrier.open()
    await post.open()
    store_id = await setup.ensure_store(
        store,
        setup.NewStore(
            key=KEY,
            name="Acme",
            origins=(ORIGIN,),
            sms_from=NUMBER,
            mail_from=MAILBOX,
            mail_domain=DOMAIN,
        ),
    )
    house = House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={
            "sms": TwilioSms(ACCOUNT, TOKEN, api_base=carrier.base, timeout=PATIENCE),
            "email": SmtpChannel(
                "127.0.0.1", post.port, tls="none", timeout=PATIENCE, clock=clock
            ),
        },
        secrets=(b"a secret of the town, long enough for anybody",),
        base_url=BASE_URL,
        node_id="node0",
    )
    town = Town(clock, carrier, post, house, child, store_id)
    await presence.begin_node(house)
    await town.opens_doors()
    town.vera = await town.shopper()
    town.ada = await _employ(town, "Ada", 1, ADA_PHONE, ADA_MAIL)
    town.ben = await _employ(town, "Ben", 2, BEN_PHONE, BEN_MAIL)
    try:
        yield town
    finally:
        await town.close()
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
