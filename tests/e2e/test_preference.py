"""Vera says where she wants to be answered: in the panel, and by the link in a message."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    leave_mailbox,
    leave_number,
    open_widget,
    type_code,
    write,
)

# Where answers go then, town tests walk through on both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

LINK = re.compile(r"https?://\S+/p/\S+/[0-9a-z]{26}[a-z2-7]{16}")


async def vera_left_both(
    house: DemoHouse, browser: Browser, question: str
) -> tuple[Page, Any, Page, str, str]:
    """Vera asked and left a proven number and a mailbox; Ada has it open."""
    number = fresh_number()
    mailbox = f"vera.{number[1:]}@shopper.example"
    vera = await (await browser.new_context(timezone_id="Europe/Berlin")).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"{question} {number}")
    ada = await agent_opens(browser, house, f"{question} {number}")
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    return vera, panel, ada, number, mailbox


async def test_vera_picks_mail_in_the_panel_by_keyboard_and_is_answered_there(
    house: DemoHouse, browser: Browser
) -> None:
    vera, panel, ada, number, mailbox = await vera_left_both(house, browser, "Which one is warmer?")
    ways = panel.get_by_role("group", name="Where shall we answer?")
    await ways.get_by_role("radio").first.focus()
    await vera.keyboard.press("ArrowDown")
    await expect(ways.get_by_role("radio", name="By e-mail to")).to_be_checked()
    await vera.keyboard.press("Enter")
    await expect(panel.get_by_role("status")).to_have_text(
        "Saved. We try an e-mail first.", timeout=PATIENCE_MS
    )
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Wants to be answered by e-mail first")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await vera.context.close()

    await answer(ada, "The grey one.")
    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert mail[0]["text"].startswith("The grey one.")
    assert LINK.search(mail[0]["text"])
    assert len(house.texts_to(number)) == 1, "only the code"
    line = thread.get_by_role("listitem").filter(has_text=re.compile("^By e-mail to"))
    await line.get_by_role("button", name="Why?").click()
    await expect(ada.get_by_text("asked to be answered by e-mail").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    await ada.context.close()


async def test_vera_follows_the_link_in_a_text_and_the_next_answer_goes_by_mail(
    house: DemoHouse, browser: Browser
) -> None:
    vera, _, ada, number, mailbox = await vera_left_both(house, browser, "Do you mend them?")
    await vera.context.close()
    await answer(ada, "We do.")
    words = await house.until("the text", lambda: house.texts_to(number)[1:])
    found = LINK.search(words[0])
    assert found is not None

    # Her phone's browser, which has never been at the shop and takes no script.
    phone = await (await browser.new_context(java_script_enabled=False)).new_page()
    shown = await phone.goto(found.group())
    assert shown is not None
    assert await shown.header_value("x-robots-tag") == "noindex, nofollow"
    await expect(phone.get_by_role("heading", name="Where shall we answer you?")).to_be_visible()
    page = await phone.locator("main").inner_text()
    assert number not in page
    assert mailbox not in page
    assert "mend" not in page
    await phone.get_by_label(f"By text to ••• {number[-2:]}").check()
    await phone.get_by_label("By e-mail to v•••@•••").check()
    await phone.get_by_role("button", name="Save").click()
    await expect(phone.get_by_text("Saved. We try an e-mail first.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(phone.get_by_label("By e-mail to v•••@•••")).to_be_checked()
    assert await phone.context.cookies() == []
    await phone.goto(found.group()[:-1] + "1")
    await expect(phone.get_by_role("heading", name="This link does not work")).to_be_visible()
    await phone.context.close()

    await answer(ada, "It takes a week.")
    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert mail[0]["text"].startswith("It takes a week.")
    assert len(house.texts_to(number)) == 2
    await ada.context.close()
