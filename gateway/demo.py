"""``onethread demo``: everything on this machine, with a pretend phone company and post office.

The gateway runs as it would anywhere, in a process of its own that is started again when it dies;
it knows the others by the addresses in its environment alone.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import secrets
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import anyio
import structlog
from anyio.abc import Process

from gateway import bootstrap
from gateway.channels.push.hosts import VENDORS
from gateway.clock import Clock, ClockFile, SystemClock, clock_from
from gateway.errors import Conflict, Misconfigured
from gateway.services import app_setup, push_keys, setup
from gateway.settings import read_settings
from gateway.store import house as houses
from gateway.store.migrate import upgrade

log = structlog.get_logger(__name__)

STORE_KEY = "pk_demo_acme"
STORE_NUMBER = "+14155550100"
MAIL_DOMAIN = "acme-shoes.example"
SHOPPER_PHONE = "+14155550142"
SHOPPER_MAIL = "vera@shopper.example"
AGAIN = 1.0  #: seconds before a gateway that died is started again


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAgent:
    """Somebody who answers in the demo."""

    name: str
    email: str
    password: str
    on_call: int
    phone: str
    mail: str


AGENTS = (
    DemoAgent(
        name="Ada",
        email="ada@acme-shoes.example",
        password="demo-ada-1",  # noqa: S106  # printed on start: the demo has no secrets
        on_call=1,
        phone="+14155550171",
        mail="ada@home.example",
    ),
    DemoAgent(
        name="Ben",
        email="ben@acme-shoes.example",
        password="demo-ben-1",  # noqa: S106
        on_call=2,
        phone="+14155550172",
        mail="ben@home.example",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The addresses of one demo."""

    data: Path
    clock: Path  #: says how far everybody's time runs ahead; it outlives the demo, as data does
    port: int
    page_port: int
    storefront_port: int
    smtp_port: int
    inbound_smtp_port: int
    account_sid: str
    auth_token: str
    log_level: str
    database: str

    @property
    def base_url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def storefront_url(self) -> str:
        """By ``localhost``, so that a browser takes it for another site than the gateway."""
        return f"http://localhost:{self.storefront_port}"


def plan_for(
    port: int, data: Path, *, log_level: str = "info", database_url: str | None = None
) -> Plan:
    """Choose the addresses: ``port`` for the gateway, the next free ones for the others.

    Raises:
        Misconfigured: the port is taken.
    """
    if not _is_free(port):
        raise Misconfigured(f"port {port} is taken; set ONETHREAD_PORT to another")
    free = filter(_is_free, itertools.count(port + 1))
    return Plan(
        data=data.resolve(),
        clock=data.resolve() / "clock",
        port=port,
        page_port=next(free),
        storefront_port=next(free),
        smtp_port=next(free),
        inbound_smtp_port=next(free),
        account_sid="AC" + secrets.token_hex(16),
        auth_token=secrets.token_hex(16),
        log_level=log_level,
        database=database_url or f"sqlite:///{data.resolve()}/onethread.db",
    )


async def run(
    port: int, data: Path, *, log_level: str = "info", database_url: str | None = None
) -> None:
    """Set everything up, start it, print the addresses and stay until told to stop."""
    plan = plan_for(port, data, log_level=log_level, database_url=database_url)
    plan.data.mkdir(parents=True, exist_ok=True)
    clock = clock_from(plan.clock)
    await prepare(plan, clock)
    gateway = [sys.executable, "-m", "gateway", "serve"]
    async with anyio.create_task_group() as group:
        group.start_soon(_keep_running, clock, _phones_and_post(plan), {})
        group.start_soon(_keep_running, clock, gateway, environment(plan))
        await _until_ready(plan, clock)
        _announce(plan)
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            await anext(signals)
        group.cancel_scope.cancel()


async def prepare(plan: Plan, clock: Clock) -> None:
    """Migrate, and make the demo's store and agents where they are missing."""
    await upgrade(plan.database)
    settings = read_settings(data=plan.data, database_url=plan.database)
    async with bootstrap.opened(settings, clock) as store:
        # Lifted to what the database has seen; without its file, time would stand still till then.
        ClockFile(plan.clock).raise_to(clock.now() - SystemClock().now())
        await setup.ensure_store(
            store,
            setup.NewStore(
                key=STORE_KEY,
                name="Acme Shoes",
                origins=(plan.storefront_url,),
                sms_from=STORE_NUMBER,
                sms_rates={STORE_NUMBER: 0},  # no network stands behind it
                whatsapp_from=STORE_NUMBER,
                mail_from=f"support@{MAIL_DOMAIN}",
                mail_domain=MAIL_DOMAIN,
                greeting="Hi! Ask us anything about sizes, orders or returns.",
            ),
        )
        await push_keys.turn_on(store, bootstrap.secret_of(settings), STORE_KEY)
        keys, url = [bootstrap.secret_of(settings)], f"http://127.0.0.1:{plan.page_port}/app/notify"
        token = base64.b64encode(plan.auth_token.encode()).decode()
        await app_setup.name(store, keys, STORE_KEY, url=url, secret=f"whsec_{token}")
        if await store.read(lambda tx: houses.store_by_key(tx, STORE_KEY).policy_version) == 1:
            ladder = ["app", "push", "sms", "email"]  # and at any hour, for it is tried at any
            await setup.set_policy(store, STORE_KEY, {"quiet": {}, "cap": 100, "ladder": ladder})
        for each in AGENTS:
            with contextlib.suppress(Conflict):  # from an earlier start
                await setup.add_agent(
                    store,
                    email=each.email,
                    name=each.name,
                    password=each.password,
                    on_call=each.on_call,
                    phones=(each.phone,),
                    mailboxes=(each.mail,),
                )


