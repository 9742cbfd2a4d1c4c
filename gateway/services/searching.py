"""What an agent looks for: conversations, each with the places in it that answer.

Newest first, and page by page, unless the best are asked for. Conversations that are themselves
what was asked for (by number, subject, or their shopper's name, address or traits) come before
what was merely written somewhere. What was typed is never logged and never part of an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.core.excerpt import Excerpt, excerpt
from gateway.core.search_query import Term, understand
from gateway.services.house import House
from gateway.services.searching_asked import asked_of, spot_of, written, zone_of
from gateway.store import house as houses
from gateway.store import merging, people, search, traits
from gateway.store.attachments import IN_DATA
from gateway.store.search import Asked, Conversation, Match, Spot
from gateway.store.tx import Tx, unpack

ON_A_PAGE: Final = 20  #: conversations
MOST_HITS: Final = 3  #: of one conversation on a page
AT_ONCE: Final = 60  #: rows asked of a store at a time
MOST_ROWS: Final = 600  #: looked through for a page
MOST_BEST: Final = 100  #: rows among which the best are shown
_KINDS: Final = ("claim", "set")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
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
) -> Page:
    """What answers ``text``; any text is a query. Days are those of ``zone``.

    Raises:
        BadInput: ``before`` is no place where a page ended, or there is no such zone.
    """
    query = understand(text)
    spot = None if before is None else spot_of(before)
    days = zone_of(zone)
    if query.is_empty:
        return Page(found=[], before=None)

    def work(tx: Tx) -> Page:
        asked = [
            each
            for store in houses.stores(tx)
            if (each := asked_of(tx, store, agent_id, query, days)) is not None
        ]
        return _Look(tx, asked, best=best).page(spot)

    return await house.store.read(work)


class _Look:
    """One page being put together."""

    def __init__(self, tx: Tx, asked: list[Asked], *, best: bool) -> None:
        self._tx = tx
        self._asked = asked
        self._terms: tuple[Term, ...] = asked[0].query.terms if asked else ()
        self._best = best
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
        picked, end = self._best_rows() if self._best else self._newest_rows(spot)
        for each in picked:
            hits = self._add(each.row).hits
            if sum(hit.seq is not None for hit in hits) < MOST_HITS:
                hits.append(self._hit(each))
        return Page(found=list(self._found.values()), before=written(end))

    def _add(self, row: Conversation) -> Found:
        return self._found.setdefault(row.conversation_id, Found(row=row))

    def _filtered(self, spot: Spot | None) -> Page:
        """Filters alone: whole conversations, the last active first."""
        rows = [
            row
            for asked in self._asked
            for row in search.conversations(self._tx, asked, spot, ON_A_PAGE + 1)
        ]
        rows.sort(key=lambda row: (row.last_at, row.conversation_id), reverse=True)
        last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
        end = None if last is None else Spot(last.last_at, last.conversation_id, 0)
        return Page(found=[self._add(row) for row in rows[:ON_A_PAGE]], before=written(end))

    def _take_facts(self) -> None:
        tx = self._tx
        rows: list[Conversation] = []
        for asked in self._asked:
            named, shoppers = search.facts(tx, asked)
            of = [x for one in shoppers for x in merging.shoppers_before(tx, asked.store_id, one)]
            if named or of:
                rows += search.conversations(tx, asked, None, ON_A_PAGE, named=named, of=of)
        rows.sort(key=lambda row: (row.last_at, row.conversation_id), reverse=True)
        for row in rows[:ON_A_PAGE]:
            self._add(row).hits.extend(self._hits_of_facts(row))

    def _hits_of_facts(self, row: Conversation) -> Iterator[Hit]:
        for what, name, value in _facts_of(self._tx, row):
            shown = excerpt(value, self._terms)
            if shown.marks or (what == "address" and _is_number(value, self._terms)):
                yield Hit(what=what, name=name, excerpt=shown)

    def _newest_rows(self, spot: Spot | None) -> tuple[list[Match], Spot | None]:
        """What fills a page, newest first, and where it ends if there may be more."""
        picked: list[Match] = []
        hits: Counter[str] = Counter()
        for _ in range(MOST_ROWS // AT_ONCE):
            rows = [
                match
                for asked in self._asked
                for match in search.entries(self._tx, asked, spot, AT_ONCE)
            ]
            is_last = len(rows) < AT_ONCE
            rows.sort(key=lambda match: match.spot, reverse=True)
            for each in rows[:AT_ONCE]:
                if each.spot.about not in hits and len(hits) == ON_A_PAGE:
                    return picked, spot
                hits[each.spot.about] += 1
                if hits[each.spot.about] <= MOST_HITS:
                    picked.append(each)
                spot = each.spot
            if is_last:
                return picked, None
        return picked, spot

    def _best_rows(self) -> tuple[list[Match], None]:
        rows = [
            match
            for asked in self._asked
            for match in search.entries(self._tx, asked, None, MOST_BEST, best=True)
        ]
        rows.sort(key=lambda match: match.score)
        return rows[:MOST_BEST], None

    def _hit(self, match: Match) -> Hit:
        entry = match.entry
        what, shown = entry.kind, excerpt(entry.body or "", self._terms)
        if not shown.marks:
            for each in unpack(entry.data).get(IN_DATA, []):
                of_name = excerpt(str(each["name"]), self._terms)
                if of_name.marks or not entry.body:
                    what, shown = "file", of_name
                    break
        return Hit(
            what=what,
            excerpt=shown,
            seq=match.spot.seq,
            at=entry.at,
            author=entry.author_name,
            side=entry.side,
            channel=entry.channel,
        )


def _facts_of(tx: Tx, row: Conversation) -> Iterator[tuple[str, str, str]]:
    """What a conversation is found by beside its entries: what it is, its name, its value."""
    store_id = row.store_id
    owner = people.now_of(tx, store_id, row.shopper_id)
    shopper = people.shopper(tx, store_id, owner)
    yield "subject", "", row.subject
    yield "name", "", shopper.name if shopper else ""
    for address in people.addresses_of(tx, store_id, "shopper", owner):
        if address.channel != "push":
            yield "address", address.channel, address.value
    for kind in _KINDS:
        for trait in traits.traits_of(tx, store_id, owner, kind):
            yield "trait", trait.name, str(unpack(trait.value))


def _is_number(value: str, terms: tuple[Term, ...]) -> bool:
    """Whether a phone number is what was typed without its country."""
    digits = "".join(each for each in value if each.isdigit())
    return any(
        phrase.tokens[0] in digits
        for term in terms
        for phrase in term
        if len(phrase.tokens) == 1 and phrase.tokens[0].isdigit()
    )
