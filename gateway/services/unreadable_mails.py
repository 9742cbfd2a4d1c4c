"""Mails that nobody can read: kept raw, and shown where they can be placed."""

from __future__ import annotations

from typing import Any

import structlog

from gateway.channels.email.addresses import normalise
from gateway.core.matching import MailEvidence, match_mail
from gateway.services import answering, mail_evidence
from gateway.services.house import Change, House
from gateway.store import thread
from gateway.store.tables import InboundRow, StoreRow

log = structlog.get_logger(__name__)

CHANNEL = "email"
UNREADABLE = "[This mail could not be read. The original is kept.]"


def set_aside(change: Change, row: InboundRow, outcome: str) -> None:
    """Nothing can be done with it: it is kept raw, for an operator."""
    row.state, row.outcome = "quarantined", outcome
    change.tx.session.add(row)
    log.warning("mail.set_aside", store=row.store_id, attempts=row.attempts)


def show(
    change: Change, house: House, store: StoreRow, row: InboundRow, envelope: dict[str, Any]
) -> str:
    """Say in the conversation whose reply address it came to that something came.

    Returns:
        The outcome for its row.
    """
    delivery = mail_evidence.by_token(change.tx, house, store, envelope["recipients"], "r")
    if delivery is None:
        return _unreadable_from_stranger(change, store, row, envelope)
    conversation = thread.take(change.tx, store.store_id, delivery.conversation_id)
    change.append(
        conversation,
        thread.Draft(
            kind="message",
            side="system",
            author_id=thread.SYSTEM,
            author_name="",
            audience="staff",
            channel=CHANNEL,
            body=UNREADABLE,
            inbound_key=row.inbound_key,
            automatic=True,
        ),
    )
    row.conversation_id = conversation.conversation_id
    return "unreadable"


def _unreadable_from_stranger(
    change: Change, store: StoreRow, row: InboundRow, envelope: dict[str, Any]
) -> str:
    """Somebody wrote, and nothing can be made of it: an agent sees that, and has the original."""
    sender = normalise(envelope["sender"])
    if sender is None:
        set_aside(change, row, "unreadable")
        return row.outcome
    incoming = answering.Incoming(
        store=store, channel=CHANNEL, sender=sender, words=UNREADABLE, inbound=row
    )
    answering.deliver(change, match_mail(MailEvidence(sender=sender)), incoming)
    return "unreadable"
