"""Story: Ada, who owns the store, makes a rule of her own and goes back; Ben looks on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, sign_in

# No framed page is looked at here, so one world says as much as two.
ONE_WORLD = pytest.mark.parametrize(
    "world", ["postgresql-partitioned"], indirect=True, scope="session"
)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), ONE_WORLD]


@pytest.fixture
def house(standing_house: DemoHouse) -> Iterator[DemoHouse]:
    """The demo that all stories share; what Ada makes of its policy here is undone."""
    yield standing_house
    standing_house.restore()


async def at_the_policy(browser: Browser, house: DemoHouse, name: str) -> Page:
    """Sign an agent in and lead them to the store's policy by the rail."""
    page = await (await browser.new_context()).new_page()
    await sign_in(page, house, name)
    await page.get_by_role("navigation", name="Views").get_by_role("link", name="Policy").click()
    await expect(page.get_by_role("heading", name="Rules")).to_be_visible(timeout=PATIENCE_MS)
    return page


async def version_in_force(page: Page) -> int:
    """The number that the screen names."""
    found = re.search(r"Version (\d+) is in force", await page.get_by_role("main").inner_text())
    assert found is not None
    return int(found.group(1))


async def add_the_checkout_rule(page: Page) -> None:
    """Ada names the checkout's pages and adds "checkout: SMS after 20 s", with a slip."""
    await page.get_by_role("button", name="Add pages").click()
    await page.get_by_role("textbox", name="Name", exact=True).fill("checkout")
    await page.get_by_role("textbox", name="Paths, one a line").fill("/checkout\n/cart/*")
    await page.get_by_role("button", name="Add a rule").click()
    rule = page.get_by_role("group", name="Rule", exact=True)
    name = rule.get_by_role("textbox", name="Name")
    await expect(name).to_be_focused()
    await name.fill("Checkout")
    await rule.get_by_role("checkbox", name="checkout").check()
    await rule.get_by_role("textbox", name="Wait").fill("20 x")
    await rule.get_by_role("checkbox", name="Own order of channels").check()
    await rule.get_by_role("button", name="Without e-mail").click()


