"""What a channel is tried against: several providers behind one set of verbs.

Each is a server on loopback that speaks its protocol; two of them are the sandbox as a process.
None of the gateway's own functions is replaced.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
from typing_extensions import override

from gateway.channels.app.client import AppChannel
from gateway.channels.app.signature import headers_of, mint
from gateway.channels.email.smtp import SmtpChannel
from gateway.channels.port import (
    Channel,
    Outcome,
    Outgoing,
    Subscribed,
    Unavailable,
    Unknown,
)
from gateway.channels.push.client import PushChannel
from gateway.channels.push.hosts import PushHosts
from gateway.channels.push.vapid import VapidKey
from gateway.channels.twilio.client import TwilioSms
from gateway.channels.twilio.whatsapp import TwilioWhatsApp
from gateway.clock import SECOND, SystemClock
from gateway.egress import Egress, Place, Resolve
from gateway.sandbox.browsers import Browser
from tests.integration.test_sandbox_process import ACCOUNT, STORE, TOKEN, VERA, VERA_MAIL, Sandbox
from tests.integration.town import app_service, carrier, post_office, push_service
from tests.integration.town.app_service import AppService
from tests.integration.town.carrier import Carrier
from tests.integration.town.post_office import PostOffice
from tests.integration.town.push_service import Answers, PushService

PUSH = "http://push.acme.example"  #: as APP below
VAPID = VapidKey.make()
BROWSER = Browser.subscribed(VAPID.public)
ENDPOINT = f"{PUSH}/push/{BROWSER.id}"

PATIENCE = 20.0  #: seconds that a provider is given where it answers
BRIEF = 0.4  #: seconds that it is given where it never does

PHONES = ("sms", "whatsapp")
"""Kinds whose provider names what it takes, and lists it."""

_TO = {"email": VERA_MAIL, "sms": VERA, "whatsapp": VERA, "app": "customer-4711", "push": ENDPOINT}
APP = "http://app.acme.example"  #: a name that leads wherever the test's service listens
_SENDER = {
    "email": "Ada at Acme <support@acme.example>",
    "sms": STORE,
    "whatsapp": STORE,
    "app": f"{APP}/onethread",
    "push": VAPID.public,
}
SECRET = mint()  #: of the store and its app


def outgoing(kind: str, number: int = 1, *, text: str | None = None) -> Outgoing:
    """One delivery of words for Vera; each number is another one."""
    plain = Outgoing(
        delivery_id=f"delivery{number}",
        channel=kind,
        to=_TO[kind],
        sender=_SENDER[kind],
        text=text or words(number),
    )
    if kind in PHONES:
        return plain
    if kind == "app":
        return _signed(plain)
    if kind == "push":
        return _subscribed(plain)
    return replace(plain, subject="Is it back?", message_id=f"<delivery{number}@acme.example>")


def _subscribed(plain: Outgoing) -> Outgoing:
    keys = BROWSER.subscription(PUSH)["keys"]
    assert isinstance(keys, dict)
    # A push service knows a message by its topic alone.
    to = Subscribed(**keys, signing=VAPID.private, topic=plain.delivery_id)
    return replace(plain, browser=to, message_id=plain.delivery_id)


def _signed(plain: Outgoing) -> Outgoing:
    body = json.dumps({"id": plain.delivery_id, "user": plain.to, "words": plain.text})
    at = SystemClock().now() // SECOND
    headers = headers_of([SECRET], plain.delivery_id, at, body.encode())
    return replace(plain, text=body, message_id=plain.delivery_id, headers=headers)


def words(number: int) -> str:
    """What a delivery says."""
    return f"Number {number}: it is back in 38."


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One message in a provider's ledger: its Message-ID or sid, and its words."""

    name: str
    words: str


@dataclass
class Provider(ABC):
    """A phone company or post office that is told how to behave, and keeps a ledger."""

    kind: str
    names_it: bool  #: whether its yes names the message
    channels: list[Channel] = field(default_factory=list)

    def channel(self, patience: float = PATIENCE, *, port: int | None = None) -> Channel:
        """A fresh channel to it, or to whoever listens at ``port``."""
        made: Channel
        port = port or self.port
        if self.kind == "email":
            made = SmtpChannel("127.0.0.1", port, tls="none", timeout=patience)
        elif self.kind == "app":
            made = AppChannel(Egress(own=[APP], resolve=_leads_to(port)), seconds=patience)
        elif self.kind == "push":
            made = PushChannel(
                "mailto:ops@acme.example",
                PushHosts.named([PUSH]),
                clock=SystemClock(),
                egress=Egress(own=[PUSH], resolve=_leads_to(port)),
                timeout=patience,
            )
        else:
            texts = TwilioSms(ACCOUNT, TOKEN, api_base=f"http://127.0.0.1:{port}", timeout=patience)
            made = TwilioWhatsApp(texts) if self.kind == "whatsapp" else texts
        self.channels.append(made)
        return made

    @property
    def silence_before_a_word(self) -> type[Outcome]:
        """What it means that nobody ever said anything: with HTTP the request has gone by then."""
        return Unavailable if self.kind == "email" else Unknown

    @property
    @abstractmethod
    def port(self) -> int:
        """Where it listens."""

    @abstractmethod
    async def refuses(self) -> None:
        """Say of the next message that there is no such address."""

    @abstractmethod
    async def stalls(self) -> None:
        """Take the next message and be silent for longer than ``BRIEF``."""

    @abstractmethod
    async def drops(self) -> None:
        """Take the next message and never say so."""

    @abstractmethod
    async def is_well(self) -> None:
        """Take everything from now on."""

    @abstractmethod
    def taken(self) -> list[Taken]:
        """The ledger since the test began, oldest first."""

    async def has_taken(self, count: int) -> None:
        """Wait until so many messages are in the ledger."""
        clock = SystemClock()
        with anyio.fail_after(PATIENCE):
            while len(self.taken()) < count:
                await clock.sleep(0.01)


