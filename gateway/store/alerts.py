"""Statements about what an operator has to mend, and about what shows that it is mended."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from gateway.clock import HOUR
from gateway.store.ids import first_id
from gateway.store.tables import AlertRow, DeliveryRow
from gateway.store.tx import Tx

LONGEST_QUEUED = HOUR  #: what was queued longer ago is no witness


def in_force(tx: Tx) -> Sequence[AlertRow]:
    """All of the house, the oldest first."""
    return tx.session.exec(
        select(AlertRow).order_by(col(AlertRow.since), col(AlertRow.store_id), col(AlertRow.code))
    ).all()


def alert(tx: Tx, store_id: str, channel: str, code: str, about: str) -> AlertRow | None:
    """One, if it is in force, locked."""
    return tx.session.exec(
        select(AlertRow)
        .where(
            AlertRow.store_id == store_id,
            AlertRow.channel == channel,
            AlertRow.code == code,
            AlertRow.about == about,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def handed_since(tx: Tx, store_id: str, channel: str, since: int) -> Sequence[DeliveryRow]:
    """What a store handed over after an instant; ids are ordered by time, which finds them."""
    return tx.session.exec(
        select(DeliveryRow).where(
            DeliveryRow.store_id == store_id,
            DeliveryRow.delivery_id >= first_id(max(0, since - LONGEST_QUEUED)),
            DeliveryRow.channel == channel,
            col(DeliveryRow.handed_at) > since,
        )
    ).all()


def counted_since(tx: Tx, store_id: str, channel: str, since: int, code: str) -> tuple[int, int]:
    """How many deliveries a provider took after an instant, and how many ended with this code."""
    sent = (
        DeliveryRow.store_id == store_id,
        DeliveryRow.delivery_id >= first_id(max(0, since - LONGEST_QUEUED)),
        DeliveryRow.channel == channel,
        col(DeliveryRow.handed_at) > since,
        col(DeliveryRow.accepted_at).is_not(None),
    )
    total = tx.session.exec(select(func.count()).select_from(DeliveryRow).where(*sent)).one()
    ended = tx.session.exec(
        select(func.count())
        .select_from(DeliveryRow)
        .where(*sent, DeliveryRow.state == "failed", DeliveryRow.error_code == code)
    ).one()
    return total, ended


def refused_words(
    tx: Tx, store_id: str, person_id: str, channel: str, code: str
) -> Sequence[DeliveryRow]:
    """What was to be brought to somebody by this channel and ended with this code."""
    if tx.known is not None and person_id in tx.known.refused:
        rows = tx.known.refused[person_id]
        return [row for row in rows if (row.channel, row.error_code) == (channel, code)]
    return tx.session.exec(
        select(DeliveryRow).where(
            DeliveryRow.store_id == store_id,
            DeliveryRow.person_id == person_id,
            DeliveryRow.channel == channel,
            DeliveryRow.state == "failed",
            DeliveryRow.error_code == code,
        )
    ).all()
