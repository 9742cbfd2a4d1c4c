"""How quick the console is, over a store as ``onethread seed`` fills it, in a real browser.

Acts by keyboard on a CPU four times slower, each from the key to its paint, beside a key on a page
that only writes a letter; the way back to a conversation that was open before; the time until rows
stand there; and at the machine's own speed a scroll through everything that is resolved.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, sync_playwright

from bench import seeded, serving
from bench.console_page import LEAST_MS, Console, chromium
from bench.row import Row
from tests.e2e.demo_house import free_port

SLOWER = 4
PAINTED_WITHIN_MS = 50
SWITCHED_WITHIN_MS = 100
USABLE_WITHIN_MS = 2_000  #: on the slower CPU; our own bound, nobody has set one
INITIAL_BYTES = 150_000
MOST_ROWS = 200
LONGEST_TASK_MS = 50
SCROLLS_WITHIN_S = 100.0
SMALL = (10_000, 200_000)  #: conversations and messages
QUICK = (2_000, 40_000)
LARGE = (100_000, 100_000)
_EMPTY = """data:text/html,<textarea id=words></textarea><script>words.focus()</script>"""


def rows(*, quick: bool) -> Iterator[Row]:
    """Interactions, switches, loading and scrolling."""
    size = QUICK if quick else SMALL
    small = seeded.kept(*size)
    large = None if quick else seeded.kept(*LARGE)
    with sync_playwright() as playwright, chromium(playwright) as browser:
        with _served(small) as url:
            yield from _at_the_desk(browser, url, size[0], 5 if quick else 40)
        if large is not None:
            with _served(large) as url:
                yield from _through_everything(browser, url)


@contextmanager
def _served(house: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True) as home:
        shutil.copytree(house, home, dirs_exist_ok=True)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        settings = serving.environment(Path(home), "", PUBLIC_URL=url)
        with serving.running("gateway", settings, port):
            yield url


def _at_the_desk(browser: Browser, url: str, conversations: int, times: int) -> Iterator[Row]:
    beside = _writing_a_letter(browser, times)
    desk = Console(browser, url)
    desk.sign_in()
    desk.slow_down(SLOWER)

    def told(name: str, taken: list[float], must: float, aim: float) -> Iterator[Row]:
        for part, of in (("p50", median), ("p95", _p95)):
            yield Row(
                name=f"console of {conversations}: {name}, CPU {SLOWER}x slower, {part}",
                value=round(of(taken), 1),
                unit="ms",
                baseline=round(of(beside), 1),
                must=must,
                aim=aim,
                rounds=len(taken),
                database="sqlite",
            )

    for name, act in _acts(desk).items():
        taken = [act() for _ in range(times + 1)][1:]
        yield from told(name, taken, PAINTED_WITHIN_MS, 32)
    desk.page.keyboard.press("Escape")
    yield from told("back to a conversation", _switches(desk, times), SWITCHED_WITHIN_MS, 50)
    loaded = [desk.load_anew() for _ in range(3 if times < 20 else 7)]
    yield from told("ready", [took for took, _ in loaded], USABLE_WITHIN_MS, 1_000)
    yield Row(
        name="console: what it loads at first, compressed",
        value=median(size for _, size in loaded),
        unit="B",
        baseline=INITIAL_BYTES,
        must=INITIAL_BYTES,
        aim=100_000,
        rounds=len(loaded),
    )
    desk.page.context.close()


def _acts(desk: Console) -> dict[str, Callable[[], float]]:
    """By what they are called, each to be done again and again."""
    page = desk.page

    def opened() -> float:
        page.keyboard.press("j")
        page.wait_for_timeout(50)
        return desk.press("Enter")

    def written() -> float:
        page.locator("#composer").focus()
        return desk.press("a")

    def palette() -> float:
        page.locator("#composer").blur()
        taken = desk.press("Control+k")
        page.keyboard.press("Escape")
        page.wait_for_timeout(50)
        return taken

    return {
        "the next of the list by key": lambda: desk.press("j"),
        "a conversation opened": opened,
        "a letter into the composer": written,
        "the palette opened": palette,
    }


def _switches(desk: Console, times: int) -> list[float]:
    """To and fro between two that were both open before; none of the time is the gateway's."""
    page = desk.page
    page.locator("#composer").blur()
    for _ in range(2):
        page.keyboard.press("k")
        desk.switch("Enter")
    taken = []
    for n in range(times):
        page.keyboard.press("j" if n % 2 == 0 else "k")
        page.wait_for_timeout(50)
        taken.append(desk.switch("Enter"))
    return taken


def _writing_a_letter(browser: Browser, times: int) -> list[float]:
    """What the browser itself takes to show a letter."""
    blank = Console(browser, "")
    blank.page.goto(_EMPTY)
    blank.slow_down(SLOWER)
    taken = [blank.press("a") for _ in range(times + 1)][1:]
    blank.page.context.close()
    return taken


def _through_everything(browser: Browser, url: str) -> Iterator[Row]:
    desk = Console(browser, url)
    desk.sign_in()
    most, reached, longest = desk.scroll("resolved", SCROLLS_WITHIN_S)
    desk.page.context.close()
    for name, value, unit, must, aim in (
        ("rows in the page at most", most, "rows", MOST_ROWS, 100),
        ("the longest task", longest, "ms", LONGEST_TASK_MS, LONGEST_TASK_MS),
    ):
        yield Row(
            name=f"console: scrolling through {reached} of {LARGE[0]}, {name}",
            value=round(value, 1),
            unit=unit,
            baseline=must,
            must=must,
            aim=aim,
            rounds=1,
            database="sqlite",
        )


def _p95(taken: list[float]) -> float:
    return max(LEAST_MS, quantiles(taken, n=20, method="inclusive")[-1])
