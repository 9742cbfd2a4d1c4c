"""Everybody can use it: by keyboard, by ear, enlarged, in eight languages, in both directions."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, FilePayload, Frame, Locator, Page, ViewportSize, expect

from tests.e2e.axe import panel_of, violations, widest
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, agent_opens, answer, fresh_number
from tests.e2e.refusing import UNWANTED, refuse_unwanted

# What people see and hear is the same on every database.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

NARROW = ViewportSize(width=320, height=640)
LINK = re.compile(r"https?://\S+/(p|t)/\S+/[0-9a-z]{26}[a-z2-7]{16}")
MOST_TABS = 30
FILES: list[FilePayload] = [
    {"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"One pair, blue."},
    {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
]


async def tabs_to(page: Page, goal: Locator, key: str = "Tab") -> None:
    """Press Tab until this has the focus, and see that it shows."""
    for _ in range(MOST_TABS):
        if await goal.evaluate("(one) => one === one.getRootNode().activeElement"):
            outline = await goal.evaluate(
                """(one) => [one, one.parentElement, one.nextElementSibling].some((each) => {
                  if (!each) return false;
                  const { outlineStyle, boxShadow } = getComputedStyle(each);
                  return outlineStyle !== 'none' || boxShadow !== 'none';
                })"""
            )
            assert outline, f"the focus is not to be seen on {goal}"
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{goal} cannot be reached by keyboard")


async def is_fit(frame: Frame) -> None:
    """This state of the panel is as it should be for everybody."""
    assert await violations(frame) == []
    assert await widest(frame) <= 0


async def test_vera_does_everything_by_keyboard_and_by_what_things_are_called(
    house: DemoHouse, browser: Browser
) -> None:
    number = fresh_number()
    context = await browser.new_context(
        viewport=NARROW, reduced_motion="reduce", color_scheme="dark", device_scale_factor=2
    )
    await refuse_unwanted(context)
    vera = await context.new_page()
    await vera.goto(house.storefront)
    launcher = vera.get_by_role("button", name="Chat with Acme Shoes")
    await expect(launcher).to_be_visible(timeout=PATIENCE_MS)
    await tabs_to(vera, launcher)
    await vera.keyboard.press("Enter")
    view = vera.frame_locator('iframe[title="Chat with Acme Shoes"]')
    box = view.get_by_role("textbox", name="Write a message")
    await expect(box).to_be_focused(timeout=PATIENCE_MS)
    panel = panel_of(vera)
    await is_fit(panel)
    moving = await panel.evaluate(
        "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    )
    assert moving == 0, "she asked for less motion"

    await vera.keyboard.type(f"Is the blue one back? {number}")
    await vera.keyboard.press("Enter")
    log = view.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(number)).to_be_visible()
    await expect(box).to_be_focused()
    await is_fit(panel)

    how = view.get_by_role("button", name="How we reach you")
    await expect(how).to_be_visible(timeout=PATIENCE_MS)
    await tabs_to(vera, how, "Shift+Tab")
    await vera.keyboard.press("Enter")
    field = view.get_by_role("textbox", name="Mobile number")
    await expect(field).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(panel)
    await tabs_to(vera, field)
    await vera.keyboard.type("12")
    await vera.keyboard.press("Enter")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await is_fit(panel)
    await vera.keyboard.press("Control+A")
    await vera.keyboard.type(number)
    await vera.keyboard.press("Enter")
    text = (await house.until("the code", lambda: house.texts_to(number)))[0]
    code = re.search(r"\d{6}", text)
    assert code is not None
    digits = view.get_by_role("textbox", name="Code")
    await expect(digits).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(panel)
    await tabs_to(vera, digits)
    await vera.keyboard.type(code.group())
    await vera.keyboard.press("Enter")
    await expect(view.get_by_text("We will text")).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(panel)

    await vera.keyboard.press("Escape")
    await expect(log).to_be_visible()
    ada = await agent_opens(browser, house, number)
    await answer(ada, "Yes, in 38. See https://acme.example/blue for all sizes.")
    await expect(log.get_by_text("Yes, in 38.")).to_be_visible(timeout=PATIENCE_MS)
    assert await log.get_attribute("aria-live") in (None, "polite"), "answers are read out"
    await is_fit(panel)
    await tabs_to(vera, log.get_by_role("link", name="https://acme.example/blue"), "Shift+Tab")

    await box.fill(UNWANTED)
    await vera.keyboard.press("Enter")
    await expect(log.get_by_role("button", name="Try again")).to_be_visible()
    await is_fit(panel)
    await tabs_to(vera, log.get_by_role("button", name="Remove"), "Shift+Tab")
    await vera.keyboard.press("Enter")
    await expect(log.get_by_text(UNWANTED)).to_have_count(0)
    await view.locator('input[type="file"]').set_input_files(FILES)
    await expect(view.get_by_role("alert")).to_be_visible()
    await is_fit(panel)
    await view.get_by_role("button", name="Remove empty.txt").click()
    await box.press("Enter")
    await expect(log.get_by_role("link", name="receipt.txt")).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(panel)

    await vera.keyboard.press("Escape")
    await expect(launcher).to_be_focused()
    await context.close()
    await answer(ada, "Shall I put a pair aside?")
    await the_pages_behind_the_links(house, browser, number)
    await ada.context.close()


async def the_pages_behind_the_links(house: DemoHouse, browser: Browser, number: str) -> None:
    """What a text leads to, and what a broken link leads to."""
    words = await house.until("the text", lambda: house.texts_to(number)[1:])
    found = LINK.search("\n".join(words))
    assert found is not None
    context = await browser.new_context(viewport=NARROW, locale="ar", color_scheme="light")
    page = await context.new_page()
    for address in (
        found.group(),
        found.group()[:-1] + "1",
        house.told["base_url"] + f"/t/{house.key}/nothing",
        house.told["base_url"] + f"/push/{house.key}?lang=ja",
    ):
        await page.goto(address)
        assert await violations(page) == [], address
        assert await widest(page) <= 0, address
    await context.close()


HELLOS = {
    "en-GB": ("ltr", "Write a message"),
    "de-AT": ("ltr", "Nachricht schreiben"),
    "fr": ("ltr", "Écrire un message"),
    "es-MX": ("ltr", "Escriba un mensaje"),
    "pt-BR": ("ltr", "Escreva uma mensagem"),
    "it": ("ltr", "Scriva un messaggio"),
    "ja": ("ltr", "メッセージを入力"),
    "ar": ("rtl", "اكتب رسالة"),
}


async def test_every_shopper_is_spoken_to_in_the_language_of_the_page(
    house: DemoHouse, browser: Browser
) -> None:
    for tag, (direction, hello) in HELLOS.items():
        context = await browser.new_context(viewport=NARROW, locale=tag)
        vera = await context.new_page()
        await vera.goto(house.storefront)
        await expect(vera.locator("onethread-chat button").first).to_be_visible(timeout=PATIENCE_MS)
        await vera.evaluate("(tag) => Onethread('setLocale', tag)", tag)
        await vera.evaluate("() => Onethread('open')")
        await expect(vera.locator("iframe")).to_be_visible(timeout=PATIENCE_MS)
        frame = vera.frame_locator("iframe")
        await expect(frame.get_by_role("textbox", name=hello)).to_be_visible(timeout=PATIENCE_MS)
        panel = panel_of(vera)
        assert await panel.evaluate("() => document.documentElement.dir") == direction
        assert await violations(panel) == [], tag
        assert await widest(panel) <= 0, tag
        fetched = await panel.evaluate(
            "() => performance.getEntriesByType('resource').map((one) => one.name)"
        )
        words = {url for url in fetched if re.search(r"/assets/[a-z]{2}-[\w-]{8}\.js$", url)}
        assert len(words) == 1, "one language is fetched and no other"
        await context.close()
