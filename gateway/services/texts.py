"""A text came in: a command, the answer to a knock, or words for somebody's conversation.

The raw form and what becomes of it are committed in one transaction, under the MessageSid: the same
webhook any number of times is one message (invariant 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels.twilio.webhooks import InboundText
from gateway.clock import HOUR
from gateway.core.keywords import Keyword, keyword, starts_again
from gateway.core.matching import Match, OpenConversation, TextEvidence, code_of, match_text
from gateway.core.model import Form
from gateway.services import answering, senders, stopping
from gateway.services.house import Change, House
from gateway.services.matches import named_by, sent_of
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, DeliveryRow, InboundRow, StoreRow
from gateway.store.tx import Tx, pack

CHANNEL = "sms"
IN_HAND = HOUR  #: an agent may still be writing an answer to a notice that is younger
MOST_TOLD = 50  #: newest notices to a phone, among which an answer to one is looked for
SHARED = {
    "last_texted": "Another shopper uses this number too; it went to whoever was texted last.",
    "coded": "Another shopper uses this number too; the text said that it is for this one.",
    "proven_shopper": "Another shopper uses this number too.",
}


async def receive(
    house: House, store_key: str, text: InboundText, raw: bytes, *, said_at: int | None = None
) -> str:
    """Take a text in; returns what became of it, in a word. ``said_at``: when, if not just now.

    Raises:
        NotFound: no store has this key.
        StorageRefused: it could not be stored; the provider has to send it again.
    """

    def work(change: Change) -> str:
        tx = change.tx
        store = senders.texted(tx, houses.store_by_key(tx, store_key), text.to)
        if tx.session.get(InboundRow, (store.store_id, text.sid)) is not None:
            return "repeated"
        inbound = InboundRow(
            store_id=store.store_id,
            inbound_key=text.sid,
            channel=CHANNEL,
            state="done",
            envelope=pack({"from": text.from_, "to": text.to}),
            sender=text.from_,
            raw=raw,
            due_at=tx.now,
            received_at=tx.now,
        )
        tx.session.add(inbound)
        tx.session.flush()
        inbound.outcome = _understand(
            change, store, text, inbound, fetches=house.media is not None, said_at=said_at
        )
        tx.session.add(inbound)
        return inbound.outcome

    return await house.change(work, on=(f"text:{text.from_}",))


def _understand(
    change: Change,
    store: StoreRow,
    text: InboundText,
    inbound: InboundRow,
    *,
    fetches: bool,
    said_at: int | None,
) -> str:
    tx = change.tx
    holders = people.addresses_with(tx, store.store_id, CHANNEL, text.from_)
    told = text.opt_out_type is not None
    # The carrier's own words for STOP may be none of ours: what it has understood is done.
    command = Keyword[text.opt_out_type] if text.opt_out_type else keyword(text.body)
    # A START that comes late ends no STOP that she has said since.
    before = tx.now if said_at is None else said_at
    stopped = any(row.stopped_at is not None and row.stopped_at <= before for row in holders)
    if command is Keyword.STOP:
        return stopping.stop(change, store, CHANNEL, text.from_, told=told)
    if (told and command is Keyword.START) or (stopped and starts_again(text.body)):
        return stopping.start(change, store, holders, told=told)
    if command is Keyword.HELP:
        return stopping.tell_help(change, store, CHANNEL, text.from_, told=told)
    knock = _open_knock(tx, store, holders)
    if command is Keyword.YES and knock is not None:
        return answering.knock_answered(change, knock)
    if text.media and fetches:
        # It becomes a message with its pictures, once the clockwork has fetched them.
        inbound.state = "stored"
        change.work = True
        return "fetching"
    return place(
        change, store, text, inbound, text.body if text.body.strip() else _without_words(text)
    )


def place(
    change: Change, store: StoreRow, text: InboundText, inbound: InboundRow, body: str
) -> str:
    """Let the words, and what the inbound's envelope names, join whose they are; says how."""
    tx = change.tx
    holders = people.addresses_with(tx, store.store_id, CHANNEL, text.from_)
    words = clean(body)
    match = match_text(_evidence(tx, store, holders, words))
    incoming = answering.Incoming(
        store=store, channel=CHANNEL, sender=text.from_, words=words, inbound=inbound
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
                channel=CHANNEL,
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


def _evidence(tx: Tx, store: StoreRow, holders: Sequence[AddressRow], words: str) -> TextEvidence:
    mine = [row for row in holders if row.store_id == store.store_id and row.side == "shopper"]
    agents = [row for row in holders if row.side == "staff" and row.proven_at is not None]
    told = reaching.latest_to(tx, [store.store_id], [row.address_id for row in agents], MOST_TOLD)
    sent = reaching.latest_to(tx, [store.store_id], [row.address_id for row in mine])
    agent_id = agents[0].person_id if agents else None
    coded = code_of(words)
    return TextEvidence(
        agent_id=agent_id,
        told=tuple(sent_of(tx, row) for row in told if row.form == Form.WORDS),
        sent=tuple(sent_of(tx, row) for row in sent),
        proven=tuple(_open_ones(tx, store, [row for row in mine if row.proven_at is not None])),
        people=frozenset(row.person_id for row in mine if row.person_id),
        code=coded.number if coded is not None else None,
        named=named_by(tx, store.store_id, coded, [*agents, *mine], agent_id),
        fresh_after=tx.now - IN_HAND,
        old_before=tx.now - houses.policy(tx, store).text_counts,
        may_ask=not any(row.stopped_at is not None for row in mine),
    )


def _open_ones(tx: Tx, store: StoreRow, rows: Sequence[AddressRow]) -> Sequence[OpenConversation]:
    found = []
    for row in rows:
        conversation = thread.open_of(tx, store.store_id, row.person_id)
        if conversation is not None:
            found.append(
                OpenConversation(
                    conversation_id=conversation.conversation_id,
                    person_id=row.person_id,
                    last_at=conversation.last_at,
                    number=conversation.number,
                    opened_here=row.opened_conversation_id == conversation.conversation_id,
                )
            )
    return found
