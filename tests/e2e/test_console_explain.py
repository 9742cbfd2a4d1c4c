"""The console says how an answer goes and why, and Ada may have it go otherwise."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

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
    sign_in,
    type_code,
    write,
)

# No framed page is looked at here, so one world says as much as two.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

ADAS_NEW_PHONE = "+14155550199"


@pytest.fixture(autouse=True)
def unhurried(house: DemoHouse) -> None:
    """Long enough after leaving for an agent to read what is about to happen."""
    house.set_policy({"gone": 45, "longest_gone": 120})


def line(console: Page) -> Locator:
    """The line over the composer."""
    return console.locator(".route")


def waiting(console: Page) -> Locator:
    """What the thread ends with while something waits."""
    return console.locator(".reach.waiting")


async def choose(console: Page, name: str) -> None:
    """Choose how the next answer goes."""
    await console.get_by_role("button", name="How this goes").click()
    await console.get_by_role("menuitemradio", name=name).click()


async def change(console: Page, name: str) -> None:
    """Have what already waits go otherwise."""
    await waiting(console).get_by_role("button", name="Change").click()
    await console.get_by_role("menuitem", name=name).click()


async def vera_asks(
    house: DemoHouse, browser: Browser, words: str, number: str, mailbox: str
) -> tuple[Page, Any, Page]:
    """Vera asks and leaves a proven number and a mailbox; Ada has the conversation open."""
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"{words} {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    return vera, panel, ada


def addresses() -> tuple[str, str]:
    """A phone and a mailbox that nobody has used in this run."""
    number = fresh_number()
    return number, f"vera.{number[1:]}@shopper.example"


async def test_the_line_says_where_an_answer_goes_while_vera_is_there_and_when_she_has_left(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Is the blue one back?", number, mailbox)
    await expect(line(ada)).to_contain_text("Reading now: chat", timeout=PATIENCE_MS)
    await vera.context.close()
    left = re.compile(r"^Left .+: SMS in (\d+) s, then e-mail in \d+ min")
    await expect(line(ada).locator(".route-words")).to_have_text(left, timeout=PATIENCE_MS)

    await answer(ada, "Yes, in size 38.")
    await expect(waiting(ada)).to_contain_text(re.compile(r"by SMS .* in \d+ s"))
    before = int(re.findall(r"in (\d+) s", await waiting(ada).inner_text())[-1])
    later = rf"in {before - 2} s"
    await expect(waiting(ada)).to_contain_text(re.compile(later), timeout=PATIENCE_MS)
    await ada.context.close()


async def test_ada_sends_at_once_by_mail_and_the_log_and_the_why_say_that_it_was_her(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Do you have it in red?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    await choose(ada, "Send now by e-mail")
    await expect(line(ada)).to_contain_text("By e-mail now")
    await answer(ada, "In red, from Friday.")
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)

    mail = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert "In red, from Friday." in mail[0]["text"]
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Ada: by e-mail now")).to_be_visible(timeout=PATIENCE_MS)
    delivery = thread.locator(".delivery", has_text="By e-mail to")
    await delivery.get_by_role("button", name="Why?").click()
    why = ada.get_by_role("dialog")
    await expect(why).to_contain_text("Ada asked for it now", timeout=PATIENCE_MS)
    used = why.get_by_role("listitem").filter(has_text="@shopper.example")
    await expect(used).to_contain_text("used")
    other = why.get_by_role("listitem").filter(has_text=f"••• {number[-2:]}")
    await expect(other).to_contain_text("not used")
    await expect(other).to_contain_text("another way comes first")
    assert len(house.texts_to(number)) == 1, "only the code"
    await ada.context.close()


async def test_chat_only_brings_nothing_out_until_ada_wants_it_as_usual_and_the_log_says_so(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "What is my order's state?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    house.set_policy({"gone": 1, "longest_gone": 3})
    await choose(ada, "Chat only")
    await answer(ada, "Everything is on your order's page.")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Ada: chat only")).to_be_visible(timeout=PATIENCE_MS)
    left = thread.get_by_text("because Ada wants it left in the chat")
    await expect(left).to_be_visible(timeout=PATIENCE_MS)

    # Had it gone out after all, it would have been long before this one, which does.
    await answer(ada, "And a text, so that you know.")
    texts = await house.until("the text", lambda: house.texts_to(number)[1:])
    assert len(texts) == 1
    assert "And a text, so that you know." in texts[0]
    assert "order's page" not in texts[0]
    assert house.mails_to(mailbox) == []

    await thread.locator(".reach").get_by_role("button", name="Change").click()
    await ada.get_by_role("menuitem", name="As usual").click()
    await expect(thread.get_by_text("Ada: as usual again")).to_be_visible(timeout=PATIENCE_MS)
    texts = await house.until("the other text", lambda: house.texts_to(number)[2:])
    assert "order's page" in texts[0]
    await ada.context.close()


async def test_not_before_tomorrow_holds_what_waits_until_ada_sends_it_after_all(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "When can I fetch it?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    await answer(ada, "From noon on.")
    await change(ada, "Not before")
    later = ada.get_by_role("dialog")
    await expect(later).to_contain_text("These times are yours")
    await later.get_by_role("button", name="Tomorrow morning").click()
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Ada: not before tomorrow 9:00")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(waiting(ada)).to_contain_text("Ada wants it left", timeout=PATIENCE_MS)
    assert len(house.texts_to(number)) == 1, "only the code"

    await change(ada, "Send now by SMS")
    texts = await house.until("the text", lambda: house.texts_to(number)[1:])
    assert "From noon on." in texts[0]
    await expect(thread.get_by_text("Ada: by SMS now")).to_be_visible(timeout=PATIENCE_MS)
    await ada.context.close()


async def test_a_way_that_vera_stopped_is_barred_and_says_why(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Any news?", number, mailbox)
    house.post(f"/api/phones/{number}/send", {"body": "STOP"})
    await vera.context.close()
    await expect(line(ada)).to_contain_text("e-mail in", timeout=PATIENCE_MS)
    await ada.get_by_role("button", name="How this goes").click()
    barred = ada.get_by_role("menuitemradio", name="Send now by SMS")
    await expect(barred).to_be_disabled()
    await expect(barred).to_contain_text("STOP")
    await barred.click(force=True)
    await expect(line(ada).locator(".chip")).to_have_count(0)
    await ada.context.close()


async def test_what_may_have_gone_out_is_sent_again_when_ada_wants_that_and_only_then(
    house: DemoHouse, browser: Browser
) -> None:
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Is it in the sale?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    house.post("/api/switches", {"mail": "timeout"})
    await choose(ada, "Send now by e-mail")
    await answer(ada, "It is, from today.")
    thread = ada.get_by_role("log", name="Conversation")
    doubtful = thread.locator(".delivery", has_text="it may have gone out")
    await expect(doubtful).to_be_visible(timeout=PATIENCE_MS)
    house.post("/api/switches", {"mail": "ok"})
    await expect(doubtful.get_by_role("button", name="Try SMS instead")).to_be_enabled()
    again = doubtful.get_by_role("button", name="Send it again")
    await expect(again).to_contain_text("may get it twice")
    assert len(house.mails_to(mailbox)) == 1

    await again.press("Enter")
    await house.until("the other mail", lambda: house.mails_to(mailbox)[1:])
    await expect(thread.get_by_text("Ada: once more by e-mail")).to_be_visible(timeout=PATIENCE_MS)
    await expect(thread.get_by_role("button", name="Send it again")).to_have_count(0)
    assert len(house.texts_to(number)) == 1, "only the code"
    await ada.context.close()


@behaviour(38)
async def test_when_ben_was_faster_ada_looks_first_and_then_sends_hers_anyway(
    house: DemoHouse, browser: Browser
) -> None:
    number = fresh_number()
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    for part in range(6):
        await write(panel, f"It pinches here, part {part} of a long story {number}\n" * 6)
    question = f"Can I send them back? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(question)).to_be_visible(timeout=PATIENCE_MS)
    ben = await agent_opens(browser, house, question, "Ben")

    # Ada reads further up, so what comes now is not on her screen.
    # The event at once: what arrives in between would keep a log that follows its end there.
    await thread.evaluate("log => { log.scrollTop = 0; log.dispatchEvent(new Event('scroll')) }")
    await expect(thread.get_by_text(question)).not_to_be_in_viewport()
    await answer(ben, "Of course, within 30 days.")
    await expect(ada.get_by_role("button", name="1 new message")).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "No, sorry.")
    dialog = ada.get_by_role("dialog", name="Ben has just answered. Send anyway?")
    await expect(dialog).to_be_visible(timeout=PATIENCE_MS)
    await expect(dialog.get_by_text("Of course, within 30 days.")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Look first")).to_be_focused()
    await ada.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Of course, within 30 days.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(log.get_by_text("No, sorry.")).to_have_count(0)

    await thread.get_by_role("button", name="Send anyway").click()
    await expect(log.get_by_text("No, sorry.")).to_have_count(1, timeout=PATIENCE_MS)
    for page in (ada, ben, vera):
        await page.context.close()


async def test_ada_adds_a_phone_in_her_settings_and_proves_it_by_the_code(
    house: DemoHouse, browser: Browser
) -> None:
    ada = await (await browser.new_context()).new_page()
    await sign_in(ada, house, "Ada")
    await ada.get_by_role("button", name="My settings").click()
    settings = ada.get_by_role("dialog", name="My settings")
    await settings.get_by_label("Mobile number").fill(ADAS_NEW_PHONE)
    await settings.get_by_label("Mobile number").press("Enter")
    mine = settings.get_by_role("listitem").filter(has_text=ADAS_NEW_PHONE)
    await expect(mine).to_contain_text("not proven yet", timeout=PATIENCE_MS)

    texts = await house.until("the code", lambda: house.texts_to(ADAS_NEW_PHONE))
    code = re.search(r"\d{6}", texts[0])
    assert code is not None
    wrong = "000000" if code.group() != "000000" else "111111"
    await mine.get_by_label("Code").fill(wrong)
    await mine.get_by_role("button", name="Prove it is mine").click()
    await expect(mine.get_by_role("alert")).not_to_be_empty(timeout=PATIENCE_MS)
    await mine.get_by_label("Code").fill(code.group())
    await mine.get_by_role("button", name="Prove it is mine").click()
    await expect(mine.get_by_text("not proven yet")).to_have_count(0, timeout=PATIENCE_MS)
    await expect(mine).to_contain_text("proven")

    await settings.get_by_role("button", name="Set hours").click()
    await settings.get_by_role("button", name="Save hours").click()
    await expect(settings.get_by_text("Saved.")).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")
    await ada.get_by_role("button", name="My settings").click()
    await expect(settings.get_by_label("Monday")).to_be_checked(timeout=PATIENCE_MS)
    await expect(settings.get_by_label("Sunday")).not_to_be_checked()
    await ada.context.close()
