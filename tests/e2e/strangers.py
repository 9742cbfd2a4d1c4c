"""Strangers who fill every field that they can with words that want to run.

They use the doors that strangers have: the shop's page, the chat's socket, a phone, a mail. What
only their providers say (why a mail came back) is put where receipts put it.
"""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from sqlmodel import select

from gateway.demo import MAIL_DOMAIN
from gateway.store.tables import AddressRow, AlertRow
from gateway.store.tx import Tx
from tests.e2e.demo_house import DemoHouse, fresh_number
from tests.e2e.schema_client import Client
from tests.e2e.test_forms import put
from tests.hostile import PAYLOADS

NAME, SUBJECT, TITLE, TRAIT, EVENT, FILE = (PAYLOADS[n] for n in (4, 5, 6, 2, 9, 3))
FAILED, ALERT, NEWS = (PAYLOADS[n] for n in (20, 27, 0))
#: An answer holds ten of them, and a rating's comment twenty: it can be changed once said.
ANSWERS: Final = tuple(" ".join(PAYLOADS[n : n + 10]) for n in range(0, len(PAYLOADS), 10))
COMMENTS: Final = ("\n".join(PAYLOADS[:20]), "\n".join(PAYLOADS[20:]))
FORMS: Final[dict[str, Any]] = {
    "rating": {"steps": 5},
    "questions": [{"id": f"q{n}", "ask": f"Question {n}?"} for n in range(len(ANSWERS))],
}


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
        for n, words in enumerate(ANSWERS):
            await mallory.say("answer", question=f"q{n}", value=words)
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

    async def rate(self) -> None:
        """How it went, once Ada has answered and resolved it; and a change of mind.

        Mallory comes back for it: nobody answered the gateway's pings since. What is asked is told
        to whoever comes or asks, never by itself, and only while the store has these forms.
        """
        mallory = self.mallory
        put(self.house, FORMS)
        try:
            await mallory.come(self.house.key)
            asked = (await mallory.hear("forms"))["rating"]
            assert asked is not None
            for score, comment in enumerate(COMMENTS, start=1):
                await mallory.say("rate", seq=asked["seq"], score=score, comment=comment)
                assert (await mallory.hear("forms"))["rating"]["said"] == comment
        finally:
            put(self.house, {})

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
