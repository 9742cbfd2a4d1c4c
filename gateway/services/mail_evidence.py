"""What the store holds about a mail: which delivery it answers, and who may say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.channels.email.tokens import delivery_of, split, verify
from gateway.core.matching import MailEvidence, OpenConversation, Sent, answered_by, code_of
from gateway.core.model import Form
from gateway.services.house import House
from gateway.services.mail_senders import verdict_of
from gateway.services.matches import named_by, sent_of
from gateway.store import people, reaching, thread
from gateway.store.batches import batch_of
from gateway.store.inbound import envelopes_in
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
    # Some people's programs answer the envelope's sender: that one leads home as well. Last what
    # the head says: of an answer to all the copy for the store's own address may come first.
    token = (
        by_token(tx, house, store, envelope["recipients"], "r")
        or by_token(tx, house, store, envelope["recipients"], "b")
        or by_token(tx, house, store, parsed.get("recipients") or (), "r")
    )
    coded = code_of(str(parsed.get("typed") or ""))
    evidence = MailEvidence(
        sender=sender,
        verdict=verdict_of(envelope.get("vouched")),
        code=coded.number if coded is not None else None,
        token=sent_of(tx, token) if token else None,
        in_reply_to=_all_named(tx, store, parsed.get("in_reply_to") or ()),
        references=_all_named(tx, store, parsed.get("references") or ()),
        opened=tuple(mine for mine in _open_ones(tx, store, sender) if mine.opened_here),
        proven=tuple(_open_ones(tx, store, sender, proven=True)),
    )
    answered = answered_by(evidence)
    if answered is not None and answered.to != sender:
        return replace(evidence, in_cc=_in_cc(tx, store, answered, sender))
    if answered is None or not answered.proven_agent:
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


def is_our_own(house: House, parsed: dict[str, Any]) -> bool:
    """Tell our own mail that came back by a Reply-To that this house signed.

    Nobody's program puts the address that it answers there. The Message-ID says nothing: a relay
    may have replaced it, and another house's mails have the form of ours.
    """
    parts = split(parsed.get("reply_to") or "")
    return parts is not None and verify(house.secrets, parts[0], parts[1]) is not None


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


def knock_for(
    tx: Tx,
    house: House,
    store: StoreRow,
    envelope: dict[str, Any],
    parsed: dict[str, Any],
    sender: str,
) -> DeliveryRow | None:
    """The knock that this mail answers, if it was sent to whoever writes."""
    row = by_token(tx, house, store, envelope["recipients"], "r") or by_message_ids(
        tx, store, parsed.get("in_reply_to") or ()
    )
    asked = row is not None and row.form == Form.KNOCK and row.value == sender
    return row if asked else None


def _open_ones(
    tx: Tx, store: StoreRow, sender: str, *, proven: bool = False
) -> Sequence[OpenConversation]:
    """The open conversations of whoever has this mailbox; only those that it is ``proven`` for."""
    found = []
    for row in people.addresses_with(tx, store.store_id, CHANNEL, sender):
        mine = row.side == "shopper"
        conversation = thread.open_of(tx, store.store_id, row.person_id) if mine else None
        if conversation is None:
            continue
        if proven and not people.is_proven(row, conversation.conversation_id):
            continue
        found.append(
            OpenConversation(
                conversation_id=conversation.conversation_id,
                person_id=row.person_id,
                last_at=conversation.last_at,
                opened_here=row.opened_conversation_id == conversation.conversation_id,
            )
        )
    return found


def _in_cc(tx: Tx, store: StoreRow, answered: Sent, sender: str) -> bool:
    """Whether a mail that really came from whom we wrote to has named this sender as well."""
    return answered.side == "shopper" and any(
        each.get("from") == answered.to
        and verdict_of(each.get("vouched")) == "pass"
        and sender in each.get("in_cc", ())
        for each in envelopes_in(tx, store.store_id, answered.conversation_id, CHANNEL)
    )
