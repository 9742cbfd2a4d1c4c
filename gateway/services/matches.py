"""Deliveries as the matching reads them, and the conversation that a code names."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.inbound import Coded
from gateway.core.matching import Named, Sent
from gateway.core.model import DeliveryState, Form
from gateway.store import people, reaching, thread
from gateway.store.answers import assigned_of_number, last_written, sent_of_number
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow
from gateway.store.tx import Tx


def sent_of(tx: Tx, row: DeliveryRow) -> Sent:
    """An earlier delivery, as far as an answer to it is concerned."""
    staff = row.side == "staff"
    owner = people.address(tx, people.HOUSE if staff else row.store_id, row.address_id)
    proven = owner is not None and owner.proven_at is not None
    conversation = _led_on(tx, tx.session.get(ConversationRow, (row.store_id, row.conversation_id)))
    settled, answered_at = False, 0
    if staff and conversation is not None:
        reach = reaching.reach(tx, conversation, row.side)
        settled = conversation.state == "resolved" or reach.seen_seq >= reach.head_seq
        answered_at = last_written(tx, conversation, row.person_id, row.channel)
    return Sent(
        delivery_id=row.delivery_id,
        conversation_id=conversation.conversation_id if conversation else row.conversation_id,
        person_id=row.person_id,
        side="staff" if staff else "shopper",
        form=Form(row.form),
        state=DeliveryState(row.state),
        handed_at=row.handed_at or row.queued_at,
        to=row.value,
        proven=proven,
        proven_agent=proven and staff,
        number=conversation.number if conversation is not None else 0,
        settled=settled,
        answered_at=answered_at,
    )


def named_by(
    tx: Tx,
    store_id: str,
    coded: Coded | None,
    addresses: Sequence[AddressRow],
    agent_id: str | None,
) -> Named | None:
    """The conversation whose number the words begin with, if it is any of the sender's concern."""
    if coded is None:
        return None
    rows = sent_of_number(tx, store_id, coded.number, [each.address_id for each in addresses])
    if rows:
        conversation = _led_on(
            tx, tx.session.get(ConversationRow, (store_id, rows[0].conversation_id))
        )
    else:
        conversation = assigned_of_number(tx, store_id, coded.number, agent_id or "")
    if conversation is None:
        return None
    return Named(
        number=coded.number,
        conversation_id=conversation.conversation_id,
        assignee_id=conversation.assignee_id,
        sent=tuple(sent_of(tx, row) for row in rows),
    )


def _led_on(tx: Tx, conversation: ConversationRow | None) -> ConversationRow | None:
    """Where it goes on since a merge: what answers the younger is for the elder."""
    return None if conversation is None else thread.end_of(tx, conversation)
