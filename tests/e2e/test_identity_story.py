"""Vera signs in at the shop on her laptop and on her phone, and is one customer in one thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.axe import panel_of
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    open_widget,
    write,
)
from tests.e2e.signing_shop import SigningShop, identify, signing_shop
from tests.e2e.test_embedding import BUTTON, watched

# A framed panel that can keep something: after a reset there must be nothing of it.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

UNAUTHORIZED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"


@pytest.fixture
def shop(house: DemoHouse, standing_database: str | None) -> Iterator[SigningShop]:
    with signing_shop(house, standing_database) as opened:
        yield opened


def said(panel: Any, words: str) -> Locator:
    """These words in the panel's conversation."""
    found: Locator = panel.get_by_role("log", name="Conversation").get_by_text(words, exact=True)
    return found


async def is_once(panel: Any, *all_words: str) -> None:
    """Each of these stands there, and none twice."""
    for words in all_words:
        await expect(said(panel, words)).to_have_count(1, timeout=PATIENCE_MS)


async def warned(page: Page, forged: str) -> str:
    """What whoever builds the shop is told of a token that is not good."""
    async with page.expect_console_message(
        lambda message: message.text.startswith("Onethread:"), timeout=PATIENCE_MS
    ) as heard:
        await identify(page, forged)
    warning = await heard.value
    assert warning.type == "warning"
    return warning.text


async def test_her_laptop_and_her_phone_become_one_thread_and_a_reset_leaves_nothing(
    house: DemoHouse, browser: Browser, shop: SigningShop
) -> None:
    tail = fresh_number()[1:]
    blue, mend = f"Is the blue one back? {tail}", f"Do you mend them? {tail}"
    vera = {"sub": f"customer {tail}", "name": "Vera Larsen"}
    async with watched(browser) as (laptop, wrong), watched(browser) as (phone, wrong_on_phone):
        desk = await open_widget(laptop, house, "/help")
        await identify(laptop, shop.signs(**vera))
        await write(desk, blue)
        await expect(desk.get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
        pocket = await open_widget(phone, house, "/help")
        await write(pocket, mend)
        await expect(pocket.get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
        forger = SigningShop(house, "otis_" + "x" * 43)
        warning = await warned(phone, forger.signs(**vera))
        assert "identify was not taken; the chat goes on as it was." in warning
        await is_once(pocket, mend)
        await expect(said(pocket, blue)).to_have_count(0)

        await identify(phone, shop.signs(**vera))
        for panel in (desk, pocket):
            await is_once(panel, blue, mend)
        ada = await agent_opens(browser, house, tail)
        await expect(ada.get_by_text("Signed by the shop")).to_be_visible(timeout=PATIENCE_MS)
        await expect(ada.get_by_text(vera["sub"])).to_be_visible()
        await laptop.evaluate("Onethread('track', 'viewed', { sku: 'fjord-blue' })")
        await laptop.evaluate("Onethread('set', { basket: 2 })")
        await expect(ada.get_by_text("sku: fjord-blue")).to_be_visible(timeout=PATIENCE_MS)
        await expect(ada.get_by_text("basket")).to_be_visible(timeout=PATIENCE_MS)
        both = f"Yes, to both. {tail}"
        await answer(ada, both)
        for panel in (desk, pocket):
            await is_once(panel, blue, mend, both)

        await panel_is_as_new(laptop, desk, tail)
        await is_once(pocket, blue, mend, both)
        assert wrong == []
        # The browser itself tells of the forged one's answer.
        assert set(wrong_on_phone) == {warning, UNAUTHORIZED}
        await ada.context.close()


async def panel_is_as_new(page: Page, panel: Any, tail: str) -> None:
    """After a reset, also on the next page."""
    await panel.get_by_role("textbox", name="Write a message").fill(f"And one more {tail}")
    await page.evaluate("Onethread('reset')")
    for _ in range(2):
        box = panel.get_by_role("textbox", name="Write a message")
        await expect(box).to_have_value("", timeout=PATIENCE_MS)
        await expect(panel.get_by_text(tail)).to_have_count(0)
        await expect(panel.get_by_text("Hi! Ask us anything about sizes")).to_be_visible()
        for place in (page, panel_of(page)):
            kept = await place.evaluate("JSON.stringify({ ...localStorage })")
            assert tail not in kept
        await page.reload()
        await page.get_by_role("button", name=BUTTON).click()
