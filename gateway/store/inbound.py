"""Statements about what came in from outside."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

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
