"""The console in a browser, and what one act in it takes: from the key to the paint that shows it.

An interaction's length is the browser's own (Event Timing, https://www.w3.org/TR/event-timing/):
from when the key came in to the next paint, in steps of 8 ms. What took less than 16 ms is not told
of and counts as 16.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Page, Playwright

from bench import seeded

LEAST_MS: Final = 16.0
SETTLES_MS: Final = 120  #: after an act, for what it set off
PATIENCE_MS: Final = 60_000
_WATCH: Final = """
window.acts = []; window.tasks = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries())
    if (each.interactionId && each.name.startsWith("key")) acts.push(each.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) tasks.push(each.duration);
}).observe({ type: "longtask", buffered: true });
"""
#: From the key until another log is drawn, with lines, and painted.
_SWITCH: Final = """
() => {
  window.switched = new Promise((done) => {
    const before = document.querySelector(".log");
    addEventListener("keydown", (event) => {
      const look = () => {
        const log = document.querySelector(".log");
        if (!log || log === before || !log.querySelector("[data-seq]"))
          return requestAnimationFrame(look);
        const painted = new MessageChannel();
        painted.port1.onmessage = () => done(performance.now() - event.timeStamp);
        painted.port2.postMessage(null);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}
"""
#: Down the first rows two screens a frame, as a wheel would; then, as a hand does that drags the
#: scrollbar to its end again and again, to the end of what is here, until all is; and, when it is,
#: back from the middle. How many rows were drawn at most, and how many came.
_SCROLL: Final = """
async ([gently, stop]) => {
  const box = document.querySelector(".inbox-scroll");
  const rows = document.querySelector("ul.rows");
  const ends = performance.now() + stop;
  let most = 0;
  const to = async (top) => {
    box.scrollTop = top;
    await new Promise((done) => requestAnimationFrame(done));
    most = Math.max(most, rows.childElementCount);
    return performance.now() < ends;
  };
  const goesOn = () => document.querySelector("button.older") !== null;
  const screens = 2 * box.clientHeight;
  while (box.scrollTop < gently * 72 && goesOn()) if (!(await to(box.scrollTop + screens))) break;
  while (goesOn()) if (!(await to(box.scrollHeight))) break;
  await to(box.scrollHeight / 2);
  for (let n = 0; n < 100; n += 1) await to(box.scrollTop - screens);
  return { most, reached: Math.round(rows.clientHeight / 72) };
}
"""
GENTLY: Final = 4_000  #: rows


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's browser."""
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
    )
    try:
        yield browser
    finally:
        browser.close()


class Console:
    """Ada at her desk; ``slower``: how many times slower than the machine her computer is."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._url = url
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(_WATCH)
        self.page: Page = context.new_page()
        self._devtools = context.new_cdp_session(self.page)

    def slow_down(self, times: float) -> None:
        """Give the page so much less of a processor."""
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def sign_in(self) -> None:
        """As Ada, and wait for her inbox."""
        page = self.page
        page.goto(f"{self._url}/console/")
        page.get_by_role("textbox", name="E-mail").fill(seeded.EMAIL)
        page.get_by_label("Password").fill(seeded.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        self._is_usable()

    def _is_usable(self) -> None:
        self.page.locator("ul.rows a.row").first.wait_for(timeout=PATIENCE_MS)

    def load_anew(self) -> tuple[float, float]:
        """Milliseconds until rows stand there, and bytes that scripts and styles took."""
        sizes: dict[str, float] = {}
        code: set[str] = set()
        send = self._devtools.send
        send("Network.enable")
        send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._devtools.on(
            "Network.responseReceived",
            lambda told: (
                code.add(told["requestId"])
                if told["type"] in ("Script", "Stylesheet", "Document")
                else None
            ),
        )
        self._devtools.on(
            "Network.loadingFinished",
            lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}),
        )
        begun = time.perf_counter()
        self.page.reload(wait_until="commit")
        self._is_usable()
        took = (time.perf_counter() - begun) * 1_000
        self.page.wait_for_timeout(SETTLES_MS)
        send("Network.disable")
        return took, sum(size for each, size in sizes.items() if each in code)

    def press(self, key: str) -> float:
        """What one press of a key takes until it is seen."""
        self.page.evaluate("acts.length = 0")
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(SETTLES_MS)
        return max(map(float, self.page.evaluate("acts")), default=LEAST_MS)

    def switch(self, key: str) -> float:
        """What it takes from a key to another conversation's thread."""
        self.page.evaluate(_SWITCH)
        self.page.keyboard.press(key)
        taken = float(self.page.evaluate("switched"))
        self.page.wait_for_timeout(SETTLES_MS)
        return taken

    def scroll(self, view: str, within_s: float) -> tuple[int, int, float]:
        """Down a whole view: most rows in the page, how many came, the longest task's length."""
        self.page.goto(f"{self._url}/console/#/{view}")
        self._is_usable()
        self.page.wait_for_timeout(SETTLES_MS)
        self.page.evaluate("tasks.length = 0")
        found = self.page.evaluate(_SCROLL, [GENTLY, within_s * 1_000])
        self.page.wait_for_timeout(SETTLES_MS)
        longest = max(map(float, self.page.evaluate("tasks")), default=0.0)
        return int(found["most"]), int(found["reached"]), longest
