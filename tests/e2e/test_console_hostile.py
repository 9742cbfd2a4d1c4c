"""Strangers fill every field with words that want to run; Ada looks everywhere, and none does.

All of it is there before she sits down, but for what they say of it once she is done.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, answer, sign_in, take_up
from tests.e2e.desktop import Desktop
from tests.e2e.strangers import (
    ALERT,
    ANSWERS,
    EVENT,
    FAILED,
    NAME,
    NEWS,
    SUBJECT,
    TITLE,
    TRAIT,
    Strangers,
)
from tests.e2e.witness import Witness
from tests.hostile import PAYLOADS

ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(480), ONE_WORLD]


async def test_nothing_that_a_stranger_wrote_runs_wherever_ada_looks(
    house: DemoHouse, browser: Browser
) -> None:
    strangers = Strangers(house)
    await strangers.say_everything()
    witness = Witness((strangers.origin, strangers.origin.replace("http", "ws", 1)))
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await witness.watch(context)
    desktop = Desktop()
    await desktop.watch(context)
    ada = await context.new_page()
    await sign_in(ada, house, "Ada")
    await witness.rehearse(ada.main_frame)
    await the_chat_is_words(ada, strangers)
    await the_phone_is_words(ada, strangers)
    await the_mail_is_words(ada, strangers)
    await the_transcript_is_words(ada, strangers)
    await what_the_desktop_shows_is_words(ada, strangers, desktop)
    await what_mallory_says_of_it_is_words(ada, strangers)
    await house.write(strangers.providers_say)
    try:
        await ada.reload()
        await what_providers_say_is_words(ada, strangers)
        await what_is_found_is_words(ada, strangers)
        await what_was_set_aside_is_words(ada, house)
    finally:
        await house.write(strangers.forget_alert)
    assert witness.saw == []
    assert strangers.mallory.socket is not None
    await strangers.mallory.socket.close()
    await context.close()


async def shows(place: Any, *words: str) -> None:
    """Each stands there to the letter, as words."""
    for each in words:
        await expect(place).to_contain_text(each, timeout=PATIENCE_MS)


async def the_chat_is_words(ada: Page, strangers: Strangers) -> None:
    """The list, the thread, and all that is told of Mallory beside it; the palette over them."""
    await take_up(ada, f"By chat {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(f"By chat {strangers.tag}")).to_be_visible(timeout=PATIENCE_MS)
    # Its end is drawn before its beginning.
    await shows(thread, PAYLOADS[0])
    said = "\n".join(await thread.locator(".bubble").all_inner_texts())
    assert [each for each in PAYLOADS if each not in said] == []
    await shows(ada.get_by_label("Conversations", exact=True), PAYLOADS[0], PAYLOADS[2])
    await shows(ada.get_by_label("Shopper", exact=True), NAME, TITLE, TRAIT, EVENT)
    await shows(ada.get_by_label("Shopper", exact=True), *ANSWERS)
    await ada.keyboard.press("Control+k")
    await expect(ada.get_by_role("dialog")).to_be_visible()
    await ada.keyboard.press("Escape")


async def the_phone_is_words(ada: Page, strangers: Strangers) -> None:
    """Texts."""
    await take_up(ada, f"By phone {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, PAYLOADS[0], PAYLOADS[19], PAYLOADS[39])


async def the_mail_is_words(ada: Page, strangers: Strangers) -> None:
    """What was written, who else it went to, its files; the original as text and as it looked."""
    await take_up(ada, f"By mail {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, PAYLOADS[0], PAYLOADS[39])
    await thread.get_by_role("button", name="Show original").first.click()
    dialog = ada.get_by_role("dialog")
    await shows(dialog, strangers.mailbox, SUBJECT)
    looked = dialog.frame_locator(".original-html").locator("body")
    await shows(looked, '">', "'>")  # what is left of it once nothing in it can run
    await dialog.get_by_text("Only text").click()
    await shows(dialog.locator(".original-text"), *PAYLOADS)
    await ada.keyboard.press("Escape")


async def the_transcript_is_words(ada: Page, strangers: Strangers) -> None:
    """All of it once more, as a mail program that runs what it is given would draw it."""
    await ada.get_by_role("button", name="E-mail this conversation").click()
    house, mailbox = strangers.house, strangers.mailbox
    mail = (await house.until("the transcript", lambda: house.mails_to(mailbox)))[-1]
    assert "\n".join(PAYLOADS).splitlines()[0] in mail["text"]
    drawn = await ada.context.new_page()
    await drawn.set_content(mail["html"])
    await shows(drawn.locator("body"), *PAYLOADS)
    await drawn.close()


async def what_the_desktop_shows_is_words(
    ada: Page, strangers: Strangers, desktop: Desktop
) -> None:
    """Beside her windows, to the letter."""
    await ada.get_by_role("button", name="My settings").click()
    await ada.get_by_role("checkbox", name="Notify me when").check()
    await ada.keyboard.press("Escape")
    # What she has before her is told nowhere else.
    await take_up(ada, f"By chat {strangers.tag}")
    await shows(ada.get_by_role("log", name="Conversation"), f"By chat {strangers.tag}")
    strangers.mail_again()
    notice = await desktop.notice(NEWS)
    # The mail's thread is what is looked at next.
    await desktop.press(notice)
    await shows(ada.get_by_role("log", name="Conversation"), f"By mail {strangers.tag}")
    assert notice.body == NEWS


async def what_mallory_says_of_it_is_words(ada: Page, strangers: Strangers) -> None:
    """How it went: in the thread, opened from the list of what is resolved."""
    before = ada.url
    await take_up(ada, f"By chat {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(f"By chat {strangers.tag}")).to_be_visible(timeout=PATIENCE_MS)
    read = f"All of {strangers.tag} is read."
    await answer(ada, read)
    await expect(thread.get_by_text(read)).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("button", name="Resolve").first.click()
    await expect(thread.get_by_text("Ada resolved")).to_be_visible(timeout=PATIENCE_MS)
    await strangers.rate()
    await ada.goto(f"{strangers.house.console}#/resolved")
    await take_up(ada, read)
    await shows(thread, "rates it 1 of 5", *PAYLOADS[:20])
    await shows(thread, "now rates it 2 of 5", *PAYLOADS[20:])
    # The mail's thread is what is looked at next.
    await ada.goto(before)
    await shows(thread, f"By mail {strangers.tag}")


async def what_providers_say_is_words(ada: Page, strangers: Strangers) -> None:
    """An address that failed, a channel that is refused, and why an answer goes where it goes."""
    await shows(ada.get_by_label("What you have to mend"), ALERT)
    await shows(ada.get_by_label("Shopper", exact=True), FAILED)
    await ada.get_by_role("button", name="Why?").first.click()
    await expect(ada.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")


async def what_is_found_is_words(ada: Page, strangers: Strangers) -> None:
    """Marked hits of a search."""
    await ada.keyboard.press("/")
    await ada.get_by_role("searchbox", name="Search messages").fill("pwned onerror")
    await expect(ada.locator(".hit mark").first).to_be_visible(timeout=PATIENCE_MS)
    hits = await ada.locator(".hit").all_inner_texts()
    assert any("<img src=x onerror=pwned" in each for each in hits), hits


async def what_was_set_aside_is_words(ada: Page, house: DemoHouse) -> None:
    """The page of mails that nobody could read."""
    await ada.goto(f"{house.console}#/aside")
    await expect(ada.get_by_text("does not say who wrote it").first).to_be_visible(
        timeout=PATIENCE_MS
    )
