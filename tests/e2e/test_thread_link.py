"""Vera reads a mail on her phone and goes on there, in the same conversation."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.behaviours import behaviour
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

# Where storage is kept apart a link has more to do; the database is the same to it.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

LINK = re.compile(r"https?://\S+/t/\S+/[0-9a-z]{26}[a-z2-7]{16}")
PHONE = ViewportSize(width=390, height=780)
MANY = [f"Size {n} is in the shop in the old town." for n in range(30, 56)]


@behaviour(31)
async def test_the_link_in_a_mail_opens_the_conversation_at_what_is_unread_and_only_once(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    mailbox = f"vera.{tail}@shopper.example"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"Which sizes have you? {tail}")
    ada = await agent_opens(browser, house, f"Which sizes have you? {tail}")
    await leave_mailbox(panel, mailbox)
    await vera.context.close()
    for words in MANY:
        await answer(ada, words)
    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    found = LINK.search(mail[0]["text"])
    assert found is not None

    phone = await (await browser.new_context(viewport=PHONE)).new_page()
    await phone.goto(found.group())
    await expect(phone.get_by_text("sizes")).to_have_count(0)
    await phone.get_by_role("button", name="Open the conversation").click()
    log = phone.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(MANY[0])).to_be_in_viewport(timeout=PATIENCE_MS)
    await expect(log.get_by_text(MANY[-1])).not_to_be_in_viewport()
    await expect(phone.get_by_role("button", name="Close the chat")).to_have_count(0)
    await write(phone, "Thank you, 38 then.")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Thank you, 38 then.")).to_be_visible(timeout=PATIENCE_MS)
    await phone.reload()
    await expect(log.get_by_text("Thank you, 38 then.")).to_be_visible(timeout=PATIENCE_MS)

    stranger = await (await browser.new_context()).new_page()
    await stranger.goto(found.group())
    await expect(stranger.get_by_role("heading", name="used already")).to_be_visible()
    await expect(stranger.get_by_role("button")).to_have_count(0)
    for page in (phone, stranger, ada):
        await page.context.close()
