"""An agent changes or takes back what they wrote, as long as it has not left.

It has left when the shopper has seen it, or when a provider may have it. Until then a delivery is
only an intention: it is decided on anew, and rendered, when it is handed over. So nothing here
looks after what is queued.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.core.log import EDITED, TAKEN_BACK
from gateway.core.model import DeliveryState, Form, Side
from gateway.errors import Conflict, Forbidden, NotFound
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.services.receive import SHOPPER, STAFF
from gateway.services.words import clean
from gateway.store import messages, reaching, thread, writing
from gateway.store.changing import events_about, last_answer, show_newest
from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tx import unpack

_MAY_HAVE_LEFT = frozenset(DeliveryState) - {
    DeliveryState.QUEUED,
    DeliveryState.DEFERRED,
    DeliveryState.RETURNED,
    DeliveryState.FAILED,
    DeliveryState.BOUNCED,
    DeliveryState.SUPERSEDED,
    DeliveryState.WITHDRAWN,
}


async def edit(
    house: House, store_id: str, conversation_id: str, agent_id: str, *, seq: int, body: str
) -> None:
    """Other words for an own message that has not left, or for an own note.

    Raises:
        BadInput: the words cannot be stored.
        Conflict: it has left, or was taken back.
        Forbidden: a colleague wrote it.
        NotFound: there is no such message.
    """
    words = clean(body)

    def work(change: Change) -> None:
        conversation, row = _own(change, store_id, conversation_id, agent_id, seq)
        if row.taken_back_at is not None:
            raise Conflict("you have taken this back already")
        if row.body == words:
            return
        row.body, row.edited_at = words, change.tx.now
        _tell(change, conversation, row, agent_id, EDITED, words)

    await house.change(work, on=conversation_id)


async def take_back(
    house: House, store_id: str, conversation_id: str, agent_id: str, *, seq: int
) -> None:
    """An own message that has not left, or an own note, is as if it had never been written.

    What it had answered is unanswered again.

    Raises:
        Conflict: it has left.
        Forbidden: a colleague wrote it.
        NotFound: there is no such message.
    """

    def work(change: Change) -> None:
        conversation, row = _own(change, store_id, conversation_id, agent_id, seq)
        if row.taken_back_at is not None:
            return
        row.body, row.taken_back_at = None, change.tx.now
        _tell(change, conversation, row, agent_id, TAKEN_BACK, None)
        if row.kind == "note":
            # Nobody who was named in it has anything left to look at.
            writing.forget_mentions(change.tx, store_id, conversation_id, seq)
        if row.kind == "message" and conversation.state == "open":
            _unanswered_again(change, conversation)

    await house.change(work, on=conversation_id)


def _own(
    change: Change, store_id: str, conversation_id: str, agent_id: str, seq: int
) -> tuple[ConversationRow, EntryRow]:
    conversation = thread.take(change.tx, store_id, conversation_id)
    row = thread.entry(change.tx, store_id, conversation_id, seq)
    if row is None or row.kind == "event":
        raise NotFound
    if row.side != STAFF or row.author_id != agent_id:
        raise Forbidden("only who wrote this may change it or take it back")
    if row.kind == "message":
        end = thread.end_of(change.tx, conversation)
        if end is not conversation:
            raise Conflict(f"this went on in #{end.number}, where it may have gone out by now")
        _refuse_what_left(change, conversation, row)
    return conversation, row


def _refuse_what_left(change: Change, conversation: ConversationRow, row: EntryRow) -> None:
    if conversation.seen_shopper >= row.seq:
        raise Conflict("the shopper has read this already")
    side: Side = SHOPPER
    for each in reaching.deliveries_of(
        change.tx, conversation.store_id, conversation.conversation_id, side
    ):
        # A knock says that there is an answer, and none of its words.
        carries = each.form == Form.WORDS and row.seq in unpack(each.seqs)
        if carries and each.state in _MAY_HAVE_LEFT:
            raise Conflict("this has gone out already, and nobody can call it back")


def _tell(
    change: Change,
    conversation: ConversationRow,
    row: EntryRow,
    agent_id: str,
    event: str,
    words: str | None,
) -> None:
    tx = change.tx
    tx.session.add(row)
    # Words that are no longer meant are kept nowhere, not in what told of them either.
    for earlier in events_about(tx, conversation, EDITED, row.seq):
        earlier.body = None
        tx.session.add(earlier)
    tx.session.flush()
    draft = replace(
        by_agent(change, agent_id, event, audience=row.audience, body=words, seq=row.seq),
        author_name=row.author_name,
    )
    change.append(conversation, draft)
    show_newest(tx, conversation)
    if row.kind == "message":
        change.wake(conversation, SHOPPER)


def _unanswered_again(change: Change, conversation: ConversationRow) -> None:
    """An answer was taken back: what nobody else has answered since waits for the staff again."""
    tx = change.tx
    asked = messages.after(
        tx,
        conversation.store_id,
        conversation.conversation_id,
        last_answer(tx, conversation),
        written_by=SHOPPER,
    )
    row = reaching.reach(tx, conversation, STAFF)
    if not asked or row.seen_seq < asked[0].seq:
        return
    row.seen_seq = asked[0].seq - 1
    tx.session.add(row)
    conversation.waiting_since = asked[0].at
    tx.session.add(conversation)
    change.wake(conversation, STAFF)
