"""Statements of the inbox beside its pages: what a line shows, and what an agent keeps of views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, tuple_
from sqlmodel import col, func

from gateway.store.ready import Ready
from gateway.store.tables import (
    ConversationRow,
    MentionRow,
    PresenceRow,
    SavedFilterRow,
    ShopperRow,
)
from gateway.store.tables.people import HOUSE
from gateway.store.tx import Tx


class Known(NamedTuple):
    """A shopper as the inbox shows them; ``presence`` is what was last seen, None for nothing."""

    name: str
    verified: int
    presence: str | None


#: Made once: making a statement costs as much as running it.
_MENTIONS = (
    select(MentionRow)
    .where(
        col(MentionRow.store_id) == bindparam("store_id"),
        col(MentionRow.conversation_id).in_(bindparam("ids", expanding=True)),
    )
    .order_by(col(MentionRow.seq))
)
_SHOPPERS = (
    select(
        col(ShopperRow.shopper_id),
        col(ShopperRow.name),
        col(ShopperRow.verified),
        col(PresenceRow.presence),
    )
    .outerjoin(
        PresenceRow,
        (col(PresenceRow.store_id) == col(ShopperRow.store_id))
        & (col(PresenceRow.side) == "shopper")
        & (col(PresenceRow.person_id) == col(ShopperRow.shopper_id)),
    )
    .where(
        col(ShopperRow.store_id) == bindparam("store_id"),
        col(ShopperRow.shopper_id).in_(bindparam("ids", expanding=True)),
    )
)


_OTHERS = Ready(
    select(func.count())
    .select_from(ConversationRow)
    .where(
        col(ConversationRow.store_id) == bindparam("store"),
        col(ConversationRow.shopper_id) == bindparam("shopper"),
        col(ConversationRow.conversation_id) != bindparam("but"),
    )
)


def other_conversations(tx: Tx, store_id: str, shopper_id: str, conversation_id: str) -> int:
    """How many other conversations this shopper has."""
    found = _OTHERS.found(tx, store=store_id, shopper=shopper_id, but=conversation_id)
    return int(found[0][0])


def conversations(tx: Tx, named: Sequence[tuple[str, str]]) -> dict[str, ConversationRow]:
    """These (store_id, conversation_id), as far as they exist, by their id, in this order."""
    found = tx.session.scalars(
        select(ConversationRow).where(
            tuple_(col(ConversationRow.store_id), col(ConversationRow.conversation_id)).in_(named)
        )
    )
    by_id = {row.conversation_id: row for row in found}
    return {name: by_id[name] for _, name in named if name in by_id}


def mentions_of(
    tx: Tx, store_id: str, conversation_ids: Sequence[str]
) -> dict[str, list[MentionRow]]:
    """The newest mention of each agent, by conversation."""
    rows = tx.session.scalars(_MENTIONS, {"store_id": store_id, "ids": conversation_ids})
    newest = {(row.conversation_id, row.agent_id): row for row in rows}
    found: dict[str, list[MentionRow]] = {}
    for row in newest.values():
        found.setdefault(row.conversation_id, []).append(row)
    return found


def shoppers_of(tx: Tx, store_id: str, shopper_ids: Sequence[str]) -> dict[str, Known]:
    """Shoppers, and what was last seen of them."""
    found = tx.session.execute(_SHOPPERS, {"store_id": store_id, "ids": shopper_ids})
    return {shopper_id: Known(*rest) for shopper_id, *rest in found}


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
