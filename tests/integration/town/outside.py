"""What comes in from outside: signed webhooks and mails."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx2

from gateway.channels.email.listener import Envelope
from gateway.services import kept_hooks, mail_intake
from tests.integration.town.carrier import ACCOUNT, Carrier, Text, signed
from tests.integration.town.days import Days
from tests.integration.town.letters import mail
from tests.integration.town.post_office import Letter, PostOffice
from tests.integration.town.townspeople import VERA_MAIL

KEY = "pk_town_acme"
NUMBER = "+14155550100"
BASE_URL = "https://chat.acme.example"


@dataclass(eq=False)
class Outside(Days):
    """The phone company and the post office, and what they hand us."""

    carrier: Carrier
    post: PostOffice
    web: httpx2.AsyncClient = field(init=False)

    async def text_in(self, number: str, body: str, *, sid: str | None = None, **more: str) -> int:
        """Somebody texts the store; returns the webhook's HTTP status."""
        form = {
            "MessageSid": sid or f"SM{next(self.numbers):032d}",
            "AccountSid": ACCOUNT,
            "From": number,
            "To": NUMBER,
            "Body": body,
            "NumMedia": "0",
            **more,
        }
        return await self.post_signed(f"{BASE_URL}/hooks/twilio/{KEY}/message", form)

    async def whatsapp_in(self, number: str, body: str, *, to: str = NUMBER, **more: str) -> int:
        """Somebody writes to the store by WhatsApp; returns the webhook's HTTP status."""
        ends = f"whatsapp:{number}", f"whatsapp:{to}"
        self.carrier.heard[ends] = self.clock.now()
        named = {"WaId": number[1:], "ProfileName": "Vera", **more}
        return await self.text_in(ends[0], body, To=ends[1], **named)

    async def receipt(self, text: Text, status: str, *, error: int | None = None) -> int:
        """The phone company tells what became of a text of ours."""
        form = {"MessageSid": text.sid, "AccountSid": ACCOUNT, "MessageStatus": status}
        if error is not None:
            form["ErrorCode"] = str(error)
        return await self.post_signed(text.callback, form)

    async def post_signed(self, url: str, form: dict[str, str]) -> int:
        """A webhook as the phone company posts it; the clockwork, woken, understands it."""
        status = await self.post_unread(url, form)
        await kept_hooks.understand_due(self.house)
        return status

    async def post_unread(self, url: str, form: dict[str, str]) -> int:
        """A webhook that is kept, with a clockwork that stands still."""
        answer = await self.web.post(
            url, data=form, headers={"X-Twilio-Signature": signed(url, form)}
        )
        return answer.status_code

    async def mail_in(
        self, raw: bytes, *to: str, sender: str = VERA_MAIL, peer: str = "192.0.2.1"
    ) -> list[str]:
        """A mail comes in; returns the recipients that were ours."""
        ours = [each for each in to if await mail_intake.accepts(self.house, each)]
        if ours:
            envelope = Envelope(sender=sender, recipients=tuple(ours), raw=raw, peer=peer)
            await mail_intake.keep(self.house, envelope)
        return ours

    async def answers_mail(
        self, letter: Letter, words: str, *, sender: str | None = None, **fields: str
    ) -> None:
        """Somebody answers a mail of ours, by default whoever got it."""
        who = sender or letter.to
        reply_to = letter.head("Reply-To")
        raw = mail(
            words,
            **{
                "From": who,
                "To": reply_to,
                "Subject": f"Re: {letter.head('Subject')}",
                "In-Reply-To": letter.head("Message-ID"),
                **fields,
            },
        )
        assert await self.mail_in(raw, reply_to, sender=who)

    def code_at(self, number: str) -> str:
        """The digits in the last text to a phone."""
        found = re.search(r"\b\d{6}\b", self.carrier.to(number)[-1])
        assert found is not None
        return found.group()
