"""Ada merges two shoppers who are one, takes it back, and blocks one of them, all by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    fresh_number,
    leave_mailbox,
    open_widget,
    write,
)

# What merging does, town tests walk through on both databases; other dialogs are axe's elsewhere
# (test_console_states).
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def asks(browser: Browser, house: DemoHouse, words: str, mailbox: str) -> Any:
    """Somebody writes in a browser of their own, and leaves a mailbox."""
    page = await (await browser.new_context()).new_page()
    panel = await open_widget(page, house)
    await write(panel, words)
    await leave_mailbox(panel, mailbox)
    await panel.get_by_role("button", name="Back").click()
    return panel


async def does(ada: Page, act: str) -> None:
    """Picks something in the palette."""
    await ada.keyboard.press("Control+k")
    await expect(ada.get_by_role("combobox")).to_be_focused()
    await ada.keyboard.type(act)
    await expect(ada.get_by_role("option").first).to_contain_text(act)
    await ada.keyboard.press("Enter")


async def test_two_who_are_one_are_merged_and_parted_and_one_is_blocked_by_keyboard(
    house: DemoHouse, browser: Browser
) -> None:
    words = fresh_number()
    mailbox = f"vera{words[1:]}@shopper.example"
    question, other = f"Is the blue one back? {words}", f"And in green? {words}"
    panel = await asks(browser, house, question, mailbox)
    await asks(browser, house, other, mailbox)
    ada = await agent_opens(browser, house, question)
    log = ada.get_by_role("log", name="Conversation")
    await expect(ada.get_by_text("May be the same person")).to_be_visible(timeout=PATIENCE_MS)

    await does(ada, "Merge")
    whom = ada.get_by_role("combobox", name=re.compile("^Name, address"))
    await expect(whom).to_be_focused()
    await expect(ada.get_by_role("option", name=re.compile(mailbox))).to_be_visible(
        timeout=PATIENCE_MS
    )
    await ada.keyboard.press("Enter")
    agree = ada.get_by_role("button", name="Merge", exact=True)
    await expect(agree).to_be_focused(timeout=PATIENCE_MS)
    dialog = ada.get_by_role("dialog")
    await expect(dialog.get_by_text("You can take it back here")).to_be_visible()
    await expect(dialog.get_by_text(re.compile("closes and is read in it"))).to_be_visible()
    assert await violations(ada) == []
    await ada.keyboard.press("Enter")
    await expect(log.get_by_text(re.compile("^Ada merged"))).to_be_visible(timeout=PATIENCE_MS)
    # The log may tell of it sooner than the dialog, which has the keys until it is answered.
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)

    back = ada.get_by_role("button", name=re.compile("^Take back…"))
    await expect(back).to_be_visible(timeout=PATIENCE_MS)
    await back.focus()
    await ada.keyboard.press("Enter")
    part = ada.get_by_role("button", name="Take it back")
    await expect(part).to_be_focused(timeout=PATIENCE_MS)
    assert await violations(ada) == []
    await ada.keyboard.press("Enter")
    await expect(log.get_by_text(re.compile("^Ada took the merge"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)

    await does(ada, "Block")
    await expect(ada.get_by_role("radio", name="Spam")).to_be_focused()
    await ada.keyboard.press("Enter")
    await expect(log.get_by_text("Ada blocked the shopper: Spam")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await write(panel, f"Hello? {words}")
    await expect(log.get_by_text(f"Hello? {words}")).to_be_visible(timeout=PATIENCE_MS)
    rows = ada.locator("[id^=row-]").filter(has_text=words)
    await ada.get_by_role("link", name="Blocked", exact=True).click()
    await expect(rows.filter(has_text="Hello?")).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("link", name=re.compile("^Open")).click()
    # Of a long list only what is in sight is drawn.
    await ada.get_by_role("searchbox", name="Find in this list").fill(words)
    await expect(rows.filter(has_text="And in green?")).to_be_visible(timeout=PATIENCE_MS)
    assert await rows.filter(has_text="Hello?").count() == 0
    for context in browser.contexts:
        await context.close()
