"""Reading a conversation's log, and the conversation itself, when nothing of it is to be changed.

As bare rows by statements that were compiled once: they have the names of the entity's columns, a
page of them costs half of the mapper's, and whoever tries to change one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import CTE, Executable, and_, bindparam, select

from gateway.store.ready import Asked, Ready
from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx

_NEVER = 2**62  #: a seq that no conversation comes to

_conversation, _entry = table_of(ConversationRow), table_of(EntryRow)
_GLANCE = Ready(
    select(_conversation).where(
        _conversation.c.store_id == bindparam("store_id"),
        _conversation.c.conversation_id == bindparam("conversation_id"),
    )
)


class Head(NamedTuple):
    """How far a conversation's log has grown, and whose it is."""

    store_id: str
    conversation_id: str
    shopper_id: str
    last_seq: int
    last_all: int


def _heads(asked: CTE) -> Executable:
    columns = (_conversation.c[name] for name in Head._fields)
    ours = and_(
        _conversation.c.store_id == asked.c.store_id,
        _conversation.c.conversation_id == asked.c.conversation_id,
    )
    return select(*columns).select_from(asked).join(_conversation, ours)


_HEADS = Asked(("store_id", "conversation_id"), _heads)


def _page(*, staff: bool, newest: bool) -> Ready:
    order = _entry.c.seq
    found = select(_entry).where(
        _entry.c.store_id == bindparam("store_id"),
        _entry.c.conversation_id == bindparam("conversation_id"),
        order < bindparam("seq") if newest else order > bindparam("seq"),
        *(() if staff else (_entry.c.audience == "all",)),
    )
    return Ready(found.order_by(order.desc() if newest else order).limit(bindparam("most")))


_AFTER = {staff: _page(staff=staff, newest=False) for staff in (False, True)}
_BEFORE = {staff: _page(staff=staff, newest=True) for staff in (False, True)}


def glance(tx: Tx, store_id: str, conversation_id: str) -> ConversationRow | None:
    """The conversation, if there is one."""
    tx.flush()
    given = {"store_id": store_id, "conversation_id": conversation_id}
    found = _GLANCE.rows(tx.session.connection(), given)
    return found[0] if found else None


def heads(tx: Tx, names: Iterable[tuple[str, str]]) -> list[Head]:
    """Of these conversations (store_id, conversation_id) those that there are, in no order."""
    tx.flush()
    return [Head(*row) for row in _HEADS.rows(tx.session.connection(), names)]


def after(
    tx: Tx, store_id: str, conversation_id: str, seq: int, *, staff: bool, limit: int = 500
) -> Sequence[EntryRow]:
    """What one audience may see after ``seq``, oldest first."""
    return _paged(tx, _AFTER[staff], store_id, conversation_id, seq, limit)


def before(
    tx: Tx, store_id: str, conversation_id: str, seq: int | None, *, staff: bool, limit: int
) -> Sequence[EntryRow]:
    """The last ``limit`` entries before ``seq`` (or of all) that one audience may see."""
    until = _NEVER if seq is None else seq
    return _paged(tx, _BEFORE[staff], store_id, conversation_id, until, limit)[::-1]


def _paged(
    tx: Tx, ready: Ready, store_id: str, conversation_id: str, seq: int, limit: int
) -> Sequence[EntryRow]:
    tx.flush()  # past the session nothing is sent by itself
    given = {"store_id": store_id, "conversation_id": conversation_id, "seq": seq, "most": limit}
    return ready.rows(tx.session.connection(), given)
