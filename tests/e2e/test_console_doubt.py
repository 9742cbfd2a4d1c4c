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


async def test_a_text_that_may_have_gone_out_is_tried_by_mail_and_never_texted_again(
    house: DemoHouse, browser: Browser
) -> None:
    house.set_policy({"gone": 45, "longest_gone": 120})
    number, mailbox = addresses()
    vera, _, ada = await vera_asks(house, browser, "Does it come in oak?", number, mailbox)
    await vera.context.close()
    await expect(line(ada)).to_contain_text("SMS in", timeout=PATIENCE_MS)
    # The phone company stumbles: it may have taken the text, and its list tells of none.
    house.post("/api/switches", {"sms": "down"})
    await choose(ada, "Send now by SMS")
    await answer(ada, "In oak and in ash.")
    thread = ada.get_by_role("log", name="Conversation")
    doubtful = thread.locator(".delivery", has_text="it may have gone out")
    by_mail = doubtful.get_by_role("button", name="Try e-mail instead")
    await expect(by_mail).to_be_enabled(timeout=PATIENCE_MS)
    house.post("/api/switches", {"sms": "ok"})

    await by_mail.click()
    (mail,) = await house.until("the mail", lambda: house.mails_to(mailbox))
    assert "In oak and in ash." in mail["text"]
    await expect(thread.get_by_text("Ada: by e-mail now")).to_be_visible(timeout=PATIENCE_MS)
    await expect(by_mail).to_have_count(0, timeout=PATIENCE_MS)
    # A text that was to follow by itself would have gone before the next one does.
    await choose(ada, "Send now by SMS")
    await answer(ada, "The ash one is lighter.")
    texts = await house.until(
        "the next answer", lambda: [each for each in house.texts_to(number) if "lighter" in each]
    )
    assert len(texts) == 1
    assert not any("In oak" in each for each in house.texts_to(number))
    assert len(house.mails_to(mailbox)) == 1
    await ada.context.close()
