"""The chat on the pages of other people: strict, hostile, single, and without any storage.

Each page is one of the demo shop's own, see ``gateway/sandbox/storefront/kinds``.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    async_playwright,
    expect,
)

from tests.e2e.conftest import _FEATURES_OFF, _FLAGS
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, open_widget, write

# Which storage a frame has is said by each story that needs it, not by the world.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), ONE_WORLD]

_words = (f"Is the blue one back? No. {n}" for n in itertools.count())
BUTTON = "Chat with Acme Shoes"


@asynccontextmanager
async def watched(browser: Browser, **options: object) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page of Vera's, and what her browser complains of."""
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", told)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page, complaints
    finally:
        await context.close()


async def ask_something(page: Page, house: DemoHouse, path: str) -> str:
    """Vera asks, on this page; returns her words once they have arrived."""
    panel = await open_widget(page, house, path)
    words = next(_words)
    await write(panel, words)
    await expect(panel.get_by_text("Sent", exact=False).first).to_be_visible(timeout=PATIENCE_MS)
    return words


@pytest.mark.parametrize("policy", ["list", "nonce", "types"])
async def test_the_chat_works_under_a_strict_policy_without_one_report(
    house: DemoHouse, browser: Browser, policy: str
) -> None:
    async with watched(browser) as (vera, complaints):
        await ask_something(vera, house, f"/strict/{policy}")
        assert complaints == []


async def test_a_hostile_page_neither_hides_the_chat_nor_overhears_it(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, complaints):
        await ask_something(vera, house, "/hostile")
        await expect(vera.get_by_role("status")).to_have_text("Nothing was overheard.")
        box = await vera.get_by_role("button", name=BUTTON).bounding_box()
        assert box is not None
        # Where the page's own transforms and sizes would have put it, it is not.
        assert (box["width"], box["height"]) == (56, 56)
        size = vera.viewport_size
        assert size is not None
        assert box["x"] + box["width"] == size["width"] - 20
        assert box["y"] + box["height"] == size["height"] - 20
        assert complaints == []


async def test_a_shop_of_one_page_keeps_its_chat_and_hides_it_at_the_checkout(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, complaints):
        words = await ask_something(vera, house, "/single")
        panel = vera.frame_locator(f'iframe[title="{BUTTON}"]')
        await vera.get_by_role("link", name="Fjord, blue").click()
        await expect(vera.get_by_role("heading", name="Fjord, blue")).to_be_visible()
        await expect(panel.get_by_text(words)).to_be_visible()
        await vera.get_by_role("link", name="Checkout").click()
        await expect(panel.get_by_text(words)).to_be_hidden()
        await expect(vera.get_by_role("button", name=BUTTON)).to_be_hidden()
        await vera.go_back()
        await expect(panel.get_by_text(words)).to_be_visible()
        assert await vera.locator("onethread-chat").count() == 1
        assert complaints == []


async def test_a_page_that_reads_from_the_right_is_spoken_to_in_its_language(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, complaints):
        await vera.goto(house.storefront + "/right")
        button = vera.locator("onethread-chat").get_by_role("button")
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] == 20
        await button.click()
        panel = vera.frame_locator("onethread-chat iframe")
        await expect(panel.get_by_role("textbox", name="اكتب رسالة")).to_be_visible()
        assert complaints == []


async def test_nothing_is_stored_or_requested_before_a_shop_with_a_banner_says_start(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, complaints):
        asked: list[str] = []
        vera.on("request", lambda request: asked.append(request.url))
        await vera.goto(house.storefront + "/banner")
        await vera.wait_for_function("window.Onethread?.key")
        await vera.evaluate("Onethread('track', 'looked'), Onethread('open')")
        assert [url for url in asked if "/widget/" in url] == [
            f"{house.told['base_url']}/widget/loader.js"
        ]
        assert await vera.evaluate("localStorage.length + document.cookie.length") == 0
        await vera.get_by_role("button", name="Allow the chat").click()
        panel = vera.frame_locator(f'iframe[title="{BUTTON}"]')
        await expect(panel.get_by_role("textbox", name="Write a message")).to_be_visible()
        assert complaints == []


@asynccontextmanager
async def chromium(
    home: Path, *, partitioned: bool, allowed: bool
) -> AsyncIterator[BrowserContext]:
    """Chromium with storage partitioned or not, and third-party cookies allowed or blocked."""
    preferences = {
        "cookie_controls_mode": int(not allowed),
        "block_third_party_cookies": not allowed,
    }
    (home / "Default").mkdir(parents=True)
    (home / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
    found = shutil.which("chromium")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(home),
            executable_path=found,
            args=_FLAGS + ([_FEATURES_OFF] if partitioned else []),
        )
        try:
            yield context
        finally:
            await context.close()


