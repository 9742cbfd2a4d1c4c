"""The console's screens that take the place of list and thread: search, policy, mail, replies."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.demo_house import PATIENCE_MS
from tests.screens.console_places import See, go, settled


async def the_search(page: Page, see: See) -> None:
    await go(page, "#/search")
    field = page.get_by_role("searchbox", name="Search messages")
    await expect(field).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "search")
    await field.fill("order")
    await expect(page.locator(".hit mark").first).to_be_visible(timeout=PATIENCE_MS)
    await settled(page)
    await see(page, "search with hits")
    await field.fill("nobody ever wrote this")
    await expect(page.get_by_text("Nothing found")).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "search without hits")
    await field.fill("")


async def the_other_screens(page: Page, see: See) -> None:
    await go(page, "#/policy")
    await expect(page.get_by_role("heading", name="Rules")).to_be_visible(timeout=PATIENCE_MS)
    await settled(page)
    await see(page, "policy")
    await page.get_by_role("button", name="Begin from a starter").click()
    await see(page, "policy starters")
    await page.get_by_role("button", name="Use Europe").click()
    await expect(page.locator(".rule-name").first).to_be_visible()
    await see(page, "policy rules")
    await page.get_by_role("button", name="See and save").click()
    await expect(page.get_by_role("dialog", name="Save these changes?")).to_be_visible()
    await see(page, "policy changes")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Earlier versions").click()
    await settled(page)
    await see(page, "policy versions")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Everything else", exact=True).click()
    await see(page, "policy everything else")
    await go(page, "#/mail")
    leaving = page.get_by_role("dialog", name="Leave without saving?")
    await expect(leaving).to_be_visible()
    await see(page, "leave without saving")
    await leaving.get_by_role("button", name="Discard and leave").click()
    await expect(page.get_by_label("Greeting")).to_be_visible(timeout=PATIENCE_MS)
    await settled(page)
    await see(page, "mail")
    await go(page, "#/aside")
    await expect(page.get_by_role("button", name="again").first).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "set aside")
    await go(page, "#/canned")
    await expect(page.get_by_text("/return").first).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "canned replies")
    await page.get_by_role("button", name="Edit /return").click()
    await see(page, "canned reply in hand")
    await page.get_by_role("button", name="Cancel").click()
