"""What an agent looks for: conversations, each with the places in it that answer.

Newest first, and page by page, unless the best are asked for. Conversations that are themselves
what was asked for (by number, subject, or their shopper's name, address or traits) come before
what was merely written somewhere. What was typed is never logged and never part of an answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple

from gateway.core.excerpt import Excerpt, excerpt
from gateway.core.marks import unmarked
from gateway.core.search_query import Term, understand
from gateway.services.house import House
from gateway.services.searching_asked import asked_of, spot_of, written, zone_of
from gateway.store import search, search_filters, search_rows
from gateway.store.attachments import IN_DATA
from gateway.store.search import Match
from gateway.store.search_filters import Asked, Spot
from gateway.store.search_rows import Conversation, Fact, Written
from gateway.store.tx import Tx, unpack

ON_A_PAGE: Final = 20  #: conversations
MOST_HITS: Final = 3  #: of one conversation on a page
MOST_ROWS: Final = 600  #: looked through for a page


class Hit(NamedTuple):
    """One place that answers.

    ``what``: ``message``, ``note``, ``file`` (its name), ``name``, ``address``, ``subject``, or
    the name of a trait with ``trait``. ``seq`` and the rest are an entry's; ``at`` microseconds.
    """

    what: str
    excerpt: Excerpt
    name: str = ""
    seq: int | None = None
    at: int | None = None
    author: str = ""
    side: str = ""
    channel: str = ""


@dataclass(slots=True, kw_only=True)
class Found:
    """A conversation with its hits."""

    row: Conversation
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Conversations in order, and where the next page begins; None after the last.

    A conversation may come again on a later page, with more of its hits.
    """

    found: list[Found]
    before: str | None


async def search_for(
    house: House,
    agent_id: str,
    text: str,
    *,
    best: bool = False,
    before: str | None = None,
    zone: str = "UTC",
    only: str | None = None,
) -> Page:
    """What answers ``text``; any text is a query. Days are those of ``zone``.

    ``only``: the id of the one store in which to look.

    Raises:
        BadInput: ``before`` is no place where a page ended, or there is no such zone.
    """
    query = understand(text)
    spot = None if before is None else spot_of(before)
    days = zone_of(zone)
    if query.is_empty:
        return Page(found=[], before=None)

    def work(tx: Tx) -> Page:
        stores = search.stores(tx)
        any_store = Asked(store_id="", me=agent_id, query=query, is_only=len(stores) == 1)
        asked = [
            each
            for store_id, name in stores
            if only in (None, store_id)
            and (each := asked_of(tx, replace(any_store, store_id=store_id), name, days))
            is not None
        ]
        return _Look(tx, asked, best=best).page(spot)

    return await house.store.read(work)


