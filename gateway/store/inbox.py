"""Statements of the inbox: pages and counts of a view, and how many conversations a shopper has.

Each view is a range of ``inbox_order`` on an index of its own, so a page costs what it shows,
whatever there is; orders of one instant are told apart by the conversation's id. What narrows a
view beside its label (a channel, a colleague) is looked for along that range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, literal_column

from gateway.core.inbox_order import (
    ANSWERED,
    RESOLVED,
    SNOOZED,
    WAITING,
    lane_begins,
)
from gateway.store.tables import (
    ConversationLabelRow,
    ConversationRow,
    MentionRow,
    PresenceRow,
    SavedFilterRow,
    ShopperRow,
)
from gateway.store.tables.people import HOUSE
from gateway.store.tx import Tx

Cursor = tuple[int, str]  #: inbox order (of mentions: an instant) and conversation_id

LANES = {
    "open": (WAITING, ANSWERED),
    "mine": (WAITING, ANSWERED),
    "unassigned": (WAITING, ANSWERED),
    "unreachable": (WAITING, SNOOZED),
    "waiting": (WAITING, WAITING),
    "snoozed": (SNOOZED, SNOOZED),
    "resolved": (RESOLVED, RESOLVED),
}
"""The first and the last lane of each view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A view as one agent sees it; ``assignee`` empty: nobody's, None: anybody's."""

    view: str
    agent_id: str
    label_id: str | None = None
    channel: str | None = None
    assignee: str | None = None


def other_conversations(tx: Tx, store_id: str, shopper_id: str, conversation_id: str) -> int:
    """How many other conversations this shopper has."""
    return tx.session.scalars(
        select(func.count())
        .select_from(ConversationRow)
        .where(
            col(ConversationRow.store_id) == store_id,
            col(ConversationRow.shopper_id) == shopper_id,
            col(ConversationRow.conversation_id) != conversation_id,
        )
    ).one()


def page(
    tx: Tx, store_id: str, asked: Asked, *, after: Cursor | None, limit: int
) -> Sequence[tuple[Cursor, ConversationRow]]:
    """A page of a view of one store, in order, each with the cursor that leads on from it."""
    found = of_mentions if asked.view == "mentions" else of_view
    rows = tx.session.execute(found(store_id, asked, after).limit(limit))
    return [((order, row.conversation_id), row) for row, order in rows]


def of_view(store_id: str, asked: Asked, after: Cursor | None) -> Select[ConversationRow, int]:
    """The statement behind a page of any view but mentions."""
    of = ConversationRow if asked.label_id is None else ConversationLabelRow
    order, name = col(of.inbox_order), col(of.conversation_id)
    first, last = LANES[asked.view]
    found = (
        select(ConversationRow, order)
        .where(col(of.store_id) == store_id, order < lane_begins(last + 1))
        .where(order >= lane_begins(first) if after is None else tuple_(order, name) > after)
        .order_by(order, name)
    )
    if asked.label_id is not None:
        found = found.where(
            col(ConversationLabelRow.label_id) == asked.label_id,
            col(ConversationRow.store_id) == col(ConversationLabelRow.store_id),
            col(ConversationRow.conversation_id) == col(ConversationLabelRow.conversation_id),
        )
    return found.where(*_of_its_own(asked), *_narrowed(asked))


def of_mentions(store_id: str, asked: Asked, after: Cursor | None) -> Select[ConversationRow, int]:
    """The statement behind a page of mentions: each conversation once, the last named first."""
    at, name = col(MentionRow.at), col(MentionRow.conversation_id)
    later = aliased(MentionRow)
    found = (
        select(ConversationRow, at)
        .where(
            col(MentionRow.store_id) == store_id,
            col(MentionRow.agent_id) == asked.agent_id,
            col(ConversationRow.store_id) == col(MentionRow.store_id),
            col(ConversationRow.conversation_id) == col(MentionRow.conversation_id),
            ~select(col(later.seq))
            .where(
                col(later.store_id) == col(MentionRow.store_id),
                col(later.agent_id) == col(MentionRow.agent_id),
                col(later.conversation_id) == col(MentionRow.conversation_id),
                col(later.seq) > col(MentionRow.seq),
            )
            .exists(),
        )
        .order_by(at.desc(), name.desc())
    )
    if after is not None:
        found = found.where(tuple_(at, name) < after)
    if asked.label_id is not None:
        found = found.where(_bears(asked.label_id))
    return found.where(*_narrowed(asked))


def count(tx: Tx, store_id: str, asked: Asked, most: int) -> int:
    """How many a view has, counted no further than to ``most``; of mentions the unseen notes."""
    if asked.view == "mentions":
        inner = select(col(MentionRow.seq)).where(
            col(MentionRow.store_id) == store_id,
            col(MentionRow.agent_id) == asked.agent_id,
            col(MentionRow.seen_at).is_(None),
        )
    else:
        one: ColumnElement[int] = literal_column("1")
        inner = of_view(store_id, asked, None).with_only_columns(one).order_by(None)
    few = inner.limit(most).subquery()
    return int(tx.session.execute(select(func.count()).select_from(few)).scalar_one())


def mentions_of(
    tx: Tx, store_id: str, conversation_ids: Sequence[str]
) -> dict[str, list[MentionRow]]:
    """The newest mention of each agent, by conversation."""
    rows = tx.session.scalars(
        select(MentionRow)
        .where(
            col(MentionRow.store_id) == store_id,
            col(MentionRow.conversation_id).in_(conversation_ids),
        )
        .order_by(col(MentionRow.seq))
    )
    newest = {(row.conversation_id, row.agent_id): row for row in rows}
    found: dict[str, list[MentionRow]] = {}
    for row in newest.values():
        found.setdefault(row.conversation_id, []).append(row)
    return found


def shoppers_of(
    tx: Tx, store_id: str, shopper_ids: Sequence[str]
) -> dict[str, tuple[ShopperRow | None, PresenceRow | None]]:
    """Shoppers, and what was last seen of them."""
    known = tx.session.scalars(
        select(ShopperRow).where(
            col(ShopperRow.store_id) == store_id, col(ShopperRow.shopper_id).in_(shopper_ids)
        )
    )
    seen = tx.session.scalars(
        select(PresenceRow).where(
            col(PresenceRow.store_id) == store_id,
            col(PresenceRow.side) == "shopper",
            col(PresenceRow.person_id).in_(shopper_ids),
        )
    )
    presences = {row.person_id: row for row in seen}
    return {row.shopper_id: (row, presences.get(row.shopper_id)) for row in known}


def _of_its_own(asked: Asked) -> list[ColumnElement[bool]]:
    """What a view asks beside its lanes; written out where a partial index has to see it."""
    match asked.view:
        case "mine":
            return [col(ConversationRow.assignee_id) == asked.agent_id]
        case "unassigned":
            return [col(ConversationRow.assignee_id).is_(None)]
        case "unreachable":
            return [col(ConversationRow.unreachable) == literal_column("1")]
        case _:
            return []


def _narrowed(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.channel is not None:
        found.append(col(ConversationRow.last_channel) == asked.channel)
    if asked.assignee is not None:
        owner = col(ConversationRow.assignee_id)
        found.append(owner == asked.assignee if asked.assignee else owner.is_(None))
    return found


def _bears(label_id: str) -> ColumnElement[bool]:
    return (
        select(col(ConversationLabelRow.label_id))
        .where(
            col(ConversationLabelRow.store_id) == col(ConversationRow.store_id),
            col(ConversationLabelRow.conversation_id) == col(ConversationRow.conversation_id),
            col(ConversationLabelRow.label_id) == label_id,
        )
        .exists()
    )


def snoozed_out(tx: Tx, limit: int) -> Sequence[tuple[str, str]]:
    """What was snoozed until a time that has come, the soonest first."""
    found = (
        select(col(ConversationRow.store_id), col(ConversationRow.conversation_id))
        .where(col(ConversationRow.snoozed_until) <= tx.now)
        .order_by(col(ConversationRow.snoozed_until))
        .limit(limit)
    )
    return [(store_id, conversation_id) for store_id, conversation_id in tx.session.execute(found)]


def filters_of(tx: Tx, agent_id: str) -> Sequence[SavedFilterRow]:
    """The filters that an agent keeps, the oldest first."""
    return tx.session.scalars(
        select(SavedFilterRow)
        .where(
            col(SavedFilterRow.store_id) == HOUSE,
            col(SavedFilterRow.agent_id) == agent_id,
        )
        .order_by(col(SavedFilterRow.created_at), col(SavedFilterRow.filter_id))
    ).all()
