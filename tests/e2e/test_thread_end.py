"""Ada reads a thread from its end: it opens there, and stays there while there is more to read."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    answer,
    fresh_number,
    open_widget,
    take_up,
    write,
)

# Where the browser draws lines is the same in every world.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]

# How far each thread is from its end when it is about to be painted for the first time: whoever
# watches a size later is told of it later.
_WATCH = """() => {
  window.off = [];
  let last = document.querySelector('.log');
  new MutationObserver(() => {
    const log = document.querySelector('.log');
    if (!log || log === last || !log.querySelector('[data-seq]')) return;
    last = log;
    const watch = new ResizeObserver(() => {
      watch.disconnect();
      off.push(log.scrollHeight - log.scrollTop - log.clientHeight);
    });
    watch.observe(log);
  }).observe(document.body, { childList: true, subtree: true });
}"""
_AT_END = """words => {
  const log = document.querySelector('.log');
  const is = log.textContent.includes(words) && log.scrollHeight > log.clientHeight;
  return is && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
}"""


async def _is_at_end(ada: Page, words: str) -> None:
    await ada.wait_for_function(_AT_END, arg=words, timeout=PATIENCE_MS)


async def test_a_long_thread_opens_at_its_end_and_stays_there_unless_ada_reads_further_up(
    house: DemoHouse, browser: Browser
) -> None:
    questions = [f"Is the {colour} one back? {fresh_number()}" for colour in ("blue", "red")]
    panels = []
    for question in questions:
        panel = await open_widget(await (await browser.new_context()).new_page(), house)
        panels.append(panel)
        for part in range(4):
            await write(panel, f"A long story, part {part} of it\n" * 8)
        await write(panel, question)
    ada = await agent_opens(browser, house, questions[0])
    await _is_at_end(ada, questions[0])
    await take_up(ada, questions[1])
    await _is_at_end(ada, questions[1])
    await ada.evaluate(_WATCH)
    await take_up(ada, questions[0])
    await _is_at_end(ada, questions[0])
    await ada.wait_for_function("() => off.length > 0", timeout=PATIENCE_MS)
    assert [each for each in await ada.evaluate("off") if each >= 2] == []

    await write(panels[0], "And in 38?")
    await _is_at_end(ada, "And in 38?")
    # Her own answer takes her back to the end from wherever she read.
    log = ada.get_by_role("log", name="Conversation")
    await log.evaluate("log => { log.scrollTop = 0; log.dispatchEvent(new Event('scroll')) }")
    await answer(ada, "Both are.")
    await _is_at_end(ada, "Both are.")
