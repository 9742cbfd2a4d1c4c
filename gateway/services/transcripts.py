"""A conversation as one mail, for a shopper who asks for it, or whom an agent sends it to.

It goes to a mailbox that is proven and agreed to, and shows what this shopper may see and nothing
else. It is a delivery of its own form: it carries no entries, so it holds, settles and counts as
nothing, and its *why* names who asked.
"""

from __future__ import annotations

from typing import Final

from gateway.clock import MINUTE
from gateway.core.consent import SUPPORT, may
from gateway.core.delivery import ENDED_BADLY, NEVER_SENT
from gateway.core.model import DeliveryState, Form
from gateway.errors import BadInput, Conflict, NotFound, TooMany
from gateway.protocol.forms import TranscriptFact
from gateway.services.addresses import MOST_TRIES, caps_for, expect_code
from gateway.services.evidence import rows_for
from gateway.services.house import Change, House
from gateway.services.queueing import queue
from gateway.services.wire import masked, ms
from gateway.store import forms as form_rows
from gateway.store import house as houses
from gateway.store import people, reaching, stops, thread
from gateway.store.tables import (
    AddressRow,
    CodeRow,
    ConversationRow,
    DecisionRow,
    DeliveryRow,
    StoreRow,
)
from gateway.store.tx import Tx, pack

SPACING: Final = 10 * MINUTE  #: between two transcripts of one conversation
SIDE: Final = "shopper"
CHANNEL: Final = "email"
STOPPED: Final = "this address asked us to stop"


def offered(tx: Tx, store: StoreRow, conversation: ConversationRow | None) -> TranscriptFact | None:
    """What a panel shows of it; None where there is nothing to send, or nothing to send it by."""
    if conversation is None or store.mail_from is None:
        return None
    row = _mailbox(tx, conversation)
    sent = _latest(tx, conversation)
    return TranscriptFact(
        address_id=row.address_id if row else None,
        to=masked(CHANNEL, row.value) if row else "",
        proven=row is not None and people.is_proven(row, conversation.conversation_id),
        sent_at=ms(sent.queued_at) if sent and sent.queued_at > tx.now - SPACING else None,
    )


async def ask(house: House, store_id: str, shopper_id: str, address_id: str) -> None:
    """A shopper wants the conversation at this address; one that is not proven gets a code first.

    Raises:
        BadInput: there is nothing to send, or the address asked us to stop.
        NotFound: not this shopper's mailbox.
        TooMany: it was sent a moment ago, or too many codes were asked for.
    """

    def work(change: Change) -> None:
        tx = change.tx
        who = people.now_of(tx, store_id, shopper_id)
        last = thread.latest_of(tx, store_id, who)
        if last is None or not form_rows.forms(tx, store_id).transcript:
            raise BadInput("there is no conversation to send", why="no_question")
        conversation = thread.take(tx, store_id, last.conversation_id)
        row = people.address(tx, store_id, address_id)
        if row is None or (row.side, row.person_id, row.channel) != (SIDE, who, CHANNEL):
            raise NotFound
        _refuse_closed(tx, conversation, row)
        _refuse_soon(tx, conversation)
        if people.is_proven(row, conversation.conversation_id):
            _send(change, conversation, row, by="")
        else:
            _prove_first(change, conversation, row)

    await house.change(work, on=shopper_id)


async def send(house: House, store_id: str, conversation_id: str, agent_id: str) -> str:
    """An agent has the conversation sent to the shopper; returns the masked address it goes to.

    Raises:
        Conflict: the shopper has no proven mailbox that may be written to.
        NotFound: no such conversation.
        TooMany: it was sent a moment ago.
    """

    def work(change: Change) -> str:
        tx = change.tx
        conversation = thread.end_of(tx, thread.take(tx, store_id, conversation_id))
        row = _mailbox(tx, conversation)
        if row is None or not people.is_proven(row, conversation.conversation_id):
            raise Conflict("there is no proven e-mail address to send it to")
        _refuse_soon(tx, conversation)
        _send(change, conversation, row, by=agent_id)
        return masked(CHANNEL, row.value)

    return await house.change(work, on=conversation_id)


