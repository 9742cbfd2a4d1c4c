"""A running demo for tests: started, spoken to over HTTP, killed and ended."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp
import anyio
from playwright.async_api import Browser, Page, expect

from gateway import bootstrap
from gateway.clock import SystemClock, clock_from
from gateway.services import setup
from gateway.settings import read_settings
from gateway.store.tx import Tx

T = TypeVar("T")

#: seconds; short enough to watch, long enough that a slow machine still tells them apart
POLICY = {
    "gone": 2,
    "hidden": 20,
    "elsewhere": 1,
    "linger": 1,
    "longest_gone": 30,
    "spacing": 0,
    "staff_first": 5,
    "staff_first_present": 60,
    "rung": 10,
    # Runs at any hour of the day, and more often than anybody is to be interrupted.
    "quiet": {},
    "cap": 1_000,
}
PATIENCE_MS = 60_000  #: what is true sooner is not waited for; a busy machine is slow to restart


class DemoHouse:
    """``onethread demo`` in a process group of its own."""

    def __init__(
        self,
        data: Path,
        policy: dict[str, Any] | None = None,
        *,
        database: str | None = None,
    ) -> None:
        self._database = database
        self.data = data
        self._usual = POLICY | (policy or {})
        self._policy: dict[str, Any] = {}
        self._borrower = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.told: dict[str, Any] = {}

    def __enter__(self) -> Self:
        environment = {
            **os.environ,
            "ONETHREAD_PORT": str(free_port()),
            "ONETHREAD_DATA": str(self.data),
        }
        if self._database is not None:
            environment["DATABASE_URL"] = self._database
        self._log = (self.data / "demo.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "demo"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"the demo did not start: {self.log()}")
        self.told = json.loads((self.data / "demo.json").read_text())
        self.set_policy(self._usual)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()

    def log(self) -> str:
        """What the processes logged."""
        return (self.data / "demo.log").read_text()

    def set_policy(self, changes: dict[str, Any]) -> None:
        """Put a policy in force, as an operator would."""
        self._put(self._policy | changes)

    def lend(self, borrower: str) -> None:
        """Give it to somebody else as it was at first."""
        if borrower != self._borrower:
            self._put(self._usual)
        self._borrower = borrower

    def restore(self) -> None:
        """Undo what somebody else did to the policy."""
        self._policy = {}
        self._put(self._usual)

    def _put(self, policy: dict[str, Any]) -> None:
        if policy == self._policy:
            return
        self._policy = policy
        with ThreadPoolExecutor(1) as apart:  # from any loop that asks
            apart.submit(anyio.run, self._put_in_force).result()

    async def _put_in_force(self) -> None:
        settings = read_settings(data=self.data, database_url=self._database)
        async with bootstrap.opened(settings, SystemClock()) as store:
            await setup.set_policy(store, self.key, self._policy)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Ask the house's database, past everything else."""
        settings = read_settings(data=self.data, database_url=self._database)
        async with bootstrap.opened(settings, clock_from(self.data / "clock")) as store:
            return await store.read(fn)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Change the house's database, past everything else."""
        settings = read_settings(data=self.data, database_url=self._database)
        async with bootstrap.opened(settings, clock_from(self.data / "clock")) as store:
            return await store.write(fn)

    def gateway_setting(self, name: str) -> str:
        """What the gateway's own process was told in its environment."""
        told = Path(f"/proc/{self.gateway_pid()}/environ").read_bytes().split(b"\0")
        return next(each.decode() for each in told if each.startswith(f"{name}=".encode()))[
            len(name) + 1 :
        ]

    @property
    def key(self) -> str:
        return str(self.told["store_key"])

    @property
    def storefront(self) -> str:
        return str(self.told["storefront_url"])

    @property
    def console(self) -> str:
        return str(self.told["console_url"])

    @property
    def world(self) -> str:
        """The page with the phones and mailboxes."""
        return str(self.told["sandbox_url"])

    def agent(self, name: str) -> dict[str, str]:
        return next(each for each in self.told["agents"] if each["name"] == name)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do something in the world outside: a phone, a mailbox, a switch."""
        request = urllib.request.Request(
            self.world + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=90) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def move_clock(self, seconds: float) -> None:
        """Let so much time have passed, for everybody in the demo."""
        self.post("/api/clock", {"seconds": seconds})

    def state(self) -> dict[str, Any]:
        """Every phone and mailbox."""
        with urllib.request.urlopen(self.world + "/api/state", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def texts_to(self, number: str) -> list[str]:
        """What a phone has received, oldest first."""
        phone = self.state()["phones"].get(number, [])
        return [each["body"] for each in phone if each["direction"] == "in"]

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """What a mailbox has received, oldest first."""
        box = self.state()["mailboxes"].get(address, [])
        return [each for each in box if each["direction"] == "in"]

    async def until(self, what: str, found: Callable[[], Any]) -> Any:
        """Wait for something in the world outside to become true."""
        with anyio.move_on_after(PATIENCE_MS / 1000):
            async with (
                aiohttp.ClientSession() as client,
                client.get(self.world + "/api/events") as events,
            ):
                # One look after the stream says hello, then one after each thing that happens.
                async for _ in events.content:
                    value = await anyio.to_thread.run_sync(found)
                    if value:
                        return value
        raise AssertionError(f"{what} did not happen\n{self.log()[-4000:]}")

    def gateway_pid(self) -> int:
        """The gateway's own process."""
        assert self._process is not None
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return next(int(line.split()[0]) for line in listed.splitlines() if "serve" in line)

    def kill_gateway(self) -> None:
        """``kill -9``; the demo starts it again."""
        os.kill(self.gateway_pid(), signal.SIGKILL)