class _Look:
    """One page being put together."""

    def __init__(self, tx: Tx, asked: list[Asked], *, best: bool) -> None:
        self._tx = tx
        self._asked = asked
        self._terms: tuple[Term, ...] = asked[0].query.terms if asked else ()
        self._best_first = best
        self._found: dict[str, Found] = {}

    def page(self, spot: Spot | None) -> Page:
        """The page that goes on from ``spot``."""
        if not self._asked:
            return Page(found=[], before=None)
        query = self._asked[0].query
        if not query.asks_messages:
            return self._filtered(spot)
        if spot is None and query.asks_facts:
            self._take_facts()
        picked, end = self._best() if self._best_first else self._newest(spot)
        self._show(picked)
        return Page(found=list(self._found.values()), before=written(end))

    def _add(self, row: Conversation) -> Found:
        found = self._found.get(row.conversation_id)
        if found is None:
            found = self._found[row.conversation_id] = Found(row=row)
        return found

    def _filtered(self, spot: Spot | None) -> Page:
        """Filters alone: whole conversations, the last active first."""
        rows = [
            row
            for asked in self._asked
            for row in search_filters.conversations(self._tx, asked, spot, ON_A_PAGE + 1)
        ]
        rows.sort(key=lambda row: (row.last_at, row.conversation_id), reverse=True)
        last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
        end = None if last is None else Spot(last.last_at, last.conversation_id, 0)
        return Page(found=[self._add(row) for row in rows[:ON_A_PAGE]], before=written(end))

    def _take_facts(self) -> None:
        rows = [row for asked in self._asked for row in search.facts(self._tx, asked, ON_A_PAGE)]
        rows.sort(key=lambda row: (row.last_at, row.conversation_id), reverse=True)
        by_store: defaultdict[str, list[Conversation]] = defaultdict(list)
        for row in rows[:ON_A_PAGE]:
            self._add(row)
            by_store[row.store_id].append(row)
        for store_id, some in by_store.items():
            for about, facts in search_rows.facts(self._tx, store_id, some).items():
                self._found[about].hits.extend(self._hits_of(facts))

    def _hits_of(self, facts: Iterable[Fact]) -> Iterator[Hit]:
        for what, name, value in facts:
            shown = excerpt(value, self._terms)
            if shown.marks or (what == "address" and _is_number(value, self._terms)):
                yield Hit(what=what, name=name, excerpt=shown)

    def _newest(self, spot: Spot | None) -> tuple[list[Match], Spot | None]:
        """What fills a page, newest first, and where it ends if there may be more."""
        picked: list[Match] = []
        hits: Counter[str] = Counter()
        streams = [search.entries(self._tx, asked, spot, MOST_ROWS) for asked in self._asked]
        found = streams[0] if len(streams) == 1 else merge(*streams, reverse=True)
        last = None
        for each in islice(found, MOST_ROWS):
            if len(hits) == ON_A_PAGE and each.about not in hits:
                return picked, last and last.spot
            hits[each.about] += 1
            if hits[each.about] <= MOST_HITS:
                picked.append(each)
            last = each
        return picked, last.spot if last and next(found, None) else None

    def _best(self) -> tuple[list[Match], None]:
        rows = [match for asked in self._asked for match in search.best(self._tx, asked)]
        rows.sort(key=lambda match: match.score)
        hits: Counter[str] = Counter()
        picked = []
        for each in rows[: search.MOST_BEST]:
            hits[each.about] += 1
            if hits[each.about] <= MOST_HITS:
                picked.append(each)
        return picked, None

    def _show(self, picked: Sequence[Match]) -> None:
        by_store: defaultdict[str, list[Match]] = defaultdict(list)
        for each in picked:
            by_store[each.store_id].append(each)
        rows: dict[str, Conversation] = {}
        entries: dict[tuple[str, int], Written] = {}
        for store_id, some in by_store.items():
            ids = list(dict.fromkeys(each.about for each in some))
            for row in search_rows.conversations(self._tx, store_id, ids):
                rows[row.conversation_id] = row
            places = [(each.about, each.seq) for each in some]
            entries |= search_rows.entries(self._tx, store_id, places)
        for each in picked:
            entry = entries.get((each.about, each.seq))
            # What went past the session is gone from the log before it is gone from the index.
            if entry is None or each.about not in rows:
                continue
            self._add(rows[each.about]).hits.append(self._hit(entry))

    def _hit(self, entry: Written) -> Hit:
        words = entry.body or ""
        # An answer as it is read where it stands, unless only its signs were found.
        read = unmarked(words) if entry.side == "staff" else words
        what, shown = entry.kind, excerpt(read, self._terms)
        if not shown.marks:
            shown = excerpt(words, self._terms)
        if not shown.marks:
            for each in unpack(entry.data).get(IN_DATA, []):
                of_name = excerpt(str(each["name"]), self._terms)
                if of_name.marks or not entry.body:
                    what, shown = "file", of_name
                    break
        return Hit(
            what=what,
            excerpt=shown,
            seq=entry.seq,
            at=entry.at,
            author=entry.author_name,
            side=entry.side,
            channel=entry.channel,
        )


def _is_number(value: str, terms: tuple[Term, ...]) -> bool:
    """Whether a phone number is what was typed without its country."""
    digits = "".join(each for each in value if each.isdigit())
    return any(
        phrase.tokens[0] in digits
        for term in terms
        for phrase in term
        if len(phrase.tokens) == 1 and phrase.tokens[0].isdigit()
    )
