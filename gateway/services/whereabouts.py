"""Where people are, written down: the row of a person, and what a change of it brings about.

A return writes no reach row; presence may only pull a due time nearer, on rows that wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from sqlmodel import col, select, update

from gateway.core.conversation import pull_due
from gateway.core.model import IN_SIGHT, Presence, ReachState
from gateway.core.policy import Policy
from gateway.services import staff
from gateway.services.house import Change
from gateway.services.places import page_group, path_of
from gateway.store import arrivals, people, reaching, thread
from gateway.store import house as houses
from gateway.store.arrivals import Person
from gateway.store.known import locked
from gateway.store.tables import ConversationRow, NodeRow, PresenceRow, ReachRow
from gateway.store.tx import Tx

Key = tuple[str, str, str]  #: store_id (the house's for agents), side, person_id

MOST_PRESENT: Final = (Presence.READING, Presence.ON_PAGE, Presence.HIDDEN, Presence.GONE)


class Seen(Enum):
    """What became of what a node saw."""

    NEWS = auto()  #: they came, went, or had been lost
    MOVED = auto()  #: more present than before, or less
    KNOWN = auto()
    YIELDED = auto()  #: another node sees more of them, and its word stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a node sees of a person.

    ``since``: when it began, microseconds UTC. It is never earlier than what was seen before it
    began. ``page`` is its address and its title.
    """

    key: Key
    presence: Presence
    since: int
    page: tuple[str | None, str | None] | None


@dataclass(slots=True, kw_only=True)
class _News:
    """A row that was written, and what became of it."""

    row: PresenceRow
    was: Presence
    is_news: bool
    stays: bool  #: neither came nor went, and was not lost
    has_moved: bool  #: to a page of another group, for which another rule may hold
    has_opened: bool  #: the panel, which is an act; that a gateway sees an open one again is none


def policies_of(tx: Tx, keys: Iterable[Key]) -> dict[str, Policy]:
    """What presence means, by store; agents belong to none."""
    return {
        each: Policy() if each == people.HOUSE else houses.policy(tx, houses.store(tx, each))
        for each in {key[0] for key in keys}
    }


def record(
    change: Change, sights: Sequence[Sight], policies: Mapping[str, Policy], *, node_id: str
) -> list[Seen]:
    """Write down what a node sees of these people, each of them once; what became of each."""
    tx = change.tx
    rows = _locked(tx, [each.key for each in sights])
    elsewhere = _elsewhere(tx, rows, sights, node_id)
    written = {
        each.key: _write(tx, rows.get(each.key), each, policies[each.key[0]], node_id)
        for each in sights
        if each.key not in elsewhere
    }
    tx.session.flush()
    shoppers = {key[::2]: news for key, news in written.items() if key[1] == "shopper"}
    _shoppers_changed(change, shoppers, policies)
    for key, news in written.items():
        if key[1] == "staff" and news.is_news:
            staff_changed(change, news.row)
    return [_became(written.get(each.key)) for each in sights]


def _became(news: _News | None) -> Seen:
    if news is None:
        return Seen.YIELDED
    if not news.is_news:
        return Seen.KNOWN
    return Seen.MOVED if news.stays else Seen.NEWS


def _write(tx: Tx, row: PresenceRow | None, sight: Sight, policy: Policy, node_id: str) -> _News:
    store_id, side, person_id = sight.key
    is_news = row is None or row.presence != sight.presence or row.lost_at is not None
    was = Presence.GONE if row is None else Presence(row.presence)
    was_lost = row is not None and row.lost_at is not None
    stays = not was_lost and Presence.GONE not in (was, sight.presence)
    if row is None:
        row = PresenceRow(
            store_id=store_id,
            side=side,
            person_id=person_id,
            node_id=node_id,
            presence=sight.presence,
            since=sight.since,
        )
    elif is_news:
        row.presence = sight.presence
        row.since = max(sight.since, row.since)
    row.node_id, row.lost_at = node_id, None
    left = row.url
    if sight.page is not None:
        row.url, row.title = sight.page
    tx.session.add(row)
    return _News(
        row=row,
        was=was,
        is_news=is_news,
        stays=stays,
        has_moved=page_group(left, policy) != page_group(row.url, policy),
        has_opened=is_news and was != Presence.READING and row.presence == Presence.READING,
    )


