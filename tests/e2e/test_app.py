"""Vera has the shop's app: the page tells who is chatting, and the answer is told on her phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    open_widget,
    write,
)

# What the shop's page and its app are told is the same on every database.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


async def test_vera_is_told_in_the_shop_s_app_and_answers_from_there(
    house: DemoHouse, browser: Browser
) -> None:
    house.set_policy({"ladder": ["app", "sms", "email"]})
    vera = await (await browser.new_context()).new_page()
    await vera.goto(house.storefront)
    # Asked before the chat was ever opened: it comes true when it is.
    await vera.get_by_role("button", name="Tell me in the app when you answer").click()
    await expect(vera.get_by_text("Open the chat, and it is done.")).to_be_visible()
    await vera.get_by_role("button", name="Chat with Acme Shoes").click()
    await expect(vera.get_by_text("We tell you in the app.")).to_be_visible(timeout=PATIENCE_MS)
    panel = vera.frame_locator('iframe[title="Chat with Acme Shoes"]')
    question = f"Is it back in 38? {id(panel)}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    before = len(house.state()["notices"])
    await vera.close()

    await answer(ada, "Yes, in 38.")
    (notice,) = await house.until("a notification", lambda: house.state()["notices"][before:])
    assert notice["title"] == "Acme Shoes: an answer from Ada"
    assert "in 38" not in str({**notice, "url": "", "id": "", "at": 0})

    world = await (await browser.new_context()).new_page()
    await world.goto(house.world)
    phone = world.get_by_role("region", name="The shop's app")
    await expect(phone.get_by_text("Acme Shoes: an answer from Ada").last).to_be_visible()
    await phone.get_by_role("textbox", name="Answer from the app").fill("Please put them aside.")
    await phone.get_by_role("button", name="Send the answer from the app").click()
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Please put them aside.")).to_be_visible(timeout=PATIENCE_MS)

    await phone.get_by_role("button", name="Switch off").click()
    await expect(ada.get_by_text("Wants to be told nothing more in the store’s app")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await world.close()
    await ada.close()


async def test_only_the_shop_s_own_pages_learn_who_is_chatting(
    house: DemoHouse, browser: Browser
) -> None:
    vera = await (await browser.new_context()).new_page()
    await open_widget(vera, house)
    # The sandbox's page is none of the store's: the frame is refused there, and nothing comes.
    await vera.goto(house.world)
    gateway = house.console.removesuffix("/console/")
    came = await vera.evaluate(
        """async ([gateway, key]) => {
            const frame = document.createElement("iframe");
            frame.src = `${gateway}/widget/reference?key=${key}`;
            const said = [];
            addEventListener("message", (event) => said.push(event.data));
            await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
            frame.contentWindow.postMessage({ asks: "reference" }, "*");
            await fetch("/healthz");
            return said;
        }""",
        [gateway, house.key],
    )
    assert came == []