@dataclass
class Relay(Provider):
    """An SMTP server."""

    office: PostOffice = field(default_factory=PostOffice)

    @property
    @override
    def port(self) -> int:
        return self.office.port

    @override
    async def refuses(self) -> None:
        self.office.says("550 5.1.1 No such user")

    @override
    async def stalls(self) -> None:
        self.office.says(post_office.HANGS)

    @override
    async def drops(self) -> None:
        self.office.says(post_office.DROPS)

    @override
    async def is_well(self) -> None:
        self.office.script.clear()

    @override
    def taken(self) -> list[Taken]:
        return [
            Taken(name=each.head("Message-ID"), words=each.words.strip())
            for each in self.office.taken
        ]


@dataclass
class PhoneCompany(Provider):
    """The carrier of the towns."""

    company: Carrier = field(default_factory=lambda: Carrier(SystemClock()))

    @property
    @override
    def port(self) -> int:
        return int(self.company.base.rpartition(":")[2])

    @override
    async def refuses(self) -> None:
        self.company.says(carrier.Refuses(21211))

    @override
    async def stalls(self) -> None:
        self.company.says(carrier.HANGS)

    @override
    async def drops(self) -> None:
        self.company.says(carrier.DROPS)

    @override
    async def is_well(self) -> None:
        self.company.script.clear()

    @override
    def taken(self) -> list[Taken]:
        return [Taken(name=each.sid, words=each.body) for each in self.company.taken]


@dataclass
class StoresApp(Provider):
    """A store's own push service."""

    service: AppService = field(default_factory=lambda: AppService(SystemClock(), SECRET))

    @property
    @override
    def port(self) -> int:
        return int(self.service.base.rpartition(":")[2])

    @override
    async def refuses(self) -> None:
        self.service.says(app_service.Says(404))

    @override
    async def stalls(self) -> None:
        self.service.says(app_service.HANGS)

    @override
    async def drops(self) -> None:
        self.service.says(app_service.DROPS)

    @override
    async def is_well(self) -> None:
        self.service.script.clear()

    @override
    def taken(self) -> list[Taken]:
        return [Taken(name=each["id"], words=each["words"]) for each in self.service.calls]


def _leads_to(port: int) -> Resolve:
    async def resolve(_host: str, _port: int) -> list[Place]:
        return [("127.0.0.1", port)]

    return resolve


@dataclass
class Vendor(Provider):
    """The push service of a browser's vendor, with Vera's browser on it."""

    service: PushService = field(default_factory=lambda: PushService(SystemClock()))

    async def opens(self) -> None:
        """Begin to listen under the vendor's own name."""
        self.service.exchange.base = PUSH
        self.service.exchange.browsers[BROWSER.id] = BROWSER
        BROWSER.notifications.clear()
        await self.service.open()

    @property
    @override
    def port(self) -> int:
        return self.service.port

    @override
    async def refuses(self) -> None:
        self.service.says(Answers(410))

    @override
    async def stalls(self) -> None:
        self.service.says(push_service.HANGS)

    @override
    async def drops(self) -> None:
        self.service.says(push_service.DROPS)

    @override
    async def is_well(self) -> None:
        self.service.script.clear()

    @override
    def taken(self) -> list[Taken]:
        return [Taken(name=each.topic, words=each.payload) for each in self.service.taken]


@dataclass
class Sandboxed(Provider):
    """The sandbox's phone company or post office."""

    sandbox: Sandbox | None = None
    before: int = 0  #: lines in its ledger when the test began

    @property
    def _place(self) -> Sandbox:
        assert self.sandbox is not None
        return self.sandbox

    @property
    @override
    def port(self) -> int:
        return self._place.smtp_port if self.kind == "email" else self._place.port

    @override
    async def refuses(self) -> None:
        await self._switch("reject")

    @override
    async def stalls(self) -> None:
        await self._switch("slow" if self.kind == "email" else "timeout")

    @override
    async def drops(self) -> None:
        await self._switch("timeout")

    @override
    async def is_well(self) -> None:
        await self._switch("ok")

    async def _switch(self, mode: str) -> None:
        await self._place.switch(**{"mail" if self.kind == "email" else "sms": mode})

    @override
    def taken(self) -> list[Taken]:
        return [
            Taken(name=each.get("message_id") or each["sid"], words=_said(each))
            for each in self._lines()[self.before :]
        ]

    async def begins(self) -> None:
        """What was taken up to now is another test's; by WhatsApp Vera has just written."""
        if self.kind == "whatsapp":
            wish = {"to": STORE, "body": "Is it back?", "channel": "whatsapp"}
            answer = await self._place.http.post(f"/api/phones/{VERA}/send", json=wish)
            assert answer.status_code == 200, answer.text
        self.before = len(self._lines())

    def _lines(self) -> list[dict[str, Any]]:
        name = "mail" if self.kind == "email" else "sms"
        ledger = Path(self._place.data) / f"{name}.jsonl"
        whole = ledger.read_text().rpartition("\n")[0]  # the last line may be half written
        return [line for text in whole.splitlines() if "event" not in (line := json.loads(text))]


def _said(line: dict[str, Any]) -> str:
    return str(line.get("text") or line["body"]).strip()
