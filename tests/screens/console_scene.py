"""A day at Acme's desk, told by pretend phones and mailboxes, and by Ada and Ben themselves.

What is made up fills the lists; what the pictures look at closely happened as it would anywhere.
"""

from __future__ import annotations

import io
import smtplib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import anyio
from PIL import Image, ImageDraw
from playwright.async_api import Browser, FilePayload, Page, expect

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.demo import MAIL_DOMAIN
from gateway.services import seeding
from gateway.settings import read_settings
from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    answer,
    fresh_number,
    leave_mailbox,
    leave_number,
    open_widget,
    sign_in,
    take_up,
    type_code,
    write,
)

CONVERSATIONS: Final = 300
MESSAGES: Final = 2_400
#: Of this one each view has something in it, and few names need a font that a bare machine lacks.
SEED: Final = 170
LONG_NAME: Final = "Maximiliane Auguste von Wolkenstein-Rodenegg zu Trostburg"
LONG: Final = (
    "I walked to work in them through the whole winter, and they kept dry until last week. " * 12
    + "https://acme.example/a-page-with-an-address-that-is-longer-than/any/thread-is-wide/and/longer"
)
MARKED: Final = (
    "**Yes**, in 38 and 39:\n\n- the blue one\n- the _green_ one, with `GREEN10`\n\n"
    "See https://acme.example/blue"
)
SUBJECT: Final = "About my winter boots"
ARABIC: Final = "هل عاد الحذاء الأزرق بمقاس 38؟"
SINCE: Final = "These, a year old now."
ANSWERED: Final = "Shall I put a pair aside for you?"


@dataclass(frozen=True, slots=True)
class Day:
    """Vera, who still reads, and where in the console each conversation is (``#/open/…``)."""

    vera: Page
    chat: str  #: Vera's: chat, SMS and mail known, files, a note, a label
    bounced: str  #: Olga's: a text that arrived and one that did not
    doubtful: str  #: Pia's: nobody knows whether the mail went out
    stopped: str  #: Tom's, who texted STOP
    letter: str  #: a mail from somebody with a long name and much to say
    arabic: str  #: a mail in Arabic


async def a_day(house: DemoHouse, browser: Browser) -> Day:
    """Everything that the pictures of a desk at work need to have happened."""
    made_up(house)
    letters(house)
    a_mail_that_nobody_wrote(house)
    vera = await (await browser.new_context()).new_page()
    await vera_asks(house, vera)
    ada = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    await sign_in(ada, house, "Ada")
    await canned_replies(house, ada)
    chat = await ada_answers_vera(browser, house, ada)
    doubtful = await by_mail(house, ada, "Is it in the sale?")
    stopped, number = await by_phone(house, ada, "What does the red one cost?")
    house.post(f"/api/phones/{number}/send", {"body": "STOP"})
    bounced, _ = await by_phone(house, ada, "Where is my parcel?")
    house.post("/api/switches", {"sms": "bounce"})
    await answer(ada, "It left the house this morning.")
    failed = ada.locator(".delivery", has_text="did not arrive")
    await expect(failed).to_be_visible(timeout=PATIENCE_MS)
    house.post("/api/switches", {"sms": "ok"})
    await somebody_is_blocked(house, ada)
    written = []
    for words in (SUBJECT, "أمل"):
        await take_up(ada, words)
        written.append(place(ada))
    await ada.context.close()
    return Day(vera, chat, bounced, doubtful, stopped, *written)


def place(page: Page) -> str:
    """Where the conversation that is open is found again."""
    return page.url[page.url.index("#") :]


def made_up(house: DemoHouse) -> None:
    """Fill the lists."""
    wanted = seeding.Seeding(
        store_key=house.key, conversations=CONVERSATIONS, messages=MESSAGES, seed=SEED, search=True
    )

    async def work() -> None:
        settings = read_settings(data=house.data)
        async with bootstrap.opened(settings, SystemClock()) as store:
            await seeding.seed(store, wanted, lambda n: None)

    with ThreadPoolExecutor(1) as apart:  # from any loop that asks
        apart.submit(anyio.run, work).result()


