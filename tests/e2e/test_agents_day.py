"""Ada's day by keyboard alone: twelve conversations, three channels, one colleague."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from gateway.clock import DAY, HOUR, ClockFile, SystemClock
from tests.e2e.days_people import (
    ANSWERS,
    CHATS,
    MAILS,
    NUMBERS,
    TEXTS,
    chatting,
    everybody_writes,
    nothing_was_lost_or_said_twice,
)
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse
from tests.e2e.hands import Hands
from tests.e2e.schema_client import Client

# What keys do is the same in every world; town tests walk each act on both databases.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), ONE_WORLD]


@pytest.fixture
def house(tmp_path: Path, fresh_database: str | None) -> Iterator[DemoHouse]:
    """A house of its own, since the day's time is moved; at nine in the morning UTC."""
    # Nobody's phone at home rings, however far the clock is moved: that is another story.
    quiet = {"staff_first": 86_400, "staff_first_present": 86_400}
    ClockFile(tmp_path / "clock").raise_to((9 * HOUR - SystemClock().now() % DAY) % DAY)
    with DemoHouse(tmp_path, quiet, database=fresh_database) as started:
        yield started


async def a_canned_reply(house: DemoHouse) -> None:
    """The store's answer about parcels, as an owner has written it."""
    owner = Client(house.console.removesuffix("/console/"), "agent")
    ada = house.agent("Ada")
    owner.sign_in(ada["email"], ada["password"])
    (store_id,) = (await owner.come())["stores"]
    canned = {"shortcut": "parcel", "name": "Parcels", "bodies": {"en": "It comes tomorrow."}}
    owner.post(f"/api/stores/{store_id}/canned", {**canned, "own": False})
    assert owner.socket is not None
    await owner.socket.close()


async def test_ada_does_a_whole_day_by_keyboard(house: DemoHouse, browser: Browser) -> None:
    async with chatting(house) as there:
        await everybody_writes(house)
        await a_canned_reply(house)
        ada = await Hands.sit_down(browser, house, "Ada")
        ben = await Hands.sit_down(browser, house, "Ben")
        waiting = ada.page.locator(".inbox-waiting")
        await expect(waiting).to_have_text("12 waiting", timeout=PATIENCE_MS)
        await morning(ada)
        await merged(ada)
        await mails(house, ada)
        await put_off(house, ada)
        await found_and_cleared(ada)
        await bens(ben)
        await afternoon(house, ada)
        for hands in (ada, ben):
            assert hands.pointed == []
            assert hands.lost == [], "\n".join(hands.lost)
            await hands.page.context.close()
        heard = {name: Counter(client.bodies) for name, client in there.items()}
    await nothing_was_lost_or_said_twice(house, heard)


