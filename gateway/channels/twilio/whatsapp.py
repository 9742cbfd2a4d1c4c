"""WhatsApp through Twilio: the texts' API, with addresses of its own and templates.

Source: twilio.com/docs/whatsapp/api. Both ends of a message are written ``whatsapp:+E164`` on the
wire; everywhere else ``channel`` says so and the value is the number alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.channels.port import Accepted, Outcome, Outgoing
    from gateway.channels.twilio.client import TwilioSms

PREFIX = "whatsapp:"


class TwilioWhatsApp:
    """Hands messages to the account that ``texts`` hands texts to, over the same connections."""

    def __init__(self, texts: TwilioSms) -> None:
        self._texts = texts

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over; never raises a provider's exception."""
        return await self._texts.send(_addressed(outgoing))

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Look for a message of unknown outcome among what Twilio has sent to this number."""
        return await self._texts.find(_addressed(outgoing), since)

    async def aclose(self) -> None:
        """Let pooled connections go."""
        await self._texts.aclose()


def on_the_wire(value: str) -> str:
    """A number as Twilio writes it for WhatsApp."""
    return value if value.startswith(PREFIX) else PREFIX + value


def content_of(outgoing: Outgoing) -> dict[str, str]:
    """The fields that say what a message says, with those of a template where it is one."""
    if outgoing.content_sid is None:
        return {"body": outgoing.text}
    variables = json.dumps(dict(outgoing.variables), ensure_ascii=False)
    return {"content_sid": outgoing.content_sid, "content_variables": variables}


def _addressed(outgoing: Outgoing) -> Outgoing:
    return replace(outgoing, to=on_the_wire(outgoing.to), sender=on_the_wire(outgoing.sender))
