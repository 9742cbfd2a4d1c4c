"""Statements of search: what of one store answers a query, newest or best first.

Nothing that somebody typed comes into a statement but tokens (``core.folding``), and those as a
value, quoted: letters, digits, signs. Each statement asks one store, by a token of its own in the
index and by ``store_id``, and brings all that a page shows: rows made one by one cost more than
the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlmodel import col, select

from gateway.core.search_query import Phrase, Query, Term
from gateway.store.search_where import MATCHED, MATCHES, Where, dialect_of, expression
from gateway.store.search_words import facet, fact, first_place
from gateway.store.tables import LabelRow
from gateway.store.tx import Tx

MOST_FACTS: Final = 50  #: shoppers and conversations that a query may name

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
_SCORE: Final = {
    "sqlite": "i.rank",
    "postgresql": "-ts_rank_cd(s.found, CAST(:scored AS tsquery))",
}
#: The same order, named so that SQLite has nothing to sort.
_NEWEST: Final = {
    "sqlite": "i.rowid DESC",
    "postgresql": "s.place DESC, s.about DESC, s.seq DESC",
}
_CONVERSATION: Final = (
    "c.store_id, c.conversation_id, c.number, c.shopper_id, coalesce(h.name, ''), c.subject,"
    " c.preview, c.state, c.snoozed_until, c.assignee_id, c.last_channel, c.last_at"
)
_OWNER: Final = " LEFT JOIN shopper h ON h.store_id = c.store_id AND h.shopper_id = c.shopper_id"
_ENTRY: Final = "e.kind, e.body, e.at, e.author_name, e.side, e.channel, e.data"


class Spot(NamedTuple):
    """Where a page ends: rows after it are less than this."""

    place: int
    about: str
    seq: int


class Conversation(NamedTuple):
    """A conversation as a page shows it; ``shopper`` is a name, or empty."""

    store_id: str
    conversation_id: str
    number: int
    shopper_id: str
    shopper: str
    subject: str
    preview: str
    state: str
    snoozed_until: int | None
    assignee_id: str | None
    last_channel: str
    last_at: int


class Written(NamedTuple):
    """An entry as a page shows it; ``data`` is JSON."""

    kind: str
    body: str | None
    at: int
    author_name: str
    side: str
    channel: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry that answers; ``score`` is lower for a better one, 0 by time."""

    spot: Spot
    score: float
    row: Conversation
    entry: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query with its names looked up in one store.

    ``since`` and ``until`` are microseconds, ``until`` not itself among them. ``labels`` has the
    ids of each label that was asked for, ``assignees`` the agents who may be meant.
    """

    store_id: str
    me: str
    query: Query
    since: int | None = None
    until: int | None = None
    labels: tuple[tuple[str, ...], ...] = ()
    assignees: tuple[str, ...] | None = None
    conversation_id: str | None = None


def entries(
    tx: Tx, asked: Asked, before: Spot | None, limit: int, *, best: bool = False
) -> list[Match]:
    """Messages and notes that answer, newest first (from ``before`` on), or the best first."""
    dialect, query = dialect_of(tx), asked.query
    where = _conversations(asked)
    facets = [facet("store", asked.store_id)]
    facets += [facet("has", each) for each in sorted(query.has)]
    facets += [facet("on", query.channel)] if query.channel is not None else []
    terms = [*query.terms, *(_author(each, asked.me) for each in query.authors)]
    where.add(MATCHES[dialect], match=expression(dialect, terms, facets))
    where.add("s.store_id = :store_id AND s.kind = 'entry'")
    if asked.since is not None:
        where.add("s.place >= :since", since=first_place(asked.since))
    if asked.until is not None:
        where.add("s.place < :until", until=first_place(asked.until))
    if before is not None:
        where.add(
            "s.place <= :place AND (s.place, s.about, s.seq) < (:place, :about, :seq)",
            **before._asdict(),
        )
    score, order = "0", _NEWEST[dialect]
    if best and terms:
        score, order = _SCORE[dialect], "score"
        if dialect == "postgresql":
            where.given["scored"] = expression(dialect, terms, [])
    found = where.run(
        tx,
        f"SELECT s.place, s.about, s.seq, {score} AS score, {_CONVERSATION}, {_ENTRY}"  # noqa: S608
        f" FROM {MATCHED[dialect]}"
        " JOIN conversation c ON c.store_id = s.store_id AND c.conversation_id = s.about"
        " JOIN entry e ON e.store_id = s.store_id AND e.conversation_id = s.about"
        f" AND e.seq = s.seq{_OWNER}",
        f"ORDER BY {order} LIMIT {int(limit)}",
    )
    return [_match(row) for row in found]


def facts(tx: Tx, asked: Asked) -> tuple[list[str], list[str]]:
    """The conversations and the shoppers that are themselves what was asked for, newest first."""
    dialect = dialect_of(tx)
    terms = [tuple(_of_facts(each) for each in term) for term in asked.query.terms]
    where = Where()
    where.add(
        MATCHES[dialect],
        match=expression(dialect, terms, [facet("store", asked.store_id)]),
    )
    where.add("s.store_id = :store_id AND s.kind <> 'entry'", store_id=asked.store_id)
    found = where.run(
        tx,
        f"SELECT s.about, s.kind FROM {MATCHED[dialect]}",  # noqa: S608  # constants alone
        f"ORDER BY {_NEWEST[dialect]} LIMIT {MOST_FACTS}",
    )
    named: dict[str, list[str]] = {"conversation": [], "shopper": []}
    for row in found:
        named[row.kind].append(row.about)
    return named["conversation"], named["shopper"]


def numbered(tx: Tx, store_id: str, number: int) -> str | None:
    """The conversation with this number."""
    dialect = dialect_of(tx)
    facets = [facet("store", store_id), facet("number", str(number))]
    where = Where()
    where.add(MATCHES[dialect], match=expression(dialect, (), facets))
    where.add("s.store_id = :store_id AND s.kind = 'conversation'", store_id=store_id)
    found = where.run(
        tx,
        f"SELECT s.about FROM {MATCHED[dialect]}",  # noqa: S608  # constants alone
        "LIMIT 1",
    )
    return found[0].about if found else None


def conversations(
    tx: Tx,
    asked: Asked,
    before: Spot | None,
    limit: int,
    *,
    named: Sequence[str] | None = None,
    of: Sequence[str] = (),
) -> list[Conversation]:
    """Conversations that the filters let through, the last active first.

    Only these (``named``) and those of these shoppers (``of``); None for any.
    """
    where = _conversations(asked)
    if asked.since is not None:
        where.add("c.last_at >= :since", since=asked.since)
    if asked.until is not None:
        where.add("c.last_at < :until", until=asked.until)
    if asked.query.channel is not None:
        where.add("c.last_channel = :channel", channel=asked.query.channel)
    if named is not None:
        where.add("(c.conversation_id IN :named OR c.shopper_id IN :of)")
        where.give("named", named)
        where.give("of", of)
    if before is not None:
        where.add(
            "c.last_at <= :place AND (c.last_at, c.conversation_id) < (:place, :about)",
            place=before.place,
            about=before.about,
        )
    found = where.run(
        tx,
        f"SELECT {_CONVERSATION} FROM conversation c{_OWNER}",  # noqa: S608  # constants alone
        f"ORDER BY c.last_at DESC, c.conversation_id DESC LIMIT {int(limit)}",
    )
    return [Conversation(*row) for row in found]


def labels_of(tx: Tx, store_id: str) -> Sequence[LabelRow]:
    """A store's labels that were not removed."""
    return tx.session.exec(
        select(LabelRow).where(LabelRow.store_id == store_id, col(LabelRow.removed_at).is_(None))
    ).all()


def _match(row: Sequence[Any]) -> Match:
    shown = 4 + len(Conversation._fields)
    return Match(
        spot=Spot(*row[:3]),
        score=float(row[3]),
        row=Conversation(*row[4:shown]),
        entry=Written(*row[shown:]),
    )


def _conversations(asked: Asked) -> Where:
    """What the filters ask of a conversation ``c``."""
    where, query = Where(), asked.query
    where.add("c.store_id = :store_id", store_id=asked.store_id)
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


def _of_facts(phrase: Phrase) -> Phrase:
    return Phrase(tokens=tuple(fact(each) for each in phrase.tokens), is_start=phrase.is_start)


def _author(names: tuple[str, ...], me: str) -> Term:
    if names == ("me",):
        return (Phrase(tokens=(facet("by", me),)),)
    if names in (("shopper",), ("staff",)):
        return (Phrase(tokens=(facet("side", names[0]),)),)
    return (Phrase(tokens=tuple(facet("name", each) for each in names), is_start=True),)
