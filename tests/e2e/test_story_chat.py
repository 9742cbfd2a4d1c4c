"""Story 1: Vera asks in the widget, Ada answers in the console, both at once."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    answer,
    open_widget,
    sign_in,
    take_up,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_vera_asks_and_ada_answers_with_typing_and_seen(
    house: DemoHouse, browser: Browser
) -> None:
    ada = await (await browser.new_context()).new_page()
    await sign_in(ada, house, "Ada")
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)

    await write(panel, "Is the blue one back in size 38?")

    await take_up(ada, "Is the blue one back in size 38?")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Is the blue one back in size 38?")).to_be_visible()

    await ada.get_by_role("textbox", name="Write an answer").press_sequentially("Looking")
    await expect(panel.get_by_text("Ada is typing")).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "Yes! Back in 38.")

    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Yes! Back in 38.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(panel.get_by_text("Seen")).to_be_visible(timeout=PATIENCE_MS)
    await expect(thread.get_by_text("Seen")).to_be_visible(timeout=PATIENCE_MS)
    await ada.context.close()
    await vera.context.close()
