"""What many conversations are decided on, loaded by set instead of one by one.

To hand one delivery over some forty rows are read. Asked for each alone that is forty statements;
for many at once it is as many for all of them. Who loads a ``Known`` puts it into the ``Tx`` of the
same transaction, and this room's statements answer from it what it covers and ask the database for
anything else. It is as old as its load, and what is queued afterwards is not in it: good for
planning each of its conversations once, with no person in it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement
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
    PolicyRow,
    PresenceRow,
    ReachRow,
    SenderRow,
    ShopperRow,
    StoreLogoRow,
    StoreRow,
)
from gateway.store.tx import Tx

T = TypeVar("T")

CONTEXT = 40  #: so many seqs before what is unread may be quoted below a mail

Scope = tuple[str, str]  #: store_id, and what a circuit is about


@dataclass(slots=True)
class Known:
    """Rows by what they are asked for; a key that is missing was not loaded.

    Conversations and ``taken`` deliveries are locked until the transaction ends. All are of the
    shoppers' side.
    """

    conversations: dict[str, ConversationRow] = field(default_factory=dict)
    taken: dict[str, DeliveryRow] = field(default_factory=dict)
    messages: dict[str, list[EntryRow]] = field(default_factory=dict)
    messages_since: dict[str, int] = field(default_factory=dict)  #: the seq before the first
    deliveries: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    mails_in: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    overrides: dict[str, list[OverrideRow]] = field(default_factory=dict)
    stops: dict[str, Mapping[str, int]] = field(default_factory=dict)
    addresses: dict[str, list[AddressRow]] = field(default_factory=dict)
    consents: dict[str, list[ConsentRow]] = field(default_factory=dict)
    knocks: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    interruptions: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    presences: dict[str, PresenceRow | None] = field(default_factory=dict)
    acts: dict[str, ActRow | None] = field(default_factory=dict)
    circuits: dict[Scope, CircuitRow | None] = field(default_factory=dict)
    policies: dict[tuple[str, int], PolicyRow | None] = field(default_factory=dict)
    logos: dict[str, StoreLogoRow | None] = field(default_factory=dict)
    senders: dict[str, list[SenderRow]] = field(default_factory=dict)  #: by store; locked
    brought: dict[str, bool] = field(default_factory=dict)  #: whether words ever came there
    refused: dict[str, list[DeliveryRow]] = field(default_factory=dict)  #: what failed, by person
    accepting_since: tuple[int | None] | None = None
    #: held so that the session's own map, which is weak, finds them by key
    kept: list[object] = field(default_factory=list)


def taken(tx: Tx, store_ids: Iterable[str], delivery_ids: Iterable[str]) -> Known:
    """These deliveries and their conversations, locked, and what every move of them looks at."""
    known, stores = Known(), sorted(set(store_ids))
    rows = tx.session.exec(
        select(DeliveryRow)
        .where(_of(DeliveryRow.store_id, stores), _of(DeliveryRow.delivery_id, delivery_ids))
        .order_by(col(DeliveryRow.delivery_id))
        .with_for_update()
        .execution_options(populate_existing=True)  # what was read before the lock is old
    ).all()
    known.taken = {row.delivery_id: row for row in rows}
    _lock(tx, known, stores, {row.conversation_id for row in rows})
    return known


def locked(tx: Tx, store_ids: Iterable[str], conversation_ids: Iterable[str]) -> Known:
    """These conversations, locked."""
    known = Known()
    _lock(tx, known, sorted(set(store_ids)), conversation_ids)
    return known


def add_decisions(tx: Tx, known: Known) -> None:
    """The last decision on each of its conversations, which the next one is compared with."""
    stores = {row.store_id for row in known.conversations.values()}
    decisions = [row.decision_id for row in known.kept if isinstance(row, ReachRow)]
    known.kept += tx.session.exec(
        select(DecisionRow).where(
            _of(DecisionRow.store_id, stores),
            _of(DecisionRow.decision_id, (each for each in decisions if each)),
        )
    ).all()


def _lock(tx: Tx, known: Known, stores: Sequence[str], conversation_ids: Iterable[str]) -> None:
    found = tx.session.exec(
        select(ConversationRow)
        .where(
            _of(ConversationRow.store_id, stores),
            _of(ConversationRow.conversation_id, conversation_ids),
        )
        .order_by(col(ConversationRow.conversation_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    known.conversations = {row.conversation_id: row for row in found}
    ids, people = list(known.conversations), [row.shopper_id for row in found]
    known.kept += tx.session.exec(
        select(ReachRow).where(_of(ReachRow.store_id, stores), _of(ReachRow.conversation_id, ids))
    ).all()
    known.kept += tx.session.exec(
        select(ShopperRow).where(
            _of(ShopperRow.store_id, stores), _of(ShopperRow.shopper_id, people)
        )
    ).all()
    held = tx.session.exec(select(StoreRow).where(_of(StoreRow.store_id, stores))).all()
    known.kept += held
    for store in held:
        name = (store.store_id, store.policy_version)
        known.policies[name] = tx.session.get(PolicyRow, name)


def add_surroundings(tx: Tx, known: Known, since: int) -> None:
    """What planning and rendering these deliveries looks at besides; interruptions from ``since``.

    Circuits are asked for by the names that services give them: see ``add_circuits``.
    """
    stores = sorted({row.store_id for row in known.conversations.values()})
    ids = list(known.conversations)
    people = [row.shopper_id for row in known.conversations.values()]
    _add_messages(tx, known, stores, ids)
    rows = tx.session.exec(
        select(DeliveryRow)
        .where(
            _of(DeliveryRow.store_id, stores),
            _of(DeliveryRow.conversation_id, ids),
            DeliveryRow.side == "shopper",
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
    )
    known.deliveries = _by(ids, ((row.conversation_id, row) for row in rows))
    mails = tx.session.exec(
        select(InboundRow.conversation_id, InboundRow.received_at, InboundRow.envelope)
        .where(
            _of(InboundRow.store_id, stores),
            _of(InboundRow.conversation_id, ids),
            InboundRow.channel == "email",
        )
        .order_by(col(InboundRow.received_at))
    )
    known.mails_in = _by(ids, ((where or "", (at, envelope)) for where, at, envelope in mails))
    wishes = tx.session.exec(
        select(OverrideRow)
        .where(
            _of(OverrideRow.store_id, stores),
            _of(OverrideRow.conversation_id, ids),
            OverrideRow.side == "shopper",
        )
        .order_by(col(OverrideRow.at), col(OverrideRow.override_id))
    )
    known.overrides = _by(ids, ((row.conversation_id, row) for row in wishes))
    quiet = tx.session.exec(
        select(ConversationStopRow).where(
            _of(ConversationStopRow.store_id, stores),
            _of(ConversationStopRow.conversation_id, ids),
            col(ConversationStopRow.stopped_at).is_not(None),
        )
    )
    grouped = _by(ids, ((row.conversation_id, row) for row in quiet))
    known.stops = {
        each: {row.address_id: row.stopped_at or 0 for row in rows}
        for each, rows in grouped.items()
    }
    rang = tx.session.exec(
        select(DeliveryRow).where(
            _of(DeliveryRow.store_id, stores),
            _of(DeliveryRow.person_id, people),
            col(DeliveryRow.handed_at) > since,
        )
    )
    known.interruptions = _by(people, ((row.person_id, row) for row in rang))
    _add_people(tx, known, stores, people)
    logos = tx.session.exec(select(StoreLogoRow).where(_of(StoreLogoRow.store_id, stores)))
    known.logos = dict.fromkeys(stores) | {row.store_id: row for row in logos}


def add_circuits(tx: Tx, known: Known, scopes: Iterable[Scope]) -> None:
    """The health of these channels and addresses."""
    wanted = set(scopes)
    rows = tx.session.exec(
        select(CircuitRow).where(
            _of(CircuitRow.store_id, {store for store, _ in wanted}),
            _of(CircuitRow.scope, {scope for _, scope in wanted}),
        )
    )
    known.circuits |= dict.fromkeys(wanted)
    known.circuits |= {(row.store_id, row.scope): row for row in rows}


def _add_messages(tx: Tx, known: Known, stores: Sequence[str], ids: Sequence[str]) -> None:
    known.messages_since = {
        row.conversation_id: max(0, row.seen_seq - CONTEXT)
        for row in known.kept
        if isinstance(row, ReachRow) and row.side == "shopper"
    }
    rows = tx.session.exec(
        select(EntryRow)
        .join(
            ReachRow,
            (col(ReachRow.store_id) == col(EntryRow.store_id))
            & (col(ReachRow.conversation_id) == col(EntryRow.conversation_id))
            & (col(ReachRow.side) == "shopper"),
        )
        .where(
            _of(EntryRow.store_id, stores),
            _of(EntryRow.conversation_id, ids),
            EntryRow.kind == "message",
            col(EntryRow.seq) > col(ReachRow.seen_seq) - CONTEXT,
        )
        .order_by(col(EntryRow.conversation_id), col(EntryRow.seq))
    )
    known.messages = _by(ids, ((row.conversation_id, row) for row in rows))


def _add_people(tx: Tx, known: Known, stores: Sequence[str], people: Sequence[str]) -> None:
    rows = tx.session.exec(
        select(AddressRow)
        .where(
            _of(AddressRow.store_id, stores),
            AddressRow.side == "shopper",
            _of(AddressRow.person_id, people),
        )
        .order_by(col(AddressRow.created_at))
    ).all()
    known.addresses = _by(people, ((row.person_id, row) for row in rows))
    ids = [row.address_id for row in rows]
    evidence = tx.session.exec(
        select(ConsentRow)
        .where(_of(ConsentRow.store_id, stores), _of(ConsentRow.address_id, ids))
        .order_by(col(ConsentRow.at), col(ConsentRow.consent_id))
    )
    known.consents = _by(ids, ((row.address_id, row) for row in evidence))
    knocks = tx.session.exec(
        select(DeliveryRow)
        .where(
            _of(DeliveryRow.store_id, stores),
            _of(DeliveryRow.address_id, ids),
            DeliveryRow.form == "knock",
        )
        .order_by(col(DeliveryRow.queued_at), col(DeliveryRow.delivery_id))
    )
    known.knocks = _by(ids, ((row.address_id, row) for row in knocks))
    seen = tx.session.exec(
        select(PresenceRow).where(
            _of(PresenceRow.store_id, stores),
            PresenceRow.side == "shopper",
            _of(PresenceRow.person_id, people),
        )
    )
    known.presences = dict.fromkeys(people) | {row.person_id: row for row in seen}
    acts = tx.session.exec(
        select(ActRow).where(
            _of(ActRow.store_id, stores),
            ActRow.side == "shopper",
            _of(ActRow.person_id, people),
        )
    )
    known.acts = dict.fromkeys(people) | {row.person_id: row for row in acts}


def _of(column: object, values: Iterable[str]) -> ColumnElement[bool]:
    return col(column).in_(list(values))


def _by(keys: Iterable[str], pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: found[key] for key in keys}
