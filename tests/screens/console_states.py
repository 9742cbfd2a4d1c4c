"""Every screen and state of the console, one after another; what is done in each is the caller's.

One walk for both who photograph and who ask axe. Each state is left as it was found, so a house can
be walked through with one look after another.
"""

from __future__ import annotations

from typing import Final

from playwright.async_api import Page, expect

from tests.e2e.demo_house import PATIENCE_MS, DemoHouse
from tests.screens.console_pages import the_other_screens, the_search
from tests.screens.console_places import See, go, open_thread, settled
from tests.screens.console_scene import Day

VIEWS: Final = (
    "open",
    "mine",
    "unassigned",
    "mentions",
    "snoozed",
    "unreachable",
    "resolved",
    "blocked",
)


async def before_anything(house: DemoHouse, page: Page, see: See) -> None:
    """Signing in, and each view of a store to which nobody has written."""
    agent = house.agent("Ada")
    await page.goto(house.console)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "sign in")
    await page.get_by_role("textbox", name="E-mail").fill(agent["email"])
    await page.get_by_label("Password").fill("not this one")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).not_to_be_empty(timeout=PATIENCE_MS)
    await see(page, "sign in refused")
    await page.get_by_label("Password").fill(agent["password"])
    await page.get_by_role("button", name="Sign in").click()
    for view in VIEWS:
        await go(page, f"#/{view}")
        await expect(page.locator(".inbox .empty")).to_be_visible(timeout=PATIENCE_MS)
        await see(page, f"nothing {view}")
    for path, at in (("canned", "#canned [role=status] p"), ("aside", "main h1")):
        await go(page, f"#/{path}")
        await expect(page.locator(at).first).to_be_visible(timeout=PATIENCE_MS)
        await settled(page)
        await see(page, f"nothing {path}")


async def at_work(page: Page, day: Day, see: See) -> None:
    """The same desk on a busy day; Ada is signed in."""
    await the_lists(page, see)
    await in_a_thread(page, day, see)
    await the_search(page, see)
    await the_other_screens(page, see)
    await the_line_that_is_cut(page, day, see)


async def in_a_thread(page: Page, day: Day, see: See) -> None:
    """Where agents are nearly all the time."""
    await the_threads(page, day, see)
    await the_composer(page, day, see)
    await the_shopper(page, day, see)
    await the_dialogs(page, day, see)


async def the_lists(page: Page, see: See) -> None:
    for view in VIEWS:
        await go(page, f"#/{view}")
        await expect(page.get_by_label("Conversations").locator(".row").first).to_be_visible(
            timeout=PATIENCE_MS
        )
        await settled(page)
        await see(page, f"list {view}")
    await go(page, "#/open")
    marks = page.locator(".row-mark input")
    for n in range(2):
        await marks.nth(n).check(force=True)
    await expect(page.get_by_text("2 marked")).to_be_visible()
    await see(page, "two marked")
    await page.get_by_role("button", name="Mark none").click()
    await page.get_by_role("searchbox", name="Find in this list").fill("nothing says this")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await see(page, "nothing found in the list")
    await page.get_by_role("searchbox", name="Find in this list").fill("")
    await page.get_by_role("button", name="Narrow the list").click()
    await page.get_by_role("option", name="Only by SMS").click()
    await expect(page.locator(".row").first).to_be_visible()
    await see(page, "narrowed")
    await go(page, "#/mentions?label=nothing")
    await expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    await see(page, "narrowed to nothing")


async def the_threads(page: Page, day: Day, see: See) -> None:
    for name, place in (
        ("chat", day.chat),
        ("did not arrive", day.bounced),
        ("may have gone out", day.doubtful),
        ("stopped", day.stopped),
        ("long mail", day.letter),
        ("arabic mail", day.arabic),
    ):
        log = await open_thread(page, place)
        await see(page, f"thread {name}")
        if name == "chat":
            await log.evaluate("(log) => { log.scrollTop = 0 }")
            await see(page, "thread chat from its beginning")
    await page.get_by_role("button", name="Show original").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("From", timeout=PATIENCE_MS)
    await settled(page)
    await see(page, "original mail")
    await page.keyboard.press("Escape")
    await open_thread(page, day.doubtful)
    await page.get_by_role("button", name="Why?").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Because", timeout=PATIENCE_MS)
    await see(page, "why")
    await page.keyboard.press("Escape")


