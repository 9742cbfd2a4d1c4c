"""A text came in: a command, the answer to a knock, or words for somebody's conversation.

The raw form was committed under its MessageSid before (see ``hook_intake``): the same webhook any
number of times is one message (invariant 2). What becomes of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels.twilio.webhooks import InboundText
from gateway.clock import HOUR
from gateway.core.keywords import Keyword, keyword, starts_again
from gateway.core.matching import Match, OpenConversation, Sent, TextEvidence, code_of, match_text
from gateway.core.model import Form
from gateway.services import answering, stopping
from gateway.services.house import Change
from gateway.services.matches import named_by, sent_of
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, DeliveryRow, InboundRow, StoreRow
from gateway.store.tx import Tx, unpack

CHANNELS = ("sms", "whatsapp")
"""A phone has both, and whoever holds it is one person by both."""
IN_HAND = HOUR  #: an agent may still be writing an answer to a notice that is younger
MOST_TOLD = 50  #: newest notices to a phone, among which an answer to one is looked for
SHARED = {
    "last_texted": "Another shopper uses this number too; it went to whoever was texted last.",
    "coded": "Another shopper uses this number too; the text said that it is for this one.",
    "proven_shopper": "Another shopper uses this number too.",
}


def understand(change: Change, text: InboundText, inbound: InboundRow, *, fetches: bool) -> str:
    """Let a kept text become what it is; says what that was, in a word.

    ``fetches``: its pictures can be had, and it waits for them.
    """
    tx = change.tx
    store = houses.store(tx, inbound.store_id)
    holders = people.addresses_with(tx, store.store_id, text.channel, text.from_)
    told = text.opt_out_type is not None
    # The carrier's own words for STOP may be none of ours: what it has understood is done.
    command = Keyword[text.opt_out_type] if text.opt_out_type else keyword(text.body)
    # A START that comes late ends no STOP that she has said since.
    before = unpack(inbound.envelope).get("said_at") or tx.now
    stopped = any(row.stopped_at is not None and row.stopped_at <= before for row in holders)
    if command is Keyword.STOP:
        return stopping.stop(change, store, text.channel, text.from_, told=told)
    if (told and command is Keyword.START) or (stopped and starts_again(text.body)):
        return stopping.start(change, store, text.channel, text.from_, told=told)
    if command is Keyword.HELP:
        helped = stopping.tell_help(change, store, text.channel, text.from_, told=told)
        proven = [row for row in _shoppers(store, holders) if row.proven_at is not None]
        # Amid a conversation it is said to the agent too: it is how people ask for one.
        if told or not _open_ones(tx, store, proven):
            return helped
    knock = _open_knock(tx, store, holders) if command is Keyword.YES else None
    if knock is not None:
        return answering.knock_answered(change, knock)
    if text.media and fetches:
        # It becomes a message with its pictures, once the clockwork has fetched them.
        inbound.state = "stored"
        change.work = True
        return "fetching"
    body = text.body if text.body.strip() else _without_words(text)
    return place(change, store, text, inbound, body, holders)


def place(
    change: Change,
    store: StoreRow,
    text: InboundText,
    inbound: InboundRow,
    body: str,
    holders: Sequence[AddressRow] | None = None,
) -> str:
    """Let the words, and what the inbound's envelope names, join whose they are; says how.

    ``holders`` are those who have the sender's number, when they are known already.
    """
    tx = change.tx
    words = clean(body)
    if holders is None:
        holders = people.addresses_with(tx, store.store_id, text.channel, text.from_)
    match = match_text(_evidence(tx, store, text, words, holders))
    incoming = answering.Incoming(
        store=store, channel=text.channel, sender=text.from_, words=words, inbound=inbound
    )
    answering.deliver(change, match, incoming)
    return _noted(change, match, text, inbound)


def _noted(change: Change, match: Match, text: InboundText, inbound: InboundRow) -> str:
    if match.shared and inbound.conversation_id:
        conversation = thread.take(change.tx, inbound.store_id, inbound.conversation_id)
        change.append(
            conversation,
            thread.happened(
                "address",
                channel=text.channel,
                what="shared",
                to="••• " + text.from_[-2:],
                words=SHARED.get(match.why.code, SHARED["proven_shopper"]),
            ),
        )
    return match.kind


def _without_words(text: InboundText) -> str:
    """What to show of a text that holds no words (a picture): that it came, and what it was."""
    if text.num_media:
        kinds = ", ".join(sorted({each.content_type for each in text.media if each.content_type}))
        return f"[{text.num_media} attachment(s): {kinds or 'unknown'}]"
    return "[an empty text]"


def _open_knock(tx: Tx, store: StoreRow, holders: Sequence[AddressRow]) -> DeliveryRow | None:
    mine = [
        row.address_id
        for row in holders
        if row.store_id == store.store_id and row.side == "shopper" and row.proven_at is None
    ]
    for row in reaching.latest_to(tx, [store.store_id], mine):
        # "…or reply Y to get our answers here": the text that brings a code asks for it too.
        if row.form in (Form.KNOCK, Form.CODE) and row.handed_at is not None:
            return row
    return None


def _evidence(
    tx: Tx, store: StoreRow, text: InboundText, words: str, holders: Sequence[AddressRow]
) -> TextEvidence:
    mine = _shoppers(store, holders)
    agents = [row for row in holders if row.side == "staff" and row.proven_at is not None]
    told = _latest(tx, store, agents, MOST_TOLD)
    sent = _latest(tx, store, mine)
    agent_id = agents[0].person_id if agents else None
    both = [*mine, *_by_the_other_way(tx, store, text)]
    coded = code_of(words)
    return TextEvidence(
        agent_id=agent_id,
        told=tuple(sent_of(tx, row) for row in told if row.form == Form.WORDS),
        sent=tuple(sent_of(tx, row) for row in sent),
        proven=tuple(_open_ones(tx, store, [row for row in both if row.proven_at is not None])),
        people=frozenset(row.person_id for row in both if row.person_id),
        replied=_replied(tx, store, text),
        code=coded.number if coded is not None else None,
        named=named_by(tx, store.store_id, coded, [*agents, *mine], agent_id),
        fresh_after=tx.now - IN_HAND,
        old_before=tx.now - houses.policy(tx, store).text_counts,
        may_ask=not any(row.stopped_at is not None for row in mine),
    )


def _latest(
    tx: Tx, store: StoreRow, rows: Sequence[AddressRow], limit: int = 20
) -> Sequence[DeliveryRow]:
    """The newest attempts to these; most texts come from nobody's phone but a shopper's."""
    if not rows:
        return ()
    return reaching.latest_to(tx, [store.store_id], [row.address_id for row in rows], limit)


def _by_the_other_way(tx: Tx, store: StoreRow, text: InboundText) -> list[AddressRow]:
    """Whose this phone is proven to be by its other channel: one phone is in one person's hand.

    What is only typed there stays a claim, and joins nothing.
    """
    return [
        row
        for channel in CHANNELS
        if channel != text.channel
        for row in people.addresses_with(tx, store.store_id, channel, text.from_)
        if row.store_id == store.store_id and row.side == "shopper" and row.proven_at is not None
    ]


def _replied(tx: Tx, store: StoreRow, text: InboundText) -> Sent | None:
    """The message of ours that this one quotes, if it went to this very address of a shopper."""
    if text.replied_to_sid is None:
        return None
    row = reaching.delivery_by_provider(tx, store.store_id, text.replied_to_sid)
    if row is None or row.side != "shopper" or row.form not in (Form.WORDS, Form.KNOCK):
        return None
    return sent_of(tx, row) if (row.channel, row.value) == (text.channel, text.from_) else None


def _shoppers(store: StoreRow, holders: Sequence[AddressRow]) -> list[AddressRow]:
    return [row for row in holders if row.store_id == store.store_id and row.side == "shopper"]


def _open_ones(tx: Tx, store: StoreRow, rows: Sequence[AddressRow]) -> Sequence[OpenConversation]:
    found: dict[str, OpenConversation] = {}
    for row in rows:
        conversation = thread.open_of(tx, store.store_id, row.person_id)
        if conversation is not None:
            found.setdefault(
                conversation.conversation_id,
                OpenConversation(
                    conversation_id=conversation.conversation_id,
                    person_id=row.person_id,
                    last_at=conversation.last_at,
                    number=conversation.number,
                    opened_here=row.opened_conversation_id == conversation.conversation_id,
                ),
            )
    return list(found.values())
