"""Ada finds what Vera wrote, and goes there, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    fresh_number,
    open_widget,
    sign_in,
    write,
)

# What is found is the same in every world; `tests/integration/test_search.py` asks both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def test_ada_presses_a_key_types_a_number_and_stands_at_the_message(
    house: DemoHouse, browser: Browser
) -> None:
    order = f"AC{fresh_number()[1:]}"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"Where is <b>{order}</b>?")
    ada = await (await browser.new_context(viewport={"width": 768, "height": 900})).new_page()
    await sign_in(ada, house, "Ada")

    await ada.keyboard.press("/")
    field = ada.get_by_role("searchbox", name="Search messages")
    await expect(field).to_be_focused(timeout=PATIENCE_MS)
    assert await violations(ada) == []
    await ada.keyboard.type(order.lower())
    await expect(ada.locator(".hit mark")).to_have_text(order, timeout=PATIENCE_MS)
    assert await violations(ada) == []
    await ada.keyboard.press("ArrowDown")
    await ada.keyboard.press("ArrowDown")
    await ada.keyboard.press("Enter")
    line = ada.get_by_role("log", name="Conversation").locator(".found-line")
    await expect(line).to_contain_text(f"Where is <b>{order}</b>?", timeout=PATIENCE_MS)
    await expect(line).to_be_in_viewport()
    await expect(line).to_be_focused()

    await ada.go_back()
    await expect(field).to_have_value(order.lower())
    await expect(ada.locator(".hit mark")).to_have_text(order, timeout=PATIENCE_MS)
    await vera.context.close()
    await ada.context.close()
