"""The sandbox as a process: how it starts, what it serves besides the channels, how it ends."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a made-up token"
STORE = "+15550100001"
VERA, ADA = "+15550100123", "+15550100456"
VERA_MAIL, ADA_MAIL = "vera@shopper.example", "ada@acme.example"
SUPPORT = "support@acme.example"
PATIENCE = 45.0  #: seconds, on a machine with other work


@dataclass
class Hook:
    """One call of a webhook, as it came over the wire."""

    url: str
    fields: dict[str, str]
    signature: str
    idempotency: str


@dataclass
class Mail:
    """One mail at the gateway's inbound listener."""

    sender: str
    recipients: list[str]
    raw: bytes


@dataclass
class Gateway:
    """What stands where the gateway would: a webhook and an SMTP listener that write down."""

    hooks: asyncio.Queue[Hook] = field(default_factory=asyncio.Queue)
    statuses: asyncio.Queue[Hook] = field(default_factory=asyncio.Queue)
    mails: asyncio.Queue[Mail] = field(default_factory=asyncio.Queue)
    answers: list[tuple[int, str]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    url: str = ""
    smtp_port: int = 0

    async def hear(self, request: web.Request) -> web.Response:
        form = await request.post()
        hook = Hook(
            url=f"{self.url}{request.raw_path}",
            fields={name: str(value) for name, value in form.items()},
            signature=request.headers["X-Twilio-Signature"],
            idempotency=request.headers["I-Twilio-Idempotency-Token"],
        )
        if request.path.endswith("/status"):
            self.statuses.put_nowait(hook)
            return web.Response(status=204)
        self.hooks.put_nowait(hook)
        status, body = self.answers.pop(0) if self.answers else (200, "<Response/>")
        return web.Response(status=status, text=body, content_type="text/xml")

    async def handle_DATA(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        reply = self.replies.pop(0) if self.replies else "250 Ok"
        if reply.startswith("250"):
            raw = envelope.original_content or b""
            sender = (envelope.mail_from or "").strip("<>")
            self.mails.put_nowait(Mail(sender, list(envelope.rcpt_tos), raw))
        return reply


@asynccontextmanager
async def standing_gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/hooks/twilio/pk_acme/{what}", gateway.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: SMTP(gateway, hostname="in.example", loop=loop), "127.0.0.1", 0
    )
    gateway.smtp_port = listener.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        listener.close()
        await runner.cleanup()


@dataclass
class Sandbox:
    """A running sandbox."""

    process: Process
    port: int
    smtp_port: int
    storefront_port: int
    data: Path
    http: httpx2.AsyncClient

    async def state(self) -> dict[str, Any]:
        answer = await self.http.get("/api/state")
        state: dict[str, Any] = answer.json()
        return state

    async def switch(self, **wish: object) -> None:
        answer = await self.http.post("/api/switches", json=wish)
        assert answer.status_code == 200, answer.text

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The changes from now on, read from the event stream."""
        async with self.http.stream("GET", "/api/events") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == "event: hello"
            yield _changes(lines)

    async def arrived(self, number: str, body: str) -> dict[str, Any]:
        """The text with that body on a phone, waited for."""
        async with asyncio.timeout(PATIENCE), self.watched() as changes:
            for text in (await self.state())["phones"].get(number, []):
                if (text["direction"], text["body"]) == ("in", body):
                    return dict(text)
            async for change in changes:
                text = change.get("text", {})
                if change.get("number") == number and text["body"] == body:
                    return dict(text)
        raise AssertionError("the event stream ended")

    def ledger(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.data / f"{name}.jsonl").read_text().splitlines()]

    def accepted(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.ledger(name) if "event" not in line]


async def _changes(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: {") and line != "data: {}":
            yield json.loads(line.removeprefix("data: "))


def flags(data: Path, gateway_url: str, smtp_port: int) -> list[str]:
    return [
        *("--gateway-url", gateway_url, "--store-key", "pk_acme"),
        *("--store-number", STORE, "--account-sid", ACCOUNT, "--auth-token", TOKEN),
        *("--sms-webhook", f"{gateway_url}/hooks/twilio/pk_acme/message"),
        *("--inbound-smtp-port", str(smtp_port), "--data", str(data), "--receipt-delay", "0.05"),
        *("--shopper-phone", VERA, "--shopper-mail", VERA_MAIL),
        *("--agent-phone", ADA, "--agent-mail", ADA_MAIL),
    ]


@asynccontextmanager
async def running(data: Path, gateway: Gateway, *more: str) -> AsyncIterator[Sandbox]:
    """A sandbox of its own process on free ports, asked to end afterwards."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.sandbox", *flags(data, gateway.url, gateway.smtp_port)),
        *more,
        stdout=PIPE,
    )
    assert process.stdout is not None
    try:
        ports = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))
        base = f"http://127.0.0.1:{ports['port']}"
        async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE) as http:
            yield Sandbox(process=process, data=data, http=http, **ports)
    finally:
        if process.returncode is None:
            process.terminate()
        # Read to the end, so that the pipe is closed when the loop is.
        await asyncio.wait_for(process.communicate(), PATIENCE)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


