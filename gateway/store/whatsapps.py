"""Statements about WhatsApp: whose number it is, its templates, and who wrote to it when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from gateway.store.tables import DeliveryRow, InboundRow, StoreRow, WhatsappTemplateRow
from gateway.store.tx import Tx

CHANNEL = "whatsapp"
LOOKED_AT = 20  #: newest messages of somebody, among which the one that counts is found


def holder(tx: Tx, number: str) -> StoreRow | None:
    """The store that writes by WhatsApp from this number."""
    return tx.session.exec(select(StoreRow).where(StoreRow.whatsapp_from == number)).first()


def templates_of(tx: Tx, store_id: str) -> Sequence[WhatsappTemplateRow]:
    """A store's, by purpose and language."""
    return tx.session.exec(
        select(WhatsappTemplateRow)
        .where(WhatsappTemplateRow.store_id == store_id)
        .order_by(col(WhatsappTemplateRow.purpose), col(WhatsappTemplateRow.language))
    ).all()


def written_by(tx: Tx, store_id: str, number: str) -> Sequence[InboundRow]:
    """The newest messages that somebody sent by WhatsApp, newest first."""
    return tx.session.exec(
        select(InboundRow)
        .where(
            InboundRow.store_id == store_id,
            InboundRow.channel == CHANNEL,
            InboundRow.sender == number,
        )
        .order_by(col(InboundRow.received_at).desc())
        .limit(LOOKED_AT)
    ).all()


def refused_with(tx: Tx, store_id: str, address_id: str, code: str) -> DeliveryRow | None:
    """The newest attempt at an address that the provider refused for this."""
    return tx.session.exec(
        select(DeliveryRow)
        .where(
            DeliveryRow.store_id == store_id,
            DeliveryRow.address_id == address_id,
            DeliveryRow.error_code == code,
        )
        .order_by(col(DeliveryRow.queued_at).desc())
        .limit(1)
    ).first()
