"""What the store holds about a mail: which delivery it answers, and who may say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.channels.email.tokens import delivery_of, split, verify
from gateway.core.matching import MailEvidence, OpenConversation, Sent, answered_by, code_of
from gateway.services.house import House
from gateway.services.matches import named_by, sent_of
from gateway.store import people, reaching, thread
from gateway.store.batches import batch_of
from gateway.store.tables import DeliveryRow, StoreRow
from gateway.store.tx import Tx

CHANNEL = "email"


def evidence_for(
    tx: Tx,
    house: House,
    store: StoreRow,
    envelope: dict[str, Any],
    parsed: dict[str, Any],
    sender: str,
) -> MailEvidence:
    """Everything that the matching may know of a mail from ``sender``."""
    token = by_token(tx, house, store, envelope["recipients"], "r")
    coded = code_of(str(parsed.get("visible") or ""))
    evidence = MailEvidence(
        sender=sender,
        code=coded.number if coded is not None else None,
        token=sent_of(tx, token) if token else None,
        in_reply_to=_all_named(tx, store, parsed.get("in_reply_to") or ()),
        references=_all_named(tx, store, parsed.get("references") or ()),
        opened=tuple(_opened(tx, store, sender)),
    )
    answered = answered_by(evidence)
    if answered is None or not answered.proven_agent or answered.to != sender:
        return evidence
    row = tx.session.get(DeliveryRow, (store.store_id, answered.delivery_id))
    own = people.address(tx, people.HOUSE, row.address_id) if row is not None else None
    return replace(
        evidence,
        told=tuple(sent_of(tx, each) for each in batch_of(tx, row, locked=False)) if row else (),
        named=named_by(tx, store.store_id, coded, [own] if own else [], answered.person_id),
    )


def _all_named(tx: Tx, store: StoreRow, ids: Sequence[str]) -> tuple[Sent, ...]:
    found = (by_message_ids(tx, store, [each]) for each in ids)
    return tuple(sent_of(tx, row) for row in found if row is not None)


def by_message_ids(tx: Tx, store: StoreRow, ids: Sequence[str]) -> DeliveryRow | None:
    """The delivery that one of these Message-IDs of ours names."""
    for each in ids:
        delivery_id = delivery_of(each, store.mail_domain or "")
        row = (
            tx.session.get(DeliveryRow, (store.store_id, delivery_id)) if delivery_id else None
        ) or reaching.delivery_by_message_id(tx, store.store_id, each)
        if row is not None:
            return row
    return None


def by_token(
    tx: Tx, house: House, store: StoreRow, recipients: Sequence[str], kind: str
) -> DeliveryRow | None:
    """The delivery that a signed token in an envelope recipient names."""
    for recipient in recipients:
        parts = split(recipient)
        if parts is None or parts[0] != kind:
            continue
        delivery_id = verify(house.secrets, kind, parts[1])
        if delivery_id is not None:
            return tx.session.get(DeliveryRow, (store.store_id, delivery_id))
    return None


def _opened(tx: Tx, store: StoreRow, sender: str) -> Sequence[OpenConversation]:
    found = []
    for row in people.addresses_with(tx, store.store_id, CHANNEL, sender):
        if row.opened_conversation_id is None:
            continue
        conversation = thread.open_of(tx, store.store_id, row.person_id)
        if conversation and conversation.conversation_id == row.opened_conversation_id:
            found.append(
                OpenConversation(
                    conversation_id=conversation.conversation_id,
                    person_id=row.person_id,
                    last_at=conversation.last_at,
                )
            )
    return found
