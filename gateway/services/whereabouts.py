"""Where people are, written down: the row of a person, and what a change of it brings about.

A return writes no reach row; presence may only pull a due time nearer, on rows that wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Final

from sqlmodel import col, select, update

from gateway.clock import MINUTE
from gateway.core.conversation import pull_due
from gateway.core.model import IN_SIGHT, Presence, ReachState
from gateway.core.policy import Policy
from gateway.services import staff
from gateway.services.house import Change
from gateway.services.places import page_group, path_of
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import ConversationRow, NodeRow, PresenceRow, ReachRow
from gateway.store.tx import Tx

Key = tuple[str, str, str]  #: store_id (the house's for agents), side, person_id

MOST_PRESENT: Final = (Presence.READING, Presence.ON_PAGE, Presence.HIDDEN, Presence.GONE)
PER_QUERY = 500


class Seen(Enum):
    """What became of what a node saw."""

    NEWS = auto()  #: they came, went, or had been lost
    MOVED = auto()  #: more present than before, or less
    KNOWN = auto()
    YIELDED = auto()  #: another node sees more of them, and its word stands


def policy_of(tx: Tx, key: Key) -> Policy:
    """What presence means there; agents belong to no store."""
    if key[0] == people.HOUSE:
        return Policy()
    return houses.policy(tx, houses.store(tx, key[0]))


def record(
    change: Change,
    key: Key,
    presence: Presence,
    *,
    node_id: str,
    since: int | None,
    page: tuple[str | None, str | None] | None,
    policy: Policy | None = None,
) -> Seen:
    """Write down what a node sees of a person.

    ``since``: when it began, if not now. It is never earlier than what was seen before it began.
    """
    tx = change.tx
    store_id, side, person_id = key
    row = _locked(tx, key)
    if row is not None and _is_elsewhere(tx, row, presence, node_id):
        return Seen.YIELDED
    news = row is None or row.presence != presence or row.lost_at is not None
    was = Presence.GONE if row is None else Presence(row.presence)
    stays = row is not None and row.lost_at is None and Presence.GONE not in (was, presence)
    if row is None:
        row = PresenceRow(
            store_id=store_id,
            side=side,
            person_id=person_id,
            node_id=node_id,
            presence=presence,
            since=tx.now if since is None else since,
        )
    elif news:
        row.presence = presence
        row.since = tx.now if since is None else max(since, row.since)
    row.node_id, row.lost_at = node_id, None
    left = row.url
    if page is not None:
        row.url, row.title = page
    tx.session.add(row)
    tx.session.flush()
    if side == "shopper":
        rules = policy or policy_of(tx, key)
        moved = page_group(left, rules) != page_group(row.url, rules)
        _shopper_changed(change, row, was if news else None, rules, moved=moved)
    elif news:
        staff_changed(change, row)
    if not news:
        return Seen.KNOWN
    return Seen.MOVED if stays else Seen.NEWS


def _locked(tx: Tx, key: Key) -> PresenceRow | None:
    """The row, alone on it: or a node that is buried meanwhile would flag somebody who is here."""
    return tx.session.exec(
        select(PresenceRow)
        .where(
            PresenceRow.store_id == key[0],
            PresenceRow.side == key[1],
            PresenceRow.person_id == key[2],
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def overlooked(tx: Tx, here: Mapping[Key, Presence], *, node_id: str) -> list[Key]:
    """Who of those seen ``here`` is written down as less present than that, by another node.

    Two tabs of one person may be on two nodes, and the node that is left last knows of one.
    """
    if not here or not _others(tx, node_id):
        return []
    names = sorted({key[2] for key in here})
    found: list[Key] = []
    for first in range(0, len(names), PER_QUERY):
        rows = tx.session.exec(
            select(PresenceRow).where(
                col(PresenceRow.person_id).in_(names[first : first + PER_QUERY]),
                PresenceRow.node_id != node_id,
                col(PresenceRow.store_id).in_({key[0] for key in here}),
                col(PresenceRow.side).in_({key[1] for key in here}),
            )
        )
        for row in rows:
            seen = here.get((row.store_id, row.side, row.person_id))
            if seen is not None and (row.lost_at is not None or _rank(row.presence) > _rank(seen)):
                found.append((row.store_id, row.side, row.person_id))
    return found


def _rank(presence: str) -> int:
    return MOST_PRESENT.index(Presence(presence))


def _others(tx: Tx, node_id: str) -> bool:
    """Whether another node is alive, or was until a moment ago: its last word may still stand."""
    return (
        tx.session.exec(
            select(NodeRow.node_id)
            .where(NodeRow.lease_until > tx.now - MINUTE, NodeRow.node_id != node_id)
            .limit(1)
        ).first()
        is not None
    )


def _is_elsewhere(tx: Tx, row: PresenceRow, presence: Presence, node_id: str) -> bool:
    """Whether a node that is alive saw more of them than this one does."""
    if row.node_id == node_id or row.lost_at is not None or _rank(row.presence) >= _rank(presence):
        return False
    other = tx.session.get(NodeRow, row.node_id)
    return other is not None and other.ended_at is None and other.lease_until > tx.now


def _shopper_changed(
    change: Change, row: PresenceRow, was: Presence | None, policy: Policy, *, moved: bool
) -> None:
    """``was``: the presence before, None when nothing but the page has changed.

    ``moved``: to a page of another group, for which another rule may hold.
    """
    tx = change.tx
    latest = thread.latest_of(tx, row.store_id, row.person_id)
    if latest is not None:
        change.touch(latest)
    if was is None and not moved:
        return
    if row.presence == Presence.READING and was not in (None, Presence.READING):
        # Opening the panel is an act; that a gateway sees an open one again is none.
        people.record_act(tx, row.store_id, "shopper", row.person_id, "chat")
    unread = _unread(tx, row)
    for conversation_id in (each for each, state in unread if state == ReachState.WAITING):
        conversation = thread.take(tx, row.store_id, conversation_id)
        reach = reaching.reach(tx, conversation, "shopper")
        if reach.state != ReachState.WAITING or reach.due_at is None:
            continue
        nearer = (
            min(reach.due_at, tx.now)
            if moved
            else pull_due(reach.due_at, Presence(row.presence), row.since, policy, was=was)
        )
        if nearer < reach.due_at:
            reach.due_at = nearer
            tx.session.add(reach)
            change.work = True
    if unread:
        note_presence(tx, row)


def note_presence(tx: Tx, row: PresenceRow | None) -> None:
    """Keep for explanations and the simulator where somebody is."""
    if row is None:
        return
    reaching.note_fact(
        tx,
        row.store_id,
        row.person_id,
        "presence",
        presence=row.presence,
        since=row.since,
        lost=row.lost_at,
        node=row.node_id,
        page=path_of(row.url),
    )


def note_seen(tx: Tx, conversation: ConversationRow, side: str, seq: int) -> None:
    """Keep how far the shopper has seen of a conversation, or the staff have answered it."""
    reaching.note_fact(
        tx,
        conversation.store_id,
        conversation.shopper_id,
        "seen",
        side=side,
        conversation=conversation.conversation_id,
        seq=seq,
    )


def _unread(tx: Tx, row: PresenceRow) -> Sequence[tuple[str, str]]:
    """Conversations in which this shopper has something unread; a resolved one may hold an answer.

    Ids alone: each row is read after its conversation is locked, or a plan that is being made from
    the presence of a moment ago would put its later due time over the nearer one.
    """
    return tx.session.exec(
        select(ReachRow.conversation_id, ReachRow.state)
        .join(
            ConversationRow,
            (col(ConversationRow.store_id) == col(ReachRow.store_id))
            & (col(ConversationRow.conversation_id) == col(ReachRow.conversation_id)),
        )
        .where(
            ReachRow.store_id == row.store_id,
            ReachRow.side == "shopper",
            col(ReachRow.head_seq) > col(ReachRow.seen_seq),
            ConversationRow.shopper_id == row.person_id,
        )
        .order_by(col(ReachRow.conversation_id))
    ).all()


def staff_changed(change: Change, row: PresenceRow) -> None:
    """When nobody has a console in sight any more, what waits for the staff is looked at again."""
    tx = change.tx
    note_presence(tx, row)
    if row.presence in IN_SIGHT or staff.somebody_answers(tx):
        return
    tx.session.exec(
        update(ReachRow)
        .where(
            col(ReachRow.side) == "staff",
            col(ReachRow.state) == "waiting",
            col(ReachRow.due_at) > tx.now,
        )
        .values(due_at=tx.now)
    )
    change.work = True
