"""A shopper's message of which nothing but the appending is to be done, for many at once.

This is the one hot write (DESIGN, section 5), so it exists a second time as statements over a set,
past the mapper. What it loads and saves is what ``services.receive`` does one by one, and a test
draws conversations to see that both leave the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import col, update

from gateway.core.inbox_order import order_of
from gateway.store import search_late
from gateway.store.tables import (
    ActRow,
    ConversationRow,
    EntryRow,
    ReachRow,
    ShopperRow,
)
from gateway.store.tx import Tx
from gateway.store.written import Written

Person = tuple[str, str]  #: store_id, shopper_id
LOOKED_UP: Final = 32  #: cmids at a time: both databases try each author with each of them


@dataclass(slots=True)
class Talk:
    """A conversation, both its reach rows and its shopper, as far as a message changes them."""

    store_id: str
    conversation_id: str
    number: int
    shopper_id: str
    last_seq: int
    last_all: int
    waiting_since: int | None
    unread: int
    name: str
    staff_due_at: int | None
    shopper_head: int
    shopper_seen: int
    shopper_state: str
    shopper_due_at: int | None
    staff_head: int = 0
    last_at: int = 0
    preview: str = ""
    is_woken: bool = False  #: the shopper's side is to be looked at again


_COLUMNS = tuple(each.name for each in fields(Written))
_Theirs, _Staffs, _Younger = aliased(ReachRow), aliased(ReachRow), aliased(ShopperRow)


def _of(column: object, name: str) -> ColumnElement[bool]:
    return col(column).in_(bindparam(name, expanding=True))


def _reach(row: type[ReachRow], side: str) -> ColumnElement[bool]:
    return (
        (col(row.store_id) == col(ConversationRow.store_id))
        & (col(row.conversation_id) == col(ConversationRow.conversation_id))
        & (col(row.side) == side)
    )


_TALKS = (
    select(
        col(ConversationRow.store_id),
        col(ConversationRow.conversation_id),
        col(ConversationRow.number),
        col(ConversationRow.shopper_id),
        col(ConversationRow.last_seq),
        col(ConversationRow.last_all),
        col(ConversationRow.waiting_since),
        col(ConversationRow.unread),
        col(ShopperRow.name),
        col(_Staffs.due_at),
        col(_Theirs.head_seq),
        col(_Theirs.seen_seq),
        col(_Theirs.state),
        col(_Theirs.due_at),
    )
    .join(
        ShopperRow,
        (col(ShopperRow.store_id) == col(ConversationRow.store_id))
        & (col(ShopperRow.shopper_id) == col(ConversationRow.shopper_id)),
    )
    .join(
        ActRow,
        (col(ActRow.store_id) == col(ConversationRow.store_id))
        & (col(ActRow.side) == "shopper")
        & (col(ActRow.person_id) == col(ConversationRow.shopper_id)),
    )
    .join(_Staffs, _reach(_Staffs, "staff"))
    .join(_Theirs, _reach(_Theirs, "shopper"))
    .where(
        _of(ConversationRow.store_id, "stores"),
        _of(ConversationRow.shopper_id, "people"),
        col(ConversationRow.state) == "open",
        col(ConversationRow.snoozed_until).is_(None),
        col(ConversationRow.labels) == "[]",
        col(ShopperRow.merged_into).is_(None),
        col(ActRow.channel) == "chat",
        ~exists().where(
            col(_Younger.store_id) == col(ShopperRow.store_id),
            col(_Younger.merged_into) == col(ShopperRow.shopper_id),
        ),
    )
)
# First and by itself: what is joined to a row that was waited for would be as old as the wait.
_LOCK = (
    select(col(ConversationRow.conversation_id))
    .where(
        _of(ConversationRow.store_id, "stores"),
        _of(ConversationRow.shopper_id, "people"),
        col(ConversationRow.state) == "open",
    )
    .order_by(col(ConversationRow.conversation_id))
    .with_for_update()
)
_KNOWN = select(col(EntryRow.store_id), col(EntryRow.author_id), col(EntryRow.cmid)).where(
    _of(EntryRow.store_id, "stores"), _of(EntryRow.author_id, "people"), _of(EntryRow.cmid, "cmids")
)
_APPEND = insert(EntryRow)
_MOVE = (
    update(ConversationRow)
    .where(
        col(ConversationRow.store_id) == bindparam("of_store"),
        col(ConversationRow.conversation_id) == bindparam("of_conversation"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "last_seq",
                "last_all",
                "last_at",
                "preview",
                "last_channel",
                "waiting_since",
                "unread",
                "inbox_order",
            )
        }
    )
)
_RAISE = (
    update(ReachRow)
    .where(
        col(ReachRow.store_id) == bindparam("of_store"),
        col(ReachRow.conversation_id) == bindparam("of_conversation"),
        col(ReachRow.side) == "staff",
    )
    .values(head_seq=bindparam("head_seq"), due_at=bindparam("due_at"), state="waiting")
)
_WAKE = (
    update(ReachRow)
    .where(
        col(ReachRow.store_id) == bindparam("of_store"),
        col(ReachRow.conversation_id) == bindparam("of_conversation"),
        col(ReachRow.side) == "shopper",
    )
    .values(due_at=bindparam("due_at"), state="waiting")
)
_ACT = (
    update(ActRow)
    .where(
        col(ActRow.store_id) == bindparam("of_store"),
        col(ActRow.side) == "shopper",
        col(ActRow.person_id) == bindparam("of_person"),
    )
    .values(address_id=None, at=bindparam("now"))
)


def talks(tx: Tx, people: Collection[Person]) -> dict[Person, Talk]:
    """The open conversations of these people that take a message as it is, locked."""
    told = {
        "stores": sorted({store_id for store_id, _ in people}),
        "people": sorted({shopper_id for _, shopper_id in people}),
    }
    connection = tx.session.connection()
    connection.execute(_LOCK, told)
    rows: Any = connection.execute(_TALKS, told)  # as wide a row as no type tells
    return {(row[0], row[3]): Talk(*row) for row in rows}


def known(tx: Tx, named: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Which of these (store_id, author_id, cmid) are in the log already."""
    ordered, found = sorted(named), set[tuple[str, str, str]]()
    for first in range(0, len(ordered), LOOKED_UP):
        some = ordered[first : first + LOOKED_UP]
        told = {
            "stores": sorted({each[0] for each in some}),
            "people": sorted({each[1] for each in some}),
            "cmids": sorted({each[2] for each in some}),
        }
        rows: Any = tx.session.connection().execute(_KNOWN, told)
        found.update((row[0], row[1], row[2]) for row in rows)
    return found


