"""Statements about reaching: rows, deliveries, receipts, decisions, facts and what is due."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as select_bare  # of tables, not entities
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col, select, update

from gateway.store import appending
from gateway.store.ready import Ready
from gateway.store.tables import (
    CircuitRow,
    ConversationRow,
    DecisionRow,
    DeliveryRow,
    FactRow,
    InboundRow,
    OverrideRow,
    ReachRow,
)
from gateway.store.tables.columns import table_of
from gateway.store.tables.reaching import IS_LIVE
from gateway.store.tables.thread import IS_NOT_UNDERSTOOD
from gateway.store.tx import Tx, pack

_override = table_of(OverrideRow)
_OVERRIDES = Ready(
    select_bare(_override)
    .where(
        _override.c.store_id == bindparam("store"),
        _override.c.conversation_id == bindparam("conversation"),
        _override.c.side == bindparam("side"),
    )
    .order_by(_override.c.at, _override.c.override_id)
)


def reach(tx: Tx, conversation: ConversationRow, side: str) -> ReachRow:
    """The reach row of one side; it is as old as its conversation.

    Raises:
        LookupError: the conversation was not made by ``thread.start``.
    """
    if side == "shopper" and tx.known is not None:
        held = tx.known.reaches.get(conversation.conversation_id)
        if held is not None:
            return held
    row = tx.session.get(ReachRow, (conversation.store_id, conversation.conversation_id, side))
    if row is None:
        raise LookupError("a conversation has two reach rows from its first moment")
    return row


def deliveries_of(tx: Tx, store_id: str, conversation_id: str, side: str) -> Sequence[DeliveryRow]:
    """Every attempt for one side of a conversation, oldest first."""
    if side == "shopper" and tx.known is not None and conversation_id in tx.known.deliveries:
        return tx.known.deliveries[conversation_id]
    return tx.session.exec(
        select(DeliveryRow)
        .where(
            DeliveryRow.store_id == store_id,
            DeliveryRow.conversation_id == conversation_id,
            DeliveryRow.side == side,
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
    ).all()


def delivery(tx: Tx, store_id: str, delivery_id: str, *, locked: bool = True) -> DeliveryRow | None:
    """An attempt by id, locked; a read must not lock."""
    if tx.known is not None and delivery_id in tx.known.taken:
        return tx.known.taken[delivery_id]
    found = select(DeliveryRow).where(
        DeliveryRow.store_id == store_id, DeliveryRow.delivery_id == delivery_id
    )
    if locked:
        # What was read before the lock is old.
        found = found.with_for_update().execution_options(populate_existing=True)
    return tx.session.exec(found).first()


def delivery_by_provider(tx: Tx, store_id: str, provider_id: str) -> DeliveryRow | None:
    """An attempt by the id that the provider gave it."""
    return tx.session.exec(
        select(DeliveryRow).where(
            DeliveryRow.store_id == store_id, DeliveryRow.provider_id == provider_id
        )
    ).first()


def delivery_by_message_id(tx: Tx, store_id: str, message_id: str) -> DeliveryRow | None:
    """The newest attempt that bore this Message-ID."""
    return tx.session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.store_id == store_id, DeliveryRow.message_id == message_id)
        .order_by(col(DeliveryRow.queued_at).desc())
    ).first()


def lapsed(tx: Tx, limit: int) -> Sequence[DeliveryRow]:
    """Hand-overs whose lease ended without an outcome: nobody knows whether they went out."""
    return tx.session.exec(
        select(DeliveryRow)
        .where(IS_LIVE, DeliveryRow.state == "submitting", col(DeliveryRow.lease_until) <= tx.now)
        .limit(limit)
    ).all()


def let_go(tx: Tx) -> None:
    """What is being handed over has lapsed: the process that did it is dead, whatever it held."""
    tx.session.exec(
        update(DeliveryRow)
        .where(IS_LIVE, col(DeliveryRow.state) == "submitting")
        .values(lease_until=tx.now)
        .execution_options(synchronize_session=False)
    )


def unknown_since(tx: Tx, earliest: int, limit: int) -> Sequence[DeliveryRow]:
    """Attempts of unknown outcome that entered it after ``earliest``."""
    return tx.session.exec(
        select(DeliveryRow)
        .where(IS_LIVE, DeliveryRow.state == "unknown", DeliveryRow.state_at > earliest)
        .order_by(col(DeliveryRow.state_at))
        .limit(limit)
    ).all()


def latest_to(
    tx: Tx, store_ids: Sequence[str], address_ids: Sequence[str], limit: int = 20
) -> Sequence[DeliveryRow]:
    """The newest attempts to any of these addresses, newest first."""
    return tx.session.exec(
        select(DeliveryRow)
        .where(
            col(DeliveryRow.store_id).in_(store_ids),
            col(DeliveryRow.address_id).in_(address_ids),
        )
        .order_by(col(DeliveryRow.queued_at).desc(), col(DeliveryRow.delivery_id).desc())
        .limit(limit)
    ).all()


def was_brought_words(tx: Tx, store_id: str, address_id: str) -> bool:
    """Whether a provider ever took words for this address."""
    if tx.known is not None and address_id in tx.known.brought:
        return tx.known.brought[address_id]
    found = select(DeliveryRow.delivery_id).where(
        DeliveryRow.store_id == store_id,
        DeliveryRow.address_id == address_id,
        DeliveryRow.form == "words",
        col(DeliveryRow.accepted_at).is_not(None),
    )
    return tx.session.exec(found.limit(1)).first() is not None


def knocks_to(tx: Tx, store_id: str, address_ids: Sequence[str]) -> Sequence[DeliveryRow]:
    """Every knock at these addresses, oldest first."""
    if tx.known is not None and all(each in tx.known.knocks for each in address_ids):
        return [row for each in address_ids for row in tx.known.knocks[each]]
    return tx.session.exec(
        select(DeliveryRow)
        .where(
            DeliveryRow.store_id == store_id,
            col(DeliveryRow.address_id).in_(address_ids),
            DeliveryRow.form == "knock",
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
    ).all()


def interruptions(
    tx: Tx, store_ids: Sequence[str], person_ids: Sequence[str], since: int
) -> Sequence[DeliveryRow]:
    """What made these people's phones and mailboxes ring since then, over all conversations."""
    if tx.known is not None and all(each in tx.known.interruptions for each in person_ids):
        return [row for each in person_ids for row in tx.known.interruptions[each]]
    return tx.session.exec(
        select(DeliveryRow).where(
            col(DeliveryRow.store_id).in_(store_ids),
            col(DeliveryRow.person_id).in_(person_ids),
            col(DeliveryRow.handed_at) > since,
        )
    ).all()


