"""Stories 7 and 9: nobody is there, and the gateway that is killed in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.behaviours import behaviour
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    leave_number,
    open_widget,
    take_up,
    type_code,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ADAS_MAILBOX = "ada@home.example"
ADAS_PHONE = "+14155550171"


@pytest.fixture(scope="module")
def away(
    tmp_path_factory: pytest.TempPathFactory, module_database: str | None
) -> Iterator[DemoHouse]:
    """A house in which nobody has a console open; its mailboxes refuse in the last story only."""
    policy = {"staff_first": 2, "rung": 3}
    data = tmp_path_factory.mktemp("away")
    with DemoHouse(data, policy, database=module_database) as started:
        yield started


@behaviour(35)
async def test_nobody_is_there_and_ada_answers_from_her_mailbox(
    away: DemoHouse, browser: Browser
) -> None:
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, away)
    await expect(panel.get_by_text("Nobody is here right now").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    before = len(away.mails_to(ADAS_MAILBOX))
    question = f"Is the shop open on Sunday? {fresh_number()}"
    await write(panel, question)
    await expect(panel.get_by_text("We can bring you the answer")).to_be_visible(
        timeout=PATIENCE_MS
    )

    notice = await away.until("the notice", lambda: away.mails_to(ADAS_MAILBOX)[before:])
    assert question in notice[0]["text"]
    away.post(
        f"/api/mailboxes/{ADAS_MAILBOX}/reply",
        {"id": notice[0]["id"], "text": "Yes, from noon to five."},
    )
    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Yes, from noon to five.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(log.get_by_text("Ada").first).to_be_visible()
    shown = await panel.locator("body").inner_text()
    assert ADAS_MAILBOX not in shown
    assert "home.example" not in shown
    await vera.context.close()


@behaviour(37)
async def test_adas_mailbox_refuses_so_she_is_texted_and_answers_from_her_phone(
    away: DemoHouse, browser: Browser
) -> None:
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, away)
    before = len(away.texts_to(ADAS_PHONE))
    away.post("/api/switches", {"mail": "reject"})
    question = f"Can I pay on delivery? {fresh_number()}"
    await write(panel, question)
    notice = await away.until("the text", lambda: away.texts_to(ADAS_PHONE)[before:])
    away.post("/api/switches", {"mail": "ok"})
    assert question in notice[0]

    away.post(f"/api/phones/{ADAS_PHONE}/send", {"body": "Yes, with any card."})
    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Yes, with any card.")).to_be_visible(timeout=PATIENCE_MS)
    assert ADAS_PHONE not in await panel.locator("body").inner_text()
    await vera.context.close()


async def test_the_gateway_is_killed_and_nobody_loses_or_hears_anything_twice(
    house: DemoHouse, browser: Browser
) -> None:
    number, other = fresh_number(), fresh_number()
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"Where is my parcel? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await panel.get_by_role("button", name="Back").click()

    # Olga has left: what Ada writes to her is due while the gateway is dead.
    olga = await (await browser.new_context()).new_page()
    olgas = await open_widget(olga, house)
    await write(olgas, f"Do you gift-wrap? {other}")
    await leave_number(olgas, other)
    code = await house.until("her code", lambda: house.texts_to(other))
    await type_code(olgas, code[0])
    await olga.context.close()
    await take_up(ada, f"Do you gift-wrap? {other}")
    # Only what was seen counts as leaving; killed before that, she would be given a grace.
    await expect(ada.get_by_text("left just now").first).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "We do, for free.")
    await expect(ada.get_by_role("log").get_by_text("We do, for free.")).to_be_visible()

    house.kill_gateway()
    await write(panel, "Hello? Are you there?")
    words = await house.until("Olga's answer", lambda: house.texts_to(other)[1:])
    assert len(words) == 1

    await take_up(ada, "Hello? Are you there?")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Hello? Are you there?")).to_have_count(1, timeout=PATIENCE_MS)
    await answer(ada, "Yes! It is in Oslo.")
    log = panel.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("Yes! It is in Oslo.")).to_have_count(1, timeout=PATIENCE_MS)
    await expect(log.get_by_text(question)).to_have_count(1)
    await expect(log.get_by_text("Hello? Are you there?")).to_have_count(1)
    assert len(house.texts_to(number)) == 1, "only the code: nobody is texted for a restart"
    assert len(house.texts_to(other)) == 2
    await ada.context.close()
    await vera.context.close()
