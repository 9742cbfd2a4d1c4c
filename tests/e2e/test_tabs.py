"""Many tabs, and a page that is come back to: nothing is lost and nothing doubled."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    async_playwright,
    expect,
)

from tests.e2e.conftest import _FEATURES_OFF, _FLAGS
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    open_widget,
    patient,
    write,
)

# Storage as people's browsers have it.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

BUTTON = "Chat with Acme Shoes"
FRAME = f'iframe[title="{BUTTON}"]'
#: Tells what the browser would have sounded; nothing else is changed.
LISTEN = """(() => {
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    console.info("a note");
    return start.apply(this, at);
  };
})()"""
NOTES = 2  #: in one chime


def bubbles(panel: Any) -> Locator:
    """All messages of a conversation, in a panel, shut ones too, or on a console."""
    found: Locator = panel.locator("[role=log] .bubble")
    return found


async def reads(panel: Any, messages: list[str]) -> None:
    """These stand there in this order, each once, and no others."""
    await expect(bubbles(panel)).to_have_text(messages, timeout=PATIENCE_MS)


async def listening(context: BrowserContext) -> list[str]:
    """What the tabs of a browser sound from now on, one ``a note`` each."""
    notes: list[str] = []
    await context.add_init_script(LISTEN)
    context.on("console", lambda said: notes.append(said.text) if said.text == "a note" else None)
    return notes


# --- many tabs ------------------------------------------------------------------------------------


async def shut_tab(context: BrowserContext, house: DemoHouse) -> Page:
    """The shop in one more tab, its chat opened and shut again by hand."""
    page = await context.new_page()
    panel = await open_widget(page, house, "/help")
    await panel.get_by_role("textbox", name="Write a message").press("Escape")
    return page


async def all_count(tabs: list[Page], unread: int) -> None:
    """Every badge, every page's title, and what is told to whoever sees neither."""
    for page in tabs:
        words = f"Unread messages: {unread}" if unread else ""
        launcher = page.get_by_role("button", name=BUTTON)
        await expect(launcher).to_have_accessible_description(words, timeout=PATIENCE_MS)
        await expect(launcher.locator("span")).to_have_text(f"{unread}")
        await expect(page).to_have_title(
            re.compile(rf"^\({unread}\) " if unread else r"^[^(]"), timeout=PATIENCE_MS
        )


async def open_again(page: Page) -> None:
    """Her eyes are on this tab."""
    await page.bring_to_front()
    await page.get_by_role("button", name=BUTTON).click()


async def test_two_tabs_then_five_are_one_vera(house: DemoHouse, browser: Browser) -> None:
    tail = fresh_number()[1:]
    thread = [f"Is it back? {tail}", "Back since this morning.", "In 38, too.", "Then I take it!"]
    context = await browser.new_context()
    notes = await listening(context)
    tabs = [await shut_tab(context, house) for _ in range(2)]
    panels = [page.frame_locator(FRAME) for page in tabs]
    await open_again(tabs[0])
    await write(panels[0], thread[0])
    await expect(panels[0].get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
    await panels[0].get_by_role("textbox", name="Write a message").press("Escape")
    ada = await agent_opens(browser, house, thread[0])
    await answer(ada, thread[1])
    await all_count(tabs, 1)
    await open_again(tabs[1])
    await all_count(tabs, 0)
    await panels[1].get_by_role("textbox", name="Write a message").press("Escape")
    assert len(notes) == NOTES

    tabs += [await shut_tab(context, house) for _ in range(3)]
    panels = [page.frame_locator(FRAME) for page in tabs]
    await answer(ada, thread[2])
    await all_count(tabs, 1)
    seen = ada.get_by_role("log", name="Conversation").get_by_text("Seen", exact=True)
    await expect(bubbles(ada)).to_have_text(thread[:3])
    await open_again(tabs[3])
    await all_count(tabs, 0)
    await expect(seen.last).to_be_visible(timeout=PATIENCE_MS)
    await write(panels[3], thread[3])
    for panel in (*panels, ada):
        await reads(panel, thread)
    assert len(notes) == 2 * NOTES, "one chime for each answer, in all tabs together"
    await ada.context.close()
    await context.close()


# --- a page that is come back to ------------------------------------------------------------------


@pytest.fixture
async def browser_with_cache(world: str) -> AsyncIterator[Browser]:
    """Chromium as people have it, with its back/forward cache; Playwright switches that off."""
    found = shutil.which("chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=found,
            args=_FLAGS + ([_FEATURES_OFF] if "partitioned" in world else []),
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield patient(launched)
        await launched.close()


#: What the messages are once there are so many; more would be there at the same moment.
STANDS = """new Promise((done) => {
  const look = () => {
    const all = [...document.querySelectorAll("[role=log] .bubble")].map((one) => one.textContent);
    if (all.length >= %d) done(all);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  look();
})"""


async def stands_in_panel(browser: Browser, messages: list[str]) -> list[str]:
    """What this browser's one panel shows; Playwright sees no frame of a page that was kept."""
    devtools = await browser.new_browser_cdp_session()
    told = (await devtools.send("Target.getTargets"))["targetInfos"]
    (panel,) = [each["targetId"] for each in told if "/widget/panel" in each["url"]]
    attached = await devtools.send("Target.attachToTarget", {"targetId": panel})
    answers: list[dict[str, Any]] = []
    heard = anyio.Event()

    def received(event: dict[str, Any]) -> None:
        answers.append(json.loads(event["message"]))
        heard.set()

    devtools.on("Target.receivedMessageFromTarget", received)
    asked = {"expression": STANDS % len(messages), "awaitPromise": True, "returnByValue": True}
    message = json.dumps({"id": 1, "method": "Runtime.evaluate", "params": asked})
    said = {"sessionId": attached["sessionId"], "message": message}
    await devtools.send("Target.sendMessageToTarget", said)
    with anyio.fail_after(PATIENCE_MS / 1000):
        await heard.wait()
    await devtools.detach()
    found: list[str] = answers[0]["result"]["result"]["value"]
    return found


async def test_a_page_that_vera_comes_back_to_shows_what_she_missed_once(
    house: DemoHouse, browser: Browser, browser_with_cache: Browser
) -> None:
    tail = fresh_number()[1:]
    thread = [f"Is it back? {tail}", "It is.", "In 38, too."]
    vera = await (await browser_with_cache.new_context()).new_page()
    panel = await open_widget(vera, house, "/help")
    await write(panel, thread[0])
    await expect(panel.get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
    await vera.evaluate("window.wasHere = true")
    await vera.goto(house.storefront + "/shoes/blue")
    ada = await agent_opens(browser, house, thread[0])
    await answer(ada, thread[1])
    await all_count([vera], 1)
    await vera.go_back(wait_until="commit")
    assert await vera.evaluate("window.wasHere"), "the page itself was kept, not made again"
    assert await stands_in_panel(browser_with_cache, thread[:2]) == thread[:2]
    seen = ada.get_by_role("log", name="Conversation").get_by_text("Seen", exact=True)
    await expect(seen).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, thread[2])
    assert await stands_in_panel(browser_with_cache, thread) == thread
    await reads(ada, thread)
    await vera.context.close()
    await ada.context.close()
