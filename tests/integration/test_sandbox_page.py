"""The page with the phones and mailboxes, in a real browser."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import TYPE_CHECKING

import aiosmtplib
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.integration.test_sandbox_process import (
    ACCOUNT,
    ADA,
    PATIENCE,
    STORE,
    SUPPORT,
    TOKEN,
    VERA,
    VERA_MAIL,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


@pytest.fixture
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 320, "height": 640})
    opened = await context.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    await opened.goto(f"http://127.0.0.1:{sandbox.port}/")
    await expect(opened.get_by_role("status")).to_have_text("Live")
    yield opened
    await context.close()


async def text(sandbox: Sandbox, to: str, body: str) -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": to, "From": STORE, "Body": body}
    answer = await sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 201


async def mail(sandbox: Sandbox, subject: str, html: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"Ada <{SUPPORT}>", VERA_MAIL, subject
    letter["Message-ID"] = "<one@acme.example>"
    letter.set_content("Yes, Vera! See https://acme.example/c/1.\n")
    letter.add_alternative(html, subtype="html")
    await aiosmtplib.send(
        letter, hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False, timeout=PATIENCE
    )


async def test_vera_reads_a_text_as_it_comes_and_answers_it(
    sandbox: Sandbox, gateway: Gateway, page: Page
) -> None:
    phone = page.get_by_role("region", name="Shopper's phone")
    await text(sandbox, VERA, "<b>It is back</b> https://acme.example/c/1")
    log = phone.get_by_role("log")
    await expect(log).to_contain_text("<b>It is back</b>")
    await expect(log.get_by_role("link")).to_have_attribute("href", "https://acme.example/c/1")
    field = page.get_by_label("Text message from the shopper's phone", exact=True)
    await field.fill("Perfect, thx")
    await field.press("Enter")
    hook = await asyncio.wait_for(gateway.hooks.get(), PATIENCE)
    assert (hook.fields["From"], hook.fields["Body"]) == (VERA, "Perfect, thx")
    await expect(log.get_by_text("Delivered")).to_be_visible()
    await expect(field).to_have_value("")
    other = page.get_by_role("region", name="Agent's phone")
    await expect(other.get_by_text("No texts yet")).to_be_visible()


async def test_vera_sees_that_her_text_did_not_arrive(gateway: Gateway, page: Page) -> None:
    gateway.answers = [(403, "")]
    await page.get_by_label("Text message from the shopper's phone", exact=True).fill("Hello?")
    await page.get_by_role("button", name="Send text from the shopper's phone").click()
    phone = page.get_by_role("region", name="Shopper's phone")
    await expect(phone.get_by_text("Not delivered")).to_be_visible()


async def test_a_text_from_another_number_leaves_the_words_that_vera_is_writing(
    sandbox: Sandbox, page: Page
) -> None:
    await text(sandbox, VERA, "From the store")
    phone = page.get_by_role("region", name="Shopper's phone")
    await expect(phone.get_by_role("log")).to_contain_text("From the store")
    field = page.get_by_label("Text message from the shopper's phone", exact=True)
    await field.fill("I was just")
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": VERA, "From": "+15550100009", "Body": "Your parcel"}
    await sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN))
    await expect(phone.get_by_role("button", name="+15550100009 new")).to_be_visible()
    await expect(phone.get_by_role("log")).not_to_contain_text("Your parcel")
    await expect(field).to_have_value("I was just")


async def test_vera_answers_a_mail(sandbox: Sandbox, gateway: Gateway, page: Page) -> None:
    await mail(sandbox, "Your order", "<p>Yes, <b>Vera</b>!</p>")
    box = page.get_by_role("region", name="Shopper's mailbox")
    await box.get_by_role("button", name="Your order").click()
    await expect(box.locator(".plain")).to_contain_text("Yes, Vera!")
    await box.get_by_role("button", name="Reply").click()
    await page.get_by_label("Reply from the shopper's mailbox").fill("Thanks, keep one")
    await box.get_by_role("button", name="Send reply").click()
    received = await asyncio.wait_for(gateway.mails.get(), PATIENCE)
    assert (received.sender, received.recipients) == (VERA_MAIL, [SUPPORT])
    assert b"In-Reply-To: <one@acme.example>" in received.raw
    await expect(box.get_by_role("button", name="To Ada")).to_contain_text("Sent")


async def test_the_html_of_a_mail_is_shown_and_can_run_nothing(
    sandbox: Sandbox, page: Page
) -> None:
    trap = "<p>Yes!</p><script>top.name='caught'</script><img src=x onerror=\"top.name='caught'\">"
    await mail(sandbox, "<img src=x onerror=\"name='caught'\">", trap)
    box = page.get_by_role("region", name="Shopper's mailbox")
    await box.get_by_role("button", name="onerror").click()
    await box.get_by_role("button", name="HTML").click()
    frame = box.frame_locator("iframe")
    await expect(frame.get_by_text("Yes!")).to_be_visible()
    assert await page.evaluate("window.name") == ""
    assert await box.locator("iframe").get_attribute("sandbox") == (
        "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )


async def test_a_switch_turned_here_turns_for_all(sandbox: Sandbox, page: Page) -> None:
    async with sandbox.watched() as changes:
        await page.get_by_label("Mail", exact=True).select_option("bounces")
        change = await asyncio.wait_for(anext(changes), PATIENCE)
    assert change["switches"]["mail"] == "bounce"
    await sandbox.switch(sms="down")
    await expect(page.get_by_label("Texts", exact=True)).to_have_value("down")


async def test_somebody_elses_phone_can_be_opened(sandbox: Sandbox, page: Page) -> None:
    await text(sandbox, "+4915112345678", "Hallo!")
    await page.get_by_role("button", name="+4915112345678").click()
    phone = page.get_by_role("region", name="Phone of +4915112345678")
    await expect(phone.get_by_role("log")).to_contain_text("Hallo!")
    await expect(phone.get_by_role("textbox")).to_be_editable()
    await text(sandbox, ADA, "For Ada")
    own = page.get_by_role("region", name="Agent's phone")
    await expect(own.get_by_role("log")).to_contain_text("For Ada")


async def test_nothing_is_wider_than_a_small_screen(sandbox: Sandbox, page: Page) -> None:
    await text(sandbox, VERA, "https://acme.example/" + "x" * 200)
    await mail(sandbox, "y" * 200, f"<p>{'z' * 200}</p>")
    phone = page.get_by_role("region", name="Shopper's phone")
    await expect(phone.get_by_role("link")).to_be_visible()
    await page.get_by_role("button", name="yyy").click()
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
