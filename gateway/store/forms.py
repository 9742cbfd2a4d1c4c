"""Statements about a store's forms, and what its shoppers answered to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlmodel import col, select

from gateway.core.forms import Forms, forms_from
from gateway.store.merging import shoppers_before
from gateway.store.ready import Ready
from gateway.store.tables import ConversationRow, FormAnswerRow, FormsRow
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx, unpack

_answer = table_of(FormAnswerRow)
_ANSWERS = Ready(
    select_bare(_answer).where(
        _answer.c.store_id == bindparam("store"), _answer.c.shopper_id == bindparam("shopper")
    )
)


def newest(tx: Tx, store_id: str) -> FormsRow | None:
    """The version in force; None for a store that never set any."""
    return tx.session.exec(
        select(FormsRow)
        .where(FormsRow.store_id == store_id)
        .order_by(col(FormsRow.version).desc())
        .limit(1)
    ).first()


def forms(tx: Tx, store_id: str) -> Forms:
    """The forms in force; those that ask nothing when the store never set any."""
    found = newest(tx, store_id)
    return _forms(found.document) if found else Forms()


def forms_at(tx: Tx, store_id: str, at: int) -> Forms:
    """The forms that were in force at an instant."""
    found = tx.session.exec(
        select(FormsRow)
        .where(FormsRow.store_id == store_id, FormsRow.at <= at)
        .order_by(col(FormsRow.version).desc())
        .limit(1)
    ).first()
    return _forms(found.document) if found else Forms()


@lru_cache(maxsize=256)
def _forms(document: str) -> Forms:
    return forms_from(unpack(document))


def answers_of(tx: Tx, store_id: str, shopper_id: str) -> Sequence[FormAnswerRow]:
    """The newest answer to each question, the newest first, by whatever id the shopper went.

    For reading alone.
    """
    names = shoppers_before(tx, store_id, shopper_id)
    rows = [row for each in names for row in _ANSWERS.found(tx, store=store_id, shopper=each)]
    found: dict[str, FormAnswerRow] = {}
    for row in sorted(rows, key=lambda row: row.at, reverse=True):
        found.setdefault(row.question_id, row)
    return list(found.values())


def ended_before(tx: Tx, store_id: str, shopper_id: str, current: str | None) -> int:
    """When the last of the shopper's conversations but the ``current`` one ended; 0 for none."""
    found = tx.session.exec(
        select(ConversationRow.resolved_at)
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.shopper_id == shopper_id,
            ConversationRow.conversation_id != (current or ""),
            col(ConversationRow.continued_in).is_(None),  # it goes on elsewhere
            col(ConversationRow.resolved_at).is_not(None),
        )
        .order_by(col(ConversationRow.resolved_at).desc())
        .limit(1)
    ).first()
    return found or 0
