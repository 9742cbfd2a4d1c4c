"""An agent's wish for some messages: recorded, an entry of the log, and obeyed within consent."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.clock import DAY, MILLISECOND
from gateway.core.holds import overriding
from gateway.core.model import Side
from gateway.errors import BadInput, Conflict
from gateway.protocol.frames import Wish
from gateway.services.house import Change, House
from gateway.services.views import overrides_of
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import ConversationRow, OverrideRow
from gateway.store.tx import pack

SIDE: Side = "shopper"
MOST_AHEAD = 30 * DAY


async def override(
    house: House, store_id: str, conversation_id: str, agent_id: str, wish: Wish
) -> None:
    """Let a wish hold for everything that the shopper has not seen yet.

    Raises:
        BadInput: the wish lacks what its kind needs, or names somebody else's address.
        Conflict: nothing is unread.
        NotFound: there is no such conversation.
    """

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        row = reaching.reach(change.tx, conversation, SIDE)
        unread = thread.messages_after(
            change.tx, store_id, conversation_id, row.seen_seq, written_by="staff"
        )
        if not unread:
            raise Conflict("the shopper has seen everything already")
        record(change, conversation, agent_id, wish, [each.seq for each in unread])

    await house.change(work, on=conversation_id)


def record(
    change: Change,
    conversation: ConversationRow,
    agent_id: str,
    wish: Wish,
    seqs: Sequence[int],
) -> None:
    """Write a wish down for these messages and have them looked at again.

    That they be brought as usual is only written down for those of which something else is wished.

    Raises:
        BadInput: the wish lacks what its kind needs, or names somebody else's address.
    """
    tx = change.tx
    if wish.kind == "as_usual":
        seqs = sorted(overriding(overrides_of(tx, conversation, SIDE)).keys() & set(seqs))
        if not seqs:
            return
    address = None
    if wish.kind == "now":
        address = people.address(tx, conversation.store_id, wish.address_id or "")
        if address is None or address.person_id != conversation.shopper_id:
            raise BadInput("the wish to send now must name an address of this shopper")
    until = None if wish.until is None else wish.until * MILLISECOND
    if wish.kind == "not_before" and (until is None or not tx.now < until <= tx.now + MOST_AHEAD):
        raise BadInput("the wish to wait must name an instant within the next 30 days")
    tx.session.add(
        OverrideRow(
            store_id=conversation.store_id,
            override_id=tx.new_id(),
            conversation_id=conversation.conversation_id,
            side=SIDE,
            kind=wish.kind,
            seqs=pack(sorted(seqs)),
            address_id=address.address_id if address else None,
            until=until if wish.kind == "not_before" else None,
            agent_id=agent_id,
            at=tx.now,
        )
    )
    tx.session.flush()
    change.append(
        conversation,
        thread.happened(
            "override",
            kind=wish.kind,
            agent=houses.agent(tx, agent_id).name,
            channel=address.channel if address else None,
            to=masked(address.channel, address.value) if address else None,
            until=wish.until if wish.kind == "not_before" else None,
            seqs=sorted(seqs),
        ),
    )
    reaching.note_fact(
        tx,
        conversation.store_id,
        conversation.shopper_id,
        "override",
        wish=wish.kind,
        address=address.address_id if address else None,
        until=until,
        seqs=sorted(seqs),
    )
    change.wake(conversation, SIDE)