def letters(house: DemoHouse) -> None:
    """Two mails: one long from somebody with a long name, one in Arabic."""
    for name, address, subject, words in (
        (LONG_NAME, "max@shopper.example", SUBJECT, f"{SUBJECT}\n\n{LONG}"),
        ("أمل الخطيب", "amal@shopper.example", "سؤال عن الحذاء", f"{ARABIC}\n\nشكرًا، أمل"),
    ):
        letter = {"to": f"support@{MAIL_DOMAIN}", "subject": subject, "text": words}
        told = house.post(
            f"/api/mailboxes/{address}/send",
            letter | {"headers": {"From": f'"{name}" <{address}>'}},
        )
        assert told["taken"], told


def a_mail_that_nobody_wrote(house: DemoHouse) -> None:
    """One that the gateway sets aside: it does not say who wrote it."""
    raw = f"To: support@{MAIL_DOMAIN}\r\nSubject: Parcel\r\n\r\nReturned to sender.\r\n"
    with smtplib.SMTP("127.0.0.1", int(house.gateway_setting("INBOUND_SMTP_PORT"))) as post:
        post.sendmail("mailer@carrier.example", [f"support@{MAIL_DOMAIN}"], raw.encode())


async def vera_asks(house: DemoHouse, vera: Page) -> None:
    """In the chat, with two files; her shop's page tells of her, and she leaves two addresses."""
    number = fresh_number()
    panel = await open_widget(vera, house)
    await write(panel, "Is the blue one back?")
    await panel.locator('input[type="file"]').first.set_input_files(
        [
            FilePayload(name="my-shoes.png", mimeType="image/png", buffer=shoes()),
            FilePayload(name="receipt.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 " * 999),
        ]
    )
    await expect(panel.get_by_role("button", name="Remove receipt.pdf")).to_be_visible(
        timeout=PATIENCE_MS
    )
    await panel.get_by_role("textbox", name="Write a message").fill(SINCE)
    # Unlike Enter, a press of the button waits until the files are there.
    await panel.get_by_role("button", name="Send", exact=True).click()
    await vera.evaluate(
        """() => {
          document.title = 'Blue shoes – Acme Shoes';
          Onethread('identify', { name: 'Vera Larsen', email: 'vera@shopper.example' });
          Onethread('set', { size: '38', 'loyalty club': 'since 2019' });
          Onethread('track', 'put into the cart', { of: 'Blue shoes, 38' });
        }"""
    )
    await leave_number(panel, number)
    await type_code(panel, (await house.until("the code", lambda: house.texts_to(number)))[0])
    await leave_mailbox(panel, "vera@shopper.example")
    await vera.keyboard.press("Escape")


def shoes() -> bytes:
    """A picture that somebody might send, calm enough for a guide."""
    drawn = Image.new("RGB", (640, 360), "#d9d4c7")
    pen = ImageDraw.Draw(drawn)
    for left in (90, 330):
        pen.rounded_rectangle((left, 200, left + 220, 250), 24, fill="#40566b")
        pen.pieslice((left, 110, left + 150, 300), 180, 300, fill="#5b7690")
        pen.rounded_rectangle((left, 242, left + 226, 262), 9, fill="#f4f1ea")
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return kept.getvalue()


