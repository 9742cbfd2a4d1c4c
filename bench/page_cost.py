"""What the chat costs a shop's page that nobody chats on: the storefront without and with it.

Each round opens the page twice in a fresh profile of Chromium, its CPU four times slower: once with
the gateway's addresses blocked, once as it is. Time is what the main thread spent on script, style
and layout (CDP ``Performance.getMetrics``), bytes are those on the wire with their headers
(``Network.loadingFinished``), shift is the sum of unexpected layout shifts
(https://web.dev/articles/cls).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.row import ROUNDS, Row
from tests.e2e.demo_house import DemoHouse

SLOWER = 4
QUIET_MS = 700  #: the page is settled, and what the loader asked for has come
GOOD_SHIFT = 0.1  #: what web.dev calls good for a whole page
_SHIFT = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SPENT = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one visit took."""

    bytes: float
    requests: int
    spent_ms: float
    shift: float


def rows(*, quick: bool) -> Iterator[Row]:
    """Bytes, requests, main-thread time and shift that the chat adds."""
    rounds = 3 if quick else ROUNDS
    with (
        tempfile.TemporaryDirectory() as home,
        DemoHouse(Path(home)) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        gateway = str(house.told["base_url"])
        _visit(browser, house.storefront, None)  # what the machine does once
        pairs = [
            (
                _visit(browser, house.storefront, gateway),
                _visit(browser, house.storefront, None),
            )
            for _ in range(rounds)
        ]
        browser.close()
    without, with_it = zip(*pairs, strict=True)
    added = [one.spent_ms - other.spent_ms for other, one in pairs]

    def told(name: str, value: float, unit: str, baseline: float, must: float, aim: float) -> Row:
        return Row(
            name=f"shop's page, {name}",
            value=value,
            unit=unit,
            baseline=baseline,
            must=must,
            aim=aim,
            rounds=rounds,
        )

    plain = median(each.bytes for each in without)
    yield told(
        "bytes that the chat adds",
        median(each.bytes for each in with_it) - plain,
        "B",
        plain,
        4_096,
        3_584,
    )
    asked = median(each.requests for each in without)
    # The script itself, and its one request.
    yield told(
        "requests that the chat adds",
        median(each.requests for each in with_it) - asked,
        "requests",
        asked,
        2,
        2,
    )
    yield told(
        "main thread that the chat adds, CPU 4x slower",
        median(added),
        "ms",
        median(each.spent_ms for each in without),
        10,
        5,
    )
    yield told(
        "layout shift with the chat", median(each.shift for each in with_it), "", GOOD_SHIFT, 0, 0
    )


def _visit(browser: Browser, url: str, blocked: str | None) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_init_script(_SHIFT)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    # The thread's own time, so that what else the machine does is not counted.
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if blocked is not None:
        devtools.send("Network.setBlockedURLs", {"urls": [f"{blocked}/*"]})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_timeout(QUIET_MS)
    found = devtools.send("Performance.getMetrics")["metrics"]
    spent = sum(each["value"] for each in found if each["name"] in _SPENT)
    shift = float(page.evaluate("window.shift"))
    context.close()
    return Visit(bytes=sum(sizes), requests=len(sizes), spent_ms=spent * 1_000, shift=shift)
