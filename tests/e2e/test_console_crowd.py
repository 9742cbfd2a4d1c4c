"""Each field of a stranger carries each of forty words that want to run; Ada reads them all.

What strangers say at length is told in test_console_hostile.py; here are the small fields, each on
its own: a name, a title, an address of a page, a trait, an event, a subject, a file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import anyio
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.crowd import MOST_FILE_NAME, UNFIT, Crowd, Mallory
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, sign_in
from tests.e2e.signing_shop import SigningShop, signing_shop
from tests.e2e.witness import Witness
from tests.hostile import PAYLOADS
from tests.screens.console_places import go

ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(480), ONE_WORLD]

# Only what is in sight of a long list is drawn.
_READ_THE_LIST = """async (list) => {
  const seen = new Map();
  for (list.scrollTop = 0; ; list.scrollTop += list.clientHeight / 2) {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (const row of list.querySelectorAll('.row')) {
      const of = (part) => row.querySelector(part).textContent;
      seen.set(row.id, [of('.row-who'), of('.row-preview')]);
    }
    if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) return [...seen.values()];
  }
}"""


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, module_database: str | None
) -> Iterator[DemoHouse]:
    """A demo for these alone: among so many open conversations others would not find theirs."""
    with DemoHouse(tmp_path_factory.mktemp("crowd"), database=module_database) as started:
        yield started


@pytest.fixture
def shop(house: DemoHouse) -> Iterator[SigningShop]:
    with signing_shop(house) as opened:
        yield opened


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 10))
async def test_none_of_ten_strangers_runs_in_any_field_before_ada(
    house: DemoHouse, browser: Browser, shop: SigningShop, first: int
) -> None:
    crowd = Crowd(house, shop, PAYLOADS[first : first + 10])
    origin = crowd.people[0].origin
    witness = Witness((origin, origin.replace("http", "ws", 1)))
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await witness.watch(context)
    ada = await context.new_page()
    await sign_in(ada, house, "Ada")
    await witness.rehearse(ada.main_frame)
    async with anyio.create_task_group() as staying:
        await crowd.gathers(staying)
        await the_list_is_words(ada, crowd)
        for mallory in crowd.people:
            chat, mail = await what_is_found_is_words(ada, mallory)
            await the_chat_is_words(ada, mallory, chat)
            await the_mail_is_words(ada, mallory, mail)
            await mallory.leaves()
    assert witness.saw == []
    await context.close()


async def shows(place: Locator, *words: str) -> None:
    """Each stands there to the letter, as words."""
    for each in words:
        await expect(place).to_contain_text(each, timeout=PATIENCE_MS)


async def the_list_is_words(ada: Page, crowd: Crowd) -> None:
    """Who they are and what they said last, in every row that the list draws as it is scrolled."""
    find = ada.get_by_role("searchbox", name="Find in this list")
    await find.fill(crowd.mark)
    item = ada.get_by_label("Conversations", exact=True).locator(".row-item").first
    await expect(item).to_have_attribute("aria-setsize", str(2 * len(crowd.people)))
    rows = await ada.locator(".inbox-scroll").evaluate(_READ_THE_LIST)
    for mallory in crowd.people:
        theirs = [(who, said) for who, said in rows if mallory.mark in said]
        assert len(theirs) == 2, (mallory.words, rows)
        assert [mallory.words in " ".join(said.split()) for _, said in theirs] == [True, True], rows
        assert mallory.marked in [who for who, _ in theirs], rows
    await find.fill("")


async def what_is_found_is_words(ada: Page, mallory: Mallory) -> tuple[str, str]:
    """Marked hits, wherever they are; returns where the chat and the mail are."""
    await go(ada, "#/search")
    await ada.get_by_role("searchbox", name="Search messages").fill(mallory.mark)
    found = ada.locator(".found")
    await expect(found).to_have_count(2, timeout=PATIENCE_MS)
    # The shop signed for a name; who only mails has none.
    named = ada.locator(".found-who", has_text=mallory.mark)
    chat, mail = found.filter(has=named), found.filter(has_not=named)
    places = []
    for each in (chat, mail):
        await shows(each.locator(".hit").first, mallory.mark)
        place = await each.locator(".found-head").get_attribute("href")
        assert place is not None
        places.append(place)
    return places[0], places[1]


async def the_chat_is_words(ada: Page, mallory: Mallory, place: str) -> None:
    """The thread, and all that is told of them beside it."""
    await go(ada, place)
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, mallory.marked)
    alt = await thread.locator(".picture img").first.get_attribute("alt", timeout=PATIENCE_MS)
    assert alt is not None
    assert mallory.mark in alt
    aside = ada.get_by_label("Shopper", exact=True)
    await shows(aside.locator("h2"), mallory.marked)  # signed by the shop
    await shows(aside.locator(".fact-page"), mallory.marked, mallory.mark)
    link = aside.locator(".fact-page a")
    await expect(link).to_have_attribute("href", re.compile(f"^http://[^/]+/{mallory.mark}[?]"))
    await shows(aside.locator(".traits").first, mallory.mailbox, mallory.short, mallory.marked)
    await shows(aside.locator(".traits").last, "size", mallory.short, mallory.marked)
    await shows(aside.locator(".tracked"), mallory.short, mallory.marked)


async def the_mail_is_words(ada: Page, mallory: Mallory, place: str) -> None:
    """What was written, its files; the original as text and as it looked."""
    await go(ada, place)
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, mallory.marked)
    files = thread.locator(".file-name")
    await expect(files).to_have_count(len(Mallory.ENDINGS), timeout=PATIENCE_MS)
    they_are_fit(await files.all_text_contents())
    await thread.get_by_role("button", name="Show original").first.click()
    dialog = ada.get_by_role("dialog", name=mallory.marked, exact=True)  # the subject
    await shows(dialog.locator(".original-head"), mallory.named, mallory.mailbox)
    looked = dialog.frame_locator(".original-html").locator("body")
    await shows(looked, mallory.mark)
    they_are_fit(await dialog.locator(".original-files bdi").all_text_contents())
    await dialog.get_by_text("Only text").click()
    await shows(dialog.locator(".original-text"), mallory.marked)
    await ada.keyboard.press("Escape")
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)


def they_are_fit(names: list[str]) -> None:
    """Each file of the mail ends as it said, and looks like nothing else."""
    ends = {ending for ending in Mallory.ENDINGS for each in names if each.endswith(ending)}
    assert ends == set(Mallory.ENDINGS), names
    assert [each for each in names if UNFIT & set(each) or len(each) > MOST_FILE_NAME] == []
