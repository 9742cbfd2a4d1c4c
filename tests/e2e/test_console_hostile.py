"""Strangers fill every field with words that want to run; Ada looks everywhere, and none does.

All of it is there before she sits down, by the doors that strangers have: the shop's page, the
chat's socket, a phone, a mail. What only their providers say (why a mail came back) is put where
receipts put it.
"""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from gateway.demo import MAIL_DOMAIN
from gateway.store.tables import AddressRow, AlertRow
from gateway.store.tx import Tx
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, fresh_number, sign_in, take_up
from tests.e2e.desktop import Desktop
from tests.e2e.schema_client import Client
from tests.e2e.test_forms import FORMS, put
from tests.e2e.witness import Witness
from tests.hostile import PAYLOADS

ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(480), ONE_WORLD]

NAME, SUBJECT, TITLE, TRAIT, EVENT, FILE = (PAYLOADS[n] for n in (4, 5, 6, 2, 9, 3))
FORM, FAILED, ALERT, NEWS = (PAYLOADS[n] for n in (13, 20, 27, 0))


class Strangers:
    """Who they are in this run: everything they say has their number, to be found by."""

    def __init__(self, house: DemoHouse) -> None:
        self.house = house
        self.number = fresh_number()
        self.tag = self.number[1:]
        self.mailbox = f"eve.{self.tag}@shopper.example"
        self.origin = house.console.removesuffix("/console/")

    async def say_everything(self) -> None:
        """By the page and the chat, by phone, and by mail."""
        put(self.house, FORMS)
        try:
            await self._chat()
        finally:
            put(self.house, {})
        for half in (PAYLOADS[:20], PAYLOADS[20:]):
            self.house.post(f"/api/phones/{self.number}/send", {"body": "\n".join(half)})
        self.house.post(f"/api/phones/{self.number}/send", {"body": f"By phone {self.tag}"})
        self.mail()
        self._mail_that_nobody_wrote()

    async def _chat(self) -> None:
        mallory = Client(self.origin, "shopper")
        await mallory.come(self.house.key)
        url = f"{self.house.storefront}/?{PAYLOADS[2]}"
        await mallory.say("tab", panel=True, visible=True, focus=True, url=url, title=TITLE)
        await mallory.say("ask_forms")
        await mallory.say("answer", question="order", value=FORM)
        # Five in a message: the gateway hangs up on whoever says much more at once.
        fives = ["\n".join(PAYLOADS[n : n + 5]) for n in range(0, len(PAYLOADS), 5)]
        for n, words in enumerate((*fives, f"By chat {self.tag}")):
            await mallory.say("send", cmid=f"mallory-{self.tag}-{n:02}", body=words)
            await mallory.hear("ack")
        session = {"key": self.house.key, "session": mallory.session}
        claims = {"name": NAME, "email": NAME}
        mallory.session = mallory.post("/widget/identify", session | {"claims": claims})[0][
            "session"
        ]
        told = [
            {"id": f"set-{self.tag}", "set": {"size": TRAIT, TRAIT[:60]: TRAIT}},
            {"id": f"track-{self.tag}", "track": EVENT[:60], "data": {"of": EVENT}},
        ]
        mallory.post("/widget/told", session | {"told": told})
        # Where she is comes in its own time, and not from a page that is gone by then.
        self.mallory = mallory

    def mail(self) -> None:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f'"{NAME.replace(chr(34), "")}" <{self.mailbox}>'
        mail["To"] = f"support@{MAIL_DOMAIN}"
        mail["Cc"] = f'"{TITLE.replace(chr(34), "")}" <cc.{self.tag}@shopper.example>'
        mail["Subject"] = SUBJECT
        mail["Message-ID"] = f"<{self.tag}.{'a' * 8}@shopper.example>"
        mail["X-Mailer"] = EVENT
        mail.set_content("\n".join((f"By mail {self.tag}", *PAYLOADS)))
        mail.add_alternative("<p>" + "</p><p>".join(PAYLOADS) + "</p>", subtype="html")
        mail.add_attachment(PAYLOADS[7].encode(), "image", "svg+xml", filename=f"{FILE}.svg")
        mail.add_attachment(PAYLOADS[0], subtype="html", filename=f"{PAYLOADS[0]}.html")
        self._post(self.mailbox, mail.as_bytes())

    def mail_again(self) -> None:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f'"{NAME.replace(chr(34), "")}" <{self.mailbox}>'
        mail["To"] = f"support@{MAIL_DOMAIN}"
        mail["Subject"] = SUBJECT
        mail["Message-ID"] = f"<{self.tag}.{'b' * 8}@shopper.example>"
        mail["In-Reply-To"] = f"<{self.tag}.{'a' * 8}@shopper.example>"
        mail.set_content(NEWS)
        self._post(self.mailbox, mail.as_bytes())

    def _mail_that_nobody_wrote(self) -> None:
        raw = f"To: support@{MAIL_DOMAIN}\r\nSubject: {SUBJECT}\r\n\r\n{PAYLOADS[0]}\r\n"
        self._post(f'"<img/src/onerror=pwned({self.tag})>"@shopper.example', raw.encode())

    def _post(self, sender: str, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", int(self.house.gateway_setting("INBOUND_SMTP_PORT"))) as to:
            to.sendmail(sender, [f"support@{MAIL_DOMAIN}"], raw)

    def providers_say(self, tx: Tx) -> None:
        """Why a mail came back, and why texts are refused, in the words of others."""
        row = tx.session.exec(select(AddressRow).where(AddressRow.value == self.mailbox)).one()
        row.failed_at, row.failed_because = tx.now, FAILED
        tx.session.add(row)
        alert = AlertRow(
            store_id=row.store_id,
            channel="sms",
            code="30034",
            about=ALERT[:20],
            words=ALERT,
            since=tx.now,
            last_at=tx.now,
        )
        tx.session.add(alert)

    def forget_alert(self, tx: Tx) -> None:
        """The house is other people's as well."""
        for row in tx.session.exec(select(AlertRow).where(AlertRow.words == ALERT)):
            tx.session.delete(row)


async def test_nothing_that_a_stranger_wrote_runs_wherever_ada_looks(
    house: DemoHouse, browser: Browser
) -> None:
    strangers = Strangers(house)
    await strangers.say_everything()
    witness = Witness((strangers.origin, strangers.origin.replace("http", "ws", 1)))
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await witness.watch(context)
    desktop = Desktop()
    await desktop.watch(context)
    ada = await context.new_page()
    await sign_in(ada, house, "Ada")
    await witness.rehearse(ada.main_frame)
    await the_chat_is_words(ada, strangers)
    await the_phone_is_words(ada, strangers)
    await the_mail_is_words(ada, strangers)
    await the_transcript_is_words(ada, strangers)
    await what_the_desktop_shows_is_words(ada, strangers, desktop)
    await house.write(strangers.providers_say)
    try:
        await ada.reload()
        await what_providers_say_is_words(ada, strangers)
        await what_is_found_is_words(ada, strangers)
        await what_was_set_aside_is_words(ada, house)
    finally:
        await house.write(strangers.forget_alert)
    assert witness.saw == []
    assert strangers.mallory.socket is not None
    await strangers.mallory.socket.close()
    await context.close()


async def shows(place: Any, *words: str) -> None:
    """Each stands there to the letter, as words."""
    for each in words:
        await expect(place).to_contain_text(each, timeout=PATIENCE_MS)


async def the_chat_is_words(ada: Page, strangers: Strangers) -> None:
    """The list, the thread, and all that is told of Mallory beside it; the palette over them."""
    await take_up(ada, f"By chat {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_text(f"By chat {strangers.tag}")).to_be_visible(timeout=PATIENCE_MS)
    # Its end is drawn before its beginning.
    await shows(thread, PAYLOADS[0])
    said = "\n".join(await thread.locator(".bubble").all_inner_texts())
    assert [each for each in PAYLOADS if each not in said] == []
    await shows(ada.get_by_label("Conversations", exact=True), PAYLOADS[0], PAYLOADS[2])
    await shows(ada.get_by_label("Shopper", exact=True), NAME, TITLE, TRAIT, EVENT, FORM)
    await ada.keyboard.press("Control+k")
    await expect(ada.get_by_role("dialog")).to_be_visible()
    await ada.keyboard.press("Escape")


async def the_phone_is_words(ada: Page, strangers: Strangers) -> None:
    """Texts."""
    await take_up(ada, f"By phone {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, PAYLOADS[0], PAYLOADS[19], PAYLOADS[39])


async def the_mail_is_words(ada: Page, strangers: Strangers) -> None:
    """What was written, who else it went to, its files; the original as text and as it looked."""
    await take_up(ada, f"By mail {strangers.tag}")
    thread = ada.get_by_role("log", name="Conversation")
    await shows(thread, PAYLOADS[0], PAYLOADS[39])
    await thread.get_by_role("button", name="Show original").first.click()
    dialog = ada.get_by_role("dialog")
    await shows(dialog, strangers.mailbox, SUBJECT)
    looked = dialog.frame_locator(".original-html").locator("body")
    await shows(looked, '">', "'>")  # what is left of it once nothing in it can run
    await dialog.get_by_text("Only text").click()
    await shows(dialog.locator(".original-text"), *PAYLOADS)
    await ada.keyboard.press("Escape")


async def the_transcript_is_words(ada: Page, strangers: Strangers) -> None:
    """All of it once more, as a mail program that runs what it is given would draw it."""
    await ada.get_by_role("button", name="E-mail this conversation").click()
    house, mailbox = strangers.house, strangers.mailbox
    mail = (await house.until("the transcript", lambda: house.mails_to(mailbox)))[-1]
    assert "\n".join(PAYLOADS).splitlines()[0] in mail["text"]
    drawn = await ada.context.new_page()
    await drawn.set_content(mail["html"])
    await shows(drawn.locator("body"), *PAYLOADS)
    await drawn.close()


async def what_the_desktop_shows_is_words(
    ada: Page, strangers: Strangers, desktop: Desktop
) -> None:
    """Beside her windows, to the letter."""
    await ada.get_by_role("button", name="My settings").click()
    await ada.get_by_role("checkbox", name="Notify me when").check()
    await ada.keyboard.press("Escape")
    # What she has before her is told nowhere else.
    await take_up(ada, f"By chat {strangers.tag}")
    await shows(ada.get_by_role("log", name="Conversation"), f"By chat {strangers.tag}")
    strangers.mail_again()
    notice = await desktop.notice(NEWS)
    # The mail's thread is what is looked at next.
    await desktop.press(notice)
    await shows(ada.get_by_role("log", name="Conversation"), f"By mail {strangers.tag}")
    assert notice.body == NEWS


async def what_providers_say_is_words(ada: Page, strangers: Strangers) -> None:
    """An address that failed, a channel that is refused, and why an answer goes where it goes."""
    await shows(ada.get_by_label("What you have to mend"), ALERT)
    await shows(ada.get_by_label("Shopper", exact=True), FAILED)
    await ada.get_by_role("button", name="Why?").first.click()
    await expect(ada.get_by_role("dialog")).to_be_visible(timeout=PATIENCE_MS)
    await ada.keyboard.press("Escape")


async def what_is_found_is_words(ada: Page, strangers: Strangers) -> None:
    """Marked hits of a search."""
    await ada.keyboard.press("/")
    await ada.get_by_role("searchbox", name="Search messages").fill("pwned onerror")
    await expect(ada.locator(".hit mark").first).to_be_visible(timeout=PATIENCE_MS)
    hits = await ada.locator(".hit").all_inner_texts()
    assert any("<img src=x onerror=pwned" in each for each in hits), hits


async def what_was_set_aside_is_words(ada: Page, house: DemoHouse) -> None:
    """The page of mails that nobody could read."""
    await ada.goto(f"{house.console}#/aside")
    await expect(ada.get_by_text("does not say who wrote it").first).to_be_visible(
        timeout=PATIENCE_MS
    )