async def ada_answers_vera(browser: Browser, house: DemoHouse, ada: Page) -> str:
    """Takes it, answers with marks, labels it, notes something for Ben, who names her in turn."""
    await take_up(ada, SINCE)
    log = ada.get_by_role("log", name="Conversation")
    await expect(log.get_by_text(SINCE)).to_be_visible(timeout=PATIENCE_MS)
    await ada.get_by_role("textbox", name="Write an answer").press("Escape")
    await ada.keyboard.press("l")
    await ada.get_by_role("combobox").fill("exchange")
    await ada.get_by_role("option", name="Make “exchange”").click()
    await answer(ada, MARKED)
    await expect(log.get_by_text("GREEN10")).to_be_visible(timeout=PATIENCE_MS)
    await note(ada, "With us since 2019. @Ben, would you look at the warehouse?")
    ben = await (await browser.new_context()).new_page()
    await sign_in(ben, house, "Ben")
    await ben.goto(ada.url)
    await note(ben, "@Ada there are two pairs left.")
    await expect(log.get_by_text("two pairs left")).to_be_visible(timeout=PATIENCE_MS)
    await ben.context.close()
    return place(ada)


async def note(page: Page, words: str) -> None:
    """Write a note, which names whom it names."""
    toggle = page.get_by_role("button", name="Note", exact=True)
    await toggle.click()
    await page.get_by_role("textbox", name="Write a note").fill(words)
    await page.get_by_role("button", name="Send note").click()
    await toggle.click()


async def by_phone(house: DemoHouse, ada: Page, words: str) -> tuple[str, str]:
    """Somebody texts, and is answered; returns where, and from which phone."""
    number = fresh_number()
    house.post(f"/api/phones/{number}/send", {"body": words})
    await take_up(ada, words)
    await answer(ada, ANSWERED)
    arrived = ada.locator(".delivery", has_text="delivered")
    await expect(arrived).to_be_visible(timeout=PATIENCE_MS)
    return place(ada), number


async def somebody_is_blocked(house: DemoHouse, ada: Page) -> None:
    """Who texts nothing but offers."""
    words = "Cheap watches, today only!"
    house.post(f"/api/phones/{fresh_number()}/send", {"body": words})
    await take_up(ada, words)
    await ada.get_by_role("textbox", name="Write an answer").press("Escape")
    await ada.keyboard.press("Control+k")
    await ada.get_by_role("combobox").fill("block")
    # Until the shopper is there, it leads to the list of those who are blocked.
    await expect(ada.get_by_role("option").first).to_contain_text("Block Shopper")
    await ada.keyboard.press("Enter")
    await ada.get_by_role("button", name="Block", exact=True).click()
    await expect(ada.locator(".toast")).to_be_visible(timeout=PATIENCE_MS)


async def by_mail(house: DemoHouse, ada: Page, words: str) -> str:
    """Somebody mails, and the line is cut while the answer goes out; returns where."""
    letter = {"to": f"support@{MAIL_DOMAIN}", "subject": "Sale", "text": words}
    house.post("/api/mailboxes/pia@shopper.example/send", letter)
    await take_up(ada, words)
    house.post("/api/switches", {"mail": "timeout"})
    await answer(ada, ANSWERED)
    delivery = ada.locator(".delivery", has_text="it may have gone out")
    await expect(delivery).to_be_visible(timeout=PATIENCE_MS)
    house.post("/api/switches", {"mail": "ok"})
    return place(ada)


async def canned_replies(house: DemoHouse, ada: Page) -> None:
    """Two that Acme has."""
    await ada.goto(f"{house.console}#/canned")
    for shortcut, name, words in (
        ("parcel", "Where a parcel is", "It is on its way; the carrier says more."),
        ("return", "How to send back", "Hello, put it into the box again and use the label."),
    ):
        await ada.get_by_role("button", name="New canned reply").first.click()
        await ada.get_by_role("textbox", name="Shortcut").fill(shortcut)
        await ada.get_by_role("textbox", name="Name", exact=True).fill(name)
        await ada.get_by_role("textbox", name="Words").fill(words)
        await ada.get_by_role("button", name="Save", exact=True).click()
        await expect(ada.get_by_text(f"/{shortcut}").first).to_be_visible(timeout=PATIENCE_MS)
    await ada.goto(f"{house.console}#/open")
