"""Vera pastes a picture, and goes on through the shop with words half written."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    fresh_number,
    open_widget,
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