def waiting_for(tx: Tx, store_id: str, shopper_id: str) -> Sequence[str]:
    """Conversations in which something waits, until later, to be brought to this shopper."""
    return tx.session.exec(
        select(ReachRow.conversation_id)
        .join(
            ConversationRow,
            (col(ConversationRow.store_id) == col(ReachRow.store_id))
            & (col(ConversationRow.conversation_id) == col(ReachRow.conversation_id)),
        )
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.shopper_id == shopper_id,
            ReachRow.side == "shopper",
            ReachRow.state == "waiting",
            col(ReachRow.due_at) > tx.now,
        )
        .order_by(col(ReachRow.conversation_id))
    ).all()


def hurry_notices(tx: Tx, agent_id: str) -> None:
    """Whatever waits for the staff, and was last planned with this agent in mind, is due now."""
    with_them = select(DecisionRow.decision_id).where(
        DecisionRow.store_id == ReachRow.store_id,
        DecisionRow.decision_id == ReachRow.decision_id,
        col(DecisionRow.considered).contains(agent_id, autoescape=True),
    )
    tx.session.exec(
        update(ReachRow)
        .where(
            col(ReachRow.side) == "staff",
            col(ReachRow.state) == "waiting",
            col(ReachRow.due_at) > tx.now,
            with_them.exists(),
        )
        .values(due_at=tx.now)
        .execution_options(synchronize_session=False)
    )


def overrides_of(tx: Tx, conversation: ConversationRow, side: str) -> Sequence[OverrideRow]:
    """What agents decided for messages of one side, oldest first."""
    store_id, name = conversation.store_id, conversation.conversation_id
    if side == "shopper" and tx.known is not None and name in tx.known.overrides:
        return tx.known.overrides[name]
    return _OVERRIDES.found(tx, store=store_id, conversation=name, side=side)


def circuits(tx: Tx, store_id: str, scopes: Sequence[str]) -> Sequence[CircuitRow]:
    """The health of these channels or addresses, as far as something ever failed."""
    if tx.known is not None and all((store_id, each) in tx.known.circuits for each in scopes):
        found = (tx.known.circuits[store_id, each] for each in scopes)
        return [row for row in found if row is not None]
    return tx.session.exec(
        select(CircuitRow).where(CircuitRow.store_id == store_id, col(CircuitRow.scope).in_(scopes))
    ).all()


def circuit(tx: Tx, store_id: str, scope: str, *, make: bool = False) -> CircuitRow | None:
    """The health of one channel or address; ``make``: locked, and made when there is none."""
    if not make and tx.known is not None and (store_id, scope) in tx.known.circuits:
        return tx.known.circuits[store_id, scope]
    found = select(CircuitRow).where(CircuitRow.store_id == store_id, CircuitRow.scope == scope)
    if not make:
        return tx.session.exec(found).first()
    none = {"store_id": store_id, "scope": scope, "failures": 0, "open_until": 0, "at": 0}
    # Two outcomes may be the first of their channel at once.
    if tx.session.get_bind().dialect.name == "sqlite":
        tx.session.execute(sqlite_insert(CircuitRow).values(none).on_conflict_do_nothing())
    else:
        tx.session.execute(postgresql_insert(CircuitRow).values(none).on_conflict_do_nothing())
    return tx.session.exec(
        found.with_for_update().execution_options(populate_existing=True)
    ).first()


def note_fact(tx: Tx, store_id: str, person_id: str, kind: str, **data: object) -> None:
    """Append to what explanations and the simulator read."""
    appending.add(
        tx,
        FactRow(
            store_id=store_id,
            fact_id=tx.new_id(),
            person_id=person_id,
            kind=kind,
            data=pack(data),
            at=tx.now,
        ),
    )


def decision(tx: Tx, store_id: str, decision_id: str) -> DecisionRow | None:
    """A stored answer of ``plan``."""
    return tx.session.get(DecisionRow, (store_id, decision_id))


def due_inbound(tx: Tx, channel: str, limit: int) -> Sequence[InboundRow]:
    """What came in and has not been understood yet, or whose parser never came back."""
    return tx.session.exec(
        select(InboundRow)
        .where(
            IS_NOT_UNDERSTOOD,
            col(InboundRow.state).in_(("stored", "parsing")),
            InboundRow.due_at <= tx.now,
            InboundRow.channel == channel,
        )
        .order_by(col(InboundRow.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
