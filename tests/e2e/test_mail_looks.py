"""The shop words its mails, Vera gets one that looks like it, and ends these mails by its link."""

from __future__ import annotations

import re
from typing import Any

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

# What mail programs draw is the same in all worlds; the store's words are no other story's.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

WIDTHS = (320, 390, 600)
STYLESHEET = re.compile(r"<style>.*?</style>", re.DOTALL)
STOP = re.compile(r"https?://\S+/stop/\S+")


async def shown(browser: Browser, html: str, width: int, scheme: Any) -> dict[str, Any]:
    """What a mail program of this width and these colours draws."""
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(html)
    found: dict[str, Any] = await page.evaluate(
        """() => {
          const of = (node) => {
            const [r, g, b] = getComputedStyle(node).color.match(/\\d+/g).map(Number);
            return (r + g + b) / 3;
          };
          const ground = getComputedStyle(document.querySelector('.sheet')).backgroundColor;
          const words = document.querySelector('.words');
          return {
            wide: document.documentElement.scrollWidth,
            dark: ground.match(/\\d+/)[0] < 128,
            ink: of(words),
            words: words.textContent.trim(),
          };
        }"""
    )
    await page.close()
    return found | {"asked": asked}


async def test_ada_words_her_mails_sees_them_and_vera_gets_just_that(
    own_house: DemoHouse, browser: Browser
) -> None:
    house = own_house
    mailbox = f"vera.{fresh_number()[1:]}@shopper.example"
    question = f"Is the blue one back? {mailbox}"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_mailbox(panel, mailbox)
    await vera.context.close()

    thread = ada.url
    await ada.get_by_role("link", name="Mail", exact=True).click()
    greeting = ada.get_by_label("Greeting")
    await expect(greeting).to_be_visible(timeout=PATIENCE_MS)
    preview = ada.frame_locator('iframe[title="Preview"]')
    await greeting.fill("{{ nobody }}")
    await expect(ada.get_by_role("alert")).to_contain_text("nobody is not known here")
    await greeting.fill("Hello from {{ store }},")
    await expect(preview.get_by_text("Hello from Acme Shoes,")).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("button", name="As text").click()
    await expect(ada.get_by_text("— Reply above this line —")).to_be_visible()
    await ada.get_by_role("button", name="Save", exact=True).click()
    await expect(ada.get_by_text("Saved. The next mail says it.")).to_be_visible(
        timeout=PATIENCE_MS
    )

    await ada.goto(thread)
    await answer(ada, "Yes, in 38.\n\nhttps://acme.example/" + "x" * 120)
    (mail,) = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert mail["text"].startswith("Hello from Acme Shoes,\n\nYes, in 38.")
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            drawn = await shown(browser, mail["html"], width, scheme)
            assert drawn["wide"] <= width
            assert drawn["dark"] is (scheme == "dark")
            assert (drawn["ink"] > 128) is (scheme == "dark")
            assert drawn["words"] == "Hello from Acme Shoes,"
            assert drawn["asked"] == []
        # As where a mail program drops the stylesheet: still no line runs out of the window.
        bare = await shown(browser, STYLESHEET.sub("", mail["html"]), width, "light")
        assert bare["wide"] <= width

    link = STOP.search(mail["text"])
    assert link is not None
    phone = await (await browser.new_context(java_script_enabled=False)).new_page()
    await phone.goto(link.group())
    assert "38" not in await phone.locator("main").inner_text()
    await phone.get_by_role("button", name="Stop e-mails about this chat").click()
    await expect(phone.get_by_text("Done. We send you no more e-mails")).to_be_visible()
    told = ada.get_by_role("log", name="Conversation")
    await expect(told.get_by_text("Wants no more e-mails about this conversation")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await phone.get_by_role("button", name="Send e-mails about this chat again").click()
    await expect(phone.get_by_role("heading")).to_have_text("E-mails about this chat are on")
    assert await phone.context.cookies() == []
    await expect(told.get_by_text("Wants e-mails about this conversation")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await phone.context.close()
    await ada.context.close()
