"""Reaching: the row per conversation and side, deliveries, receipts, decisions and facts."""

from __future__ import annotations

from typing import Final, get_args

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from gateway.core.model import DeliveryState, Form, OverrideKind, ReachState
from gateway.store.tables.columns import Row, integer, key, one_of, text

_WAITING: Final = "state = 'waiting'"
_LIVE: Final = "state IN ('queued', 'submitting', 'unknown')"
IS_LIVE: Final = sql(f"delivery.{_LIVE}")
"""To be asked besides which of these states it is: a database takes an index of some rows alone
only where it sees that no others are asked for, and SQLite sees it in just these words."""
IS_WAITING: Final = sql(f"reach.{_WAITING}")
"""In words for the same reason: what is given is no part of a plan that PostgreSQL keeps, and one
that it made in an empty house and kept read all of a full one."""


class ReachRow(Row, table=True):
    """The effort to bring what is unread to a side; ``waiting``, and only it, has a due time.

    ``pauses`` (staff) is JSON: agent id → [the stretch's ``seen_seq``, until]; opening by somebody
    who may answer pauses the ladder once per agent and unanswered stretch.
    """

    __tablename__ = "reach"
    __table_args__ = (
        one_of("side", "shopper", "staff"),
        one_of("state", *ReachState),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="due"),
        CheckConstraint("seen_seq <= head_seq", name="seen"),
        Index(
            "ix_reach_due",
            "due_at",
            sqlite_where=sql(_WAITING),
            postgresql_where=sql(_WAITING),
        ),
    )
    store_id: str = key()
    conversation_id: str = key()
    side: str = key()
    head_seq: int = integer(default=0)
    seen_seq: int = integer(default=0)
    state: str = text(default="settled")
    due_at: int | None = integer(default=None)
    decision_id: str | None = text(default=None)
    pauses: str = text(default="{}")


class DeliveryRow(Row, table=True):
    """One attempt to carry a set of entries (``seqs``, JSON) to one address.

    ``content`` is what was rendered at hand-over, JSON. ``lease_until`` runs while ``submitting``;
    ``link_used_at``: when the link in its words let a browser into the conversation.
    Deliveries of one ``batch_id`` went out as one message: a digest to an agent. ``turn_of`` names
    the number whose line says ``not_before``.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("side", "shopper", "staff"),
        one_of("channel", "sms", "email", "whatsapp", "push", "app"),
        one_of("form", *Form),
        one_of("state", *DeliveryState),
        Index("ix_delivery_conversation", "store_id", "conversation_id", "side"),
        Index("ix_delivery_address", "store_id", "address_id", "queued_at"),
        Index("ix_delivery_person", "store_id", "person_id", "handed_at"),
        Index("ix_delivery_provider", "store_id", "provider_id"),
        Index(
            "uq_delivery_one_live",
            "store_id",
            "conversation_id",
            "side",
            unique=True,
            sqlite_where=sql("form = 'words' AND state IN ('queued', 'submitting')"),
            postgresql_where=sql("form = 'words' AND state IN ('queued', 'submitting')"),
        ),
        Index(
            "ix_delivery_live",
            "state",
            "lease_until",
            sqlite_where=sql(_LIVE),
            postgresql_where=sql(_LIVE),
        ),
    )
    store_id: str = key()
    delivery_id: str = key()
    conversation_id: str = text()
    side: str = text()
    person_id: str = text()
    address_id: str = text()
    channel: str = text()
    value: str = text()
    form: str = text()
    state: str = text(default="queued")
    seqs: str = text(default="[]")
    attempt: int = integer(default=1)
    decision_id: str | None = text(default=None)
    content: str = text(default="{}")
    message_id: str | None = text(default=None)
    provider_id: str | None = text(default=None)
    error_code: str = text(default="")
    error_words: str = text(default="")
    content_rejected: int = integer(default=0)
    queued_at: int = integer()
    not_before: int = integer(default=0)
    turn_of: str = text(default="")
    handed_at: int | None = integer(default=None)
    accepted_at: int | None = integer(default=None)
    state_at: int = integer()
    lease_until: int | None = integer(default=None)
    batch_id: str | None = text(default=None)
    link_used_at: int | None = integer(default=None)


class OverrideRow(Row, table=True):
    """What an agent decided for the messages named by ``seqs`` (JSON); append-only.

    ``delivery_id`` is the one of unknown outcome that the agent does not wait for.
    """

    __tablename__ = "override"
    __table_args__ = (
        one_of("side", "shopper", "staff"),
        one_of("kind", *get_args(OverrideKind)),
        Index("ix_override_conversation", "store_id", "conversation_id", "side"),
    )
    store_id: str = key()
    override_id: str = key()
    conversation_id: str = text()
    side: str = text()
    kind: str = text()
    seqs: str = text()
    address_id: str | None = text(default=None)
    delivery_id: str | None = text(default=None)
    until: int | None = integer(default=None)
    agent_id: str = text()
    at: int = integer()


class CircuitRow(Row, table=True):
    """How often in a row a channel (``channel:sms``) or an address (``address:<id>``) failed."""

    __tablename__ = "circuit"
    store_id: str = key()
    scope: str = key()
    failures: int = integer()
    open_until: int = integer()
    at: int = integer()


class ReceiptRow(Row, table=True):
    """What a provider later told us of a delivery, as it came; the key makes a repeat harmless."""

    __tablename__ = "receipt"
    store_id: str = key()
    receipt_key: str = key()
    delivery_id: str = text(index=True)
    state: str = text()
    error_code: str = text(default="")
    words: str = text(default="")
    at: int = integer()


class DecisionRow(Row, table=True):
    """An answer of ``plan``, kept when it changed, with the policy version behind it."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_conversation", "store_id", "conversation_id", "at"),)
    store_id: str = key()
    decision_id: str = key()
    conversation_id: str = text()
    side: str = text()
    policy_version: int = integer()
    answer: str = text()
    because: str = text()
    considered: str = text()
    at: int = integer()


class FactRow(Row, table=True):
    """Append-only, kept 90 days: what explanations and the simulator read."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_person", "store_id", "person_id", "at"),)
    store_id: str = key()
    fact_id: str = key()
    person_id: str = text()
    kind: str = text()
    data: str = text(default="{}")
    at: int = integer()