async def morning(ada: Hands) -> None:
    """A canned reply, a text, one answered and resolved, one handed over, one asked about."""
    await ada.open(CHATS["Vera"])
    await ada.press("r")
    await ada.type("/par")
    await expect(ada.page.get_by_role("option", name="/parcel")).to_be_visible(timeout=PATIENCE_MS)
    await ada.press("Enter", "Enter", "Escape")
    await ada.open(CHATS["Lena"])
    await ada.answer(ANSWERS["Lena"])
    await ada.open(TEXTS["Sam"])
    await ada.answer(ANSWERS["Sam"])
    await ada.open(TEXTS["Tess"])
    await ada.answer(ANSWERS["Tess"], send="Control+Shift+Enter")
    await expect(ada.thread.get_by_text("Ada resolved")).to_be_visible(timeout=PATIENCE_MS)

    await ada.open(CHATS["Nils"])
    await ada.press("a")
    await expect(ada.page.get_by_role("combobox", name="Agent")).to_be_focused()
    await ada.type("ben")
    await ada.press("Enter")
    await expect(ada.page.get_by_role("textbox", name="What does Ben need")).to_be_focused()
    await ada.type("He has wide feet; you know these boots.")
    await ada.press("Control+Enter")
    await expect(ada.thread.get_by_text("Ada handed this over to Ben")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await ada.open(CHATS["Mia"])
    await ada.press("n")
    await ada.type("@Be")
    await expect(ada.page.get_by_role("option", name="Ben")).to_be_visible(timeout=PATIENCE_MS)
    await ada.press("Enter")
    await ada.type("where are the invoices of March?")
    await ada.press("Enter", "Escape")
    await expect(ada.thread.get_by_text("invoices of March")).to_be_visible(timeout=PATIENCE_MS)


async def merged(ada: Hands) -> None:
    """Lena in the chat is Sam who texted: he had said so. Ada sees what it makes of them first."""
    await ada.open(ANSWERS["Lena"])
    await ada.palette("Merge")
    field = ada.page.get_by_role("combobox", name="Name, address or #12")
    await expect(field).to_be_focused(timeout=PATIENCE_MS)
    await ada.type(NUMBERS["Sam"])
    found = ada.page.get_by_role("listbox", name="Shoppers")
    await expect(found).to_have_attribute("aria-busy", "false", timeout=PATIENCE_MS)
    await expect(found.get_by_role("option")).to_have_count(1, timeout=PATIENCE_MS)
    await ada.press("Enter")
    agree = ada.page.get_by_role("dialog").get_by_role("button", name="Merge", exact=True)
    await expect(agree).to_be_focused(timeout=PATIENCE_MS)
    await ada.press("Enter")
    await expect(ada.thread.get_by_text("this goes on in")).to_be_visible(timeout=PATIENCE_MS)
    # The log may tell of it sooner than the dialog, which has the keys until it is answered.
    await expect(ada.page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)
    await ada.open(ANSWERS["Sam"])
    await expect(ada.thread.get_by_text("Ada merged")).to_be_visible(timeout=PATIENCE_MS)


async def mails(house: DemoHouse, ada: Hands) -> None:
    """One that comes back, and one that is taken and labelled."""
    house.post("/api/switches", {"mail": "bounce"})
    await ada.open(MAILS["Bob"])
    await ada.answer(ANSWERS["Bob"])
    await expect(ada.thread.get_by_text("came back")).to_be_visible(timeout=PATIENCE_MS)
    house.post("/api/switches", {"mail": "ok"})
    await ada.palette("Go to Unreachable")
    await ada.open("It left our house")
    await ada.palette("Go to Open")
    await ada.open(MAILS["Cleo"])
    await ada.palette("Take it")
    await expect(ada.page.locator(".thread-owner")).to_have_text("yours", timeout=PATIENCE_MS)
    await ada.answer(ANSWERS["Cleo"])
    await ada.press("l")
    await ada.type("address")
    await ada.press("Enter")
    await expect(ada.thread.get_by_text("Ada put “address” on it")).to_be_visible(
        timeout=PATIENCE_MS
    )


async def put_off(house: DemoHouse, ada: Hands) -> None:
    """One is snoozed, and one is answered later."""
    await ada.open(TEXTS["Uma"])
    await ada.press("a")
    await expect(ada.page.get_by_role("combobox", name="Agent")).to_be_focused()
    await ada.press("Enter")
    await expect(ada.page.locator(".thread-owner")).to_have_text("yours", timeout=PATIENCE_MS)
    await ada.press("s", "Enter")
    await expect(ada.thread.get_by_text("Ada snoozed this")).to_be_visible(timeout=PATIENCE_MS)
    await ada.open(TEXTS["Wim"])
    await ada.press("r")
    await ada.type(ANSWERS["Wim"])
    await ada.walk("Tab", "Other ways to send")
    await ada.press("Enter")
    await ada.walk("ArrowDown", "Send later")
    await ada.press("Enter")
    await expect(ada.page.get_by_role("button", name="In an hour")).to_be_focused()
    await ada.press("Enter")
    kept = ada.page.get_by_role("list", name="To be sent later")
    await expect(kept.get_by_text(ANSWERS["Wim"])).to_be_visible(timeout=PATIENCE_MS)
    await expect(ada.page.get_by_role("textbox", name="Write an answer")).to_have_value("")
    await ada.press("Escape")
    assert house.texts_to(NUMBERS["Wim"]) == []


async def found_and_cleared(ada: Hands) -> None:
    """One is found by a number; two that nobody needs are resolved at once, back, and again."""
    await ada.press("/")
    await expect(ada.page.get_by_role("searchbox", name="Search messages")).to_be_focused(
        timeout=PATIENCE_MS
    )
    await ada.type("4711")
    await expect(ada.page.locator(".hit mark").first).to_have_text("4711", timeout=PATIENCE_MS)
    await ada.press("ArrowDown", "ArrowDown", "Enter")
    await expect(ada.thread.locator(".found-line")).to_contain_text(CHATS["Vera"])
    await ada.press("e")
    await expect(ada.thread.get_by_text("Ada resolved")).to_be_visible(timeout=PATIENCE_MS)

    both = [MAILS["Dan"], MAILS["Eve"]]
    await ada.mark(*both)
    await ada.press("e")
    await expect(ada.page.get_by_text("2 conversations are resolved.")).to_be_visible()
    await expect(ada.list.get_by_text(MAILS["Dan"])).to_have_count(0, timeout=PATIENCE_MS)
    await ada.press("z")
    await ada.mark(*both)
    await ada.press("e")
    await expect(ada.list.get_by_text(MAILS["Eve"])).to_have_count(0, timeout=PATIENCE_MS)


async def bens(ben: Hands) -> None:
    """Ben finds what he was named in and what was given to him, and ends both."""
    await ben.palette("Go to Mentions")
    await ben.open(CHATS["Mia"])
    await expect(ben.thread.get_by_text("invoices of March")).to_be_visible(timeout=PATIENCE_MS)
    await ben.answer(ANSWERS["Mia"], send="Control+Shift+Enter")
    await ben.palette("Go to Mine")
    await ben.open(CHATS["Nils"])
    await expect(ben.thread.get_by_text("He has wide feet")).to_be_visible(timeout=PATIENCE_MS)
    await ben.answer(ANSWERS["Nils"], send="Control+Shift+Enter")


async def afternoon(house: DemoHouse, ada: Hands) -> None:
    """What was put off comes back, and Ada has nothing left."""
    house.move_clock(4 * 3_600)
    await house.until("the message for later", lambda: house.texts_to(NUMBERS["Wim"]))
    await ada.palette("Go to Mine")
    await ada.open(TEXTS["Uma"])
    await ada.answer(ANSWERS["Uma"], send="Control+Shift+Enter")
    await ada.palette("Go to Open")
    await ada.mark("From ten to four.", "The sale begins", "It left our house", "Gladly.")
    await ada.press("e")
    await expect(ada.page.get_by_role("heading", name="All done")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await ada.palette("Go to Mine")
    await expect(ada.page.get_by_role("heading", name="Nothing is yours")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await expect(ada.page.get_by_text("press a to take it")).to_be_visible()
    for number in NUMBERS.values():
        await house.until("every text", partial(house.texts_to, number))
