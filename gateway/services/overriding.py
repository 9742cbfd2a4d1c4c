"""An agent's wish for some messages: recorded, an entry of the log, and obeyed within consent."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.clock import DAY, MILLISECOND
from gateway.core.delivery import NEVER_SENT, NOT_NOW
from gateway.core.holds import BRINGS, overriding
from gateway.core.model import DeliveryState, Form, Side
from gateway.errors import BadInput, Conflict
from gateway.protocol.frames import Wish
from gateway.services.house import Change, House
from gateway.services.views import overrides_of
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import messages, people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, OverrideRow
from gateway.store.tx import Tx, pack, unpack

SIDE: Side = "shopper"
MOST_AHEAD = 30 * DAY


async def override(
    house: House, store_id: str, conversation_id: str, agent_id: str, wish: Wish
) -> None:
    """Let a wish hold for everything that the shopper has not seen yet.

    One that names a delivery is for what that carried. Wished already, it changes nothing: of two
    agents who want the same at once each has their will, and the shopper gets it once.

    Raises:
        BadInput: the wish lacks what its kind needs, or names somebody else's address or delivery.
        Conflict: nothing is unread, or it is known by now what became of the delivery.
        NotFound: there is no such conversation.
    """

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        row = reaching.reach(change.tx, conversation, SIDE)
        unread = messages.after(
            change.tx, store_id, conversation_id, row.seen_seq, written_by="staff"
        )
        seqs = [each.seq for each in unread]
        if wish.delivery_id is not None:
            carried: list[int] = unpack(_doubted(change.tx, conversation, wish.delivery_id).seqs)
            seqs = sorted(set(seqs) & set(carried))
        if not seqs:
            raise Conflict("the shopper has seen everything already")
        if wish.delivery_id is None or not _stands(change.tx, conversation, wish, seqs):
            record(change, conversation, agent_id, wish, seqs)

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
        BadInput: the wish lacks what its kind needs, or names somebody else's address or delivery.
        Conflict: what is to go once more has gone once more.
    """
    tx = change.tx
    if wish.kind == "as_usual":
        seqs = sorted(overriding(overrides_of(tx, conversation, SIDE)).keys() & set(seqs))
        if not seqs:
            return
    address = _address(tx, conversation, wish, seqs)
    until = None if wish.until is None else wish.until * MILLISECOND
    if wish.kind == "not_before" and (until is None or not tx.now < until <= tx.now + MOST_AHEAD):
        raise BadInput(
            "the wish to wait must name an instant within the next 30 days", why="moment"
        )
    tx.session.add(
        OverrideRow(
            store_id=conversation.store_id,
            override_id=tx.new_id(),
            conversation_id=conversation.conversation_id,
            side=SIDE,
            kind=wish.kind,
            seqs=pack(sorted(seqs)),
            address_id=address.address_id if address else None,
            delivery_id=wish.delivery_id if address else None,
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
            delivery_id=wish.delivery_id if address else None,
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
        delivery=wish.delivery_id if address else None,
        until=until,
        seqs=sorted(seqs),
    )
    change.wake(conversation, SIDE)


def _address(
    tx: Tx, conversation: ConversationRow, wish: Wish, seqs: Sequence[int]
) -> AddressRow | None:
    """Where the wish wants them brought; None for one that wants them left."""
    if wish.kind not in BRINGS:
        return None
    if wish.kind == "resend" or wish.delivery_id is not None:
        doubted = _doubted(tx, conversation, wish.delivery_id or "")
        if not set(seqs) <= set(unpack(doubted.seqs)):
            raise BadInput("the delivery that the wish names did not carry this", why="no_way")
        if wish.kind == "resend":
            _not_again(tx, conversation, doubted)
            return people.address(tx, conversation.store_id, doubted.address_id)
    address = people.address(tx, conversation.store_id, wish.address_id or "")
    if address is None or address.person_id != conversation.shopper_id:
        raise BadInput("the wish to send now must name an address of this shopper", why="no_way")
    return address


def _doubted(tx: Tx, conversation: ConversationRow, delivery_id: str) -> DeliveryRow:
    """The delivery of unknown outcome that a wish names, locked."""
    row = reaching.delivery(tx, conversation.store_id, delivery_id)
    if (
        row is None
        or row.conversation_id != conversation.conversation_id
        or (row.side, row.form) != (SIDE, Form.WORDS)
    ):
        raise BadInput("the wish must name a delivery of words to this shopper", why="no_way")
    if row.state != DeliveryState.UNKNOWN:
        raise Conflict("it is known by now what became of it")
    return row


def _stands(tx: Tx, conversation: ConversationRow, wish: Wish, seqs: Sequence[int]) -> bool:
    """Whether just this is what is wished for these messages already."""
    newest = overriding(overrides_of(tx, conversation, SIDE))
    same_way = wish.address_id if wish.kind == "now" else None
    return all(
        seq in newest
        and (newest[seq].kind, newest[seq].delivery_id) == (wish.kind, wish.delivery_id)
        and same_way in (None, newest[seq].address_id)
        for seq in seqs
    )


def _not_again(tx: Tx, conversation: ConversationRow, doubted: DeliveryRow) -> None:
    """One more goes out for each unknown outcome, and no more."""
    rows = reaching.deliveries_of(tx, conversation.store_id, conversation.conversation_id, SIDE)
    later = [row.delivery_id for row in rows].index(doubted.delivery_id) + 1
    if any(
        row.address_id == doubted.address_id
        and row.form == Form.WORDS
        and row.state not in NEVER_SENT | NOT_NOW
        and set(unpack(row.seqs)) & set(unpack(doubted.seqs))
        for row in rows[later:]
    ):
        raise Conflict("it has gone there once more already")
