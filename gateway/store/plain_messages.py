"""A shopper's message of which nothing but the appending is to be done, for many at once.

This is the one hot write (DESIGN, section 5), so it exists a second time as statements over a set,
past the mapper. What it loads and saves is what ``services.receive`` does one by one, and a test
draws conversations to see that both leave the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, fields

from sqlalchemy import CTE, ColumnElement, Executable, bindparam, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import col, update

from gateway.core.inbox_order import order_of
from gateway.store import plain_arrays, search_late
from gateway.store.ready import Asked, Ready
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
Name = tuple[str, str, str]  #: of a message: store_id, shopper_id, cmid


@dataclass(slots=True)
class Talk:
    """A conversation, its staff's side and its shopper, as far as a message changes them."""

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
    staff_head: int = 0
    last_at: int = 0
    preview: str = ""


_COLUMNS = tuple(each.name for each in fields(Written))
_Staffs, _Younger = aliased(ReachRow), aliased(ShopperRow)
#: a message that is nothing but appended finds each of these, and nobody who was merged
_WHOLE = (
    ConversationRow.conversation_id,
    ShopperRow.shopper_id,
    ActRow.person_id,
    _Staffs.side,
)
_LOADED = sum(each.default is MISSING for each in fields(Talk))  #: columns of a talk


def _theirs(asked: CTE) -> ColumnElement[bool]:
    return (
        (col(ConversationRow.store_id) == asked.c.store_id)
        & (col(ConversationRow.shopper_id) == asked.c.shopper_id)
        & (col(ConversationRow.state) == "open")
    )


def _is_as_it_was(asked: CTE) -> ColumnElement[bool]:
    return (
        _theirs(asked)
        & col(ConversationRow.snoozed_until).is_(None)
        & (col(ConversationRow.labels) == "[]")
        & col(ConversationRow.blocked_at).is_(None)
    )


def _talks(asked: CTE) -> Executable:
    # Outer joins, each on the whole key of one table before it: PostgreSQL may not order them
    # otherwise. Of inner ones it made, before its first look at how much there is, a loop over all
    # of a store's rows for each that was asked for. Who is not whole is left out by ``talks``.
    return (
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
            *(col(each) for each in _WHOLE),
            col(_Younger.shopper_id),
            col(EntryRow.cmid),
        )
        .select_from(asked)
        .outerjoin(ConversationRow, _is_as_it_was(asked))
        .outerjoin(
            ShopperRow,
            (col(ShopperRow.store_id) == asked.c.store_id)
            & (col(ShopperRow.shopper_id) == asked.c.shopper_id)
            & col(ShopperRow.merged_into).is_(None),
        )
        .outerjoin(
            ActRow,
            (col(ActRow.store_id) == asked.c.store_id)
            & (col(ActRow.side) == "shopper")
            & (col(ActRow.person_id) == asked.c.shopper_id)
            & (col(ActRow.channel) == "chat"),
        )
        .outerjoin(
            _Staffs,
            (col(_Staffs.store_id) == col(ConversationRow.store_id))
            & (col(_Staffs.conversation_id) == col(ConversationRow.conversation_id))
            & (col(_Staffs.side) == "staff"),
        )
        .outerjoin(
            _Younger,
            (col(_Younger.store_id) == asked.c.store_id)
            & (col(_Younger.merged_into) == asked.c.shopper_id),
        )
        .outerjoin(
            EntryRow,
            (col(EntryRow.store_id) == asked.c.store_id)
            & (col(EntryRow.author_id) == asked.c.shopper_id)
            & (col(EntryRow.cmid) == asked.c.cmid),
        )
    )


def _lock(asked: CTE) -> Executable:
    return (
        select(col(ConversationRow.conversation_id))
        .select_from(asked)
        .join(ConversationRow, _theirs(asked))
        .order_by(col(ConversationRow.conversation_id))
        .with_for_update(of=ConversationRow)
    )


_TALKS = Asked(("store_id", "shopper_id", "cmid"), _talks)
_LOCK = Asked(("store_id", "shopper_id"), _lock)
_APPEND = Ready(insert(EntryRow).values({name: bindparam(name) for name in _COLUMNS}))
_MOVE = Ready(
    update(ConversationRow)
    .where(
        col(ConversationRow.store_id) == bindparam("of_store"),
        col(ConversationRow.conversation_id) == bindparam("of_conversation"),
    )
    .values({name: bindparam(name) for name in plain_arrays.MOVED})
)
_RAISE = Ready(
    update(ReachRow)
    .where(
        col(ReachRow.store_id) == bindparam("of_store"),
        col(ReachRow.conversation_id) == bindparam("of_conversation"),
        col(ReachRow.side) == "staff",
    )
    .values(head_seq=bindparam("head_seq"), due_at=bindparam("due_at"), state="waiting")
)
_ACT = Ready(
    update(ActRow)
    .where(
        col(ActRow.store_id) == bindparam("of_store"),
        col(ActRow.side) == "shopper",
        col(ActRow.person_id) == bindparam("of_person"),
    )
    .values(address_id=None, at=bindparam("now"))
)


def talks(tx: Tx, named: Collection[Name]) -> tuple[dict[Person, Talk], set[Name]]:
    """Whose open conversations take these messages as they are, locked; which have come already.

    Of whose conversation does not, nothing is told.
    """
    connection = tx.session.connection()
    if connection.dialect.name == "postgresql":
        # First and by itself: what is joined to a row that was waited for is as old as the wait.
        _LOCK.rows(connection, {each[:2] for each in named})
    found: dict[Person, Talk] = {}
    known: set[Name] = set()
    for row in _TALKS.rows(connection, named):
        *whole, younger, cmid = row[_LOADED:]
        if None not in whole and younger is None:
            person = row[0], row[3]
            found[person] = Talk(*row[:_LOADED])
            if cmid is not None:
                known.add((*person, cmid))
    return found, known


def save(tx: Tx, written: Sequence[Written], changed: Collection[Talk]) -> None:
    """Append these, and leave their conversations as they are now."""
    connection = tx.session.connection()
    entries = [{name: getattr(each, name) for name in _COLUMNS} for each in written]
    if connection.dialect.name == "postgresql":
        plain_arrays.save(connection, entries, [_whole(each, tx.now) for each in changed])
        return
    _APPEND.run(connection, entries)
    search_late.mark(connection, written)
    _MOVE.run(connection, [_moved(each) for each in changed])
    _RAISE.run(
        connection,
        [
            _key(each) | {"head_seq": each.staff_head, "due_at": each.staff_due_at}
            for each in changed
        ],
    )
    people = {(each.store_id, each.shopper_id) for each in changed}
    _ACT.run(
        connection,
        [{"of_store": store, "of_person": person, "now": tx.now} for store, person in people],
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


def _whole(talk: Talk, now: int) -> dict[str, object]:
    return _moved(talk) | {
        "store_id": talk.store_id,
        "conversation_id": talk.conversation_id,
        "shopper_id": talk.shopper_id,
        "staff_head": talk.staff_head,
        "staff_due_at": talk.staff_due_at,
        "act_at": now,
    }
