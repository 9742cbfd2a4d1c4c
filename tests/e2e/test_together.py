"""Ada shows her face and hands Vera's conversation to Ben, by keyboard and with a note."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.e2e.axe import violations
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    open_widget,
    sign_in,
    write,
)
from tests.unit.files.drawing import photo

# A hand-over is the same in every world; town tests walk it on both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def test_vera_sees_who_answers_and_ben_is_given_what_ada_began(
    house: DemoHouse, browser: Browser
) -> None:
    question = f"Is the blue one back? {fresh_number()}"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, question)
    ben = await (await browser.new_context()).new_page()
    await sign_in(ben, house, "Ben")
    ada = await agent_opens(browser, house, question)

    await ada.get_by_role("button", name=re.compile("^My settings")).click()
    picture: FilePayload = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await ada.get_by_label("Choose a picture").set_input_files(picture)
    await expect(ada.get_by_role("button", name="Remove it")).to_be_visible()
    assert await violations(ada) == []
    await ada.keyboard.press("Escape")
    await answer(ada, "It is. Shall I put a pair aside?")
    face = panel.locator(".caption .face img")
    await expect(face).to_be_visible(timeout=PATIENCE_MS)
    assert await face.evaluate("image => image.complete && image.naturalWidth") == 128

    await ada.get_by_role("textbox", name="Write an answer").press("Escape")
    await ada.keyboard.press("a")
    await expect(ada.get_by_role("combobox", name="Agent")).to_be_focused()
    await ada.keyboard.type("ben")
    assert await violations(ada) == []
    await ada.keyboard.press("Enter")
    await expect(ada.get_by_role("textbox", name="What does Ben need to know?")).to_be_focused()
    await ada.keyboard.type("She takes a 38; the warehouse answers at noon.")
    await ada.keyboard.press("Control+Enter")
    log = ada.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Ada handed this over to Ben")).to_be_visible(timeout=PATIENCE_MS)
    await ben.get_by_role("link", name=re.compile("Mine")).click()
    await ben.get_by_text(question).first.or_(ben.get_by_text("put a pair aside").first).click()
    theirs = ben.get_by_role("log", name="Conversation")
    await expect(theirs.get_by_text("the warehouse answers at noon")).to_be_visible()
    assert not await panel.get_by_text("warehouse").count()

    await ada.get_by_role("button", name=re.compile("^My settings")).click()
    await ada.get_by_role("button", name="Remove it").click()
    await expect(ada.get_by_label("Choose a picture")).to_be_attached()
    for page in (vera, ada, ben):
        await page.context.close()
