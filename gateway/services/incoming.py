"""Words from outside, as the services that place them pass them on."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.services.receive import Arrival
from gateway.store.tables import InboundRow, StoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A person's message that came from outside; ``sender`` is a number or a mailbox."""

    store: StoreRow
    channel: str
    sender: str
    words: str
    inbound: InboundRow
    subject: str = ""

    def arrival(self) -> Arrival:
        """How the entry came."""
        return Arrival(channel=self.channel, inbound_key=self.inbound.inbound_key)
