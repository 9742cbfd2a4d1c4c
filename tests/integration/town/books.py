"""Every row that the checker reads, in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import SQLModel, select

from gateway.core.consent import Evidence
from gateway.core.policy import Policy
from gateway.core.policy_document import policy_from
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    DecisionRow,
    DeliveryRow,
    EntryRow,
    FactRow,
    MergeRow,
    OverrideRow,
    PolicyRow,
    ReachRow,
)
from gateway.store.tx import Tx, unpack
from tests.integration.town.building import Town

R = TypeVar("R", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Books:
    """Every row that the checker reads."""

    now: int
    conversations: Sequence[ConversationRow]
    entries: dict[str, list[EntryRow]]
    deliveries: dict[str, list[DeliveryRow]]
    reaches: Sequence[ReachRow]
    addresses: dict[str, AddressRow]
    consents: dict[str, list[Evidence]]
    proofs: dict[str, list[int]]  #: when an address was proven; it may be so more than once
    decisions: dict[str, DecisionRow]
    policies: Sequence[Policy]
    overrides: dict[str, list[OverrideRow]]
    merges: Sequence[MergeRow]


async def books_of(town: Town) -> Books:
    """Read everything once, on one snapshot."""
    return await town.read(books_in)


def books_in(tx: Tx) -> Books:
    """The same within a transaction of any house."""
    entries: defaultdict[str, list[EntryRow]] = defaultdict(list)
    for row in sorted(_all(tx, EntryRow), key=lambda each: each.seq):
        entries[row.conversation_id].append(row)
    deliveries: defaultdict[str, list[DeliveryRow]] = defaultdict(list)
    for sent in sorted(_all(tx, DeliveryRow), key=lambda each: each.queued_at):
        deliveries[sent.conversation_id].append(sent)
    consents: defaultdict[str, list[Evidence]] = defaultdict(list)
    for said in sorted(_all(tx, ConsentRow), key=lambda each: (each.at, each.consent_id)):
        consents[said.address_id].append(
            Evidence(
                purpose=said.purpose, granted=bool(said.granted), at=said.at, source=said.source
            )
        )
    addresses = {row.address_id: row for row in _all(tx, AddressRow)}
    proofs: defaultdict[str, list[int]] = defaultdict(list)
    for address in addresses.values():
        if address.proof == "operator" or address.opened_conversation_id is not None:
            proofs[address.address_id].append(address.created_at)
    for fact in _all(tx, FactRow):
        if fact.kind == "proven":
            proofs[unpack(fact.data)["address"]].append(fact.at)
        if fact.kind == "removed" and unpack(fact.data)["proven_at"] is not None:
            # An agent took it away: of the address itself nothing is kept.
            proofs[unpack(fact.data)["address"]].append(unpack(fact.data)["proven_at"])
    for address in addresses.values():
        if address.joined_to is not None:
            # The same endpoint of the same person: what was sent to the one was sent to the other.
            proofs[address.joined_to] += proofs[address.address_id]
    overrides: defaultdict[str, list[OverrideRow]] = defaultdict(list)
    for wish in sorted(_all(tx, OverrideRow), key=lambda each: (each.at, each.override_id)):
        overrides[wish.conversation_id].append(wish)
    return Books(
        now=tx.now,
        conversations=_all(tx, ConversationRow),
        entries=entries,
        deliveries=deliveries,
        reaches=_all(tx, ReachRow),
        addresses=addresses,
        consents=consents,
        proofs=proofs,
        decisions={row.decision_id: row for row in _all(tx, DecisionRow)},
        policies=[
            Policy(),
            *(policy_from(unpack(row.document)) for row in _all(tx, PolicyRow)),
        ],
        overrides=overrides,
        merges=_all(tx, MergeRow),
    )


def _all(tx: Tx, table: type[R]) -> Sequence[R]:
    return tx.session.exec(select(table)).all()
