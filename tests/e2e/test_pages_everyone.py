"""The pages behind the links of a mail: by keyboard, in Arabic, narrow, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import violations, widest
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, agent_opens, answer, fresh_number
from tests.e2e.signing_shop import SigningShop, identify, signing_shop
from tests.e2e.test_everyone import NARROW, tabs_to
from tests.e2e.test_forms import put

# What people see and hear is the same on every database.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

FORMS: dict[str, Any] = {"rating": {"steps": 5, "by_mail": True}}


@pytest.fixture
def shop(house: DemoHouse) -> Iterator[SigningShop]:
    """The shared house, whose shop signs and asks how it went, and afterwards neither."""
    put(house, FORMS)
    with signing_shop(house) as opened:
        yield opened
    put(house, {})


async def is_fit(page: Page) -> None:
    """This page is as it should be for everybody, by day and by night."""
    assert await page.evaluate("() => document.documentElement.dir") == "rtl"
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        assert await violations(page) == [], (page.url, scheme)
        assert await widest(page) <= 0, page.url


async def press(page: Page, name: str) -> None:
    """Go to a button by keyboard, and press it."""
    button = page.get_by_role("button", name=name)
    await tabs_to(page, button)
    await page.keyboard.press("Enter")


async def the_mail(house: DemoHouse, browser: Browser, shop: SigningShop) -> str:
    """Vera asked in Arabic and left; what her mail says, after Ada answered and was done."""
    tail = fresh_number()[1:]
    mailbox = f"vera.{tail}@shopper.example"
    vera = await (await browser.new_context()).new_page()
    await vera.goto(house.storefront + "/right")
    await vera.locator("onethread-chat").get_by_role("button").click()
    panel = vera.frame_locator("onethread-chat iframe")
    box = panel.get_by_role("textbox", name="اكتب رسالة")
    await expect(box).to_be_visible(timeout=PATIENCE_MS)
    await identify(vera, shop.signs(sub=f"customer {tail}", email=mailbox))
    await box.fill(f"هل عاد الأزرق؟ {tail}")
    await box.press("Enter")
    ada = await agent_opens(browser, house, tail)
    # Not before her eyes, so that it is brought to her once she has left.
    await vera.evaluate("Onethread('close')")
    await answer(ada, "نعم، بمقاس 38.")
    await ada.get_by_role("button", name="Resolve").first.click()
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("resolved the conversation")).to_be_visible(timeout=PATIENCE_MS)
    await vera.context.close()
    await ada.context.close()
    (mail,) = await house.until("the mail", lambda: house.mails_to(mailbox))
    return str(mail["text"])


async def test_vera_answers_every_page_of_a_mail_by_keyboard_in_arabic(
    house: DemoHouse, browser: Browser, shop: SigningShop
) -> None:
    mail = await the_mail(house, browser, shop)

    def link(kind: str) -> str:
        found = re.search(rf"https?://\S+/{kind}/{house.key}/[\w-]+", mail)
        assert found is not None, mail
        return found.group()

    page = await (await browser.new_context(viewport=NARROW, locale="ar")).new_page()
    await she_chooses(page, link("p"))
    await she_rates(page, link("rate"))
    await she_stops_and_goes_on(page, link("stop"))
    await she_is_asked_in_the_little_window(page, f"/push/{house.key}?lang=ar")
    await she_reads_on(page, link("t"))
    await page.context.close()


async def she_chooses(page: Page, link: str) -> None:
    await page.goto(link)
    await is_fit(page)
    way = page.get_by_role("radio").first
    await tabs_to(page, way)
    await page.keyboard.press("Space")
    await expect(way).to_be_checked()
    await press(page, "حفظ")
    await expect(page.get_by_role("status")).to_contain_text("تم الحفظ", timeout=PATIENCE_MS)
    await is_fit(page)


async def she_rates(page: Page, link: str) -> None:
    await page.goto(link)
    await is_fit(page)
    await tabs_to(page, page.get_by_role("radio").first)
    await page.keyboard.press("Space")
    for _ in range(4):
        await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio").last).to_be_checked()
    await tabs_to(page, page.get_by_role("textbox"))
    await page.keyboard.type("وصل سريعًا")
    await press(page, "إرسال")
    await expect(page.get_by_role("status")).to_contain_text("شكرًا لك", timeout=PATIENCE_MS)
    await expect(page.get_by_role("radio").last).to_be_checked()
    await is_fit(page)


async def she_stops_and_goes_on(page: Page, link: str) -> None:
    await page.goto(link)
    await is_fit(page)
    await press(page, "إيقاف الرسائل عن هذه الدردشة")
    heading = page.get_by_role("heading")
    await expect(heading).to_have_text("الرسائل عن هذه الدردشة متوقفة", timeout=PATIENCE_MS)
    await is_fit(page)
    await press(page, "إرسال الرسائل عن هذه الدردشة من جديد")
    await expect(heading).to_have_text("الرسائل عن هذه الدردشة مفعّلة", timeout=PATIENCE_MS)
    await is_fit(page)


async def she_is_asked_in_the_little_window(page: Page, address: str) -> None:
    """Some page of the gateway's opens it, as the panel does."""
    async with page.expect_popup() as popup:
        await page.evaluate("(address) => void open(address)", address)
    window = await popup.value
    button = window.get_by_role("button", name="السماح بالإشعارات")
    await expect(button).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(window)
    await press(window, "السماح بالإشعارات")
    # A headless browser answers for her: no.
    status = window.get_by_role("status")
    await expect(status).to_contain_text("يمنع هذا المتصفح إشعاراتنا", timeout=PATIENCE_MS)
    await is_fit(window)
    await window.close()


async def she_reads_on(page: Page, link: str) -> None:
    await page.goto(link)
    await is_fit(page)
    await press(page, "افتح المحادثة")
    log = page.get_by_role("log")
    await expect(log.get_by_text("نعم، بمقاس 38.")).to_be_visible(timeout=PATIENCE_MS)
    await is_fit(page)
    await tabs_to(page, page.get_by_role("textbox", name="اكتب رسالة"))
    await page.keyboard.type("شكرًا")
    await page.keyboard.press("Enter")
    await expect(log.get_by_text("شكرًا", exact=True)).to_be_visible(timeout=PATIENCE_MS)