def save(tx: Tx, written: Sequence[Written], changed: Collection[Talk]) -> None:
    """Append these, and leave their conversations as they are now."""
    connection = tx.session.connection()
    connection.execute(
        _APPEND, [{name: getattr(each, name) for name in _COLUMNS} for each in written]
    )
    search_late.mark(connection, written)
    connection.execute(_MOVE, [_moved(each) for each in changed])
    connection.execute(
        _RAISE,
        [
            _key(each) | {"head_seq": each.staff_head, "due_at": each.staff_due_at}
            for each in changed
        ],
    )
    woken = [_key(each) | {"due_at": each.shopper_due_at} for each in changed if each.is_woken]
    if woken:
        connection.execute(_WAKE, woken)
    people = {(each.store_id, each.shopper_id) for each in changed}
    connection.execute(
        _ACT, [{"of_store": store, "of_person": person, "now": tx.now} for store, person in people]
    )


def _key(talk: Talk) -> dict[str, object]:
    return {"of_store": talk.store_id, "of_conversation": talk.conversation_id}


def _moved(talk: Talk) -> dict[str, object]:
    order = order_of(state="open", last_at=talk.last_at, waiting_since=talk.waiting_since)
    return _key(talk) | {
        "last_seq": talk.last_seq,
        "last_all": talk.last_all,
        "last_at": talk.last_at,
        "preview": talk.preview,
        "last_channel": "chat",
        "waiting_since": talk.waiting_since,
        "unread": talk.unread,
        "inbox_order": order,
    }
