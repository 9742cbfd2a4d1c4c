"""Stories 2 to 4: Vera leaves her number and the tab, and the thread goes on by SMS."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    answer,
    open_widget,
    sign_in,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def ada_opens(browser: Browser, house: DemoHouse, words: str) -> Page:
    ada = await (await browser.new_context()).new_page()
    await sign_in(ada, house, "Ada")
    row = ada.get_by_label("Conversations").get_by_text(words).first
    await expect(row).to_be_visible(timeout=PATIENCE_MS)
    await row.click()
    return ada


async def test_vera_types_the_code_leaves_and_the_thread_goes_on_by_sms_and_back(
    house: DemoHouse, browser: Browser
) -> None:
    number = "+14155550142"
    context = await browser.new_context()
    vera = await context.new_page()
    panel = await open_widget(vera, house, "/shoes/blue")
    question = f"Do they run small? {id(context)}"
    await write(panel, question)
    ada = await ada_opens(browser, house, question)

    before = len(house.texts_to(number))
    await leave_number(panel, "+1 415 555 0142")
    code_text = await house.until("the code", lambda: house.texts_to(number)[before:])
    code = re.search(r"\d{6}", code_text[0])
    assert code is not None
    await panel.get_by_label("Code").fill(code.group())
    await panel.get_by_label("Code").press("Enter")
    await expect(panel.get_by_text("We will text")).to_be_visible(timeout=PATIENCE_MS)
    await vera.close()

    await answer(ada, "They run true to size.")
    await answer(ada, "Shall I put a pair aside?")
    words = await house.until(
        "one SMS with both", lambda: house.texts_to(number)[before + 1 :]
    )
    assert len(words) == 1
    assert "They run true to size.\nShall I put a pair aside?" in words[0]
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("delivered").last).to_be_visible(timeout=PATIENCE_MS)
    await thread.get_by_role("button", name="Why?").last.click()
    await expect(ada.get_by_text("left the page").first).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")

    house.post(f"/api/phones/{number}/send", {"body": "Yes please, 38."})
    await expect(thread.get_by_text("Yes please, 38.")).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "Done!")
    words = await house.until(
        "the next answer by SMS", lambda: house.texts_to(number)[before + 2 :]
    )
    assert words == ["Done!"]

    vera = await context.new_page()
    panel = await open_widget(vera, house)
    log = panel.get_by_role("log", name="Conversation")
    for said in (question, "They run true to size.", "Yes please, 38.", "Done!"):
        await expect(log.get_by_text(said, exact=True)).to_have_count(1, timeout=PATIENCE_MS)
    await answer(ada, "It is at the counter.")
    await expect(log.get_by_text("It is at the counter.")).to_be_visible(timeout=PATIENCE_MS)
    assert house.texts_to(number)[before + 3 :] == []
    await ada.context.close()
    await context.close()


async def leave_number(panel, number: str) -> None:  # type: ignore[no-untyped-def]
    await panel.get_by_role("button", name="How we reach you").click()
    await panel.get_by_label("Mobile number").fill(number)
    await panel.get_by_label("Mobile number").press("Enter")
