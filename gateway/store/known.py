"""What many conversations are decided on, loaded by set instead of one by one.

To hand one delivery over some forty rows are read. Asked for each alone that is forty statements;
for many at once it is as many for all of them. Who loads a ``Known`` puts it into the ``Tx`` of the
same transaction, and this room's statements answer from it what it covers and ask the database for
anything else. It is as old as its load, and what is queued afterwards is not in it: good for
planning each of its conversations once, with no person in it twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import Select

from gateway.store import known_statements as ask
from gateway.store.faces import by_agent
from gateway.store.known_statements import CONTEXT
from gateway.store.tables import (
    ActRow,
    AddressRow,
    AgentRow,
    CircuitRow,
    ConsentRow,
    ConversationRow,
    DeliveryRow,
    EntryRow,
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
MOST_WORDS: Final = 200  #: seqs past what a shopper has seen whose words are loaded by set

Scope = tuple[str, str]  #: store_id, and what a circuit is about
Purse = tuple[str, str, int]  #: store_id, whose spending, and the beginning of the day


@dataclass(slots=True)
class Known:
    """Rows by what they are asked for; a key that is missing was not loaded.

    Conversations and ``taken`` deliveries are locked until the transaction ends, and they, their
    reach rows, shoppers and stores may be changed; all else is bare (``known_statements``). All are
    of the shoppers' side.
    """

    conversations: dict[str, ConversationRow] = field(default_factory=dict)
    reaches: dict[str, ReachRow] = field(default_factory=dict)
    shoppers: dict[str, ShopperRow] = field(default_factory=dict)
    stores: dict[str, StoreRow] = field(default_factory=dict)
    taken: dict[str, DeliveryRow] = field(default_factory=dict)
    messages: dict[str, list[EntryRow]] = field(default_factory=dict)
    messages_since: dict[str, int] = field(default_factory=dict)  #: the seq before the first
    deliveries: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    entries: dict[tuple[str, int], EntryRow] = field(default_factory=dict)  #: of ``messages``
    mails_in: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    overrides: dict[str, list[OverrideRow]] = field(default_factory=dict)
    stops: dict[str, Mapping[str, int]] = field(default_factory=dict)
    addresses: dict[str, list[AddressRow]] = field(default_factory=dict)
    address: dict[str, AddressRow] = field(default_factory=dict)  #: of ``addresses``, by id
    consents: dict[str, list[ConsentRow]] = field(default_factory=dict)
    knocks: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    interruptions: dict[str, list[DeliveryRow]] = field(default_factory=dict)
    presences: dict[str, PresenceRow | None] = field(default_factory=dict)
    acts: dict[str, ActRow | None] = field(default_factory=dict)
    circuits: dict[Scope, CircuitRow | None] = field(default_factory=dict)
    policies: dict[tuple[str, int], PolicyRow | None] = field(default_factory=dict)
    logos: dict[str, StoreLogoRow | None] = field(default_factory=dict)
    faces: dict[str, bytes | None] = field(default_factory=dict)  #: JPEG, by agent
    senders: dict[str, list[SenderRow]] = field(default_factory=dict)  #: by store; locked
    brought: dict[str, bool] = field(default_factory=dict)  #: whether words ever came there
    spent: Counter[Purse] = field(default_factory=Counter)  #: and not yet written down
    refused: dict[str, list[DeliveryRow]] = field(default_factory=dict)  #: what failed, by person
    accepting_since: tuple[int | None] | None = None
    agents: Sequence[AgentRow] | None = None  #: all of them, as ``house.agents`` orders them
    #: held so that the session's own map, which is weak, finds them by key
    kept: list[object] = field(default_factory=list)


def taken(tx: Tx, store_ids: Iterable[str], delivery_ids: Iterable[str]) -> Known:
    """These deliveries and their conversations, locked, and what every move of them looks at."""
    known, stores = Known(), sorted(set(store_ids))
    told = {"stores": stores, "ids": list(delivery_ids)}
    rows = tx.session.exec(ask.TAKEN, params=told).all()
    known.taken = {row.delivery_id: row for row in rows}
    _lock(tx, known, stores, {row.conversation_id for row in rows})
    return known


def locked(tx: Tx, store_ids: Iterable[str], conversation_ids: Iterable[str]) -> Known:
    """These conversations, locked."""
    known = Known()
    _lock(tx, known, sorted(set(store_ids)), conversation_ids)
    return known


def looked_at(tx: Tx, conversations: Iterable[ConversationRow]) -> Known:
    """These conversations as they are, locked by nobody: for reading alone.

    The staff's sides and what was decided of either side are found by their keys.
    """
    known = Known(conversations={row.conversation_id: row for row in conversations})
    stores = sorted({row.store_id for row in known.conversations.values()})
    _hold(tx, known, stores)
    for side in ("shopper", "staff"):
        add_decisions(tx, known, side)
    return known


def add_decisions(tx: Tx, known: Known, side: str = "shopper") -> None:
    """The last decision on a side of each of its conversations, for the next to be compared with.

    The staff's sides come along.
    """
    if side == "shopper":
        _hold_decisions(tx, known, known.reaches.values())
        return
    stores = sorted({row.store_id for row in known.conversations.values()})
    told = {"stores": stores, "ids": list(known.conversations)}
    staff = tx.session.exec(ask.STAFFS, params=told).all()
    known.kept += staff
    _hold_decisions(tx, known, staff)


def _hold_decisions(tx: Tx, known: Known, reaches: Iterable[ReachRow]) -> None:
    held = {row.decision_id: row.store_id for row in reaches if row.decision_id}
    told = {"stores": sorted(set(held.values())), "ids": list(held)}
    known.kept += tx.session.exec(ask.DECISIONS, params=told).all()


def _lock(tx: Tx, known: Known, stores: Sequence[str], conversation_ids: Iterable[str]) -> None:
    told = {"stores": stores, "ids": list(conversation_ids)}
    found = tx.session.exec(ask.CONVERSATIONS, params=told).all()
    known.conversations = {row.conversation_id: row for row in found}
    _hold(tx, known, stores)


def _hold(tx: Tx, known: Known, stores: Sequence[str]) -> None:
    told = {"stores": stores, "ids": list(known.conversations)}
    reaches = tx.session.exec(ask.REACHES, params=told)
    known.reaches = {row.conversation_id: row for row in reaches}
    shoppers = [row.shopper_id for row in known.conversations.values()]
    told = {"stores": stores, "people": shoppers}
    people = tx.session.exec(ask.SHOPPERS, params=told)
    known.shoppers = {row.shopper_id: row for row in people}
    held = tx.session.exec(ask.STORES, params={"stores": stores})
    known.stores = {row.store_id: row for row in held}
    for store in known.stores.values():
        name = (store.store_id, store.policy_version)
        known.policies[name] = tx.session.get(PolicyRow, name)


def add_words(tx: Tx, known: Known) -> None:
    """The messages that rendering may quote, and what else a mail bears.

    Of a conversation that has grown far since its shopper last looked only the first: what covers
    it no more is asked for alone.
    """
    stores = sorted({row.store_id for row in known.conversations.values()})
    ids = list(known.conversations)
    told: dict[str, Sequence[str]] = {"stores": stores, "ids": ids}
    rows = _bare(tx, ask.MESSAGES, {**told, "most": MOST_WORDS})
    known.messages = _by(ids, ((row.conversation_id, row) for row in rows))
    known.entries = {(row.conversation_id, row.seq): row for row in rows}
    known.messages_since = {
        row.conversation_id: max(0, row.seen_seq - CONTEXT)
        for row in known.reaches.values()
        if known.conversations[row.conversation_id].last_seq <= row.seen_seq + MOST_WORDS
    }
    known.faces = by_agent(tx, rows)
    mails = _bare(tx, ask.MAILS_IN, told)
    known.mails_in = _by(ids, ((where or "", (at, envelope)) for where, at, envelope in mails))
    logos = _bare(tx, ask.LOGOS, {"stores": stores})
    known.logos = dict.fromkeys(stores) | {row.store_id: row for row in logos}


def add_headings(tx: Tx, known: Known) -> None:
    """What is unread, without its words: for who only plans."""
    stores = sorted({row.store_id for row in known.conversations.values()})
    ids = list(known.conversations)
    rows = _bare(tx, ask.HEADINGS, {"stores": stores, "ids": ids})
    known.messages = _by(ids, ((row.conversation_id, row) for row in rows))
    known.messages_since = {row.conversation_id: row.seen_seq for row in known.reaches.values()}


def add_ways(tx: Tx, known: Known, since: int) -> None:
    """What planning alone looks at besides the messages; interruptions from ``since``.

    Circuits are asked for by the names that services give them: see ``add_circuits``.
    """
    stores = sorted({row.store_id for row in known.conversations.values()})
    ids = list(known.conversations)
    people = [row.shopper_id for row in known.conversations.values()]
    told = {"stores": stores, "ids": ids}
    rows = _deliveries(tx, known, ask.DELIVERIES, told)
    known.deliveries = _by(ids, ((row.conversation_id, row) for row in rows))
    wishes = _bare(tx, ask.OVERRIDES, told)
    known.overrides = _by(ids, ((row.conversation_id, row) for row in wishes))
    quiet = _bare(tx, ask.STOPS, told)
    grouped = _by(ids, ((row.conversation_id, row) for row in quiet))
    known.stops = {
        each: {row.address_id: row.stopped_at or 0 for row in rows}
        for each, rows in grouped.items()
    }
    rang = _deliveries(tx, known, ask.RANG, {"stores": stores, "people": people, "since": since})
    known.interruptions = _by(people, ((row.person_id, row) for row in rang))
    _add_people(tx, known, stores, people)


def add_circuits(tx: Tx, known: Known, scopes: Iterable[Scope]) -> None:
    """The health of these channels and addresses."""
    wanted = set(scopes)
    told = {
        "stores": sorted({store for store, _ in wanted}),
        "scopes": sorted({scope for _, scope in wanted}),
    }
    rows = _bare(tx, ask.CIRCUITS, told)
    known.circuits |= dict.fromkeys(wanted)
    known.circuits |= {(row.store_id, row.scope): row for row in rows}


def _add_people(tx: Tx, known: Known, stores: Sequence[str], people: Sequence[str]) -> None:
    told = {"stores": stores, "people": people}
    rows = _bare(tx, ask.ADDRESSES, told)
    known.addresses = _by(people, ((row.person_id, row) for row in rows))
    known.address = {row.address_id: row for row in rows}
    ids = [row.address_id for row in rows]
    evidence = _bare(tx, ask.CONSENTS, {"stores": stores, "ids": ids})
    known.consents = _by(ids, ((row.address_id, row) for row in evidence))
    knocks = _deliveries(tx, known, ask.KNOCKS, {"stores": stores, "ids": ids})
    known.knocks = _by(ids, ((row.address_id, row) for row in knocks))
    seen = _bare(tx, ask.PRESENCES, told)
    known.presences = dict.fromkeys(people) | {row.person_id: row for row in seen}
    acts = _bare(tx, ask.ACTS, told)
    known.acts = dict.fromkeys(people) | {row.person_id: row for row in acts}


def _bare(tx: Tx, statement: Select[Any], told: Mapping[str, object]) -> Sequence[Any]:
    """Rows that nobody changes, without the mapper."""
    return tx.session.execute(statement, told).all()


def _deliveries(
    tx: Tx, known: Known, statement: Select[Any], told: Mapping[str, object]
) -> Sequence[DeliveryRow]:
    """The same of deliveries; those that are ``taken`` are changed, and seen as they are then."""
    return [known.taken.get(row.delivery_id, row) for row in _bare(tx, statement, told)]


def _by(keys: Iterable[str], pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: found[key] for key in keys}