async def test_ada_adds_a_rule_repairs_a_slip_saves_and_goes_back(
    house: DemoHouse, browser: Browser
) -> None:
    page = await at_the_policy(browser, house, "Ada")
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader").filter(has_text="Checkout")
    )
    await expect(page.get_by_text("There are no rules yet")).to_be_visible()
    first = await version_in_force(page)

    await add_the_checkout_rule(page)
    wait = page.get_by_role("group", name="Rule", exact=True).get_by_role("textbox", name="Wait")
    await expect(page.get_by_text("Write it like")).to_be_visible()
    await expect(wait).to_have_attribute("aria-invalid", "true")
    await page.get_by_role("button", name="Show it").click()
    await expect(wait).to_be_focused()
    await wait.fill("20 s")
    await expect(page.get_by_text("Write it like")).to_be_hidden()
    for cell in ("On checkout", "After 20", "SMS"):
        await expect(row).to_contain_text(cell)

    await page.get_by_role("button", name="See and save").click()
    changes = page.get_by_role("dialog", name="Save these changes?")
    await expect(changes).to_contain_text("New rule “Checkout”: on checkout; after 20")
    await expect(changes).to_contain_text("New pages “checkout”: /checkout /cart/*")
    await changes.get_by_role("button", name="Put in force").click()
    await expect(page.get_by_text("put there by Ada")).to_be_visible(timeout=PATIENCE_MS)

    await page.get_by_role("button", name="Earlier versions").click()
    await page.get_by_role("button", name=f"Look at version {first}").click()
    await expect(page.get_by_text(f"You are looking at version {first}")).to_be_visible()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Restore this version").click()
    restore = page.get_by_role("dialog", name=f"Restore version {first}?")
    await expect(restore).to_contain_text("Without the rule “Checkout”")
    await restore.get_by_role("button", name=f"Restore version {first}").click()
    await expect(page.get_by_text(f"It says the same as version {first}.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(page.get_by_text("There are no rules yet")).to_be_visible()
    await page.context.close()


async def test_ada_bounds_what_a_day_costs_and_where_her_shop_texts(
    house: DemoHouse, browser: Browser
) -> None:
    page = await at_the_policy(browser, house, "Ada")
    first = await version_in_force(page)
    await page.get_by_role("textbox", name="At most a day", exact=True).fill("25")
    each = page.get_by_role("textbox", name="At most a day for one shopper")
    await each.fill("a little")
    await expect(each).to_have_attribute("aria-invalid", "true")
    await each.fill("0,5")
    await page.get_by_role("textbox", name="A text has at most, in segments").fill("2")
    countries = page.get_by_role("textbox", name="Only to numbers of")
    await countries.fill("de, qq")
    await expect(page.get_by_text("“QQ” is no country.")).to_be_visible()
    await countries.fill("de us")
    await expect(page.get_by_text("Germany, United States")).to_be_visible()

    await page.get_by_role("button", name="See and save").click()
    changes = page.get_by_role("dialog", name="Save these changes?")
    await expect(changes).to_contain_text("What reaching shoppers may cost a day: $25.00 instead")
    await expect(changes).to_contain_text("Shoppers are texted only in: now with Germany")
    await changes.get_by_role("button", name="Put in force").click()
    await expect(page.get_by_text(f"Version {first + 1} is in force").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(countries).to_have_value("DE, US")
    await expect(each).to_have_value("0.5")
    await page.context.close()


async def test_ada_moves_rules_by_mouse_and_by_keyboard_and_leaves_only_when_she_means_it(
    house: DemoHouse, browser: Browser
) -> None:
    page = await at_the_policy(browser, house, "Ada")
    await page.get_by_role("button", name="Begin from a starter").click()
    await page.get_by_role("button", name="Use Europe").click()
    names = page.locator(".rule-name bdi")
    await expect(names).to_have_text(
        ["Left at the checkout", "Answered after hours", "A follow-up can wait"]
    )
    handle = page.get_by_role("button", name="Move A follow-up can wait")
    await handle.press("ArrowUp")
    await expect(handle).to_be_focused()
    await handle.press("ArrowUp")
    await expect(names.first).to_have_text("A follow-up can wait")
    await expect(page.get_by_text("A follow-up can wait is number 1 of 3 now.")).to_be_attached()

    grip = await page.get_by_role("button", name="Move A follow-up can wait").bounding_box()
    last = await page.get_by_role("row").filter(has_text="Answered after hours").bounding_box()
    assert grip is not None
    assert last is not None
    await page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(grip["x"] + 8, last["y"] + last["height"] - 4, steps=8)
    await page.mouse.up()
    await expect(names.last).to_have_text("A follow-up can wait")

    leaving = page.get_by_role("dialog", name="Leave without saving?")
    await page.get_by_role("link", name="Mine").click()
    await leaving.get_by_role("button", name="Stay here").click()
    await page.evaluate("history.back()")
    await expect(leaving).to_be_visible()
    await expect(names).to_have_count(3)
    await leaving.get_by_role("button", name="Discard and leave").click()
    await expect(page.get_by_label("Conversations")).to_be_visible()
    await page.context.close()


async def test_ben_looks_and_tries_and_cannot_change_a_thing(
    house: DemoHouse, browser: Browser
) -> None:
    page = await at_the_policy(browser, house, "Ben")
    await expect(page.get_by_text("Only an owner may change it.")).to_be_visible()
    await expect(page.get_by_role("button", name="Add a rule")).to_have_count(0)
    await page.get_by_role("button", name="Everything else", exact=True).click()
    gone = page.get_by_role("textbox", name="Gone", exact=True)
    await expect(gone).to_be_disabled()
    await expect(gone).to_have_value("2 s")
    await page.get_by_role("button", name="What would have happened last month").click()
    told = page.get_by_role("dialog", name="What would have happened last month")
    await expect(
        told.get_by_text("nothing to compare").or_(told.get_by_role("columnheader", name="Now"))
    ).to_be_visible(timeout=PATIENCE_MS)
    await page.context.close()
