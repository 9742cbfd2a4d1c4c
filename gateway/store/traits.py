"""Statements about what a store's pages tell of shoppers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlmodel import col, delete, select, update

from gateway.store.ready import Ready
from gateway.store.tables import ToldRow, TrackedRow, TraitRow
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx

_trait, _tracked = table_of(TraitRow), table_of(TrackedRow)
_TRAITS = Ready(
    select_bare(_trait).where(
        _trait.c.store_id == bindparam("store"), _trait.c.shopper_id == bindparam("shopper")
    )
)
_TRACKED = Ready(
    select_bare(_tracked)
    .where(_tracked.c.store_id == bindparam("store"), _tracked.c.shopper_id == bindparam("shopper"))
    .order_by(_tracked.c.told_at.desc(), _tracked.c.place.desc())
)


def shown_of(tx: Tx, store_id: str, shopper_id: str) -> Sequence[TraitRow]:
    """All that was said of a shopper, of every kind, for reading alone."""
    return _TRAITS.found(tx, store=store_id, shopper=shopper_id)


def last_tracked_of(tx: Tx, store_id: str, shopper_id: str) -> Sequence[TrackedRow]:
    """What a shopper was seen to do, the last first, for reading alone."""
    return _TRACKED.found(tx, store=store_id, shopper=shopper_id)


def traits_of(tx: Tx, store_id: str, shopper_id: str, kind: str) -> Sequence[TraitRow]:
    """What was said of a shopper, by name."""
    return tx.session.exec(
        select(TraitRow)
        .where(
            TraitRow.store_id == store_id, TraitRow.shopper_id == shopper_id, TraitRow.kind == kind
        )
        .order_by(col(TraitRow.name))
    ).all()


def tracked_of(tx: Tx, store_id: str, shopper_id: str) -> Sequence[TrackedRow]:
    """What a shopper was seen to do, the last first."""
    return tx.session.exec(
        select(TrackedRow)
        .where(TrackedRow.store_id == store_id, TrackedRow.shopper_id == shopper_id)
        .order_by(col(TrackedRow.told_at).desc(), col(TrackedRow.place).desc())
    ).all()


def is_told(tx: Tx, store_id: str, shopper_id: str, told_id: str) -> bool:
    """Whether this was told before."""
    return tx.session.get(ToldRow, (store_id, shopper_id, told_id)) is not None


def keep_newest(tx: Tx, store_id: str, shopper_id: str, *, tracked: int, told: int) -> None:
    """Forget all but so many of the last things done, and ids of what was told."""
    for row in tracked_of(tx, store_id, shopper_id)[tracked:]:
        tx.session.delete(row)
    ids = tx.session.exec(
        select(ToldRow)
        .where(ToldRow.store_id == store_id, ToldRow.shopper_id == shopper_id)
        .order_by(col(ToldRow.at).desc(), col(ToldRow.told_id))
        .offset(told)
    ).all()
    for each in ids:
        tx.session.delete(each)
    tx.session.flush()


def hand_over(tx: Tx, store_id: str, *, elder: str, younger: str) -> None:
    """What was told of one shopper was told of another: of two values the later counts."""
    for row in tx.session.exec(
        select(TraitRow).where(TraitRow.store_id == store_id, TraitRow.shopper_id == younger)
    ).all():
        held = tx.session.get(TraitRow, (store_id, elder, row.kind, row.name))
        if held is None:
            held = TraitRow(
                store_id=store_id,
                shopper_id=elder,
                kind=row.kind,
                name=row.name,
                value=row.value,
                at=row.at,
            )
        elif held.at < row.at:
            held.value, held.at = row.value, row.at
        tx.session.add(held)
        tx.session.delete(row)
    tx.session.exec(
        update(TrackedRow)
        .where(col(TrackedRow.store_id) == store_id, col(TrackedRow.shopper_id) == younger)
        .values(shopper_id=elder)
    )
    # A page that posts again after it was told who is shopping is then the elder's.
    for told in tx.session.exec(
        select(ToldRow).where(ToldRow.store_id == store_id, ToldRow.shopper_id == younger)
    ).all():
        if not is_told(tx, store_id, elder, told.told_id):
            tx.session.add(
                ToldRow(store_id=store_id, shopper_id=elder, told_id=told.told_id, at=told.at)
            )
    tx.session.exec(
        delete(ToldRow).where(col(ToldRow.store_id) == store_id, col(ToldRow.shopper_id) == younger)
    )
    tx.session.flush()