@pytest.mark.parametrize("cookies", ["cookie", "no cookie"])
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "blocked"])
@pytest.mark.parametrize("partitioned", [True, False], ids=["partitioned", "shared"])
async def test_veras_thread_survives_the_next_page_whatever_her_browser_keeps_of_a_frame(
    house: DemoHouse, tmp_path: Path, partitioned: bool, allowed: bool, cookies: str
) -> None:
    async with chromium(tmp_path / "profile", partitioned=partitioned, allowed=allowed) as context:
        if cookies == "no cookie":
            # As a browser that refuses all cookies of frames: the gateway's never come back.
            async def forget(route: object) -> None:
                answer = await route.fetch()  # type: ignore[attr-defined]
                kept = {k: v for k, v in answer.headers.items() if k.lower() != "set-cookie"}
                await context.clear_cookies()
                await route.fulfill(response=answer, headers=kept)  # type: ignore[attr-defined]

            await context.route("**/widget/session", forget)
        vera = await context.new_page()
        words = await ask_something(vera, house, "/help")
        kept_by_page = "localStorage.getItem(`onethread:${key}:handle`)"
        key = json.dumps(house.key)
        homeless = cookies == "no cookie" and not partitioned and not allowed
        if homeless:
            await vera.wait_for_function(f"key => {kept_by_page}", arg=house.key)
        first = await vera.evaluate(f"(key => {kept_by_page})({key})")
        await vera.goto(house.storefront + "/shoes/blue")
        await vera.get_by_role("button", name=BUTTON).click()
        panel = vera.frame_locator(f'iframe[title="{BUTTON}"]')
        await expect(panel.get_by_text(words)).to_be_visible(timeout=PATIENCE_MS)
        second = await vera.evaluate(f"(key => {kept_by_page})({key})")
        # The last home is used where there is no other, and is another after each use.
        assert bool(first) == bool(second) == homeless
        assert not homeless or first != second


ACCENTS = ["#2f5d50", "#ffffff", "#000000", "#ffe600", "#0000ff", "#ff0000", "#00ff00", "#7f7f7f"]
#: The least contrast of a text on its ground that the style makes of each accent, as drawn.
LEAST_CONTRAST = """(accents) => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const sample = document.body.appendChild(document.createElement("p"));
  const light = (colour) => {
    sample.style.color = colour;
    pen.fillStyle = getComputedStyle(sample).color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((byte) => {
      const part = byte / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const found = accents.flatMap((accent) => {
    document.documentElement.style.setProperty("--accent", accent);
    return [
      contrast("var(--on-accent)", "var(--accent)"),
      contrast("var(--accent-ink)", "var(--canvas)"),
      contrast("var(--accent-ink)", "var(--surface)"),
    ];
  });
  sample.remove();
  return Math.min(...found);
}"""


async def test_any_colour_of_a_store_is_legible_by_day_and_by_night(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, _):
        await open_widget(vera, house, "/help")
        panel = next(each for each in vera.frames if "/widget/panel" in each.url)
        for scheme in ("light", "dark"):
            await panel.evaluate("(to) => document.documentElement.style.colorScheme = to", scheme)
            assert await panel.evaluate(LEAST_CONTRAST, ACCENTS) >= 4.5


async def test_what_vera_types_into_the_shops_search_while_the_chat_comes_stays_there(
    house: DemoHouse, browser: Browser
) -> None:
    async with watched(browser) as (vera, complaints):
        may_come = anyio.Event()

        async def held(route: Route) -> None:
            await may_come.wait()
            await route.continue_()

        await vera.route("**/widget/panel?*", held)
        await vera.goto(house.storefront + "/")
        await vera.evaluate(
            "document.body.append(Object.assign(document.createElement('input'), {id: 'find'}))"
        )
        await vera.get_by_role("button", name=BUTTON).click()
        await vera.locator("#find").click()
        await vera.keyboard.type("blue ")
        may_come.set()
        panel = vera.frame_locator(f'iframe[title="{BUTTON}"]')
        box = panel.get_by_role("textbox", name="Write a message")
        await expect(box).to_be_visible(timeout=PATIENCE_MS)
        await vera.keyboard.type("shoes")
        await expect(vera.locator("#find")).to_have_value("blue shoes")
        await expect(box).to_have_value("")
        # The chat that she goes into has the keys in the field to write in.
        await box.click()
        await vera.keyboard.type("Is it back?")
        await expect(box).to_have_value("Is it back?")
        assert complaints == []
