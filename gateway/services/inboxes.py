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
from gateway.store.inbox import Asked, Cursor
from gateway.store.tables import ConversationRow, StoreRow
from gateway.store.tx import Tx

INBOX_PAGE = 100
MOST_COUNTED = 99  #: beyond it a count says no more than "more"
COUNTED = ("open", "mine", "unassigned", "mentions", "snoozed", "unreachable", "waiting")


async def page(house: House, agent_id: str, asked: Narrowed, after: str | None = None) -> InboxPage:
    """A page of one view, in order; ``after`` is where the page before it ended.

    Raises:
        BadInput: ``after`` was never given out.
    """
    cursor = _read(after)
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
            for each in inbox_rows.page(
                tx, store.store_id, within, after=cursor, limit=INBOX_PAGE + 1
            )
        ]
        found.sort(key=lambda each: each[0], reverse=asked.view == "mentions")
        shown = found[:INBOX_PAGE]
        on = place_of(*shown[-1][0]) if len(found) > INBOX_PAGE else None
        told = rows_of(tx, [row for _, row in shown])
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
            shopper, seen = known.get(row.shopper_id, (None, None))
            mentions = named.get(row.conversation_id, ())
            told[row.conversation_id] = inbox_row(row, shopper, seen, mentions)
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
            n += inbox_rows.count(tx, store.store_id, asked, MOST_COUNTED + 1 - n)
    return Counted(n=min(n, MOST_COUNTED), more=n > MOST_COUNTED)
