"""What the inbox shows: pages of a view over all stores, and how many each view has."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.inbox_order import place_of, read_place
from gateway.errors import BadInput
from gateway.protocol.inbox import Counted, Counts, InboxPage, InboxRow, Narrowed
from gateway.services.house import House
from gateway.services.wire import inbox_row
from gateway.store import house as houses
from gateway.store import inbox as inbox_rows
from gateway.store import inbox_pages
from gateway.store.inbox_pages import Asked, Cursor, Line
from gateway.store.tables import ConversationRow, MentionRow, StoreRow
from gateway.store.tx import Tx

INBOX_PAGE = 100
#: Whoever scrolls on goes on: through 100,000 rows in 400 questions and not in 1,000.
FURTHER_PAGE = 250
MOST_COUNTED = 99  #: beyond it a count says no more than "more"
COUNTED = ("open", "mine", "unassigned", "mentions", "snoozed", "unreachable", "waiting")


async def page(house: House, agent_id: str, asked: Narrowed, after: str | None = None) -> InboxPage:
    """A page of one view, in order; ``after`` is where the page before it ended.

    Raises:
        BadInput: ``after`` was never given out.
    """
    cursor = _read(after)
    most = INBOX_PAGE if after is None else FURTHER_PAGE
    within = Asked(
        view=asked.view,
        agent_id=agent_id,
        label_id=asked.label_id,
        channel=asked.channel,
        assignee=asked.assignee_id,
    )

    def load(tx: Tx) -> InboxPage:
        found = [
            each
            for store in _stores(tx, asked.store_id)
            for each in inbox_pages.page(tx, store.store_id, within, after=cursor, limit=most + 1)
        ]
        found.sort(key=lambda each: each.cursor, reverse=asked.view == "mentions")
        shown = found[:most]
        on = place_of(*shown[-1].cursor) if len(found) > most else None
        told = _told(tx, shown)
        return InboxPage(
            **asked.model_dump(include=set(Narrowed.model_fields)), rows=told, after=on
        )

    return await house.store.read(load)


async def counts(house: House, agent_id: str) -> Counts:
    """How many each view has."""

    def load(tx: Tx) -> Counts:
        stores = _stores(tx, None)
        found = {view: _count(tx, stores, view, agent_id) for view in COUNTED}
        return Counts.model_validate(found)

    return await house.store.read(load)


def _told(tx: Tx, lines: Sequence[Line]) -> list[InboxRow]:
    named: dict[str, list[str]] = {}
    for each in lines:
        if each.is_named:
            named.setdefault(each.row.store_id, []).append(each.row.conversation_id)
    mentions: dict[str, list[MentionRow]] = {}
    for store_id, some in named.items():
        mentions |= inbox_rows.mentions_of(tx, store_id, some)
    return [
        inbox_row(each.row, each.shopper, mentions.get(each.row.conversation_id, ()))
        for each in lines
    ]


def rows_of(tx: Tx, rows: Sequence[ConversationRow]) -> list[InboxRow]:
    """Conversations as the inbox shows them."""
    by_store: dict[str, list[ConversationRow]] = {}
    for row in rows:
        by_store.setdefault(row.store_id, []).append(row)
    told: dict[str, InboxRow] = {}
    for store_id, some in by_store.items():
        named = inbox_rows.mentions_of(tx, store_id, [row.conversation_id for row in some])
        known = inbox_rows.shoppers_of(tx, store_id, [row.shopper_id for row in some])
        for row in some:
            shopper = known.get(row.shopper_id)
            mentions = named.get(row.conversation_id, ())
            told[row.conversation_id] = inbox_row(row, shopper, mentions)
    return [told[row.conversation_id] for row in rows]


def _read(after: str | None) -> Cursor | None:
    try:
        return None if after is None else read_place(after)
    except ValueError:
        raise BadInput("no page of the inbox ended there") from None


def _stores(tx: Tx, store_id: str | None) -> list[StoreRow]:
    return [each for each in houses.stores(tx) if store_id in (None, each.store_id)]


def _count(tx: Tx, stores: Sequence[StoreRow], view: str, agent_id: str) -> Counted:
    asked, n = Asked(view=view, agent_id=agent_id), 0
    for store in stores:
        if n <= MOST_COUNTED:
            n += inbox_pages.count(tx, store.store_id, asked, MOST_COUNTED + 1 - n)
    return Counted(n=min(n, MOST_COUNTED), more=n > MOST_COUNTED)
