"""What a query's filters ask of a conversation, and the list of those that they let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from gateway.core.inbox_order import (
    ANSWERED,
    BLOCKED,
    RESOLVED,
    SNOOZED,
    WAITING,
    lane_begins,
    order_of,
)
from gateway.core.search_query import Query
from gateway.store.search_rows import CHOSEN, OWNER, Conversation, read
from gateway.store.search_where import Where
from gateway.store.tx import Tx

BY_TIME: Final = "ORDER BY c.last_at DESC, c.conversation_id DESC"
_BY_ORDER: Final = "ORDER BY c.inbox_order, c.conversation_id DESC"
_LANES: Final = {
    "open": ((WAITING, ANSWERED), (BLOCKED, BLOCKED)),
    "snoozed": ((SNOOZED, SNOOZED), (BLOCKED, BLOCKED)),
    "resolved": ((RESOLVED, RESOLVED), (BLOCKED, BLOCKED)),
}
_ALL_LANES: Final = ((WAITING, SNOOZED), (RESOLVED, RESOLVED), (BLOCKED, BLOCKED))
_STATES: Final = {
    "open": "c.state = 'open' AND c.snoozed_until IS NULL",
    "resolved": "c.state = 'resolved'",
    "snoozed": "c.snoozed_until IS NOT NULL",
    "unassigned": "c.assignee_id IS NULL",
    "unreachable": "c.unreachable = 1",
    "unread": "c.unread > 0",
    "mine": "c.assignee_id = :me",
}
_LABELLED: Final = (
    "EXISTS (SELECT 1 FROM conversation_label l WHERE l.store_id = c.store_id"
    " AND l.conversation_id = c.conversation_id AND l.label_id IN :labels{n})"
)


class Spot(NamedTuple):
    """Where a page ends: rows after it are less than this."""

    place: int
    about: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query with its names looked up in one store; ``is_only``: the house has no other.

    ``since`` and ``until`` are microseconds, ``until`` not itself among them. ``labels`` has the
    ids of each label that was asked for, ``assignees`` the agents who may be meant.
    """

    store_id: str
    me: str
    query: Query
    is_only: bool = False
    since: int | None = None
    until: int | None = None
    labels: tuple[tuple[str, ...], ...] = ()
    assignees: tuple[str, ...] | None = None
    conversation_id: str | None = None


def on_conversations(asked: Asked) -> Where:
    """What the filters ask of a conversation ``c``, beside which store it is of."""
    where, query = Where(), asked.query
    for state in sorted(query.states):
        where.add(_STATES[state], **({"me": asked.me} if state == "mine" else {}))
    for n, ids in enumerate(asked.labels):
        where.add(_LABELLED.replace("{n}", str(n)))
        where.give(f"labels{n}", ids)
    if query.assignee == "none":
        where.add(_STATES["unassigned"])
    elif asked.assignees is not None:
        where.add("c.assignee_id IN :assignees")
        where.give("assignees", asked.assignees)
    if asked.conversation_id is not None:
        where.add("c.conversation_id = :conversation_id", conversation_id=asked.conversation_id)
    return where


def on_listed(asked: Asked) -> Where:
    """The same where conversations are what is looked for: days and channels are theirs too."""
    where = on_conversations(asked)
    where.add("c.store_id = :store_id", store_id=asked.store_id)
    if asked.since is not None:
        where.add("c.last_at >= :since", since=asked.since)
    if asked.until is not None:
        where.add("c.last_at < :until", until=asked.until)
    if asked.query.channel is not None:
        where.add("c.last_channel = :channel", channel=asked.query.channel)
    return where


def conversations(tx: Tx, asked: Asked, before: Spot | None, limit: int) -> list[Conversation]:
    """Conversations that the filters let through: of each lane so many, the last active first.

    The inbox's index has what is resolved in that order already, and this is nearly all there is;
    of the other lanes everything is looked at.
    """
    found: list[Conversation] = []
    for first, last in _lanes(asked.query.states):
        where, order = on_listed(asked), BY_TIME
        least, end = lane_begins(first), lane_begins(last + 1)
        if first == RESOLVED:
            order = _BY_ORDER
            latest = [at for at in (before and before.place, asked.until) if at is not None]
            least = _resolved(min(latest)) if latest else least
            end = _resolved(asked.since) + 1 if asked.since is not None else end
        where.add("c.inbox_order >= :least AND c.inbox_order < :end", least=least, end=end)
        if before is not None:
            where.add(
                "c.last_at <= :place AND (c.last_at, c.conversation_id) < (:place, :about)",
                place=before.place,
                about=before.about,
            )
        chosen = f"SELECT {CHOSEN} FROM conversation c{OWNER}"  # noqa: S608  # constants alone
        rest = f"{order} LIMIT {int(limit)}"
        found += read(where.run(tx, chosen, rest, columns=Conversation._fields))
    return found


def _lanes(states: Iterable[str]) -> tuple[tuple[int, int], ...]:
    return next((_LANES[each] for each in sorted(states) if each in _LANES), _ALL_LANES)


def _resolved(at: int) -> int:
    """Where in the inbox's order something stands that is resolved and was last active then."""
    return order_of(state="resolved", last_at=at, waiting_since=None)
