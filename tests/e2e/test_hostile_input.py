"""A stranger fills every field with words that want to run: nothing does, for Vera nor for Ada."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, expect

from gateway.demo import MAIL_DOMAIN
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    answer,
    fresh_number,
    leave_mailbox,
    leave_number,
    open_widget,
    sign_in,
    take_up,
    type_code,
    write,
)
from tests.e2e.test_files import picture
from tests.e2e.witness import Witness
from tests.hostile import PAYLOADS

ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def test_forty_payloads_in_every_field_of_a_stranger_run_nowhere(
    house: DemoHouse, browser: Browser
) -> None:
    witness, number = Witness(), fresh_number()
    mailbox = f"mallory.{number[1:]}@shopper.example"
    context = await browser.new_context()
    await witness.watch(context)
    mallory = await context.new_page()
    panel = await open_widget(mallory, house)
    # The witness would see it if anything ran or were refused in the panel.
    frame = next(each for each in mallory.frames if "/widget/panel" in each.url)
    await witness.rehearse(frame)

    await write(panel, f"Is it back? {number}")
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await leave_mailbox(panel, mailbox)
    await mallory.keyboard.press("Escape")
    for words in PAYLOADS:
        await write(panel, words)
    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(PAYLOADS[-1])).to_be_visible(timeout=PATIENCE_MS)
    named = f"{PAYLOADS[2]}.png"
    await frame.locator('input[type="file"]').first.set_input_files(
        [FilePayload(name=named, mimeType="image/png", buffer=picture())]
    )
    await expect(panel.get_by_role("button", name=f"Remove {named}")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await panel.get_by_role("textbox", name="Write a message").fill(f"My order {number}")
    await panel.get_by_role("button", name="Send", exact=True).click()
    await expect(log.get_by_text(f"My order {number}")).to_be_visible(timeout=PATIENCE_MS)
    await mallory.evaluate(
        """([some, title]) => {
          document.title = title;
          history.pushState({}, '', '/?' + some);
          Onethread('identify', { name: title, email: title });
          Onethread('set', { size: title, [title]: title });
          Onethread('track', title, { of: title });
        }""",
        [PAYLOADS[2], PAYLOADS[4]],
    )

    staff = await browser.new_context()
    await witness.watch(staff)
    ada = await staff.new_page()
    await sign_in(ada, house, "Ada")
    await take_up(ada, f"My order {number}")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(PAYLOADS[-1])).to_be_visible(timeout=PATIENCE_MS)
    await expect(ada.get_by_text(PAYLOADS[4]).first).to_be_visible(timeout=PATIENCE_MS)
    for each in ("agent", "customer"):
        await answer(ada, f"What is {PAYLOADS[4]} for the {each}?")
    await expect(log.get_by_text("for the customer?")).to_be_visible(timeout=PATIENCE_MS)

    await mallory.close()
    await answer(ada, "Are you there?")
    await house.until("the text", lambda: house.texts_to(number)[1:])
    house.post(f"/api/phones/{number}/send", {"body": " ".join(PAYLOADS[2:8])})
    await expect(thread.get_by_text(PAYLOADS[7])).to_have_count(2, timeout=PATIENCE_MS)
    await a_mail_of_a_stranger(house, ada)
    assert witness.saw == []
    await context.close()
    await staff.close()


async def a_mail_of_a_stranger(house: DemoHouse, ada: Any) -> None:
    """Its sender's name, subject, words and markup all want to run; Ada reads the original too."""
    stranger = f"eve.{fresh_number()[1:]}@shopper.example"
    to = f"support@{MAIL_DOMAIN}"
    house.post(
        f"/api/mailboxes/{stranger}/send",
        {
            "to": to,
            "subject": PAYLOADS[4],
            "text": "\n".join(PAYLOADS),
            "headers": {"From": f'"{PAYLOADS[2]}" <{stranger}>'},
        },
    )
    await take_up(ada, PAYLOADS[0])
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(PAYLOADS[3])).to_be_visible(timeout=PATIENCE_MS)
    await thread.get_by_role("button", name="Show original").first.click()
    await expect(ada.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
