"""Stories 5 and 6: the thread goes on by mail, and a way that fails is followed by the next."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.behaviours import behaviour
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

# Mails are the same on every database; what shoppers do in both worlds is in the chat's story.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


@behaviour(15)
async def test_vera_answers_by_mail_and_only_what_she_wrote_shows(
    house: DemoHouse, browser: Browser
) -> None:
    mailbox = f"vera.{fresh_number()[1:]}@shopper.example"
    context = await browser.new_context()
    vera = await context.new_page()
    panel = await open_widget(vera, house)
    question = f"Is it waterproof? {mailbox}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_mailbox(panel, mailbox)
    await vera.close()
    await answer(ada, "It is water-repellent, not waterproof.")

    first = (await house.until("the mail", lambda: house.mails_to(mailbox)))[0]
    assert first["text"].startswith("It is water-repellent, not waterproof.")
    assert first["headers"]["From"].startswith('"Ada at Acme Shoes"') or first["headers"][
        "From"
    ].startswith("Ada at Acme Shoes")
    assert first["reply_to"].startswith("r+")
    house.post(f"/api/mailboxes/{mailbox}/reply", {"id": first["id"], "text": "Then I take two."})

    thread = ada.get_by_role("log", name="Conversation")
    said = thread.get_by_text("Then I take two.")
    await expect(said).to_be_visible(timeout=PATIENCE_MS)
    await expect(thread.get_by_text("wrote:")).to_have_count(0)
    await thread.get_by_role("button", name="Show original").click()
    await expect(ada.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")

    await answer(ada, "Good choice.")
    second = (await house.until("the next mail", lambda: house.mails_to(mailbox)[1:]))[0]
    assert second["subject"].removeprefix("Re: ") == first["subject"].removeprefix("Re: ")
    box = house.state()["mailboxes"][mailbox]
    reply = next(mail for mail in box if mail["direction"] == "out")
    assert second["in_reply_to"] == reply["message_id"]
    # Its own id stands last: a relay may replace its Message-ID, and an answer names this one.
    assert second["references"][:2] == [first["message_id"], reply["message_id"]]
    assert second["references"][2:] == [second["message_id"]]

    vera = await context.new_page()
    panel = await open_widget(vera, house)
    log = panel.get_by_role("log", name="Conversation")
    for words in ("Then I take two.", "Good choice."):
        await expect(log.get_by_text(words, exact=True)).to_have_count(1, timeout=PATIENCE_MS)
    await ada.context.close()
    await context.close()


@pytest.mark.parametrize("failing", ["reject", "bounce"])
async def test_a_text_that_fails_is_followed_by_a_mail_and_ada_sees_both(
    house: DemoHouse, browser: Browser, failing: str
) -> None:
    number = fresh_number()
    mailbox = f"vera.{number[1:]}@shopper.example"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"Any discount? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    await vera.context.close()

    house.post("/api/switches", {"sms": failing})
    await answer(ada, "Ten percent this week.")
    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    house.post("/api/switches", {"sms": "ok"})
    assert "Ten percent this week." in mail[0]["text"]
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(re.compile("^By SMS to"))).to_have_count(1, timeout=PATIENCE_MS)
    await expect(thread.get_by_text(re.compile("^By e-mail to"))).to_have_count(
        1, timeout=PATIENCE_MS
    )
    await ada.context.close()


@behaviour(10)
async def test_a_mail_that_bounces_is_followed_by_a_text(
    house: DemoHouse, browser: Browser
) -> None:
    number = fresh_number()
    mailbox = f"vera.{number[1:]}@shopper.example"
    house.set_policy({"ladder": ["email", "sms"]})
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"Do you ship to Oslo? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    await vera.context.close()

    house.post("/api/switches", {"mail": "bounce"})
    await answer(ada, "Yes, in three days.")
    words = await house.until("the text", lambda: house.texts_to(number)[1:])
    house.post("/api/switches", {"mail": "ok"})
    house.set_policy({"ladder": ["sms", "email"]})
    assert "Yes, in three days." in words[0]
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("came back").first).to_be_visible(timeout=PATIENCE_MS)
    await ada.context.close()
