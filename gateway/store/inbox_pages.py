"""Pages and counts of the inbox's views.

Each view is a range of ``inbox_order`` on an index of its own, so a page costs what it shows,
whatever there is; orders of one instant are told apart by the conversation's id. What narrows a
view beside its label (a channel, a colleague) is looked for along that range.

Of each shape of a page there is one statement, made and compiled once: making it costs as much as
running it. What is asked for are its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)

from gateway.core.inbox_order import (
    ANSWERED,
    BLOCKED,
    RESOLVED,
    SNOOZED,
    WAITING,
    lane_begins,
)
from gateway.store.inbox import Known
from gateway.store.ready import Ready
from gateway.store.tables import (
    ConversationLabelRow,
    ConversationRow,
    MentionRow,
    PresenceRow,
    ShopperRow,
)
from gateway.store.tables.columns import table_of
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
    "blocked": (BLOCKED, BLOCKED),
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


class Line(NamedTuple):
    """A conversation of a page, as a bare row, which can only be read, and whose it is.

    ``cursor`` leads on from it; ``is_named``: notes of it may name somebody.
    """

    cursor: Cursor
    row: ConversationRow
    shopper: Known
    is_named: bool


# Pages are made of the tables themselves: the mapper's rows cost more than finding them.
_conversation = table_of(ConversationRow)
_labelled = table_of(ConversationLabelRow)
_mention = table_of(MentionRow)
_presence = table_of(PresenceRow)
_shopper = table_of(ShopperRow)
_AFTER = tuple_(bindparam("after_order", type_=BigInteger), bindparam("after_name", type_=Text))


def page(
    tx: Tx, store_id: str, asked: Asked, *, after: Cursor | None, limit: int
) -> Sequence[Line]:
    """A page of a view of one store, in order."""
    ready = _page(_shape(asked), goes_on=after is not None)
    given = values_of(store_id, asked, after) | {"most": limit}
    return [
        Line(
            (each.place_order, each.conversation_id),
            each,
            Known(each.shopper_name or "", each.shopper_verified or 0, each.shopper_presence),
            bool(each.is_named),
        )
        for each in ready.rows(tx.session.connection(), given)
    ]


def count(tx: Tx, store_id: str, asked: Asked, most: int) -> int:
    """How many a view has, counted no further than to ``most``; of mentions the unseen notes."""
    given = values_of(store_id, asked, None) | {"most": most}
    return int(_count(_shape(asked)).rows(tx.session.connection(), given)[0][0])


def values_of(store_id: str, asked: Asked, after: Cursor | None) -> dict[str, Any]:
    """What the statement behind a page is given."""
    order, name = after or (None, None)
    return {
        "store_id": store_id,
        "agent_id": asked.agent_id,
        "label_id": asked.label_id,
        "channel": asked.channel,
        "assignee": asked.assignee,
        "after_order": order,
        "after_name": name,
    }


def _shape(asked: Asked) -> Asked:
    """What makes another statement; all that differs beside it are values."""
    return replace(
        asked,
        agent_id="",
        label_id=asked.label_id and "one",
        channel=asked.channel and "one",
        assignee=asked.assignee and "one",
    )


@lru_cache(maxsize=256)
def _page(shape: Asked, *, goes_on: bool) -> Ready:
    return Ready(statement_of(shape, goes_on=goes_on).limit(bindparam("most")))


@lru_cache(maxsize=256)
def _count(shape: Asked) -> Ready:
    one: ColumnElement[int] = literal_column("1")
    inner: Select[*tuple[Any, ...]] = (
        select(_mention.c.seq).where(
            _mention.c.store_id == bindparam("store_id"),
            _mention.c.agent_id == bindparam("agent_id"),
            _mention.c.seen_at.is_(None),
        )
        if shape.view == "mentions"
        else _of_view(shape, goes_on=False).with_only_columns(one).order_by(None)
    )
    return Ready(select(func.count()).select_from(inner.limit(bindparam("most")).subquery()))


def statement_of(asked: Asked, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    """The statement behind a page, from its beginning or not; it is given ``values_of``.

    Whose a conversation is comes with it: asked for by a hundred ids it cost as much again.
    """
    found = (_of_mentions if asked.view == "mentions" else _of_view)(asked, goes_on=goes_on)
    named = _mention.alias("named")
    is_named = exists().where(
        named.c.store_id == _conversation.c.store_id,
        named.c.conversation_id == _conversation.c.conversation_id,
    )
    return (
        found.outerjoin_from(
            _conversation,
            _shopper,
            (_shopper.c.store_id == _conversation.c.store_id)
            & (_shopper.c.shopper_id == _conversation.c.shopper_id),
        )
        .outerjoin(
            _presence,
            (_presence.c.store_id == _conversation.c.store_id)
            & (_presence.c.side == "shopper")
            & (_presence.c.person_id == _conversation.c.shopper_id),
        )
        .add_columns(
            _shopper.c.name.label("shopper_name"),
            _shopper.c.verified.label("shopper_verified"),
            _presence.c.presence.label("shopper_presence"),
            is_named.label("is_named"),
        )
    )


def _of_view(asked: Asked, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    """Any view but mentions."""
    first, last = LANES[asked.view]
    of: FromClause = _conversation
    found = select(*_conversation.c)
    if asked.label_id is None:
        found = found.select_from(_conversation)
    else:
        of = _labelled
        found = found.join_from(
            _labelled,
            _conversation,
            (_conversation.c.store_id == _labelled.c.store_id)
            & (_conversation.c.conversation_id == _labelled.c.conversation_id),
        ).where(_labelled.c.label_id == bindparam("label_id"))
    order, name = of.c.inbox_order, of.c.conversation_id
    begins = tuple_(order, name) > _AFTER if goes_on else order >= lane_begins(first)
    return (
        found.add_columns(order.label("place_order"))
        .where(of.c.store_id == bindparam("store_id"), order < lane_begins(last + 1), begins)
        .where(*_of_its_own(asked), *_narrowed(asked))
        .order_by(order, name)
    )


def _of_mentions(asked: Asked, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    """Mentions: each conversation once, the last named first."""
    at, name = _mention.c.at, _mention.c.conversation_id
    later = _mention.alias("later")
    newer = select(later.c.seq).where(
        later.c.store_id == _mention.c.store_id,
        later.c.agent_id == _mention.c.agent_id,
        later.c.conversation_id == _mention.c.conversation_id,
        later.c.seq > _mention.c.seq,
    )
    found = (
        select(*_conversation.c, at.label("place_order"))
        .join_from(
            _mention,
            _conversation,
            (_conversation.c.store_id == _mention.c.store_id)
            & (_conversation.c.conversation_id == _mention.c.conversation_id),
        )
        .where(
            _mention.c.store_id == bindparam("store_id"),
            _mention.c.agent_id == bindparam("agent_id"),
            ~newer.exists(),
        )
        .order_by(at.desc(), name.desc())
    )
    if goes_on:
        found = found.where(tuple_(at, name) < _AFTER)
    if asked.label_id is not None:
        found = found.where(_bears())
    return found.where(*_narrowed(asked))


def _of_its_own(asked: Asked) -> list[ColumnElement[bool]]:
    """What a view asks beside its lanes; written out where a partial index has to see it."""
    match asked.view:
        case "mine":
            return [_conversation.c.assignee_id == bindparam("agent_id")]
        case "unassigned":
            return [_conversation.c.assignee_id.is_(None)]
        case "unreachable":
            return [_conversation.c.unreachable == literal_column("1")]
        case _:
            return []


def _narrowed(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.channel is not None:
        found.append(_conversation.c.last_channel == bindparam("channel"))
    if asked.assignee is not None:
        owner = _conversation.c.assignee_id
        found.append(owner == bindparam("assignee") if asked.assignee else owner.is_(None))
    return found


def _bears() -> ColumnElement[bool]:
    return (
        select(_labelled.c.label_id)
        .where(
            _labelled.c.store_id == _conversation.c.store_id,
            _labelled.c.conversation_id == _conversation.c.conversation_id,
            _labelled.c.label_id == bindparam("label_id"),
        )
        .exists()
    )
