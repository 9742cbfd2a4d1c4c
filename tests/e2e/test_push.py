"""Vera lets her browser be notified; the answer rings there, and costs nobody a text.

Only the vendor's push service is pretended: a headless browser has none, so ``subscribe`` gives a
subscription of the sandbox's, made with real keys. What came there is opened with them and
delivered to the very worker that was registered.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from gateway.sandbox.browsers import base64url
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    leave_number,
    open_widget,
    type_code,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LADDER = {"ladder": ["push", "sms", "email"]}
#: What a browser with a push service of its own has built in.
VENDOR = """
const bytes = (text) => Uint8Array.from(
  atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0)).buffer;
PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
  const made = await vendorSubscribes(Array.from(new Uint8Array(key)));
  return {
    endpoint: made.endpoint,
    options: { applicationServerKey: key.buffer, userVisibleOnly: true },
    getKey: (name) => bytes(made.keys[name]),
  };
};
"""
#: A click on the notification. A browser lets a worker open a window upon a real one alone, so
#: where it would have gone is told instead.
CLICK = """async () => {
  const [notification] = await self.registration.getNotifications();
  return await new Promise((resolve) => {
    self.clients.openWindow = async (url) => resolve(url);
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  });
}"""
#: What a registration shows: now, or as soon as it shows anything.
SHOWN = """async ([scope, waits]) => {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  for (;;) {
    const shown = await registration.getNotifications();
    if (shown.length || !waits)
      return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
    await new Promise((done) => setTimeout(done, 20));
  }
}"""


class Vendor:
    """The push service that Vera's browser is subscribed with: the sandbox's."""

    def __init__(self, house: DemoHouse) -> None:
        self._house = house
        self.ids: list[str] = []

    async def lend(self, context: BrowserContext, *origins: str) -> None:
        """Give every page of hers a push service; notifications are allowed on these origins."""
        for origin in origins:
            await context.grant_permissions(["notifications"], origin=origin)
        await context.expose_function("vendorSubscribes", self._subscribe)
        await context.add_init_script(VENDOR)

    async def _subscribe(self, key: list[int]) -> dict[str, Any]:
        made = await anyio.to_thread.run_sync(
            lambda: self._house.post("/api/browsers", {"key": base64url(bytes(key))})
        )
        # Her own worker shows it, and not the sandbox in its stead.
        await anyio.to_thread.run_sync(
            lambda: self._house.post(f"/api/browsers/{made['id']}", {"on": False})
        )
        self.ids.append(made["id"])
        return made

    def pushes(self) -> list[dict[str, Any]]:
        """What came for her last subscription, opened with its keys."""
        browsers = {each["id"]: each for each in self._house.state()["browsers"]}
        found: list[dict[str, Any]] = browsers[self.ids[-1]]["notifications"]
        return found


async def vera_asks(page: Page, house: DemoHouse, path: str, question: str) -> tuple[Any, str]:
    """Vera asks and leaves a proven number; the panel shows how she is reached."""
    number = fresh_number()
    panel = await open_widget(page, house, path)
    await write(panel, f"{question} {number}")
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await panel.get_by_role("button", name="Use another number or e-mail").click()
    await panel.get_by_role("radio", name="Notification").check(force=True)
    return panel, number


async def deliver(page: Page, scope: str, payload: str) -> list[dict[str, Any]]:
    """What a browser does with a push that came; returns what its worker then shows."""
    devtools = await page.context.new_cdp_session(page)
    known: dict[str, str] = {}
    heard = anyio.Event()

    def registered(event: dict[str, Any]) -> None:
        known.update({each["scopeURL"]: each["registrationId"] for each in event["registrations"]})
        if scope in known:
            heard.set()

    devtools.on("ServiceWorker.workerRegistrationUpdated", registered)
    await devtools.send("ServiceWorker.enable")
    with anyio.fail_after(PATIENCE_MS / 1000):
        await heard.wait()
    push = {"origin": _origin(scope), "registrationId": known[scope], "data": payload}
    await devtools.send("ServiceWorker.deliverPushMessage", push)
    with anyio.fail_after(PATIENCE_MS / 1000):
        found: list[dict[str, Any]] = await page.evaluate(SHOWN, [scope, True])
    await devtools.detach()
    return found


async def she_is_notified(
    house: DemoHouse, ada: Page, context: BrowserContext, vendor: Vendor, scope: str, words: str
) -> str:
    """Ada answers, one push comes, the worker shows it and a click says where it leads."""
    await answer(ada, words)
    pushed = await house.until("the push", vendor.pushes)
    assert len(pushed) == 1
    payload = pushed[0]["payload"]
    assert words not in payload
    assert "Ada" not in payload
    said = json.loads(payload)

    # Any page of that origin sees what its worker shows; this one is no chat.
    page = await context.new_page()
    await page.goto(_origin(scope) + "/no-such-page")
    assert await deliver(page, scope, payload) == [
        {
            "title": "New reply from Acme Shoes",
            "body": said["body"],
            "tag": said["tag"],
            "data": said["url"],
        }
    ]
    thread = ada.get_by_role("log", name="Conversation")
    line = thread.get_by_role("listitem").filter(has_text="By notification to")
    await expect(line).to_contain_text("delivered", timeout=PATIENCE_MS)
    worker = next(each for each in context.service_workers if _origin(scope) in each.url)
    opened = str(await worker.evaluate(CLICK))
    assert await page.evaluate(SHOWN, [scope, False]) == []
    await page.close()
    return opened


async def reads(context: BrowserContext, link: str, words: str) -> None:
    """The window that the click opened has the conversation."""
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_role("button", name="Open the conversation").click()
    log = page.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(words)).to_be_visible(timeout=PATIENCE_MS)
    await page.close()


def _origin(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


async def test_vera_allows_it_in_the_little_window_and_her_browser_rings_instead_of_her_phone(
    house: DemoHouse, browser: Browser
) -> None:
    house.set_policy(LADDER)
    gateway = str(house.told["base_url"])
    context = await browser.new_context()
    vendor = Vendor(house)
    await vendor.lend(context, gateway)
    arrives = anyio.Event()

    async def on_a_slow_line(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await context.route("**/push/window.js", on_a_slow_line)
    vera = await context.new_page()
    panel, number = await vera_asks(vera, house, "/help", "Is the blue one back?")
    async with vera.expect_popup() as popup:
        await panel.get_by_role("button", name="Notify me of the answer").click()
    window = await popup.value
    await expect(window.get_by_role("heading", name="Know when we have answered")).to_be_visible()
    assert context.service_workers == [], "nothing is registered before she says yes"
    yes = window.get_by_role("button", name="Allow notifications")
    await expect(yes).to_be_disabled()  # a click that the script is too late for would be lost
    arrives.set()
    async with window.expect_event("close", timeout=PATIENCE_MS):
        await yes.click()
    await expect(panel.get_by_role("radio", name="By notification in your browser")).to_be_visible(
        timeout=PATIENCE_MS
    )
    ada = await agent_opens(browser, house, f"Is the blue one back? {number}")
    await vera.close()

    words = "It came in this morning."
    scope = f"{gateway}/push/{house.key}/"
    link = await she_is_notified(house, ada, context, vendor, scope, words)
    await reads(context, link, words)
    assert len(house.texts_to(number)) == 1, "only the code"
    assert len(vendor.pushes()) == 1
    await context.close()
    await ada.context.close()


async def test_vera_allows_it_on_the_shops_own_page_whose_worker_is_one_line(
    house: DemoHouse, browser: Browser
) -> None:
    house.set_policy(LADDER)
    context = await browser.new_context()
    vendor = Vendor(house)
    await vendor.lend(context, house.storefront)
    vera = await context.new_page()
    panel, number = await vera_asks(vera, house, "/", "Do you have it in 38?")
    assert context.service_workers == []
    await panel.get_by_role("button", name="Notify me of the answer").click()
    await expect(panel.get_by_role("radio", name="By notification in your browser")).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert len(context.pages) == 1, "no window was needed"
    ada = await agent_opens(browser, house, f"Do you have it in 38? {number}")
    await vera.close()

    words = "One pair is left."
    scope = f"{house.storefront}/onethread-worker.js"
    link = await she_is_notified(house, ada, context, vendor, scope, words)
    await reads(context, link, words)
    assert len(house.texts_to(number)) == 1, "only the code"
    await context.close()
    await ada.context.close()


async def test_vera_whose_browser_blocks_it_reads_how_to_allow_it_and_is_asked_no_more(
    house: DemoHouse, browser: Browser
) -> None:
    context = await browser.new_context()
    vera = await context.new_page()
    panel = await open_widget(vera, house, "/help")
    await write(panel, "Which size do I take?")
    await panel.get_by_role("button", name="How we reach you").click()
    await panel.get_by_role("radio", name="Notification").check(force=True)
    async with vera.expect_popup() as popup:
        await panel.get_by_role("button", name="Notify me of the answer").click()
    window = await popup.value
    # A headless browser answers for her: no.
    await window.get_by_role("button", name="Allow notifications").click()
    await expect(window.get_by_text("This browser blocks our notifications")).to_be_visible()
    await expect(panel.get_by_text("This browser blocks our notifications").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    await panel.get_by_role("button", name="Back to the conversation").click()
    await panel.get_by_role("button", name="How we reach you").click()
    await expect(panel.get_by_role("radio", name="Notification")).to_have_count(0)
    await expect(panel.get_by_role("radio", name="By text")).to_be_visible()
    await context.close()