async def the_composer(page: Page, day: Day, see: See) -> None:
    await open_thread(page, day.chat)
    field = page.get_by_role("textbox", name="Write an answer")
    await page.get_by_role("button", name="How this goes").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await see(page, "how this goes")
    await page.get_by_role("menuitemradio", name="Not before").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await see(page, "not before")
    await page.keyboard.press("Escape")
    # It gets the focus back in its own time, and would take it from the field.
    await expect(page.get_by_role("button", name="How this goes")).to_be_focused()
    await field.fill("/")
    await expect(page.get_by_role("option", name="/return")).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "canned replies offered")
    await field.fill(":smi")
    await expect(page.get_by_role("option").first).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "emoji offered")
    await field.fill("Yes, they are here.\n\nShall I put a pair aside?")
    await see(page, "draft")
    await page.get_by_role("button", name="Other ways to send").click()
    await see(page, "other ways to send")
    await page.get_by_role("menuitem", name="Send later").click()
    await expect(page.get_by_role("dialog", name="Send later")).to_be_visible()
    await settled(page)
    await see(page, "send later")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Other ways to send").click()
    await page.get_by_role("menuitem", name="As a mail").click()
    await expect(page.get_by_role("dialog", name="As a mail")).to_contain_text(
        "Subject", timeout=PATIENCE_MS
    )
    button = page.frame_locator("iframe[title='The mail']").get_by_role("link").first
    # Its styles are in force: what the frame inherits from the console would forbid them.
    await expect(button).to_have_css("text-decoration-line", "none")
    await settled(page)
    await see(page, "as a mail")
    await page.keyboard.press("Escape")
    await field.fill("")
    await page.get_by_role("button", name="Note", exact=True).click()
    await page.get_by_role("textbox", name="Write a note").fill("@")
    await expect(page.get_by_role("option").first).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "note with colleagues offered")
    await page.get_by_role("textbox", name="Write a note").fill("")
    await page.get_by_role("button", name="Note", exact=True).click()


async def the_shopper(page: Page, day: Day, see: See) -> None:
    """Below 1280 px about her is a drawer; the column is in every picture of a thread."""
    await open_thread(page, day.chat)
    drawer = page.get_by_role("button", name="About the shopper")
    if await drawer.is_visible():
        await drawer.click()
        await expect(page.get_by_role("dialog")).to_contain_text("Addresses", timeout=PATIENCE_MS)
        await see(page, "shopper in a drawer")
        await page.keyboard.press("Escape")


async def the_dialogs(page: Page, day: Day, see: See) -> None:
    await open_thread(page, day.chat)
    await page.get_by_role("textbox", name="Write an answer").press("Escape")
    for key, name in (
        ("Control+k", "palette"),
        ("l", "labels to put on"),
        ("s", "snooze"),
        ("?", "keys"),
        ("a", "who takes this"),
        ("f", "files"),
        ("d", "go to a date"),
    ):
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
        await settled(page)
        await see(page, name)
        if key == "Control+k":
            await page.get_by_role("combobox").fill("labels: names")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("dialog", name="Labels")).to_be_visible()
            await see(page, "labels")
        if key == "a":
            await page.get_by_role("option", name="Ben").click()
            await expect(page.get_by_role("textbox", name="What does Ben")).to_be_visible()
            await see(page, "hand over with a note")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    for words, name in (("merge", "merge with whom"), ("block", "block")):
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox").fill(words)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
        await settled(page)
        await see(page, name)
        if words == "merge":
            await page.get_by_role("combobox").fill("pia@shopper.example")
            # Until she is found those stand there who may be the same.
            await page.get_by_role("option", name="pia@shopper.example").click()
            await expect(page.get_by_role("button", name="Merge", exact=True)).to_be_visible(
                timeout=PATIENCE_MS
            )
            await see(page, "merge preview")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("e")
    await expect(page.locator(".toast")).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "resolved, may be undone")
    await page.locator(".toast").get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Resolve").first).to_be_visible()
    await go(page, "#/open")
    await page.get_by_role("button", name="My duty").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await see(page, "duty")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="My settings").click()
    await expect(page.get_by_role("heading", name="On call")).to_be_attached(timeout=PATIENCE_MS)
    await see(page, "my settings")
    await page.get_by_role("button", name="Set hours").click()
    await page.get_by_role("heading", name="On call").scroll_into_view_if_needed()
    await see(page, "my hours")
    await page.keyboard.press("Escape")


async def the_line_that_is_cut(page: Page, day: Day, see: See) -> None:
    await open_thread(page, day.chat)
    await page.context.set_offline(True)
    # An open socket is not told by the browser's tools; a page is, by this event.
    await page.evaluate("() => dispatchEvent(new Event('offline'))")
    await expect(page.locator(".connection-line")).to_be_visible(timeout=PATIENCE_MS)
    await see(page, "no connection")
    await page.context.set_offline(False)
    await page.evaluate("() => dispatchEvent(new Event('online'))")
    await expect(page.locator(".connection-line")).to_have_count(0, timeout=PATIENCE_MS)