async def test_it_ends_at_once_while_a_page_is_open_and_a_caller_waits(
    tmp_path: Path, gateway: Gateway
) -> None:
    async with running(tmp_path, gateway) as sandbox, sandbox.watched() as changes:
        await sandbox.switch(sms="timeout")
        assert (await anext(changes))["kind"] == "switches"
        form = {"To": VERA, "From": STORE, "Body": "Hello"}
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        caller = asyncio.create_task(sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN)))
        assert (await anext(changes))["text"]["body"] == "Hello"
        sandbox.process.send_signal(signal.SIGTERM)
        # Whoever waited for the caller would wait for ever.
        assert await asyncio.wait_for(sandbox.process.wait(), PATIENCE) == 0
        with pytest.raises(StopAsyncIteration):
            await anext(changes)
        assert (await caller).status_code == 503


async def test_what_was_accepted_outlives_a_killed_sandbox(
    tmp_path: Path, gateway: Gateway
) -> None:
    async with running(tmp_path, gateway) as sandbox:
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        form = {"To": VERA, "From": STORE, "Body": "Ada has answered you."}
        answer = await sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN))
        sandbox.process.kill()
        await sandbox.process.wait()
    assert [line["sid"] for line in sandbox.accepted("sms")] == [answer.json()["sid"]]


@pytest.mark.parametrize(
    ("flag", "value", "complaint"),
    [
        ("--shopper-phone", "555-0100", "is no number like"),
        ("--shopper-mail", "vera", "is no mail address"),
        ("--account-sid", "AC12", "is not AC and 32 hex digits"),
    ],
)
async def test_a_wrong_flag_is_named_and_nothing_starts(
    tmp_path: Path, flag: str, value: str, complaint: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.sandbox", *flags(tmp_path, "http://127.0.0.1:1", 1)),
        *(flag, value),
        stdout=PIPE,
        stderr=PIPE,
    )
    out, error = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 2
    assert complaint in error.decode()
    assert out == b""


@pytest.mark.parametrize("page", ["/", "/shoes/blue", "/help"])
async def test_each_page_of_the_shop_carries_the_widget_once(
    tmp_path: Path, gateway: Gateway, page: str
) -> None:
    async with running(tmp_path, gateway) as sandbox:
        shop = f"http://127.0.0.1:{sandbox.storefront_port}"
        answer = await sandbox.http.get(shop + page)
        style = await sandbox.http.get(f"{shop}/assets/shop.css")
    assert answer.status_code == style.status_code == 200
    # On one page the tag names no worker, so that both ways of asking for notifications are there.
    worker = "" if page == "/help" else ' data-worker="/onethread-worker.js"'
    tag = f'<script async src="{gateway.url}/widget/loader.js" data-key="pk_acme"{worker}></script>'
    assert re.findall(r"<script async.*", answer.text) == [tag]


async def test_another_site_can_neither_read_the_mail_nor_turn_a_switch(
    tmp_path: Path, gateway: Gateway
) -> None:
    async with running(tmp_path, gateway) as sandbox:
        rebound = await sandbox.http.get("/api/state", headers={"Host": "evil.example"})
        plain = {"Content-Type": "text/plain"}
        forged = await sandbox.http.post("/api/switches", content='{"sms":"down"}', headers=plain)
        state = await sandbox.state()
    assert (rebound.status_code, forged.status_code) == (400, 400)
    assert state["switches"]["sms"] == "ok"


@pytest.mark.parametrize("wish", [{}, {"sms": "broken"}, {"fax": "ok"}, {"sms_code": "21610"}])
async def test_an_unknown_switch_is_refused(
    tmp_path: Path, gateway: Gateway, wish: dict[str, object]
) -> None:
    async with running(tmp_path, gateway) as sandbox:
        answer = await sandbox.http.post("/api/switches", json=wish)
        health = await sandbox.http.get("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert health.status_code == 200