def environment(plan: Plan) -> dict[str, str]:
    """What the gateway is told, as any operator would."""
    return {
        "ONETHREAD_PORT": str(plan.port),
        "ONETHREAD_DATA": str(plan.data),
        "ONETHREAD_CLOCK": str(plan.clock),
        "DATABASE_URL": plan.database,
        "PUBLIC_URL": plan.base_url,
        "LOG_LEVEL": plan.log_level,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(plan.smtp_port),
        "SMTP_TLS": "none",
        "INBOUND_SMTP_PORT": str(plan.inbound_smtp_port),
        "TWILIO_ACCOUNT_SID": plan.account_sid,
        "TWILIO_AUTH_TOKEN": plan.auth_token,
        "TWILIO_API_BASE": f"http://127.0.0.1:{plan.page_port}",
        "APP_ORIGINS": f"http://127.0.0.1:{plan.page_port}",
        "PUSH_CONTACT": f"mailto:support@{MAIL_DOMAIN}",
        "PUSH_HOSTS": ",".join([*VENDORS, f"http://127.0.0.1:{plan.page_port}"]),
    }


def _phones_and_post(plan: Plan) -> list[str]:
    flags: list[tuple[str, object]] = [
        ("--port", plan.page_port),
        ("--smtp-port", plan.smtp_port),
        ("--storefront-port", plan.storefront_port),
        ("--gateway-url", plan.base_url),
        ("--store-key", STORE_KEY),
        ("--store-number", STORE_NUMBER),
        ("--account-sid", plan.account_sid),
        ("--auth-token", plan.auth_token),
        ("--sms-webhook", f"{plan.base_url}/hooks/twilio/{STORE_KEY}/message"),
        ("--inbound-smtp-port", plan.inbound_smtp_port),
        ("--shopper-phone", SHOPPER_PHONE),
        ("--shopper-mail", SHOPPER_MAIL),
        ("--data", plan.data / "sandbox"),
        ("--clock", plan.clock),
    ]
    for each in AGENTS:
        flags += [("--agent-phone", each.phone), ("--agent-mail", each.mail)]
    words = (str(part) for flag in flags for part in flag)
    return [sys.executable, "-m", "gateway.sandbox", *words]


async def _keep_running(clock: Clock, command: list[str], extra: dict[str, str]) -> None:
    """Start a process again whenever it dies; end it when the demo ends."""
    while True:
        told = {**os.environ, **extra}
        process = await anyio.open_process(command, env=told, stdout=None, stderr=None, stdin=None)
        try:
            await process.wait()
        finally:
            await _end(process)
        log.warning("demo.started_again", program=command[2])
        await clock.sleep(AGAIN)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    with anyio.move_on_after(5, shield=True):
        await process.wait()
    if process.returncode is None:
        process.kill()


async def _until_ready(plan: Plan, clock: Clock) -> None:
    """Until both answer on their ports."""
    for port in (plan.port, plan.page_port, plan.storefront_port):
        while True:
            try:
                stream = await anyio.connect_tcp("127.0.0.1", port)
            except OSError:
                await clock.sleep(0.05)
                continue
            await stream.aclose()
            break


def _announce(plan: Plan) -> None:
    """Write ``demo.json`` and say where everything is."""
    told = {
        "base_url": plan.base_url,
        "storefront_url": plan.storefront_url,
        "console_url": f"{plan.base_url}/console/",
        "sandbox_url": f"http://127.0.0.1:{plan.page_port}",
        "store_key": STORE_KEY,
        "agents": [
            {"name": each.name, "email": each.email, "password": each.password} for each in AGENTS
        ],
    }
    (plan.data / "demo.json").write_text(json.dumps(told, indent=2) + "\n")
    who = "\n".join(f"  {each.name}: {each.email} / {each.password}" for each in AGENTS)
    sys.stdout.write(
        "\n  Onethread is running.\n\n"
        f"  Storefront  {told['storefront_url']}   the shopper's side, with the widget\n"
        f"  Console     {told['console_url']}   the agents' side\n"
        f"  Sandbox     {told['sandbox_url']}   their phones and mailboxes\n\n"
        f"{who}\n\n  Ctrl-C ends it.\n\n"
    )
    sys.stdout.flush()


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False
