"""Words from outside become entries: a shopper's, an agent's, or a stranger's first."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.matching import Match, code_of
from gateway.core.model import DeliveryState, Form
from gateway.services import asking, blocking
from gateway.services.addresses import prove
from gateway.services.house import Change
from gateway.services.incoming import Incoming as Incoming
from gateway.services.queueing import conversation_of, move
from gateway.services.receive import agent_writes, answered, conversation_for, shopper_writes
from gateway.store import house as houses
from gateway.store import merging, people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, StoreRow
from gateway.store.tx import unpack

_BESIDE = {
    "other_sender": "answered_by_other",
    "named_in_cc": "answered_from_cc",
    "forged": "answered_by_forger",
}
"""Why a mail opened a conversation of its own, and how the one that it answers tells of it."""


def deliver(change: Change, match: Match, incoming: Incoming) -> ConversationRow | None:
    """Append the words where the match says; returns the conversation that they are in.

    None when an agent has to say first which one is meant.
    """
    if match.kind == "asks":
        asking.ask_agent(change, match, incoming)
        return None
    coded = code_of(incoming.words) if match.coded else None
    if match.kind == "agent":
        stripped = replace(incoming, words=coded.words) if coded is not None else incoming
        conversation = _from_agent(change, match, stripped)
    elif match.kind == "joins":
        # A code alone is all the words that there are.
        stripped = replace(incoming, words=coded.words if coded and coded.words else incoming.words)
        conversation = _from_shopper(change, match, stripped)
    else:
        conversation = _from_stranger(change, match, incoming)
    _note_relations(change, incoming.store, match, conversation)
    incoming.inbound.conversation_id = conversation.conversation_id
    change.tx.session.add(incoming.inbound)
    return conversation


def _from_shopper(change: Change, match: Match, incoming: Incoming) -> ConversationRow:
    tx, store_id = change.tx, incoming.store.store_id
    shopper_id = match.person_id or ""
    conversation, _ = conversation_for(change, store_id, shopper_id)
    address = _address(change, store_id, shopper_id, incoming)
    people.record_act(tx, store_id, "shopper", shopper_id, incoming.channel, address.address_id)
    if address.stopped_at is None and not people.consents_of(tx, store_id, [address.address_id]):
        # They have taken to another channel of their phone by themselves.
        people.record_consent(tx, address, purposes=("support",), granted=True, source="message")
    # It answers what was sent there, so whoever wrote it holds what only was typed. That counts for
    # the conversation that it answers, even where another one is open by now and takes the words.
    scope = match.conversation_id or conversation.conversation_id
    if not people.is_proven(address, scope):
        prove(change, address, "message", conversation)
        address.proven_in = scope
    _mark_answered(change, match, incoming)
    shopper_writes(change, conversation, incoming.words, arrival=incoming.arrival())
    return conversation


def _from_agent(change: Change, match: Match, incoming: Incoming) -> ConversationRow:
    tx, store_id = change.tx, incoming.store.store_id
    agent = houses.agent(tx, match.person_id or "")
    conversation = thread.take(tx, store_id, match.conversation_id or "")
    told = reaching.delivery(tx, store_id, match.delivery_id) if match.delivery_id else None
    # Who was told of nothing and writes all the same has read it in the console.
    covers = _covered(change, conversation, told) if told else conversation.seen_staff
    if conversation.state == "resolved":
        # The shopper has gone on in another: an answer to what is over is read there.
        other = thread.open_of(tx, store_id, conversation.shopper_id)
        conversation, covers = (other, 0) if other is not None else (conversation, covers)
    holders = people.addresses_with(tx, store_id, incoming.channel, incoming.sender)
    owned = next((row.address_id for row in holders if row.person_id == agent.agent_id), None)
    people.record_act(tx, people.HOUSE, "staff", agent.agent_id, incoming.channel, owned)
    _mark_answered(change, match, incoming)
    before = asking.placed(change, agent.agent_id, incoming)
    for each in before or ([incoming] if incoming.words.strip() else []):
        agent_writes(
            change,
            conversation,
            agent.agent_id,
            agent.name,
            each.words,
            arrival=each.arrival(),
        )
        each.inbound.conversation_id = conversation.conversation_id
        tx.session.add(each.inbound)
        # It answers what the agent had been told of, and nothing that came after that.
        answered(change, conversation, covers)
    return conversation


def _covered(change: Change, conversation: ConversationRow, told: DeliveryRow) -> int:
    """How far of a conversation a notice told its agent; what it told of others is answered too."""
    tx, covers = change.tx, 0
    about = conversation_of(change, told)
    for name in unpack(told.seqs) if about is not None else ():
        found = None if about is None else merging.named(tx, about, name)
        if found is None:
            continue
        where, seq = found
        if where.conversation_id == conversation.conversation_id:
            covers = max(covers, seq)
            continue
        # Nothing waits in one that goes on elsewhere; that is asked what is left of it.
        row = reaching.reach(tx, where, "staff")
        row.seen_seq = max(row.seen_seq, min(seq, row.head_seq))
        tx.session.add(row)
    return covers


def _from_stranger(change: Change, match: Match, incoming: Incoming) -> ConversationRow:
    """An unverified shopper: their message proves the address for this conversation alone.

    A forged one proves none and agrees to nothing: whoever has that mailbox has not written.
    """
    tx, store = change.tx, incoming.store
    shopper = people.new_shopper(tx, store.store_id, language=store.language)
    blocking.heed(tx, shopper, incoming.channel, incoming.sender)
    shopper_id = shopper.shopper_id
    conversation, _ = conversation_for(change, store.store_id, shopper_id, subject=incoming.subject)
    address = _address(change, store.store_id, shopper_id, incoming)
    if not match.forged:
        address.proven_at, address.proof = tx.now, "message"
        address.proven_in = conversation.conversation_id
        address.opened_conversation_id = conversation.conversation_id
        tx.session.add(address)
    if not match.forged and address.stopped_at is None:
        people.record_consent(tx, address, purposes=("support",), granted=True, source="message")
    people.record_act(
        tx, store.store_id, "shopper", shopper_id, incoming.channel, address.address_id
    )
    shopper_writes(change, conversation, incoming.words, arrival=incoming.arrival())
    is_left_alone = address.stopped_at is not None or conversation.blocked_at is not None
    if match.choices and not is_left_alone:
        asking.ask_shopper(change, match, incoming, address)
    return conversation


def _note_relations(
    change: Change, store: StoreRow, match: Match, conversation: ConversationRow
) -> None:
    """Notes that only staff read; nothing of the other conversations is told to the sender.

    What answers a conversation and may not join it is told of there as well.
    """
    named = [each.conversation_id for each in match.choices]
    for conversation_id in dict.fromkeys(named or filter(None, [match.related])):
        other = thread.take(change.tx, store.store_id, conversation_id)
        change.append(
            conversation,
            thread.happened("related", number=other.number, why=match.why.code),
        )
        beside = _BESIDE.get(match.why.code)
        if beside is not None and other.conversation_id != conversation.conversation_id:
            change.append(other, thread.happened("related", number=conversation.number, why=beside))


def knock_answered(change: Change, knock: DeliveryRow) -> str:
    """Y: the address is proven, and what it stood in for may go there now."""
    tx = change.tx
    row = people.address(tx, knock.store_id, knock.address_id)
    conversation = conversation_of(change, knock)
    locked = reaching.delivery(tx, knock.store_id, knock.delivery_id)
    if row is None or locked is None:
        raise LookupError("a knock belongs to an address")
    people.record_act(tx, row.store_id, "shopper", row.person_id, row.channel, row.address_id)
    move(change, locked, DeliveryState.ANSWERED)
    people.record_consent(tx, row, purposes=("support",), granted=True, source="knock")
    prove(change, row, "knock", conversation)
    return "knock_answered"


# A text names nothing that it answers: it may have crossed one that never went out, and
# ``answered`` would hold that one's words for ever.
_NOBODY_KNOWS = frozenset({DeliveryState.SUBMITTING, DeliveryState.UNKNOWN})


def _mark_answered(change: Change, match: Match, incoming: Incoming) -> None:
    """A mail makes the delivery that it names read; a text, what that number was sent, answered."""
    if match.delivery_id is None:
        return
    row = reaching.delivery(change.tx, incoming.store.store_id, match.delivery_id)
    if row is None or row.form == Form.CODE:
        return
    if incoming.channel == "email":
        move(change, row, DeliveryState.READ)
    elif row.state not in _NOBODY_KNOWS:
        move(change, row, DeliveryState.ANSWERED)
        _mark_earlier_texts(change, row)


def _mark_earlier_texts(change: Change, answered: DeliveryRow) -> None:
    """Who answers the last text has had the ones before it, whatever receipts say."""
    rows = reaching.deliveries_of(
        change.tx, answered.store_id, answered.conversation_id, answered.side
    )
    for row in rows:
        taken = row.state in (DeliveryState.ACCEPTED, DeliveryState.SENT)
        if row.side == "shopper" and row.address_id == answered.address_id and taken:
            locked = reaching.delivery(change.tx, row.store_id, row.delivery_id)
            if locked is not None and locked.form == Form.WORDS:
                move(change, locked, DeliveryState.ANSWERED)


def _address(change: Change, store_id: str, shopper_id: str, incoming: Incoming) -> AddressRow:
    channel, value = incoming.channel, incoming.sender
    for row in people.addresses_of(change.tx, store_id, "shopper", shopper_id):
        if row.channel == channel and row.value == value:
            return row
    row = AddressRow(
        store_id=store_id,
        address_id=change.tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel=channel,
        value=value,
        stopped_at=people.has_stopped(change.tx, store_id, channel, value),
        created_at=change.tx.now,
    )
    change.tx.session.add(row)
    change.tx.session.flush()
    return row
