"""Ada looks elsewhere, and her desktop tells her once what Vera wrote; never undisturbed."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    fresh_number,
    open_widget,
    sign_in,
    write,
)
from tests.e2e.desktop import Desktop

# What a browser shows is the same on every database.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

NOTES = 2  #: of one sound


async def is_on(tab: Page, duty: str) -> None:
    await expect(tab.get_by_role("button", name="My duty")).to_contain_text(
        duty, timeout=PATIENCE_MS
    )


async def picks_duty(tab: Page, *names: str) -> None:
    await tab.get_by_role("button", name="My duty").click()
    for name in names:
        await (
            tab.get_by_role("menuitemradio", name=name)
            .or_(tab.get_by_role("menuitem", name=name))
            .first.click()
        )


async def test_one_of_adas_tabs_tells_her_of_vera_and_a_press_leads_there(
    house: DemoHouse, browser: Browser
) -> None:
    tag = fresh_number()
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    desktop = Desktop()
    await desktop.watch(context)
    first, second = await context.new_page(), await context.new_page()
    await sign_in(first, house, "Ada")
    await first.get_by_role("button", name="My settings").click()
    await first.get_by_role("checkbox", name="Notify me when").check()
    await first.get_by_role("checkbox", name="Play a sound").check()
    await first.keyboard.press("Escape")
    tried = desktop.notes  # how it sounds was played when it was picked
    await second.goto(house.console)
    # Whoever has touched a tab may hear it.
    find = second.get_by_role("searchbox", name="Find in this list")
    await find.fill(tag)

    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"Is the blue one back? {tag}")
    asked = await desktop.notice("Is the blue one back?")
    assert asked.body == f"Is the blue one back? {tag}"

    await picks_duty(first, "Do not disturb", "Until I change it")
    for tab in (first, second):
        await is_on(tab, "Do not disturb")
    await write(panel, f"Nobody is told of this {tag}")
    for tab in (first, second):
        await tab.get_by_role("searchbox", name="Find in this list").fill(tag)
        await expect(tab.get_by_text(f"Nobody is told of this {tag}")).to_be_visible(
            timeout=PATIENCE_MS
        )
    await picks_duty(second, "Online")
    for tab in (first, second):
        await is_on(tab, "Online")
    await write(panel, f"In 38 {tag}")
    told = await desktop.notice("In 38")

    await desktop.press(told)
    log = told.tab.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(f"In 38 {tag}")).to_be_visible(timeout=PATIENCE_MS)
    await told.tab.get_by_role("link", name="Mine").click()
    await expect(log).to_be_hidden(timeout=PATIENCE_MS)
    await write(panel, f"And in green {tag}")
    await desktop.notice("And in green")
    assert [each.body.removesuffix(f" {tag}") for each in desktop.notices if tag in each.body] == [
        "Is the blue one back?",
        "In 38",
        "And in green",
    ]
    assert desktop.notes - tried >= NOTES * (len(desktop.notices) - 1)
    await vera.context.close()
    await context.close()
