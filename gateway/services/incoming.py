"""Words from outside, as the services that place them pass them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.services.receive import Arrival
from gateway.store.tables import InboundRow, StoreRow
from gateway.store.tx import unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A person's message that came from outside; ``sender`` is a number or a mailbox.

    ``vouched`` is for the staff alone: whether the mail's domain vouches for it, and in whose name.
    So is ``also_to``: the mailboxes that a mail went to beside the store's.
    """

    store: StoreRow
    channel: str
    sender: str
    words: str
    inbound: InboundRow
    subject: str = ""
    vouched: dict[str, Any] | None = None
    also_to: tuple[str, ...] = ()

    def arrival(self) -> Arrival:
        """How the entry came."""
        data: dict[str, Any] = {"vouched": self.vouched} if self.vouched else {}
        if self.also_to:
            data["also_to"] = list(self.also_to)
        # They stand with the raw mail, so that they are there too when an agent is asked first.
        named = unpack(self.inbound.envelope).get("attachments", ())
        return Arrival(
            channel=self.channel,
            inbound_key=self.inbound.inbound_key,
            data=data,
            attachments=tuple(named),
        )
