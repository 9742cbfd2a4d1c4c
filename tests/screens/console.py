"""The console as agents see it: one house, one day, and every look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, BrowserContext

from tests.e2e.demo_house import DemoHouse, sign_in
from tests.screens.console_scene import a_day
from tests.screens.console_states import at_work, before_anything
from tests.screens.states import Camera, Look, Shot

#: The console speaks English; ``ar`` is a desk that runs from right to left.
CONSOLE_LOOKS: Final = (
    Look(1440, "light", "en"),
    Look(1440, "dark", "ar"),
    Look(768, "dark", "en"),
    Look(768, "light", "ar"),
    Look(390, "light", "en"),
    Look(390, "dark", "ar"),
)
_HEIGHT: Final = {1440: 900, 768: 1_024, 390: 844}
_RIGHT_TO_LEFT: Final = """document.addEventListener('readystatechange', () => {
  document.documentElement.dir = 'rtl';
}, { once: true })"""


async def desk(browser: Browser, look: Look) -> BrowserContext:
    """A browser of this width, scheme and direction; a narrow one is touched."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": _HEIGHT[look.width]},
        color_scheme=look.scheme,
        has_touch=look.width < 768,
    )
    if look.language == "ar":
        await context.add_init_script(_RIGHT_TO_LEFT)
    return context


async def photograph_console(
    browser: Browser, house: DemoHouse, out: Path
) -> dict[Look, list[Shot]]:
    """Every state with every look: first of a store that is new, then of a busy day."""
    cameras = {look: Camera(look, out) for look in CONSOLE_LOOKS}
    for look, camera in cameras.items():
        context = await desk(browser, look)
        await before_anything(house, await context.new_page(), camera.take)
        await context.close()
    day = await a_day(house, browser)
    for look, camera in cameras.items():
        context = await desk(browser, look)
        page = await context.new_page()
        await sign_in(page, house, "Ada")
        await at_work(page, day, camera.take)
        await context.close()
    await day.vera.context.close()
    return {look: camera.shots for look, camera in cameras.items()}
