"""The store asks Vera before she writes and after it is done, and she answers by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from playwright.async_api import Browser, expect

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.services import forms
from gateway.settings import read_settings
from tests.e2e.axe import panel_of, violations
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, agent_opens, answer

# What is asked and kept is the same in both worlds (``integration/town/test_forms.py``).
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

FORMS: dict[str, Any] = {
    "rating": {"steps": 5},
    "questions": [
        {"id": "order", "ask": "Which order is it?"},
        {
            "id": "topic",
            "kind": "choice",
            "ask": "What is it about?",
            "choices": ["Returns", "Sizes"],
            "needed": True,
        },
    ],
    "transcript": True,
}


def put(house: DemoHouse, document: dict[str, Any]) -> None:
    async def work() -> None:
        async with bootstrap.opened(read_settings(data=house.data), SystemClock()) as store:
            await forms.put(store, house.key, document)

    with ThreadPoolExecutor(1) as apart:  # from any loop that asks
        apart.submit(anyio.run, work).result()


@pytest.fixture
def asking(house: DemoHouse) -> Iterator[DemoHouse]:
    """The shared house, which asks nothing again afterwards."""
    put(house, FORMS)
    yield house
    put(house, {})


async def test_vera_is_asked_one_thing_at_a_time_and_says_how_it_went(
    asking: DemoHouse, browser: Browser
) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640})
    vera = await context.new_page()
    await vera.goto(asking.storefront)
    await vera.get_by_role("button", name="Chat with Acme Shoes").click()
    panel = vera.frame_locator('iframe[title="Chat with Acme Shoes"]')
    order = panel.get_by_role("textbox", name="Which order is it?")
    await expect(order).to_be_visible(timeout=PATIENCE_MS)
    composer = panel.get_by_role("textbox", name="Write a message")
    await expect(composer).to_be_visible()

    await order.focus()
    await vera.keyboard.type("A-1042")
    await vera.keyboard.press("Enter")
    # The next one has the keyboard, and the composer waits for it.
    returns = panel.get_by_role("radio", name="Returns")
    await expect(returns).to_be_focused(timeout=PATIENCE_MS)
    await expect(composer).to_be_hidden()
    await vera.keyboard.press("Enter")
    await expect(panel.get_by_role("alert")).to_have_text("Please pick one.")
    assert await violations(panel_of(vera)) == []
    await vera.keyboard.press("Space")
    await vera.keyboard.press("Enter")
    await expect(composer).to_be_focused(timeout=PATIENCE_MS)
    await vera.keyboard.type("Where is the label for my parcel?")
    await vera.keyboard.press("Enter")

    ada = await agent_opens(browser, asking, "Where is the label")
    await answer(ada, "In the box, under the paper.")
    await expect(panel.get_by_text("under the paper")).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("button", name="Resolve").first.click()
    steps = panel.get_by_role("group", name="How did it go?")
    await expect(steps).to_be_visible(timeout=PATIENCE_MS)
    assert await violations(panel_of(vera)) == []
    await steps.get_by_role("radio").first.focus()
    for _ in range(4):
        await vera.keyboard.press("ArrowRight")
    await expect(steps.get_by_role("radio", name="Very good")).to_be_checked()
    comment = panel.get_by_role("textbox", name="What should we know?")
    await vera.keyboard.press("Tab")
    await expect(comment).to_be_focused()
    await vera.keyboard.type("Found it!")
    await vera.keyboard.press("Tab")
    await vera.keyboard.press("Enter")
    await expect(panel.get_by_text("You can change this for a day.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await panel.get_by_role("button", name="How we reach you").click()
    transcript = panel.get_by_role("region", name="E-mail me this conversation")
    await expect(transcript).to_be_visible(timeout=PATIENCE_MS)
    assert await violations(panel_of(vera)) == []
    log = ada.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("rates it 5 of 5: “Found it!”")).to_be_visible(timeout=PATIENCE_MS)
    await context.close()
    await ada.context.close()
