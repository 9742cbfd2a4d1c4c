"""Starts a demo of its own and photographs every state, width, scheme and direction of the panel.

The pictures, and one sheet of all of them, go to ``build/screens/``; nothing is compared.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

from tests.e2e.demo_house import DemoHouse
from tests.screens.states import LOOKS, Look, Shot, photograph

TOP: Final = Path(__file__).resolve().parents[2]
OUT: Final = TOP / "build" / "screens"
SHEET_WIDTH: Final = 1_800

_STYLE = """
body{margin:24px;font:14px system-ui;background:#ddd}h2{margin:24px 0 8px}
section{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
figure{margin:0;background:#fff;padding:8px;border-radius:6px}figcaption{padding-top:4px}
img{display:block;max-height:420px;max-width:560px}
"""


async def main() -> None:
    """Photograph everything, then the sheet."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("make screens needs chromium on PATH: make chromium")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as data, DemoHouse(Path(data)) as house:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            taken = {look: await photograph(browser, house, look, OUT) for look in LOOKS}
            await sheet(browser, taken)
            await browser.close()
    count = sum(len(shots) for shots in taken.values())
    print(f"{count} pictures, and all of them in {OUT / 'sheet.png'}")


async def sheet(browser: Browser, taken: dict[Look, list[Shot]]) -> None:
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
    page_file = OUT / "sheet.html"
    page_file.write_text(f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{rows}')
    page = await browser.new_page(viewport={"width": SHEET_WIDTH, "height": 1_000})
    await page.goto(page_file.as_uri())
    await page.screenshot(path=OUT / "sheet.png", full_page=True)


asyncio.run(main())
