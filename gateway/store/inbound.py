"""Statements about what came in from outside."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import CTE, Column, Select, bindparam
from sqlalchemy import select as core_select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import SQLModel, col, func, select

from gateway.store.ready import Asked, Ready
from gateway.store.tables import InboundRow, StoreRow
from gateway.store.tables.thread import IS_NOT_UNDERSTOOD
from gateway.store.tx import Tx, unpack

WithMail = tuple[str, str | None, str | None]
"""A store's id, the address it mails from, the domain of its mail."""

MailIn = tuple[int, str]  #: when it came in, and its envelope, JSON

HOOKED = ("sms", "whatsapp")  #: channels that bring webhooks, which are kept before all else
WHATSAPP = "whatsapp"

_INBOUND = SQLModel.metadata.tables["inbound"]
_ONCE = {
    "sqlite": sqlite_insert(_INBOUND).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(_INBOUND).on_conflict_do_nothing(),
}
_WITH_MAIL = Ready(
    core_select(
        col(StoreRow.store_id), col(StoreRow.mail_from), col(StoreRow.mail_domain)
    ).order_by(col(StoreRow.created_at))
)


def _store_by(column: Column[Any]) -> Asked:
    def stores(asked: CTE) -> Select[Any]:
        return core_select(column, column.table.c.store_id).join_from(
            asked, column.table, column == asked.c.value
        )

    return Asked(["value"], stores)


# Compiled once: a webhook costs less than what the mapper, or compiling, adds to a statement.
_STORE, _SENDER = SQLModel.metadata.tables["store"], SQLModel.metadata.tables["sender"]
_STORES = _store_by(_STORE.c.key)
_HOLDERS = {"sms": _store_by(_SENDER.c.sender), WHATSAPP: _store_by(_STORE.c.whatsapp_from)}


def keep_once(tx: Tx, row: InboundRow) -> bool:
    """Write down what came in; False when its key was there already, and nothing was written.

    Past the unit of work, which costs more than the write itself: the row stays the caller's own.
    """
    told = {column.name: getattr(row, column.name) for column in _INBOUND.columns}
    done = tx.session.connection().execute(_ONCE[tx.session.get_bind().dialect.name], told)
    return done.rowcount > 0


class Fresh(NamedTuple):
    """A webhook that is to be kept."""

    store_id: str
    inbound_key: str
    channel: str
    envelope: str
    raw: bytes
    sender: str | None
    due_at: int
    received_at: int


_AT_FIRST = {"state": "kept", "attempts": 0, "outcome": "", "conversation_id": None}
_KEEP = {
    name: Ready(each.values(_AT_FIRST | {field: bindparam(field) for field in Fresh._fields}))
    for name, each in _ONCE.items()
}


def keep_all(tx: Tx, rows: Sequence[Fresh]) -> None:
    """Write these down in one statement, but for those whose key is there already."""
    if rows:
        connection = tx.session.connection()
        _KEEP[connection.dialect.name].run(connection, [each._asdict() for each in rows])


class Kept(NamedTuple):
    """A webhook that is on disk and not understood yet."""

    store_id: str
    inbound_key: str
    sender: str | None


_KEPT = (
    select(InboundRow.store_id, InboundRow.inbound_key, InboundRow.sender)
    .where(IS_NOT_UNDERSTOOD, InboundRow.state == "kept", InboundRow.due_at <= bindparam("now"))
    .order_by(col(InboundRow.due_at))
    .limit(bindparam("most"))
)


def kept(tx: Tx, limit: int) -> Sequence[Kept]:
    """What is to be understood now, in the order in which it came."""
    return [Kept(*each) for each in tx.session.execute(_KEPT, {"now": tx.now, "most": limit})]


def still_kept(tx: Tx, of: Kept, *, locked: bool = True) -> InboundRow | None:
    """Its row, locked; None when another worker has understood it. A read must not lock."""
    found = select(InboundRow).where(
        InboundRow.store_id == of.store_id,
        InboundRow.inbound_key == of.inbound_key,
        InboundRow.state == "kept",
    )
    if locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return tx.session.exec(found).first()


def stores_by_key(tx: Tx, keys: AbstractSet[str]) -> dict[str, str]:
    """The stores that these public keys name, by their keys."""
    return dict(_STORES.rows(tx.session.connection(), [(each,) for each in keys]))


def holders_of(tx: Tx, numbers: AbstractSet[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Whose these numbers are, each with its channel; those of nobody's are left out."""
    found: dict[tuple[str, str], str] = {}
    for channel in HOOKED:
        asked = [(number,) for by, number in numbers if by == channel]
        rows = _HOLDERS[channel].rows(tx.session.connection(), asked)
        found |= {(channel, number): store_id for number, store_id in rows}
    return found


def stores_with_mail(tx: Tx) -> Sequence[WithMail]:
    """Where every store gets its mail, the oldest store first."""
    return _WITH_MAIL.found(tx)


def envelopes_in(tx: Tx, store_id: str, conversation_id: str, channel: str) -> list[dict[str, Any]]:
    """The envelopes of what became entries of a conversation, without the raw bytes."""
    found = tx.session.exec(
        select(InboundRow.envelope).where(
            InboundRow.store_id == store_id,
            InboundRow.conversation_id == conversation_id,
            InboundRow.channel == channel,
        )
    )
    return [unpack(each) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """What was set aside, without its bytes; ``size`` is how many there are."""

    inbound_key: str
    envelope: str
    outcome: str
    attempts: int
    received_at: int
    size: int


def quarantined(tx: Tx, store_id: str) -> Sequence[Quarantined]:
    """What a store's operator has to look at, the oldest first."""
    found = tx.session.exec(
        select(  # type: ignore[call-overload]  # typed for four columns at most
            InboundRow.inbound_key,
            InboundRow.envelope,
            InboundRow.outcome,
            InboundRow.attempts,
            InboundRow.received_at,
            func.length(InboundRow.raw),
        )
        .where(InboundRow.store_id == store_id, InboundRow.state == "quarantined")
        .order_by(col(InboundRow.received_at), col(InboundRow.inbound_key))
    )
    return [
        Quarantined(
            inbound_key=key,
            envelope=envelope,
            outcome=outcome,
            attempts=attempts,
            received_at=received_at,
            size=size,
        )
        for key, envelope, outcome, attempts, received_at, size in found
    ]


def count_quarantined(tx: Tx, store_id: str) -> int:
    """How many there are."""
    return tx.session.exec(
        select(func.count())
        .select_from(InboundRow)
        .where(InboundRow.store_id == store_id, InboundRow.state == "quarantined")
    ).one()


def mails_in(tx: Tx, store_id: str, conversation_id: str) -> Sequence[MailIn]:
    """The mails that came in and became part of this conversation, oldest first."""
    if tx.known is not None and conversation_id in tx.known.mails_in:
        return tx.known.mails_in[conversation_id]
    found = tx.session.exec(
        select(InboundRow.received_at, InboundRow.envelope)
        .where(
            InboundRow.store_id == store_id,
            InboundRow.conversation_id == conversation_id,
            InboundRow.channel == "email",
        )
        .order_by(col(InboundRow.received_at))
    )
    return [(at, envelope) for at, envelope in found]
