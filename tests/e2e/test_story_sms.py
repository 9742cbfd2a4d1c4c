"""Stories 2 to 4: Vera leaves her number and the tab, and the thread goes on by SMS."""

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

# Texts are the same on every database; what shoppers do in both worlds is in the chat's story.
ONE_WORLD = pytest.mark.parametrize(
    "world",
    [pytest.param("postgresql-partitioned", marks=pytest.mark.postgres)],
    indirect=True,
    scope="session",
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


@behaviour(14)
async def test_vera_types_the_code_leaves_and_the_thread_goes_on_by_sms_and_back(
    house: DemoHouse, browser: Browser
) -> None:
    number = "+14155550142"
    context = await browser.new_context()
    vera = await context.new_page()
    panel = await open_widget(vera, house, "/shoes/blue")
    question = f"Do they run small? {id(context)}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)

    before = len(house.texts_to(number))
    await leave_number(panel, "+1 415 555 0142")
    code_text = await house.until("the code", lambda: house.texts_to(number)[before:])
    await type_code(panel, code_text[0])
    await vera.close()

    await answer(ada, "They run true to size.")
    await answer(ada, "Shall I put a pair aside?")
    words = await house.until("one SMS with both", lambda: house.texts_to(number)[before + 1 :])
    assert len(words) == 1
    assert "They run true to size.\nShall I put a pair aside?" in words[0]
    thread = ada.get_by_role("log", name="Conversation")
    line = thread.get_by_role("listitem").filter(has_text=re.compile("^By SMS to"))
    await expect(line).to_contain_text("delivered", timeout=PATIENCE_MS)
    await line.get_by_role("button", name="Why?").click()
    await expect(ada.get_by_text("left the page").first).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")

    house.post(f"/api/phones/{number}/send", {"body": "Yes please, 38."})
    await expect(thread.get_by_text("Yes please, 38.")).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "Done!")
    words = await house.until(
        "the next answer by SMS", lambda: house.texts_to(number)[before + 2 :]
    )
    assert [each.partition("\n")[0] for each in words] == ["Done!"]

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


async def test_vera_leaves_without_the_code_gets_the_knock_answers_y_and_reads_the_words(
    house: DemoHouse, browser: Browser
) -> None:
    number = fresh_number()
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"Can I return them? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    await house.until("the code", lambda: house.texts_to(number))
    await vera.context.close()

    await answer(ada, "Yes, within 30 days.")
    knock = await house.until("the knock", lambda: house.texts_to(number)[1:])
    assert knock == ["Acme Shoes: an answer from Ada. Reply Y to read it here, or STOP."]
    house.post(f"/api/phones/{number}/send", {"body": "Y"})
    words = await house.until("the words", lambda: house.texts_to(number)[2:])
    assert len(words) == 1
    assert "Yes, within 30 days." in words[0]
    await ada.context.close()


async def test_vera_says_stop_and_what_was_queued_goes_by_mail(
    house: DemoHouse, browser: Browser
) -> None:
    number = fresh_number()
    mailbox = f"vera.{number[1:]}@shopper.example"
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"When does it ship? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    await vera.context.close()

    house.post("/api/switches", {"sms": "down"})
    await answer(ada, "It ships on Monday.")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("SMS").first).to_be_visible(timeout=PATIENCE_MS)
    house.post("/api/switches", {"sms": "ok"})
    house.post(f"/api/phones/{number}/send", {"body": "stop"})
    mail = await house.until("the mail instead", lambda: house.mails_to(mailbox))
    assert "It ships on Monday." in mail[0]["text"]
    confirmed = await house.until("the confirmation", lambda: house.texts_to(number)[1:])
    assert len(confirmed) == 1
    assert "no more texts" in confirmed[0]
    await expect(thread.get_by_text("STOP").first).to_be_visible(timeout=PATIENCE_MS)
    await ada.context.close()
