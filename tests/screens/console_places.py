"""Going from place to place in the console, and waiting until it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests.e2e.demo_house import PATIENCE_MS

#: What is done with a page in a state of this name.
See = Callable[[Page, str], Awaitable[None]]


async def go(page: Page, place: str) -> None:
    """To another place in the console, as a link does."""
    await page.evaluate("(place) => { location.hash = place }", place)


async def settled(page: Page) -> None:
    """What was said to be coming is here, pictures too."""
    await expect(
        page.get_by_text("Loading…").or_(page.get_by_text("Looking it up…"))
    ).to_have_count(0, timeout=PATIENCE_MS)
    await page.evaluate(
        """async () => {
          const coming = [...document.images].filter((one) => one.loading !== 'lazy');
          await Promise.allSettled(coming.map((one) => one.decode()));
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }"""
    )


async def open_thread(page: Page, place: str) -> Locator:
    """One conversation, read to its end."""
    await go(page, place)
    log = page.get_by_role("log", name="Conversation")
    await expect(log.locator("li").first).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator(".route")).to_be_visible(timeout=PATIENCE_MS)
    await settled(page)
    return log
