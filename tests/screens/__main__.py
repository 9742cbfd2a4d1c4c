"""Starts demos of its own and photographs every state, width, scheme and direction of both sides.

``python -m tests.screens`` takes the panel and the console, ``python -m tests.screens console`` (or
``panel``) one alone. The pictures go to ``build/screens/<part>/`` with one sheet of all of them;
nothing is compared. With ``guide`` the pictures of docs/agents-guide.md are taken anew.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

from tests.e2e.demo_house import DemoHouse
from tests.screens.console import photograph_console
from tests.screens.guide import illustrate
from tests.screens.states import LOOKS, Look, Shot, photograph

TOP: Final = Path(__file__).resolve().parents[2]
OUT: Final = TOP / "build" / "screens"
SHEET_WIDTH: Final = 1_800

Taken = dict[Look, list[Shot]]

_STYLE = """
body{margin:24px;font:14px system-ui;background:#ddd}h2{margin:24px 0 8px}
section{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
figure{margin:0;background:#fff;padding:8px;border-radius:6px}figcaption{padding-top:4px}
img{display:block;max-height:420px;max-width:560px}
"""


async def _panel(browser: Browser, house: DemoHouse, out: Path) -> Taken:
    return {look: await photograph(browser, house, look, out) for look in LOOKS}


async def _guide(browser: Browser, house: DemoHouse, out: Path) -> Taken:
    await illustrate(browser, house, TOP / "docs")
    return {}


PARTS: Final[Mapping[str, Callable[[Browser, DemoHouse, Path], Awaitable[Taken]]]] = {
    "panel": _panel,
    "console": photograph_console,
    "guide": _guide,
}
#: What is committed is taken only when somebody asks for it by name.
USUAL: Final = ("panel", "console")


async def main(wanted: list[str]) -> None:
    """Photograph each part in a house of its own, then its sheet."""
    if strange := [name for name in wanted if name not in PARTS]:
        sys.exit(f"there is no part called {strange[0]}: choose from {', '.join(PARTS)}")
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("make screens needs chromium on PATH: make chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in wanted or USUAL:
            out = OUT / name
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            with tempfile.TemporaryDirectory() as data, DemoHouse(Path(data)) as house:
                taken = await PARTS[name](browser, house, out)
            if taken:
                await sheet(browser, taken, out)
                count = sum(len(shots) for shots in taken.values())
                print(f"{count} pictures, and all of them in {out / 'sheet.png'}")
        await browser.close()


async def sheet(browser: Browser, taken: Taken, out: Path) -> None:
    """One page with all pictures, and a picture of that page."""
    rows = "".join(
        f"<h2>{escape(look.name)}</h2><section>"
        + "".join(
            f'<figure><img src="{shot.file}"><figcaption>{escape(shot.state)}</figcaption></figure>'
            for shot in shots
        )
        + "</section>"
        for look, shots in taken.items()
    )
    page_file = out / "sheet.html"
    page_file.write_text(f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{rows}')
    page = await browser.new_page(viewport={"width": SHEET_WIDTH, "height": 1_000})
    await page.goto(page_file.as_uri())
    await page.screenshot(path=out / "sheet.png", full_page=True)


asyncio.run(main(sys.argv[1:]))
