"""A queued delivery ends before anybody called a provider for it."""

from __future__ import annotations

from gateway.core.delivery import may_become
from gateway.core.holds import CARRIES
from gateway.core.model import DeliveryState
from gateway.services.house import Change
from gateway.services.queueing import conversation_of, log_delivery
from gateway.store import reaching
from gateway.store.tables import ConversationRow, DeliveryRow


def withdraw(change: Change, row: DeliveryRow) -> None:
    """What it stood for is gone (STOP): a queued delivery does not go out.

    One that a worker has claimed meanwhile is in the provider's hands and left alone.
    """
    locked = reaching.delivery(change.tx, row.store_id, row.delivery_id)
    if locked is None or not may_become(DeliveryState(locked.state), DeliveryState.WITHDRAWN):
        return
    conversation = conversation_of(change, locked)
    end(change, conversation, locked, DeliveryState.WITHDRAWN)
    if conversation is not None:
        change.wake(conversation, row.side)


def withdraw_words(change: Change, conversation: ConversationRow, side: str) -> None:
    """The same of all words that are queued for one side of a conversation."""
    named = conversation.store_id, conversation.conversation_id
    for row in reaching.deliveries_of(change.tx, *named, side):
        if row.state == DeliveryState.QUEUED and row.form in CARRIES:
            withdraw(change, row)


def end(
    change: Change, conversation: ConversationRow | None, row: DeliveryRow, state: DeliveryState
) -> None:
    """Let a queued delivery, which is locked, end as superseded or withdrawn."""
    row.state, row.state_at = state, change.tx.now
    change.tx.session.add(row)
    change.tx.session.flush()
    log_delivery(change, conversation, row)
