"""What operators watch, counted from committed entries; no label holds a person or an address."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

from gateway.store.tables import EntryRow
from gateway.store.tx import unpack
from gateway.store.written import Written

MESSAGES = Counter(
    "onethread_messages", "Messages stored, by who wrote them and how.", ["side", "channel"]
)
DELIVERIES = Counter(
    "onethread_deliveries", "States that deliveries entered.", ["channel", "form", "state"]
)
ALERTS = Counter(
    "onethread_channel_alerts",
    "Refusals that an operator has to do something about, by the provider's code.",
    ["channel", "code"],
)
ALERTS_IN_FORCE = Gauge(
    "onethread_channel_alerts_in_force",
    "Stores whose channel carries nothing, or less, until an operator has mended something.",
    ["channel", "code"],
)
CONSOLES_BEHIND = Gauge(
    "onethread_consoles_behind",
    "Conversations that have changed and that consoles have not been told of yet.",
)


def show_alerts(found: Iterable[tuple[str, str]]) -> None:
    """Show what is in force now, by channel and code."""
    ALERTS_IN_FORCE.clear()
    for channel, code in found:
        ALERTS_IN_FORCE.labels(channel, code).inc()


def count(rows: Iterable[EntryRow | Written]) -> None:
    """Count what one transaction appended; call it after the commit."""
    for row in rows:
        if row.kind == "message":
            MESSAGES.labels(row.side, row.channel).inc()
        elif row.event == "delivery":
            data = unpack(row.data)
            DELIVERIES.labels(data["channel"], data["form"], data["state"]).inc()