def _locked(tx: Tx, keys: Sequence[Key]) -> dict[Key, PresenceRow]:
    """The rows, alone on them: or a node that is buried meanwhile would flag who is here."""
    rows = tx.session.exec(
        select(PresenceRow)
        .where(
            col(PresenceRow.store_id).in_({key[0] for key in keys}),
            col(PresenceRow.side).in_({key[1] for key in keys}),
            col(PresenceRow.person_id).in_([key[2] for key in keys]),
        )
        .order_by(col(PresenceRow.person_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.store_id, row.side, row.person_id): row for row in rows}


def rank(presence: str) -> int:
    """How present that is; 0 is most."""
    return MOST_PRESENT.index(Presence(presence))


def _elsewhere(
    tx: Tx, rows: Mapping[Key, PresenceRow], sights: Sequence[Sight], node_id: str
) -> set[Key]:
    """Of whom a node that is alive saw more than this one does."""
    found = {
        each.key: row.node_id
        for each in sights
        if (row := rows.get(each.key)) is not None
        and row.node_id != node_id
        and row.lost_at is None
        and rank(row.presence) < rank(each.presence)
    }
    nodes = {each: tx.session.get(NodeRow, each) for each in set(found.values())}
    alive = {
        name
        for name, node in nodes.items()
        if node is not None and node.ended_at is None and node.lease_until > tx.now
    }
    return {key for key, name in found.items() if name in alive}


def _shoppers_changed(
    change: Change, shoppers: Mapping[Person, _News], policies: Mapping[str, Policy]
) -> None:
    tx = change.tx
    for (store_id, _), name in arrivals.newest_conversations(tx, shoppers).items():
        change.touched[name] = store_id
    changed = {who: each for who, each in shoppers.items() if each.is_news or each.has_moved}
    unread = arrivals.unread(tx, changed)
    # Conversations are locked before acts are written, as by whoever sees or says something.
    _pull_nearer(change, changed, unread, policies)
    for (store_id, person_id), each in changed.items():
        if each.has_opened:
            people.record_act(tx, store_id, "shopper", person_id, "chat")
    for who in unread:
        note_presence(tx, changed[who].row)


def _pull_nearer(
    change: Change,
    changed: Mapping[Person, _News],
    unread: Mapping[Person, Sequence[tuple[str, str]]],
    policies: Mapping[str, Policy],
) -> None:
    """Look sooner at what waits for these shoppers.

    Ids alone were read: each row is read after its conversation is locked, or a plan that is being
    made from the presence of a moment ago would put its later due time over the nearer one.
    """
    waiting = {
        conversation_id: who
        for who, found in unread.items()
        if _may_bring_nearer(changed[who])
        for conversation_id, state in found
        if state == ReachState.WAITING
    }
    if not waiting:
        return
    tx = change.tx
    tx = tx.with_known(locked(tx, {store_id for store_id, _ in waiting.values()}, waiting))
    for conversation_id, who in sorted(waiting.items()):
        news = changed[who]
        reach = reaching.reach(tx, thread.take(tx, who[0], conversation_id), "shopper")
        if reach.state != ReachState.WAITING or reach.due_at is None:
            continue
        nearer = (
            min(reach.due_at, tx.now)
            if news.has_moved or (news.has_opened and _was_elsewhere(tx, who))
            else pull_due(
                reach.due_at,
                Presence(news.row.presence),
                news.row.since,
                policies[who[0]],
                was=news.was if news.is_news else None,
            )
        )
        if nearer < reach.due_at:
            reach.due_at = nearer
            tx.session.add(reach)
            change.look_by(nearer)


def _may_bring_nearer(news: _News) -> bool:
    """Not if they only came back: after a restart everybody does, and no row need be locked."""
    is_less = rank(news.row.presence) > rank(news.was)
    return is_less or news.has_moved or news.has_opened


def _was_elsewhere(tx: Tx, who: Person) -> bool:
    """Whether their last act was not in the chat, to which they have come now."""
    act = people.act(tx, who[0], "shopper", who[1])
    return act is not None and act.channel != "chat"


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