def free_port() -> int:
    """A port with room after it for the demo's others."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def patient(browser: Browser) -> Browser:
    """Let its pages wait for clicks, events and popups as long as tests wait for all else."""
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE_MS))
    return browser


async def open_widget(page: Page, house: DemoHouse, path: str = "/") -> Any:
    """Go to the shop and open the chat; returns the panel's frame."""
    await page.goto(house.storefront + path)
    await page.get_by_role("button", name="Chat with Acme Shoes").click()
    frame = page.frame_locator('iframe[title="Chat with Acme Shoes"]')
    await expect(frame.get_by_role("textbox", name="Write a message")).to_be_visible(
        timeout=PATIENCE_MS
    )
    return frame


async def write(frame: Any, words: str) -> None:
    """Say something in the panel."""
    box = frame.get_by_role("textbox", name="Write a message")
    await box.fill(words)
    await box.press("Enter")


async def sign_in(page: Page, house: DemoHouse, name: str) -> None:
    """Sign an agent in to the console."""
    agent = house.agent(name)
    await page.goto(house.console)
    await page.get_by_role("textbox", name="E-mail").fill(agent["email"])
    await page.get_by_label("Password").fill(agent["password"])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Conversations")).to_be_visible(timeout=PATIENCE_MS)


async def answer(page: Page, words: str) -> None:
    """Write an answer in the open conversation of the console."""
    box = page.get_by_role("textbox", name="Write an answer")
    await box.fill(words)
    await page.get_by_role("button", name="Send", exact=True).click()


async def agent_opens(browser: Browser, house: DemoHouse, words: str, name: str = "Ada") -> Page:
    """Sign an agent in and open the conversation whose preview says this."""
    page = await (await browser.new_context()).new_page()
    await sign_in(page, house, name)
    await take_up(page, words)
    return page


async def take_up(page: Page, words: str) -> None:
    """Open the conversation whose preview says this, wherever in the list it stands.

    Only what is in sight of a long list is drawn, and who has waited longest stands first.
    """
    find = page.get_by_role("searchbox", name="Find in this list")
    await find.fill(words)
    row = page.get_by_label("Conversations").get_by_text(words).first
    await expect(row).to_be_visible(timeout=PATIENCE_MS)
    await row.click()
    await find.fill("")


async def leave_number(panel: Any, number: str) -> None:
    """Leave a phone number under the consent sentence."""
    await panel.get_by_role("button", name="How we reach you").click()
    await panel.get_by_label("Mobile number").fill(number)
    await panel.get_by_label("Mobile number").press("Enter")


async def type_code(panel: Any, text: str) -> None:
    """Type the code that a text brought."""
    code = re.search(r"\d{6}", text)
    assert code is not None
    await panel.get_by_label("Code").fill(code.group())
    await panel.get_by_label("Code").press("Enter")
    await expect(panel.get_by_text("We will text")).to_be_visible(timeout=PATIENCE_MS)


async def leave_mailbox(panel: Any, address: str) -> None:
    """Leave a mail address under the consent sentence."""
    other = panel.get_by_role("button", name="Use another number or e-mail")
    sheet = panel.get_by_role("button", name="How we reach you")
    await other.or_(sheet).first.click()
    await panel.get_by_role("radio", name="E-mail").check(force=True)
    field = panel.get_by_label("E-mail address")
    await field.fill(address)
    await field.press("Enter")
    await expect(panel.get_by_text("We will e-mail")).to_be_visible(timeout=PATIENCE_MS)


_numbers = itertools.count(100)


def fresh_number() -> str:
    """A phone that nobody has used in this run."""
    return f"+1415666{next(_numbers):04d}"
