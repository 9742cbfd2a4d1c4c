"""Vera pastes a picture, goes on through the shop with words half written, and has three tabs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    open_widget,
    write,
)

# Storage as people's browsers have it: in a frame without any, what is half written is lost.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

#: A picture from the clipboard, as a browser hands it to the page.
PASTE = """async (box) => {
  const canvas = new OffscreenCanvas(320, 180);
  canvas.getContext("2d").fillRect(0, 0, 320, 180);
  const picture = new File([await canvas.convertToBlob()], "image.png", { type: "image/png" });
  const clipboardData = new DataTransfer();
  clipboardData.items.add(picture);
  const bubbles = true, cancelable = true;
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles, cancelable }));
}"""

#: Tells what the browser would have sounded; nothing else is changed.
LISTEN = """(() => {
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    console.info("a note");
    return start.apply(this, at);
  };
})()"""
NOTES = 2  #: in one chime


async def test_a_pasted_picture_reaches_ada_and_a_draft_the_shops_next_page(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    box = panel.get_by_role("textbox", name="Write a message")
    await box.fill(f"Is it this one? {tail}")
    await box.evaluate(PASTE)
    await expect(panel.get_by_role("button", name="Remove image.png")).to_be_visible()
    send = panel.get_by_role("button", name="Send", exact=True)
    await expect(send).to_be_enabled(timeout=PATIENCE_MS)
    await send.click()
    await expect(panel.get_by_role("img", name="image.png")).to_be_visible(timeout=PATIENCE_MS)

    ada = await agent_opens(browser, house, f"Is it this one? {tail}")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_role("img", name="image.png")).to_be_visible(timeout=PATIENCE_MS)

    await box.fill("And does it come in")
    panel = await open_widget(vera, house, "/?page=2")
    again = panel.get_by_role("textbox", name="Write a message")
    await expect(again).to_have_value("And does it come in", timeout=PATIENCE_MS)
    await ada.context.close()
    await vera.context.close()


async def _shut_tab(context: BrowserContext, house: DemoHouse, notes: list[str]) -> Any:
    """The shop in one more tab, its chat opened, used and shut again; returns page and panel."""
    page = await context.new_page()
    page.on("console", lambda said: notes.append(said.text) if said.text == "a note" else None)
    panel = await open_widget(page, house)
    await panel.get_by_role("textbox", name="Write a message").press("Escape")
    return page, panel


async def test_three_tabs_make_one_sound_and_reading_in_one_settles_all(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    notes: list[str] = []
    context = await browser.new_context()
    await context.add_init_script(LISTEN)
    first = await context.new_page()
    panel = await open_widget(first, house)
    await write(panel, f"Is it back? {tail}")
    await expect(panel.get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
    await first.close()
    tabs = [await _shut_tab(context, house, notes) for _ in range(3)]

    ada = await agent_opens(browser, house, f"Is it back? {tail}")
    await answer(ada, "Back since this morning.")
    for page, _ in tabs:
        launcher = page.get_by_role("button", name="Chat with Acme Shoes")
        await expect(launcher).to_have_accessible_description(
            "Unread messages: 1", timeout=PATIENCE_MS
        )
    page, panel = tabs[1]
    await page.bring_to_front()
    await page.get_by_role("button", name="Chat with Acme Shoes").click()
    await expect(panel.get_by_text("Back since this morning.")).to_be_visible(timeout=PATIENCE_MS)
    for page, _ in tabs:
        launcher = page.get_by_role("button", name="Chat with Acme Shoes")
        await expect(launcher).to_have_accessible_description("", timeout=PATIENCE_MS)
    assert notes == ["a note"] * NOTES
    await ada.context.close()
    await context.close()
