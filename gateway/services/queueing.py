"""Deliveries as rows: queueing one, moving one on, and the log entry that every move leaves."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.delivery import ENDED_BADLY, advance
from gateway.core.model import DeliveryState, Form
from gateway.services import circuits, spending
from gateway.services.house import Change
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import merging, people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow
from gateway.store.tx import Tx, pack, unpack

SILENT = ""  #: the conversation_id of a delivery that belongs to none (a stranger's STOP)


def queue(
    change: Change,
    conversation: ConversationRow | None,
    address: AddressRow,
    *,
    form: str,
    seqs: Sequence[int],
    side: str = "shopper",
    attempt: int = 1,
    decision_id: str | None = None,
    content: dict[str, object] | None = None,
    message_id: str | None = None,
    store_id: str | None = None,
    not_before: int = 0,
) -> DeliveryRow:
    """Intend a delivery; until hand-over it is only an intention.

    ``store_id`` says whose it is when there is no conversation.
    """
    tx = change.tx
    row = DeliveryRow(
        store_id=conversation.store_id if conversation else store_id or address.store_id,
        delivery_id=tx.new_id(),
        conversation_id=conversation.conversation_id if conversation else SILENT,
        side=side,
        person_id=address.person_id,
        address_id=address.address_id,
        channel=address.channel,
        value=address.value,
        form=form,
        seqs=pack(sorted(seqs)),
        attempt=attempt,
        decision_id=decision_id,
        content=pack(content or {}),
        message_id=message_id,
        queued_at=tx.now,
        not_before=not_before,
        state_at=tx.now,
    )
    tx.session.add(row)
    tx.flush()
    log_delivery(change, conversation, row)
    change.work = True
    return row


def move(
    change: Change,
    row: DeliveryRow,
    to: DeliveryState,
    *,
    words: str = "",
    code: str = "",
) -> bool:
    """Let an outcome or a receipt move a delivery forward; False when it changes nothing.

    The row must be locked. Effects that belong to entering a state happen here, so that they
    happen once, whatever order outcomes and receipts come in (invariant 8).
    """
    tx = change.tx
    state = advance(DeliveryState(row.state), to)
    if state is None:
        return False
    row.state, row.state_at, row.lease_until = state, tx.now, None
    if words or code:
        row.error_words, row.error_code = words, code
    if state is DeliveryState.ACCEPTED or (
        row.accepted_at is None and state in _TAKEN_BY_THE_PROVIDER
    ):
        if row.accepted_at is None:
            spending.charge(tx, row)
        row.accepted_at = tx.now
    if row.form == Form.CODE and state in _TAKEN_BY_THE_PROVIDER:
        row.content = "{}"  # the digits are not kept once they are out
    tx.session.add(row)
    tx.flush()
    reaching.note_fact(
        tx, row.store_id, row.person_id, "delivery", delivery=row.delivery_id, state=state
    )
    circuits.learn(change, row, state)
    conversation = conversation_of(change, row)
    log_delivery(change, conversation, row)
    if conversation is not None and row.form in (Form.WORDS, Form.KNOCK):
        _carried(change, conversation, row, state)
        change.wake(conversation, row.side)
        for other in merging.parted(tx, row):
            change.wake(other, row.side)
        if state in ENDED_BADLY:
            _rang_not(change, row)
    return True


def _rang_not(change: Change, row: DeliveryRow) -> None:
    """It was no interruption after all, so what spares them elsewhere because of it need not.

    On PostgreSQL two failures may meet here, each holding what the other wants; one of them is run
    again.
    """
    change.work = True
    if row.side == "staff":
        reaching.hurry_notices(change.tx, row.person_id)
        return
    for conversation_id in reaching.waiting_for(change.tx, row.store_id, row.person_id):
        # Locked first: a plan that is being made still counts it, and would put the row off again.
        change.wake(thread.take(change.tx, row.store_id, conversation_id), row.side)


_TAKEN_BY_THE_PROVIDER = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.SENT,
        DeliveryState.ANSWERED,
        DeliveryState.DELIVERED,
        DeliveryState.READ,
    }
)


def conversation_of(change: Change, row: DeliveryRow) -> ConversationRow | None:
    """The conversation that a delivery belongs to, taken; None for one that has none."""
    if row.conversation_id == SILENT:
        return None
    return thread.take(change.tx, row.store_id, row.conversation_id)


def _carried(
    change: Change, conversation: ConversationRow, row: DeliveryRow, state: DeliveryState
) -> None:
    """The knot that the shopper sees too: their answer went out by another channel."""
    first = state in _TAKEN_BY_THE_PROVIDER and row.accepted_at == change.tx.now
    if not first or row.side != "shopper" or row.form != Form.WORDS:
        return
    if row.attempt == 1 or not _was_carried(change.tx, row):
        change.append(
            conversation,
            thread.happened(
                "carried",
                audience="all",
                channel=row.channel,
                seqs=unpack(row.seqs),
            ),
        )


def _was_carried(tx: Tx, row: DeliveryRow) -> bool:
    """Whether what goes there again had gone there before, and came back."""
    return any(
        each.address_id == row.address_id
        and each.delivery_id != row.delivery_id
        and each.accepted_at is not None
        and set(unpack(row.seqs)) <= set(unpack(each.seqs))
        for each in reaching.deliveries_of(tx, row.store_id, row.conversation_id, row.side)
    )


def log_delivery(change: Change, conversation: ConversationRow | None, row: DeliveryRow) -> None:
    """The log entry that every move of a delivery leaves, for consoles and for the fold."""
    if conversation is None:
        return
    change.append(
        conversation,
        thread.happened(
            "delivery",
            channel=row.channel,
            delivery_id=row.delivery_id,
            side=row.side,
            form=row.form,
            state=row.state,
            seqs=unpack(row.seqs),
            to=masked(row.channel, row.value),
            person=_name(change, row),
            decision_id=row.decision_id,
            words=row.error_words or None,
        ),
    )


def _name(change: Change, row: DeliveryRow) -> str:
    if row.side == "staff":
        return houses.agent(change.tx, row.person_id).name
    shopper = people.shopper(change.tx, row.store_id, row.person_id)
    return shopper.name if shopper else ""
