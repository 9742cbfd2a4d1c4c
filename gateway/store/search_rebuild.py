"""The search rows made anew, beside everything else that goes on.

Small transactions, each of which also says how far it came: one that was broken off goes on there.
What is written meanwhile keeps itself true, before or after its turn: rows are locked as they are
read, or an older word could be written over a newer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, exists, select, text
from sqlmodel import col, tuple_

from gateway.store import search_words
from gateway.store.tables import (
    ConversationRow,
    EntryRow,
    SearchRebuildRow,
    SearchTextRow,
    ShopperRow,
)
from gateway.store.tx import Store, Tx

AT_ONCE: Final = 200  #: rows in a transaction, so that nobody waits long for theirs
NAME: Final = "search"
_NEXT: Final = {"entry": "conversation", "conversation": "shopper", "shopper": None}


async def rebuild(store: Store) -> int:
    """Everything, from the start or from where the last one was broken off; how many rows it read.

    Raises:
        StorageRefused: the database cannot take it now; what was done stays done.
    """
    done = 0
    while (read := await store.write(step)) is not None:
        done += read
    return done


def step(tx: Tx) -> int | None:
    """The next rows of the rebuild, or the first of a new one; how many, None once it is over."""
    held = tx.session.get(SearchRebuildRow, NAME)
    if held is None:
        held = SearchRebuildRow(name=NAME, step="entry")
    rows = _STEPS[held.step](tx, held)
    if rows:
        last = rows[-1]
        held.store_id = last.store_id
        held.about = last.shopper_id if held.step == "shopper" else last.conversation_id
        held.seq = last.seq if held.step == "entry" else 0
        tx.session.add(held)
        return len(rows)
    following = _NEXT[held.step]
    if following is not None:
        held.step, held.store_id, held.about, held.seq = following, "", "", 0
        tx.session.add(held)
        return 0
    _forget_what_went(tx)
    _tidy(tx)
    tx.session.delete(held)
    return None


def _entries(tx: Tx, held: SearchRebuildRow) -> Sequence[Any]:
    place = tuple_(col(EntryRow.store_id), col(EntryRow.conversation_id), col(EntryRow.seq))
    rows = tx.session.scalars(
        select(EntryRow)
        .where(place > (held.store_id, held.about, held.seq), col(EntryRow.kind) != "event")
        .order_by(col(EntryRow.store_id), col(EntryRow.conversation_id), col(EntryRow.seq))
        .limit(AT_ONCE)
        .with_for_update()
    ).all()
    for row in rows:
        search_words.save_entry(tx.session.connection(), row)
    return rows


def _conversations(tx: Tx, held: SearchRebuildRow) -> Sequence[Any]:
    place = tuple_(col(ConversationRow.store_id), col(ConversationRow.conversation_id))
    rows = tx.session.scalars(
        select(ConversationRow)
        .where(place > (held.store_id, held.about))
        .order_by(col(ConversationRow.store_id), col(ConversationRow.conversation_id))
        .limit(AT_ONCE)
        .with_for_update()
    ).all()
    for row in rows:
        search_words.save_conversation(tx.session.connection(), row)
    return rows


def _shoppers(tx: Tx, held: SearchRebuildRow) -> Sequence[Any]:
    place = tuple_(col(ShopperRow.store_id), col(ShopperRow.shopper_id))
    rows = tx.session.scalars(
        select(ShopperRow)
        .where(place > (held.store_id, held.about))
        .order_by(col(ShopperRow.store_id), col(ShopperRow.shopper_id))
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        search_words.shopper_changed(tx.session.connection(), row.store_id, row.shopper_id)
    return rows


_STEPS: Final = {"entry": _entries, "conversation": _conversations, "shopper": _shoppers}


def _forget_what_went(tx: Tx) -> None:
    """Rows about what is not there any more, because it went past the session."""
    about = (
        (EntryRow, col(EntryRow.conversation_id), "entry"),
        (ConversationRow, col(ConversationRow.conversation_id), "conversation"),
        (ShopperRow, col(ShopperRow.shopper_id), "shopper"),
    )
    for table, name, kind in about:
        same = [
            col(table.store_id) == col(SearchTextRow.store_id),
            name == col(SearchTextRow.about),
        ]
        if table is EntryRow:
            same.append(col(EntryRow.seq) == col(SearchTextRow.seq))
        tx.session.execute(
            delete(SearchTextRow).where(col(SearchTextRow.kind) == kind, ~exists().where(*same))
        )


def _tidy(tx: Tx) -> None:
    """Let nothing remain of words that nobody can find any more.

    FTS5 keeps them until it joins its segments; PostgreSQL's vacuum does that by itself.
    """
    if tx.session.connection().dialect.name == "sqlite":
        tx.session.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