def may_go(tx: Tx, row: DeliveryRow) -> bool:
    """Whether a queued transcript may go out still: to who it is of, at a mailbox that is open.

    What a mail server did not take for an hour goes long after it was asked for, and whose mailbox
    it is may have turned out since.
    """
    conversation = thread.take(tx, row.store_id, row.conversation_id)
    address = people.address(tx, row.store_id, row.address_id)
    return (
        address is not None
        and address.person_id == conversation.shopper_id
        and people.is_proven(address, conversation.conversation_id)
        and not _closed(tx, conversation, address)
    )


def _send(change: Change, conversation: ConversationRow, row: AddressRow, *, by: str) -> None:
    queue(
        change,
        conversation,
        row,
        form=Form.TRANSCRIPT,
        seqs=(),
        decision_id=_because(change.tx, conversation, row, by),
    )


def _because(tx: Tx, conversation: ConversationRow, row: AddressRow, by: str) -> str:
    """The decision that the delivery's *why* tells: no policy chose this, somebody asked for it."""
    decision = DecisionRow(
        store_id=conversation.store_id,
        decision_id=tx.new_id(),
        conversation_id=conversation.conversation_id,
        side=SIDE,
        policy_version=houses.store(tx, conversation.store_id).policy_version,
        answer="send",
        because=pack([{"code": "transcript", "facts": [["agent", by]] if by else []}]),
        considered=pack(
            [
                {
                    "person_id": row.person_id,
                    "address_id": row.address_id,
                    "channel": CHANNEL,
                    "verdict": "chosen",
                    "until": None,
                    "facts": [],
                }
            ]
        ),
        at=tx.now,
    )
    tx.session.add(decision)
    tx.flush()
    return decision.decision_id


def _prove_first(change: Change, conversation: ConversationRow, row: AddressRow) -> None:
    tx = change.tx
    held = tx.session.get(CodeRow, (row.store_id, row.address_id))
    if held is not None and held.expires_at > tx.now and held.tries < MOST_TRIES:
        return  # one is under way, and can be typed in
    for cap in caps_for(row.person_id, row.value):
        if people.count(tx, row.store_id, cap.scope, cap.window) > cap.most:
            raise TooMany("too many codes were asked for; try again later", why="codes")
    expect_code(tx, row)
    queue(change, conversation, row, form=Form.CODE, seqs=())


def _mailbox(tx: Tx, conversation: ConversationRow) -> AddressRow | None:
    """The shopper's mailbox that may be written to: a proven one, else the newest."""
    open_ = [
        row
        for row in people.addresses_of(tx, conversation.store_id, SIDE, conversation.shopper_id)
        if row.channel == CHANNEL and not _closed(tx, conversation, row)
    ]
    proven = [row for row in open_ if people.is_proven(row, conversation.conversation_id)]
    found = proven or open_
    return found[-1] if found else None


def _closed(tx: Tx, conversation: ConversationRow, row: AddressRow) -> str:
    """Why nothing may be sent there; empty when it may."""
    if row.stopped_at is not None or row.address_id in stops.stops_of(tx, conversation):
        return STOPPED
    if row.failed_at is not None:
        return "our mails do not arrive there"
    if SUPPORT not in may(rows_for(people.consents_of(tx, row.store_id, [row.address_id]))):
        return "leave this address first"
    return ""


def _refuse_closed(tx: Tx, conversation: ConversationRow, row: AddressRow) -> None:
    closed = _closed(tx, conversation, row)
    if closed:
        why = "stopped" if closed == STOPPED else None
        raise BadInput(closed, why=why)


def _refuse_soon(tx: Tx, conversation: ConversationRow) -> None:
    last = _latest(tx, conversation)
    if last is not None and last.queued_at > tx.now - SPACING:
        raise TooMany(
            "this conversation was sent a moment ago; try again in ten minutes", why="just_sent"
        )


def _latest(tx: Tx, conversation: ConversationRow) -> DeliveryRow | None:
    """The newest transcript that went out, or may have."""
    rows = reaching.deliveries_of(tx, conversation.store_id, conversation.conversation_id, SIDE)
    gone = ENDED_BADLY | NEVER_SENT
    sent = [
        row for row in rows if row.form == Form.TRANSCRIPT and DeliveryState(row.state) not in gone
    ]
    return sent[-1] if sent else None
