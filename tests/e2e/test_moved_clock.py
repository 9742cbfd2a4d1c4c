"""Somebody moves the demo's time ahead on the sandbox page, and sees within seconds what follows.

The first story begins at six in the evening UTC, whatever the hour of the run: no way to Vera is
quiet then, nor an hour later. In the second her page sleeps for an hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import anyio
import pytest
from playwright.async_api import Browser, Route, expect

from gateway.clock import DAY, HOUR, SECOND, SystemClock
from tests.e2e.axe import panel_of
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    leave_number,
    open_widget,
    type_code,
    write,
)
from tests.e2e.test_tabs import NOTES, bubbles, listening, reads

# No framed page is looked at here, so one world says as much as two.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    """A house of their own: time that was moved never goes back."""
    policy = {"gone": 3_600, "longest": 7_200, "longest_gone": 7_200}
    with DemoHouse(tmp_path_factory.mktemp("moved"), policy) as started:
        yield started


async def test_a_text_that_waits_for_an_hour_goes_at_once_after_an_hour_and_a_minute(
    house: DemoHouse, browser: Browser
) -> None:
    now = SystemClock().now()
    house.move_clock((18 * HOUR - now % DAY) % DAY // SECOND + 1)
    number = fresh_number()
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    question = f"Is the blue one back? {number}"
    await write(panel, question)
    ada = await agent_opens(browser, house, question)
    await leave_number(panel, number)
    code = await house.until("the code", lambda: house.texts_to(number))
    await type_code(panel, code[0])
    await vera.context.close()
    await expect(ada.get_by_text("left just now").first).to_be_visible(timeout=PATIENCE_MS)
    await answer(ada, "Yes, since this morning.")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text("Yes, since this morning.")).to_be_visible()
    house.move_clock(59 * 60)
    await expect(ada.get_by_text("59 min ago").first).to_be_visible(timeout=PATIENCE_MS)
    assert house.texts_to(number)[1:] == []

    house.move_clock(2 * 60)
    words = await house.until("the text", lambda: house.texts_to(number)[1:])
    assert len(words) == 1
    assert "Yes, since this morning." in words[0]
    line = thread.get_by_role("listitem").filter(has_text=re.compile("^By SMS to"))
    await expect(line).to_contain_text("delivered", timeout=PATIENCE_MS)

    # A gateway that starts again is as late as before, and nobody hears anything twice.
    late = house.state()["clock"]["now"]
    house.kill_gateway()
    await answer(ada, "Shall I put a pair aside?")
    asked = thread.get_by_role("listitem").filter(has_text="Shall I put a pair aside?")
    await expect(asked).to_contain_text("Sent", timeout=PATIENCE_MS)
    house.move_clock(61 * 60)
    words = await house.until("the next text", lambda: house.texts_to(number)[2:])
    assert len(words) == 1
    assert "Shall I put a pair aside?" in words[0]
    at = [each["at"] for each in house.state()["phones"][number]]
    assert at == sorted(at)
    assert at[-1] - late >= HOUR
    await ada.context.close()


async def test_a_page_that_slept_for_an_hour_wakes_to_all_of_it_once(
    house: DemoHouse, browser: Browser
) -> None:
    # The gateway's patience with a silent page is real time: nobody can move a socket's.
    house.set_policy({"gone": 3_600, "longest": 7_200, "longest_gone": 7_200, "silence": 3})
    tail = fresh_number()[1:]
    thread = [f"Is it back? {tail}", "It is.", "In 38, too.", "Good morning!"]
    context = await browser.new_context()
    await context.clock.install()
    notes = await listening(context)
    vera = await context.new_page()
    panel = await open_widget(vera, house, "/help")
    await write(panel, thread[0])
    await expect(panel.get_by_text("Sent")).to_be_visible(timeout=PATIENCE_MS)
    ada = await agent_opens(browser, house, thread[0])
    road_is_open = anyio.Event()

    async def held(route: Route) -> None:
        await road_is_open.wait()
        await route.continue_()

    await context.route("**/widget/session", held)
    devtools = await context.new_cdp_session(panel_of(vera))
    await devtools.send("Debugger.enable")
    await devtools.send("Debugger.pause")
    await answer(ada, thread[1])
    await expect(ada.get_by_text("left just now").first).to_be_visible(timeout=PATIENCE_MS)
    house.move_clock(HOUR // SECOND)
    await answer(ada, thread[2])
    await reads(ada, thread[:3])

    await devtools.send("Debugger.disable")
    await context.clock.fast_forward("01:00:00")
    line = panel.get_by_text("Reconnecting…")
    await expect(line).to_be_visible(timeout=PATIENCE_MS)
    await write(panel, thread[3])
    await expect(panel.get_by_text("Sending…")).to_be_visible()
    road_is_open.set()
    await expect(line).to_have_count(0, timeout=PATIENCE_MS)
    for place in (panel, ada):
        await expect(bubbles(place)).to_have_count(4, timeout=PATIENCE_MS)
        assert sorted(await bubbles(place).all_text_contents()) == sorted(thread)
    assert len(notes) in (0, NOTES), "one sound at most"
    await ada.context.close()
    await context.close()
