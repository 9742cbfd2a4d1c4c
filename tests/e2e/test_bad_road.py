"""The way of Vera's socket is bad: it is cut at every frame of a story.

That any frame may be lost, doubled or late is vitest's (``widget/test/any_order``); here the panel
and the gateway are the real ones.
"""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, BrowserContext, WebSocketRoute

from tests.e2e.demo_house import DemoHouse, agent_opens, answer, fresh_number, open_widget, write
from tests.e2e.test_tabs import ONE_WORLD, reads

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

FRAMES = 12  #: a message and its answer take about so many, in both directions together


class Road:
    """The way of a panel's socket: it is cut once so many more frames have passed either way."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.cuts = 0

    async def lead(self, context: BrowserContext) -> None:
        """All of this browser's panels go this way."""
        await context.route_web_socket(re.compile(r"/ws/shopper$"), self._led)

    def _led(self, panel: WebSocketRoute) -> None:
        gateway = panel.connect_to_server()
        whole = True

        async def passes(frame: str | bytes, on: WebSocketRoute) -> None:
            nonlocal whole
            if whole and self.left == 0:
                whole, self.left = False, None
                self.cuts += 1
                await gateway.close()
                await panel.close()
            elif whole:
                self.left = self.left - 1 if self.left is not None else None
                on.send(frame)

        async def says(frame: str | bytes) -> None:
            await passes(frame, gateway)

        async def hears(frame: str | bytes) -> None:
            await passes(frame, panel)

        panel.on_message(says)
        gateway.on_message(hears)


async def test_a_socket_cut_at_every_frame_of_a_story_loses_and_doubles_nothing(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    thread = [f"Is it back? {tail}"]
    context = await browser.new_context()
    # The wait before the next socket is drawn by lot: the shortest, each time.
    await context.add_init_script("Math.random = () => 0")
    road = Road()
    await road.lead(context)
    vera = await context.new_page()
    panel = await open_widget(vera, house, "/help")
    await write(panel, thread[0])
    ada = await agent_opens(browser, house, thread[0])
    for passed in range(FRAMES):
        road.left = passed
        thread += [f"And in {passed + 30}?", f"Yes, in {passed + 30}."]
        await write(panel, thread[-2])
        await reads(ada, thread[:-1])
        await answer(ada, thread[-1])
        await reads(panel, thread)
    await reads(ada, thread)
    assert road.cuts >= FRAMES - 4
    await context.close()
    await ada.context.close()
