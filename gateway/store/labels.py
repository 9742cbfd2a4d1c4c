"""Statements about labels and what bears them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, func, select, update

from gateway.errors import NotFound
from gateway.store.tables import ConversationLabelRow, ConversationRow, LabelRow
from gateway.store.tx import Tx


def of_store(tx: Tx, store_id: str) -> Sequence[LabelRow]:
    """The labels of a store, by name."""
    return tx.session.exec(
        select(LabelRow)
        .where(LabelRow.store_id == store_id, col(LabelRow.removed_at).is_(None))
        .order_by(col(LabelRow.folded))
    ).all()


def label(tx: Tx, store_id: str, label_id: str, *, stays: bool = False) -> LabelRow:
    """A label that is there; one that ``stays`` is not removed before the transaction ends.

    Raises:
        NotFound: there is none, or it was removed.
    """
    lock = {"read": True} if stays else None
    name = (store_id, label_id)
    row = tx.session.get(LabelRow, name, with_for_update=lock, populate_existing=stays)
    if row is None or row.removed_at is not None:
        raise NotFound("there is no such label")
    return row


def named(tx: Tx, store_id: str, folded: str) -> LabelRow | None:
    """The label of this name, as names are compared."""
    return tx.session.exec(
        select(LabelRow).where(
            LabelRow.store_id == store_id,
            LabelRow.folded == folded,
            col(LabelRow.removed_at).is_(None),
        )
    ).first()


def bear(tx: Tx, conversation: ConversationRow, on: Sequence[str], off: Sequence[str]) -> None:
    """Rows by which a label finds this conversation, after it was flushed."""
    names = (conversation.store_id, conversation.conversation_id)
    tx.session.add_all(
        ConversationLabelRow(
            store_id=names[0],
            conversation_id=names[1],
            label_id=each,
            inbox_order=conversation.inbox_order,
        )
        for each in on
    )
    if off:
        tx.session.exec(
            delete(ConversationLabelRow).where(
                col(ConversationLabelRow.store_id) == names[0],
                col(ConversationLabelRow.conversation_id) == names[1],
                col(ConversationLabelRow.label_id).in_(off),
            )
        )
    tx.session.flush()


def take_off_all(tx: Tx, store_id: str, label_id: str) -> None:
    """No conversation bears it any more: two statements, however many did."""
    borne = (
        col(ConversationLabelRow.store_id) == store_id,
        col(ConversationLabelRow.label_id) == label_id,
    )
    # The list is JSON as ``pack`` writes it, and an id is in it once or never.
    left: ColumnElement[str] = func.replace(ConversationRow.labels, f'"{label_id}",', "")
    for what in (f',"{label_id}"', f'"{label_id}"'):
        left = func.replace(left, what, "")
    tx.session.exec(
        update(ConversationRow)
        .where(
            col(ConversationRow.store_id) == store_id,
            col(ConversationRow.conversation_id).in_(
                select(ConversationLabelRow.conversation_id).where(*borne)
            ),
        )
        .values(labels=left)
        .execution_options(synchronize_session=False)
    )
    tx.session.exec(delete(ConversationLabelRow).where(*borne))
