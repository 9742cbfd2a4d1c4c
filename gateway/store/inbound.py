"""Statements about what came in from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from gateway.store.tables import InboundRow
from gateway.store.tx import Tx, unpack


def envelopes_in(tx: Tx, store_id: str, conversation_id: str, channel: str) -> list[dict[str, Any]]:
    """The envelopes of what became entries of a conversation, without the raw bytes."""
    found = tx.session.exec(
        select(InboundRow.envelope).where(
            InboundRow.store_id == store_id,
            InboundRow.conversation_id == conversation_id,
            InboundRow.channel == channel,
        )
    )
    return [unpack(each) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """What was set aside, without its bytes; ``size`` is how many there are."""

    inbound_key: str
    envelope: str
    outcome: str
    attempts: int
    received_at: int
    size: int


def quarantined(tx: Tx, store_id: str) -> Sequence[Quarantined]:
    """What a store's operator has to look at, the oldest first."""
    found = tx.session.exec(
        select(  # type: ignore[call-overload]  # typed for four columns at most
            InboundRow.inbound_key,
            InboundRow.envelope,
            InboundRow.outcome,
            InboundRow.attempts,
            InboundRow.received_at,
            func.length(InboundRow.raw),
        )
        .where(InboundRow.store_id == store_id, InboundRow.state == "quarantined")
        .order_by(col(InboundRow.received_at), col(InboundRow.inbound_key))
    )
    return [
        Quarantined(
            inbound_key=key,
            envelope=envelope,
            outcome=outcome,
            attempts=attempts,
            received_at=received_at,
            size=size,
        )
        for key, envelope, outcome, attempts, received_at, size in found
    ]


def count_quarantined(tx: Tx, store_id: str) -> int:
    """How many there are."""
    return tx.session.exec(
        select(func.count())
        .select_from(InboundRow)
        .where(InboundRow.store_id == store_id, InboundRow.state == "quarantined")
    ).one()
