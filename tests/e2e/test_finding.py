"""Ada finds a file and a day in a conversation, sees that Ben looks too, and lays it aside."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.e2e.axe import violations
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    fresh_number,
    open_widget,
    write,
)
from tests.unit.files.drawing import photo

# It is the console alone that is looked at; town tests walk both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

PICTURE: FilePayload = {"name": "shoe.jpg", "mimeType": "image/jpeg", "buffer": photo()}


async def test_ada_finds_what_she_looks_for_and_snoozes_with_her_answer_while_ben_looks_on(
    house: DemoHouse, browser: Browser
) -> None:
    question = f"Is the blue one back? {fresh_number()}"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await panel.locator("input[type=file]").set_input_files(PICTURE)
    await expect(panel.get_by_role("button", name="Send")).to_be_enabled(timeout=PATIENCE_MS)
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    ben = await agent_opens(browser, house, question, "Ben")
    await expect(ada.get_by_text("Ben is looking")).to_be_visible(timeout=PATIENCE_MS)
    await ben.get_by_role("textbox", name="Write an answer").press_sequentially("It")
    await expect(ada.get_by_text("Ben is writing an answer")).to_be_visible(timeout=PATIENCE_MS)
    assert await violations(ada) == []
    await ben.context.close()

    await ada.get_by_role("log", name="Conversation").focus()
    await ada.keyboard.press("f")
    files = ada.get_by_role("dialog", name="Files")
    picture = files.get_by_role("img", name="Picture: shoe.jpg")
    await expect(picture).to_be_visible(timeout=PATIENCE_MS)
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("(one) => one.naturalWidth") > 0
    await files.get_by_role("button", name=re.compile("^Show shoe.jpg")).press("Enter")
    await expect(files).to_have_count(0)
    await expect(ada.locator(".found-line")).to_be_focused()

    await ada.keyboard.press("d")
    await expect(ada.get_by_label("Date", exact=True)).to_be_focused()
    await ada.get_by_label("Date", exact=True).fill("2020-03-03")
    await ada.keyboard.press("Enter")
    await expect(ada.get_by_text("Nothing was written on")).to_be_visible(timeout=PATIENCE_MS)
    await expect(ada.get_by_text(re.compile("is looking|is writing"))).to_have_count(
        0, timeout=PATIENCE_MS
    )

    box = ada.get_by_role("textbox", name="Write an answer")
    await box.fill("The supplier says Tuesday")
    await box.press("Control+Alt+Enter")
    until = ada.get_by_role("dialog", name="Send, and snooze until")
    await until.get_by_role("button", name=re.compile("Tomorrow")).press("Enter")
    await expect(ada.get_by_text("is snoozed until")).to_be_visible(timeout=PATIENCE_MS)
    await expect(panel.get_by_text("The supplier says Tuesday")).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("button", name="Undo").click()
    log = ada.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Ada woke this")).to_be_visible(timeout=PATIENCE_MS)
    for page in (vera, ada):
        await page.context.close()
