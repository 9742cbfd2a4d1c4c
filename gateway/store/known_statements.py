"""The statements that load what many conversations are decided on (see ``known``).

Built once: building a statement with the mapper costs as much as running it. ``stores``, ``ids``,
``people`` and ``scopes`` are lists.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, select

from gateway.store.tables import (
    ActRow,
    AddressRow,
    CircuitRow,
    ConsentRow,
    ConversationRow,
    ConversationStopRow,
    DecisionRow,
    DeliveryRow,
    EntryRow,
    InboundRow,
    OverrideRow,
    PresenceRow,
    ReachRow,
    ShopperRow,
    StoreLogoRow,
    StoreRow,
)

CONTEXT = 40  #: so many seqs before what is unread may be quoted below a mail


def _among(column: object, name: str) -> ColumnElement[bool]:
    return col(column).in_(bindparam(name, expanding=True))


TAKEN = (
    select(DeliveryRow)
    .where(_among(DeliveryRow.store_id, "stores"), _among(DeliveryRow.delivery_id, "ids"))
    .order_by(col(DeliveryRow.delivery_id))
    .with_for_update()
    .execution_options(populate_existing=True)  # what was read before the lock is old
)
CONVERSATIONS = (
    select(ConversationRow)
    .where(
        _among(ConversationRow.store_id, "stores"),
        _among(ConversationRow.conversation_id, "ids"),
    )
    .order_by(col(ConversationRow.conversation_id))
    .with_for_update()
    .execution_options(populate_existing=True)
)
REACHES = select(ReachRow).where(
    _among(ReachRow.store_id, "stores"), _among(ReachRow.conversation_id, "ids")
)
SHOPPERS = select(ShopperRow).where(
    _among(ShopperRow.store_id, "stores"), _among(ShopperRow.shopper_id, "people")
)
STORES = select(StoreRow).where(_among(StoreRow.store_id, "stores"))
DECISIONS = select(DecisionRow).where(
    _among(DecisionRow.store_id, "stores"), _among(DecisionRow.decision_id, "ids")
)
DELIVERIES = (
    select(DeliveryRow)
    .where(
        _among(DeliveryRow.store_id, "stores"),
        _among(DeliveryRow.conversation_id, "ids"),
        DeliveryRow.side == "shopper",
    )
    .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
)
MAILS_IN = (
    select(InboundRow.conversation_id, InboundRow.received_at, InboundRow.envelope)
    .where(
        _among(InboundRow.store_id, "stores"),
        _among(InboundRow.conversation_id, "ids"),
        InboundRow.channel == "email",
    )
    .order_by(col(InboundRow.received_at))
)
OVERRIDES = (
    select(OverrideRow)
    .where(
        _among(OverrideRow.store_id, "stores"),
        _among(OverrideRow.conversation_id, "ids"),
        OverrideRow.side == "shopper",
    )
    .order_by(col(OverrideRow.at), col(OverrideRow.override_id))
)
STOPS = select(ConversationStopRow).where(
    _among(ConversationStopRow.store_id, "stores"),
    _among(ConversationStopRow.conversation_id, "ids"),
    col(ConversationStopRow.stopped_at).is_not(None),
)
RANG = select(DeliveryRow).where(
    _among(DeliveryRow.store_id, "stores"),
    _among(DeliveryRow.person_id, "people"),
    col(DeliveryRow.handed_at) > bindparam("since"),
)
LOGOS = select(StoreLogoRow).where(_among(StoreLogoRow.store_id, "stores"))
CIRCUITS = select(CircuitRow).where(
    _among(CircuitRow.store_id, "stores"), _among(CircuitRow.scope, "scopes")
)
MESSAGES = (
    select(EntryRow)
    .join(
        ReachRow,
        (col(ReachRow.store_id) == col(EntryRow.store_id))
        & (col(ReachRow.conversation_id) == col(EntryRow.conversation_id))
        & (col(ReachRow.side) == "shopper"),
    )
    .where(
        _among(EntryRow.store_id, "stores"),
        _among(EntryRow.conversation_id, "ids"),
        EntryRow.kind == "message",
        col(EntryRow.seq) > col(ReachRow.seen_seq) - CONTEXT,
    )
    .order_by(col(EntryRow.conversation_id), col(EntryRow.seq))
)
ADDRESSES = (
    select(AddressRow)
    .where(
        _among(AddressRow.store_id, "stores"),
        AddressRow.side == "shopper",
        _among(AddressRow.person_id, "people"),
    )
    .order_by(col(AddressRow.created_at))
)
CONSENTS = (
    select(ConsentRow)
    .where(_among(ConsentRow.store_id, "stores"), _among(ConsentRow.address_id, "ids"))
    .order_by(col(ConsentRow.at), col(ConsentRow.consent_id))
)
KNOCKS = (
    select(DeliveryRow)
    .where(
        _among(DeliveryRow.store_id, "stores"),
        _among(DeliveryRow.address_id, "ids"),
        DeliveryRow.form == "knock",
    )
    .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
)
PRESENCES = select(PresenceRow).where(
    _among(PresenceRow.store_id, "stores"),
    PresenceRow.side == "shopper",
    _among(PresenceRow.person_id, "people"),
)
ACTS = select(ActRow).where(
    _among(ActRow.store_id, "stores"),
    ActRow.side == "shopper",
    _among(ActRow.person_id, "people"),
)
