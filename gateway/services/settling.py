"""What a message does to the two sides' reach: one waits to be reached, the other is answered."""

from __future__ import annotations

from gateway.core.conversation import due_after_message
from gateway.core.model import ReachState, Side
from gateway.services.house import Change
from gateway.services.whereabouts import note_presence, note_seen
from gateway.store import house as houses
from gateway.store import merging, people, reaching
from gateway.store.tables import ConversationRow, EntryRow

STAFF: Side = "staff"
SHOPPER: Side = "shopper"


def answered(change: Change, conversation: ConversationRow, up_to: int) -> None:
    """An answer answers what its author had seen: the staff's side settles that far."""
    row = reaching.reach(change.tx, conversation, STAFF)
    row.seen_seq = max(row.seen_seq, min(up_to, row.head_seq))
    change.tx.session.add(row)
    note_seen(change.tx, conversation, STAFF, row.seen_seq)
    if row.seen_seq >= row.head_seq:
        change.settle(row)
        conversation.unreachable = _other_unreachable(change, conversation, STAFF)
    else:
        found = merging.unseen(change.tx, conversation, row.seen_seq, written_by=SHOPPER)
        conversation.waiting_since = min((rows[0].at for _, rows in found if rows), default=None)
        change.wake(conversation, STAFF)
    change.tx.session.add(conversation)


def raise_head(change: Change, conversation: ConversationRow, side: Side, row: EntryRow) -> None:
    """A person wrote to this side: its reach waits, due after the shortest delay."""
    tx = change.tx
    reach = reaching.reach(tx, conversation, side)
    policy = houses.policy(tx, houses.store(tx, conversation.store_id))
    if side == SHOPPER and reach.state != ReachState.WAITING:
        note_presence(tx, people.presence(tx, row.store_id, side, conversation.shopper_id))
    reach.head_seq = row.seq
    # None unless it waits already: only ``waiting`` has a due time.
    reach.due_at = due_after_message(policy, side, tx.now, reach.due_at)
    reach.state = ReachState.WAITING
    tx.session.add(reach)
    change.look_by(reach.due_at)
    change.touch(conversation)


def _other_unreachable(change: Change, conversation: ConversationRow, side: Side) -> int:
    other = SHOPPER if side == STAFF else STAFF
    row = reaching.reach(change.tx, conversation, other)
    return int(row.state == "unreachable")
