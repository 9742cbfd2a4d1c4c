"""Ada changes an answer that has not left, and takes another one back."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    leave_mailbox,
    open_widget,
    write,
)

# What taking back does, town tests walk through on both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def test_ada_mends_one_answer_and_takes_the_other_back_before_they_leave(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    mailbox = f"vera.{tail}@shopper.example"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"Is it back? {tail}")
    ada = await agent_opens(browser, house, f"Is it back? {tail}")
    await leave_mailbox(panel, mailbox)
    await panel.get_by_role("button", name="Back").click()
    # The panel is shut, the page still before her: nothing leaves yet.
    await panel.get_by_role("button", name="Close the chat").click()
    await answer(ada, "Yes, in 83.")
    await answer(ada, "And in pink.")
    thread = ada.get_by_role("log", name="Conversation")
    first = thread.get_by_role("listitem").filter(has_text="Yes, in 83.")
    await first.get_by_role("button", name="Edit").click()
    box = ada.get_by_role("textbox", name="Your message, to be changed")
    await expect(box).to_be_focused()
    await box.fill("Yes, in 38.")
    await box.press("Enter")
    mended = thread.get_by_role("listitem").filter(has_text="Yes, in 38.")
    await expect(mended.get_by_text("edited")).to_be_visible(timeout=PATIENCE_MS)
    second = thread.get_by_role("listitem").filter(has_text="And in pink.")
    await second.get_by_role("button", name="Take back").click()
    await expect(thread.get_by_text("Taken back")).to_be_visible(timeout=PATIENCE_MS)
    composer = ada.get_by_role("textbox", name="Write an answer")
    await expect(composer).to_have_value("And in pink.")
    await composer.fill("")

    await vera.context.close()
    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert "Yes, in 38." in mail[0]["text"]
    assert "in 83" not in mail[0]["text"]
    assert "pink" not in mail[0]["text"]
    await expect(mended.get_by_role("button", name="Edit")).to_have_count(0, timeout=PATIENCE_MS)
    await ada.context.close()
