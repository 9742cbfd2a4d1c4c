"""What may have gone out goes out once more, however often that is asked for, and by how many."""

from __future__ import annotations

import anyio
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, answer, sign_in
from tests.e2e.test_console_explain import addresses, choose, line, vera_asks

ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


@pytest.mark.parametrize("button", ["Send it again", "Try SMS instead"])
async def test_ada_and_ben_both_double_click_and_vera_gets_it_once_more(
    house: DemoHouse, browser: Browser, button: str
) -> None:
    house.set_policy({"gone": 45, "longest_gone": 120})
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Is it in the sale?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    house.post("/api/switches", {"mail": "timeout"})
    await choose(ada, "Send now by e-mail")
    await answer(ada, "It is, from today.")
    ben = await (await browser.new_context()).new_page()
    await sign_in(ben, house, "Ben")
    await ben.goto(ada.url)
    buttons = []
    for console in (ada, ben):
        thread = console.get_by_role("log", name="Conversation")
        doubtful = thread.locator(".delivery", has_text="it may have gone out")
        wanted = doubtful.get_by_role("button", name=button)
        await expect(wanted).to_be_enabled(timeout=PATIENCE_MS)
        # The node itself: once the other's wish is told here, no such button is found any more.
        buttons.append(await wanted.element_handle())
    house.post("/api/switches", {"mail": "ok"})

    async with anyio.create_task_group() as together:
        for each in buttons:
            together.start_soon(each.evaluate, "node => { node.click(); node.click(); }")
    await house.until(
        "it once more", lambda: house.mails_to(mailbox)[1:] or house.texts_to(number)[1:]
    )
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_role("button", name=button)).to_have_count(0, timeout=PATIENCE_MS)
    # What was asked for twice would have gone before this does.
    await choose(ada, "Send now by SMS")
    await answer(ada, "And it ends on Friday.")
    await house.until(
        "the next answer", lambda: [each for each in house.texts_to(number) if "Friday" in each]
    )
    said = [*house.texts_to(number), *(str(each["text"]) for each in house.mails_to(mailbox))]
    assert sum("from today" in each and "Friday" not in each for each in said) == 2
    await ada.context.close()
    await ben.context.close()
