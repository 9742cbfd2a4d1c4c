"""Statements about conversations that go on in another, and shoppers who turned out to be one.

A delivery of the conversation in which others continue names their entries past all of its own, as
``core.merging`` does; here those names become entries again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import bindparam
from sqlmodel import SQLModel, col, select

from gateway.core.merging import name_of, place_of
from gateway.store import messages, reaching, thread
from gateway.store.messages import Heading
from gateway.store.ready import Ready
from gateway.store.tables import (
    ConversationRow,
    DeliveryRow,
    EntryRow,
    MergeRow,
    ShopperRow,
)
from gateway.store.tx import Tx, unpack

R = TypeVar("R", bound=SQLModel)
_MERGED = Ready(
    select(ShopperRow.shopper_id).where(
        ShopperRow.store_id == bindparam("store"), ShopperRow.merged_into == bindparam("into")
    )
)


def youngers(tx: Tx, conversation: ConversationRow) -> Sequence[ConversationRow]:
    """The conversations that go on in this one, by their places."""
    if conversation.places == 0:
        return ()
    return tx.session.exec(
        select(ConversationRow)
        .where(
            ConversationRow.store_id == conversation.store_id,
            ConversationRow.continued_in == conversation.conversation_id,
        )
        .order_by(col(ConversationRow.continued_as))
    ).all()


def named(tx: Tx, conversation: ConversationRow, name: int) -> tuple[ConversationRow, int] | None:
    """Whose entry this is in the view of a conversation, and its seq there; None once parted."""
    place, seq = place_of(name)
    while place:
        found = [
            each
            for each in youngers(tx, conversation)
            if each.continued_as <= place <= each.continued_as + each.places
        ]
        if not found:
            return None
        conversation = found[0]
        place -= conversation.continued_as
    return conversation, seq


def entry_named(tx: Tx, store_id: str, conversation_id: str, name: int) -> EntryRow | None:
    """The entry that a delivery of this conversation names."""
    place, seq = place_of(name)
    if place == 0:
        return thread.entry(tx, store_id, conversation_id, seq)
    held = tx.session.get(ConversationRow, (store_id, conversation_id))
    found = None if held is None else named(tx, held, name)
    return None if found is None else thread.entry(tx, store_id, found[0].conversation_id, found[1])


def unseen(
    tx: Tx, conversation: ConversationRow, seq: int, *, written_by: str
) -> list[tuple[ConversationRow, Sequence[Heading]]]:
    """What one side wrote after ``seq`` here, and what it wrote in those that this shows with it.

    The entry that tells of a merge stands for the younger's log: seen it has who has seen that.
    """
    found = [
        (
            conversation,
            messages.after(
                tx,
                conversation.store_id,
                conversation.conversation_id,
                seq,
                written_by=written_by,
            ),
        )
    ]
    to = "shopper" if written_by == "staff" else "staff"
    for each in youngers(tx, conversation):
        if each.continued_seq > seq:
            upto = reaching.reach(tx, each, to).seen_seq
            found += unseen(tx, each, upto, written_by=written_by)
    return found


def last_message(tx: Tx, conversation: ConversationRow) -> EntryRow | None:
    """The newest message of a conversation's own log."""
    return tx.session.exec(
        select(EntryRow)
        .where(
            EntryRow.store_id == conversation.store_id,
            EntryRow.conversation_id == conversation.conversation_id,
            EntryRow.kind == "message",
        )
        .order_by(col(EntryRow.seq).desc())
        .limit(1)
    ).first()


def went_on(tx: Tx, link: MergeRow, conversation_id: str) -> bool:
    """Whether the elder has written in a conversation that the younger brought."""
    written = select(EntryRow.seq).where(
        EntryRow.store_id == link.store_id,
        EntryRow.conversation_id == conversation_id,
        EntryRow.kind == "message",
        EntryRow.side == "shopper",
        EntryRow.at > link.at,
    )
    return tx.session.exec(written.limit(1)).first() is not None


def shoppers_before(tx: Tx, store_id: str, shopper_id: str) -> Sequence[str]:
    """Every id that this shopper has gone by, their own first."""
    found = [shopper_id]
    for each in found:
        found += [row[0] for row in _MERGED.found(tx, store=store_id, into=each)]
    return found


def merges_of(tx: Tx, conversation: ConversationRow) -> Sequence[MergeRow]:
    """Every merge by which this conversation went on in another, oldest first, ended ones too."""
    return tx.session.exec(
        select(MergeRow)
        .where(
            MergeRow.store_id == conversation.store_id,
            MergeRow.conversation_id == conversation.conversation_id,
            col(MergeRow.continued_in).is_not(None),
        )
        .order_by(col(MergeRow.at), col(MergeRow.merge_id))
    ).all()


def parted(tx: Tx, delivery: DeliveryRow) -> list[ConversationRow]:
    """The conversations whose entries a delivery carries since before they were parted from it."""
    places = {place_of(name)[0] for name in unpack(delivery.seqs)} - {0}
    if not places:
        return []
    ended = tx.session.exec(
        select(MergeRow).where(
            MergeRow.store_id == delivery.store_id,
            MergeRow.continued_in == delivery.conversation_id,
            col(MergeRow.ended_at).is_not(None),
        )
    ).all()
    held = [
        (each.place, thread.take(tx, each.store_id, each.conversation_id or "")) for each in ended
    ]
    return [
        row for first, row in held if any(first <= place <= first + row.places for place in places)
    ]


def carried_before(
    tx: Tx, conversation: ConversationRow, side: str
) -> list[tuple[DeliveryRow, frozenset[int]]]:
    """Deliveries that carried entries of this conversation while it went on in another.

    Each with the seqs that it carried, as this conversation calls them.
    """
    found = []
    for merge in merges_of(tx, conversation) if conversation.continued_as else ():
        if merge.ended_at is None:
            continue
        below, above = name_of(0, merge.place), name_of(0, merge.place + conversation.places + 1)
        for row in reaching.deliveries_of(tx, merge.store_id, merge.continued_in or "", side):
            mine = frozenset(each - below for each in unpack(row.seqs) if below <= each < above)
            if mine:
                found.append((row, mine))
    return found


def all_of(tx: Tx, table: type[R], *, store_id: str, **wanted: str | int) -> Sequence[R]:
    """Every row of a store whose columns hold these."""
    names = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel's tables have one
    found = select(table).where(names["store_id"] == store_id)
    for name, value in wanted.items():
        found = found.where(names[name] == value)
    return tx.session.exec(found).all()
