"""What the chat costs a shop's page that nobody chats on: the storefront without and with it.

Each round opens the page twice in a fresh profile of Chromium: once with the gateway's addresses
blocked, once as it is. Bytes are those on the wire with their headers
(``Network.loadingFinished``), shift is the sum of unexpected layout shifts
(https://web.dev/articles/cls).

Time is looked for where nothing else is: the page is there, the thread is idle, and only then
comes the tag of the chat. All that a trace (CDP ``Tracing``) tells of script, its microtasks,
style, layout and paint from then on is the chat's. It is the thread's own time,
four times: Chromium's throttling makes the thread spin also while it waits, so that what else the
machine does would be counted.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.row import ROUNDS, Row
from tests.e2e.demo_house import DemoHouse

SLOWER = 4
QUIET_MS = 700  #: the page is settled, and what the loader asked for has come
BLOCKS_MS = 50  #: a task that takes longer is one that blocks (https://web.dev/articles/tbt)
POLL_MS = 20
GOOD_SHIFT = 0.1  #: what web.dev calls good for a whole page
_SHIFT = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_TAG = """([src, key]) => {
  const tag = document.createElement("script");
  tag.src = src;
  tag.dataset.key = key;
  document.head.append(tag);
}"""
_CATEGORIES = "devtools.timeline,v8,v8.execute"
#: What a trace calls the work of a page; the rest is the browser's own.
_WORK = frozenset(
    {
        "EvaluateScript",
        "EventDispatch",
        "FireAnimationFrame",
        "FireIdleCallback",
        "FunctionCall",
        "Layerize",
        "Layout",
        "Paint",
        "ParseAuthorStyleSheet",
        "PrePaint",
        "RunMicrotasks",
        "TimerFire",
        "UpdateLayoutTree",
        "v8.compileModule",
        "v8.evaluateModule",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one visit took."""

    bytes: float
    requests: int
    shift: float


def rows(*, quick: bool) -> Iterator[Row]:
    """Bytes, requests, main-thread time and shift that the chat adds."""
    rounds = 1 if quick else ROUNDS
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
        key = str(house.told["store_key"])
        spent = [_spent(browser, house.storefront, gateway, key) for _ in range(rounds)]
        browser.close()
    without, with_it = zip(*pairs, strict=True)

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
    # Other work of the machine only ever adds: the least is nearest to what the chat takes.
    for which, value in (("least", min(spent)), ("median", median(spent))):
        yield told(f"main thread of the chat, CPU 4x slower, {which}", value, "ms", BLOCKS_MS, 5, 5)
    yield told(
        "layout shift with the chat", median(each.shift for each in with_it), "", GOOD_SHIFT, 0, 0
    )


def _visit(browser: Browser, url: str, blocked: str | None) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_init_script(_SHIFT)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if blocked is not None:
        devtools.send("Network.setBlockedURLs", {"urls": [f"{blocked}/*"]})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_timeout(QUIET_MS)
    shift = float(page.evaluate("window.shift"))
    context.close()
    return Visit(bytes=sum(sizes), requests=len(sizes), shift=shift)


def _spent(browser: Browser, url: str, gateway: str, key: str) -> float:
    """Milliseconds of the main thread from the coming of the tag on, on a CPU four times slower."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setBlockedURLs", {"urls": [f"{gateway}/*"]})
    page.goto(url)
    page.wait_for_timeout(QUIET_MS)
    devtools.send("Network.setBlockedURLs", {"urls": []})
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    devtools.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    devtools.on("Tracing.tracingComplete", lambda event: ended.append(event))
    devtools.send("Tracing.start", {"categories": _CATEGORIES, "transferMode": "ReportEvents"})
    loader = f"{gateway}/widget/loader.js"
    page.evaluate(_TAG, [loader, key])
    # Whoever looks for the button meanwhile is at work on the same thread.
    page.wait_for_timeout(2 * QUIET_MS)
    devtools.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(POLL_MS)
    page.locator("onethread-chat button").wait_for()
    context.close()
    return SLOWER * _work_ms(events, loader)


def _work_ms(events: list[dict[str, Any]], loader: str) -> float:
    """What the thread that ran the loader did from then on, each moment counted once."""
    first = next(
        each
        for each in events
        if each["name"] == "EvaluateScript" and each["args"]["data"].get("url") == loader
    )
    thread = (first["pid"], first["tid"])
    tasks = [
        each
        for each in events
        if each["ph"] == "X"
        and (each["pid"], each["tid"]) == thread
        and each["ts"] >= first["ts"]
        and each["name"] in _WORK
    ]
    spent, until = 0, 0
    for each in sorted(tasks, key=lambda one: (one["ts"], -one["dur"])):
        if each["ts"] >= until:  # else it is part of one that was counted
            until = each["ts"] + each["dur"]
            spent += each["tdur"]
    return float(spent) / 1_000
