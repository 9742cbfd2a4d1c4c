"""Statements of search: where in one store something answers a query, newest or best first.

Nothing that somebody typed comes into a statement but tokens (``core.folding``), and those as a
value, quoted: letters, digits, signs. Each statement asks one store by ``store_id``, and by a token
of its own in the index where there are others. They bring places alone, and are read no further
than a page needs; what it shows of them is in ``search_rows``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from sqlalchemy import CursorResult
from sqlmodel import col, select

from gateway.core.search_query import Phrase, Term
from gateway.store.search_filters import BY_TIME, Asked, Spot, on_conversations, on_listed
from gateway.store.search_rows import CHOSEN, OWNER, Conversation, read
from gateway.store.search_where import MATCHED, MATCHES, Where, dialect_of, expression
from gateway.store.search_words import facet, fact, first_place
from gateway.store.tables import LabelRow, StoreRow
from gateway.store.tx import Tx

MOST_FACTS: Final = 1_000  #: shoppers and conversations, the newest, that a query may name
AT_ONCE: Final = 60  #: places read at a time
MOST_BEST: Final = 100  #: places among which the best are shown

_STORES: Final = select(col(StoreRow.store_id), col(StoreRow.name)).order_by(
    col(StoreRow.created_at)
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
_OF_A_CONVERSATION: Final = (
    " JOIN conversation c ON c.store_id = s.store_id AND c.conversation_id = s.about"
)
#: The conversations that a query names, and all of the shoppers that it names, also under the ids
#: that they have gone by.
_NAMED: Final = (
    "WITH RECURSIVE named (about, kind) AS (SELECT s.about, s.kind FROM {matched} WHERE {where}"
    " ORDER BY {newest} LIMIT {most}), owner (shopper_id) AS (SELECT about FROM named"
    " WHERE kind = 'shopper' UNION SELECT y.shopper_id FROM owner JOIN shopper y"
    " ON y.store_id = :store_id AND y.merged_into = owner.shopper_id)"
    ", wanted (conversation_id) AS (SELECT about FROM named WHERE kind = 'conversation'"
    " UNION SELECT x.conversation_id FROM owner CROSS JOIN conversation x"
    " WHERE x.store_id = :store_id AND x.shopper_id = owner.shopper_id)"
)


class Match(NamedTuple):
    """The place of an entry that answers; ``score`` is lower for a better one, 0 by time."""

    place: int
    about: str
    seq: int
    store_id: str
    score: float

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return Spot(*self[:3])


def stores(tx: Tx) -> list[tuple[str, str]]:
    """Every store's id and name."""
    return [(store_id, name) for store_id, name in tx.session.connection().execute(_STORES)]


def entries(tx: Tx, asked: Asked, before: Spot | None, most: int) -> Iterator[Match]:
    """Messages and notes that answer, newest first, from ``before`` on; at least so many if there.

    SQLite finds each when it is asked for. PostgreSQL finds and sorts all of them at each
    statement, and is asked for few at a time.
    """
    dialect = dialect_of(tx)
    limit = most if dialect == "sqlite" else AT_ONCE
    while True:
        n = 0
        with closing(_entries(tx, asked, dialect, before, limit)) as found:
            for some in found.partitions(AT_ONCE):
                n += len(some)
                for row in some:
                    yield Match._make(row)
                before = Spot(*some[-1][:3])
        if n < limit:
            return


def best(tx: Tx, asked: Asked) -> list[Match]:
    """The messages and notes that answer best."""
    found = _entries(tx, asked, dialect_of(tx), None, MOST_BEST, best=True)
    return [Match._make(row) for row in found]


def _entries(
    tx: Tx, asked: Asked, dialect: str, before: Spot | None, limit: int, *, best: bool = False
) -> CursorResult[*tuple[Any, ...]]:
    query, where = asked.query, on_conversations(asked)
    joined = _OF_A_CONVERSATION if where.clauses else ""
    facets = [] if asked.is_only else [facet("store", asked.store_id)]
    facets += [facet("has", each) for each in sorted(query.has)]
    facets += [facet("on", query.channel)] if query.channel is not None else []
    terms = [*query.terms, *(_author(each, asked.me) for each in query.authors)]
    where.add(MATCHES[dialect], match=expression(dialect, terms, facets))
    where.add("s.store_id = :store_id AND s.kind = 'entry'", store_id=asked.store_id)
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
    return where.run(
        tx,
        f"SELECT s.place, s.about, s.seq, s.store_id, {score} AS score"  # noqa: S608
        f" FROM {MATCHED[dialect]}{joined}",
        f"ORDER BY {order} LIMIT {int(limit)}",
        columns=Match._fields,
    )


def facts(tx: Tx, asked: Asked, limit: int) -> list[Conversation]:
    """Conversations that are themselves what was asked for, or whose shoppers are.

    Those that the filters let through, the last active first. Of what a query names, only the
    newest ``MOST_FACTS`` are looked at.
    """
    dialect = dialect_of(tx)
    terms = [tuple(_of_facts(each) for each in term) for term in asked.query.terms]
    facets = [] if asked.is_only else [facet("store", asked.store_id)]
    named = Where()
    named.add(MATCHES[dialect], match=expression(dialect, terms, facets))
    named.add("s.store_id = :store_id AND s.kind <> 'entry'")
    where = on_listed(asked)
    where.given |= named.given
    prefix = _NAMED.format(
        matched=MATCHED[dialect], where=named.written(), newest=_NEWEST[dialect], most=MOST_FACTS
    )
    return read(
        where.run(
            tx,
            f"{prefix} SELECT {CHOSEN} FROM wanted w CROSS JOIN conversation c{OWNER}",  # noqa: S608
            f"AND c.conversation_id = w.conversation_id {BY_TIME} LIMIT {int(limit)}",
            columns=Conversation._fields,
        )
    )


def numbered(tx: Tx, asked: Asked, number: int) -> str | None:
    """The conversation with this number."""
    dialect = dialect_of(tx)
    facets = [facet("number", str(number))]
    facets += [] if asked.is_only else [facet("store", asked.store_id)]
    where = Where()
    where.add(MATCHES[dialect], match=expression(dialect, (), facets))
    where.add(
        "s.store_id = :store_id AND s.kind = 'conversation'",
        store_id=asked.store_id,
    )
    chosen = f"SELECT s.about FROM {MATCHED[dialect]}"  # noqa: S608  # constants alone
    found = where.run(tx, chosen, "LIMIT 1", columns=("about",)).first()
    return None if found is None else str(found[0])


def labels_of(tx: Tx, store_id: str) -> Sequence[LabelRow]:
    """A store's labels that were not removed."""
    return tx.session.exec(
        select(LabelRow).where(LabelRow.store_id == store_id, col(LabelRow.removed_at).is_(None))
    ).all()


def _of_facts(phrase: Phrase) -> Phrase:
    return Phrase(tokens=tuple(fact(each) for each in phrase.tokens), is_start=phrase.is_start)


def _author(names: tuple[str, ...], me: str) -> Term:
    if names == ("me",):
        return (Phrase(tokens=(facet("by", me),)),)
    if names in (("shopper",), ("staff",)):
        return (Phrase(tokens=(facet("side", names[0]),)),)
    return (Phrase(tokens=tuple(facet("name", each) for each in names), is_start=True),)
