"""The processes under test: a gateway that can be killed at any moment, and the phone company."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import Process

from gateway import demo
from gateway.clock import SystemClock
from gateway.services import setup
from gateway.store.sqlite import SqliteStore
from tests.kill.builds import TOP, Build

PATIENCE = 60.0  #: seconds that a process may take to listen, on a machine with other work


@dataclass(slots=True, kw_only=True)
class KillHouse:
    """One gateway on SQLite, with the sandbox beside it; the sandbox is never killed."""

    build: Build
    data: Path
    plan: demo.Plan
    clock: SystemClock = field(default_factory=SystemClock)
    kills: int = 0
    _gateway: Process | None = None
    _listens: anyio.Event = field(default_factory=anyio.Event)

    @property
    def base_url(self) -> str:
        """The gateway's address."""
        return self.plan.base_url

    @property
    def sandbox_url(self) -> str:
        """The phones."""
        return f"http://127.0.0.1:{self.plan.page_port}"

    @property
    def database(self) -> Path:
        """The gateway's file."""
        return self.data / "onethread.db"

    @property
    def log(self) -> Path:
        """What the gateway said, over all its lives."""
        return self.data / "gateway.log"

    async def start(self) -> None:
        """Start the gateway, without waiting for it."""
        with self.log.open("ab") as log:
            self._gateway = await anyio.open_process(
                [sys.executable, "-m", "gateway", "serve"],
                cwd=self.build.home,  # ``-m`` looks here first
                env={
                    **os.environ,
                    **demo.environment(self.plan),
                    "PYTHONPATH": str(self.build.home),
                },
                stdin=None,
                stdout=log,
                stderr=log,
            )

    async def until_ready(self) -> None:
        """Until the gateway accepts sockets."""
        await self.until_listening(self.plan.port)
        self._listens.set()

    async def listening(self) -> None:
        """Until the present gateway was found to accept sockets."""
        await self._listens.wait()

    async def until_listening(self, port: int) -> None:
        """Until somebody answers on a port of this machine."""
        with anyio.fail_after(PATIENCE):
            while True:
                try:
                    stream = await anyio.connect_tcp("127.0.0.1", port)
                except OSError:
                    if self._gateway is not None and self._gateway.returncode is not None:
                        raise AssertionError(self.log.read_text()[-4000:]) from None
                    await self.clock.sleep(0.02)
                    continue
                await stream.aclose()
                return

    async def kill(self) -> None:
        """``kill -9``, wherever it is in its work."""
        if self._listens.is_set():  # else somebody waits for this one
            self._listens = anyio.Event()
        await self._end(lambda process: process.kill())
        self.kills += 1

    async def stop(self) -> None:
        """End it as an operator does."""
        await self._end(lambda process: process.terminate())

    async def stop_if_running(self) -> None:
        """End what a failure has left."""
        if self._gateway is not None and self._gateway.returncode is None:
            await self.stop()

    async def _end(self, how: Callable[[Process], None]) -> None:
        process, self._gateway = self._gateway, None
        assert process is not None, "it does not run"
        assert process.returncode is None, self.log.read_text()[-4000:]
        how(process)
        await process.wait()
        await process.aclose()


@contextlib.asynccontextmanager
async def opened(
    build: Build, data: Path, policy: Mapping[str, object]
) -> AsyncIterator[KillHouse]:
    """Set a house up, start both processes, and end what is left of them."""
    plan = demo.plan_for(_free_port(), data, log_level="warning")
    house = KillHouse(build=build, data=data, plan=plan)
    await demo.prepare(plan, house.clock)
    store = SqliteStore(house.database, house.clock)
    await setup.set_policy(store, demo.STORE_KEY, policy)
    await store.aclose()
    if build.spoil is not None:
        build.spoil(house.database)
    await _check_build(build)
    async with _sandbox(house):
        await house.start()
        try:
            await house.until_ready()
            yield house
        finally:
            with anyio.CancelScope(shield=True):
                await house.stop_if_running()


async def _check_build(build: Build) -> None:
    """The package that runs is the one that was built."""
    told = await anyio.run_process(
        [sys.executable, "-c", "import gateway; print(gateway.__file__)"],
        cwd=build.home,
        env={**os.environ, "PYTHONPATH": str(build.home)},
    )
    assert Path(told.stdout.decode().strip()).parents[1] == build.home


@contextlib.asynccontextmanager
async def _sandbox(house: KillHouse) -> AsyncIterator[None]:
    plan = house.plan
    flags: dict[str, object] = {
        "--port": plan.page_port,
        "--smtp-port": plan.smtp_port,
        "--storefront-port": plan.storefront_port,
        "--gateway-url": plan.base_url,
        "--store-key": demo.STORE_KEY,
        "--store-number": demo.STORE_NUMBER,
        "--account-sid": plan.account_sid,
        "--auth-token": plan.auth_token,
        "--sms-webhook": f"{plan.base_url}/hooks/twilio/{demo.STORE_KEY}/message",
        "--inbound-smtp-port": plan.inbound_smtp_port,
        "--shopper-phone": demo.SHOPPER_PHONE,
        "--shopper-mail": demo.SHOPPER_MAIL,
        "--agent-phone": demo.AGENTS[0].phone,
        "--agent-mail": demo.AGENTS[0].mail,
        "--data": house.data / "sandbox",
    }
    with (house.data / "sandbox.log").open("wb") as log:
        process = await anyio.open_process(
            [
                *(sys.executable, "-m", "gateway.sandbox"),
                *(str(part) for flag in flags.items() for part in flag),
            ],
            cwd=TOP,
            stdin=None,
            stdout=log,
            stderr=log,
        )
    async with process:
        try:
            await house.until_listening(plan.page_port)
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    """A port with room after it for the others.

    Below those that the kernel gives to outgoing connections: while the gateway is dead, one of
    them could take its place.
    """
    draw = random.SystemRandom()
    while True:
        with socket.socket() as probe:
            port = draw.randrange(15_000, 32_000)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
