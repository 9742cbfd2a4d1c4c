"""The pictures of docs/agents-guide.md: half the size, few colours, small enough to commit."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page

from tests.e2e.demo_house import DemoHouse, sign_in
from tests.screens.console import desk
from tests.screens.console_scene import a_day
from tests.screens.console_states import the_composer, the_dialogs, the_threads
from tests.screens.states import Look

#: Which state of the walk stands under which name in docs/.
PICTURES: Final[Mapping[str, str]] = {
    "thread chat": "agents-guide-desk.png",
    "thread did not arrive": "agents-guide-unreachable.png",
    "why": "agents-guide-why.png",
    "how this goes": "agents-guide-how.png",
    "hand over with a note": "agents-guide-hand-over.png",
}
MOST_BYTES: Final = 60_000
_COLOURS: Final = 128


async def illustrate(browser: Browser, house: DemoHouse, docs: Path) -> None:
    """Take them anew, in light colours at 1440 px.

    Raises:
        ValueError: one of them is too large to be committed.
    """
    day = await a_day(house, browser)
    context = await desk(browser, Look(1440, "light", "en"))
    page = await context.new_page()
    await sign_in(page, house, "Ada")

    async def keep(page: Page, state: str) -> None:
        if (name := PICTURES.get(state)) is None:
            return
        png = halved(await page.screenshot(animations="disabled"))
        if len(png) > MOST_BYTES:
            raise ValueError(f"{name} has {len(png)} bytes, and {MOST_BYTES} are the most")
        (docs / name).write_bytes(png)

    for part in (the_threads, the_composer, the_dialogs):
        await part(page, day, keep)
    await context.close()
    await day.vera.context.close()


def halved(png: bytes) -> bytes:
    """A screenshot at half its size, of as many colours as such a screen needs."""
    full = Image.open(io.BytesIO(png)).convert("RGB")
    half = full.resize((full.width // 2, full.height // 2), Image.Resampling.LANCZOS)
    few = half.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, 2, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    few.save(kept, "PNG", optimize=True)
    return kept.getvalue()
