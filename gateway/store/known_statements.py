"""The statements that load what many conversations are decided on (see ``known``).

Built once: building a statement with the mapper costs as much as running it. ``stores``, ``ids``,
``people`` and ``scopes`` are lists.

What nobody changes is read as bare rows: they have the names of the entity's columns, cost a tenth
of it, and whoever tries to change one is refused.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
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
from gateway.store.tables.columns import table_of

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
    _among(ReachRow.store_id, "stores"),
    _among(ReachRow.conversation_id, "ids"),
    ReachRow.side == "shopper",
)
STAFFS = select(ReachRow).where(
    _among(ReachRow.store_id, "stores"),
    _among(ReachRow.conversation_id, "ids"),
    ReachRow.side == "staff",
)
SHOPPERS = select(ShopperRow).where(
    _among(ShopperRow.store_id, "stores"), _among(ShopperRow.shopper_id, "people")
)
STORES = select(StoreRow).where(_among(StoreRow.store_id, "stores"))
DECISIONS = select(DecisionRow).where(
    _among(DecisionRow.store_id, "stores"), _among(DecisionRow.decision_id, "ids")
)

_delivery = table_of(DeliveryRow)
_inbound = table_of(InboundRow)
_override = table_of(OverrideRow)
_stop = table_of(ConversationStopRow)
_logo = table_of(StoreLogoRow)
_circuit = table_of(CircuitRow)
_entry = table_of(EntryRow)
_reach = table_of(ReachRow)
_address = table_of(AddressRow)
_consent = table_of(ConsentRow)
_presence = table_of(PresenceRow)
_act = table_of(ActRow)

DELIVERIES = (
    select_bare(_delivery)
    .where(
        _among(_delivery.c.store_id, "stores"),
        _among(_delivery.c.conversation_id, "ids"),
        _delivery.c.side == "shopper",
    )
    .order_by(_delivery.c.queued_at, _delivery.c.delivery_id)
)
MAILS_IN = (
    select_bare(_inbound.c.conversation_id, _inbound.c.received_at, _inbound.c.envelope)
    .where(
        _among(_inbound.c.store_id, "stores"),
        _among(_inbound.c.conversation_id, "ids"),
        _inbound.c.channel == "email",
    )
    .order_by(_inbound.c.received_at)
)
OVERRIDES = (
    select_bare(_override)
    .where(
        _among(_override.c.store_id, "stores"),
        _among(_override.c.conversation_id, "ids"),
        _override.c.side == "shopper",
    )
    .order_by(_override.c.at, _override.c.override_id)
)
STOPS = select_bare(_stop).where(
    _among(_stop.c.store_id, "stores"),
    _among(_stop.c.conversation_id, "ids"),
    _stop.c.stopped_at.is_not(None),
)
RANG = select_bare(_delivery).where(
    _among(_delivery.c.store_id, "stores"),
    _among(_delivery.c.person_id, "people"),
    _delivery.c.handed_at > bindparam("since"),
)
LOGOS = select_bare(_logo).where(_among(_logo.c.store_id, "stores"))
CIRCUITS = select_bare(_circuit).where(
    _among(_circuit.c.store_id, "stores"), _among(_circuit.c.scope, "scopes")
)
# Materialized, so that nothing follows for an entry but its whole key. Of a plain join PostgreSQL
# knew the one store as well, took all that a store keeps for a few rows until it had counted them,
# and began with every reach row of it, or read every entry of it for each.
_SEEN = (
    select_bare(_reach.c.store_id, _reach.c.conversation_id, _reach.c.seen_seq)
    .where(
        _among(_reach.c.store_id, "stores"),
        _among(_reach.c.conversation_id, "ids"),
        _reach.c.side == "shopper",
    )
    .cte("seen")
    .prefix_with("MATERIALIZED")
)
_UNREAD = (
    select_bare(_entry)
    .join(
        _SEEN,
        (_SEEN.c.store_id == _entry.c.store_id)
        & (_SEEN.c.conversation_id == _entry.c.conversation_id),
    )
    .where(_entry.c.kind == "message")
    .order_by(_entry.c.conversation_id, _entry.c.seq)
)
MESSAGES = _UNREAD.where(
    _entry.c.seq > _SEEN.c.seen_seq - CONTEXT,
    _entry.c.seq <= _SEEN.c.seen_seq + bindparam("most"),
)
_HEADING = ("conversation_id", "seq", "at", "side", "author_id", "author_name", "automatic")
HEADINGS = _UNREAD.where(_entry.c.seq > _SEEN.c.seen_seq).with_only_columns(
    *(_entry.c[name] for name in (*_HEADING, "taken_back_at"))
)
ADDRESSES = (
    select_bare(_address)
    .where(
        _among(_address.c.store_id, "stores"),
        _address.c.side == "shopper",
        _among(_address.c.person_id, "people"),
        _address.c.joined_to.is_(None),
    )
    .order_by(_address.c.created_at)
)
CONSENTS = (
    select_bare(_consent)
    .where(_among(_consent.c.store_id, "stores"), _among(_consent.c.address_id, "ids"))
    .order_by(_consent.c.at, _consent.c.consent_id)
)
KNOCKS = (
    select_bare(_delivery)
    .where(
        _among(_delivery.c.store_id, "stores"),
        _among(_delivery.c.address_id, "ids"),
        _delivery.c.form == "knock",
    )
    .order_by(_delivery.c.queued_at, _delivery.c.delivery_id)
)
PRESENCES = select_bare(_presence).where(
    _among(_presence.c.store_id, "stores"),
    _presence.c.side == "shopper",
    _among(_presence.c.person_id, "people"),
)
ACTS = select_bare(_act).where(
    _among(_act.c.store_id, "stores"),
    _act.c.side == "shopper",
    _among(_act.c.person_id, "people"),
)
