"""Recorded conversations read back as stories: in batches, newest first, reads only.

What a story needs besides the log (where people were, what they had seen, what became of addresses)
is in ``fact``, which is kept for 90 days: no history goes further back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel import SQLModel, col, select

from gateway.clock import DAY
from gateway.core.model import Form
from gateway.errors import NotFound
from gateway.services.circuits import ADDRESS
from gateway.services.retelling import Kept, retold
from gateway.services.teams import losses, setting_of
from gateway.simulation.story import Setting, Story
from gateway.store import house as houses
from gateway.store import people
from gateway.store.house import KEEP_FACTS
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    DeliveryRow,
    EntryRow,
    FactRow,
    OverrideRow,
    ShopperRow,
)
from gateway.store.tx import Store, Tx

T = TypeVar("T", bound=SQLModel)

BATCH = 100
CARRIES = (Form.WORDS, Form.KNOCK)
BEFORE = DAY  #: what people got so long before a conversation still counts for their caps


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is to be replayed: the conversations by name, newest first, and what they share.

    ``left_out`` is how many older ones there are besides.
    """

    store_id: str
    setting: Setting
    conversation_ids: tuple[str, ...]
    left_out: int = 0
    _lost: dict[str, list[int]] = field(default_factory=dict)
    _began: int = 0

    async def stories(self, store: Store) -> AsyncIterator[list[Story]]:
        """The stories in batches, each read in one snapshot."""
        for first in range(0, len(self.conversation_ids), BATCH):
            ids = self.conversation_ids[first : first + BATCH]
            yield await store.read(lambda tx, ids=ids: _load(tx, self, ids))  # type: ignore[misc]


async def history_of(
    store: Store, store_id: str, since: int, *, most: int | None = None
) -> History:
    """The history of a store since an instant, at most so many conversations, the newest.

    Raises:
        NotFound: there is no such store.
    """

    def load(tx: Tx) -> History:
        houses.store(tx, store_id)
        began = max(since, tx.now - KEEP_FACTS)
        ids = tx.session.exec(
            select(ConversationRow.conversation_id)
            .where(
                ConversationRow.store_id == store_id,
                # Two ranges of one index; a condition on ``last_at`` alone would read them all.
                col(ConversationRow.state).in_(("open", "resolved")),
                ConversationRow.last_at >= began,
            )
            .order_by(col(ConversationRow.last_at).desc())
        ).all()
        kept = tuple(ids if most is None else ids[:most])
        return History(
            store_id=store_id,
            setting=setting_of(tx, store_id, began - BEFORE),
            conversation_ids=kept,
            left_out=len(ids) - len(kept),
            _lost=losses(tx, began - BEFORE),
            _began=began,
        )

    return await store.read(load)


async def store_named(store: Store, key: str | None) -> str:
    """The id of the store with this key; without a key, of the only one.

    Raises:
        NotFound: no store has it, or there are several and none was named.
    """

    def load(tx: Tx) -> str:
        if key is not None:
            return houses.store_by_key(tx, key).store_id
        found = houses.stores(tx)
        if len(found) != 1:
            keys = ", ".join(row.key for row in found) or "none"
            raise NotFound(f"name the store whose history it is; there are: {keys}")
        return found[0].store_id

    return await store.read(load)


def _load(tx: Tx, history: History, ids: Sequence[str]) -> list[Story]:
    conversations = tx.session.exec(
        select(ConversationRow).where(
            ConversationRow.store_id == history.store_id,
            col(ConversationRow.conversation_id).in_(ids),
        )
    ).all()
    rows = _Rows(tx, history, conversations)
    by_id = {row.conversation_id: row for row in conversations}
    return [rows.story(by_id[each]) for each in ids if each in by_id]


class _Rows:
    """The rows of a batch, each kind read with one query and sorted by what it belongs to."""

    def __init__(self, tx: Tx, history: History, batch: Sequence[ConversationRow]) -> None:
        self._tx = tx
        self._history = history
        ids = [row.conversation_id for row in batch]
        persons = list({row.shopper_id for row in batch})
        began = min((row.created_at for row in batch), default=tx.now)
        self._since = began - BEFORE
        self._entries = _by(self._read_entries(ids), "conversation_id")
        self._overrides = _by(self._read_overrides(ids), "conversation_id")
        agents = [each.agent_id for each in history.setting.agents]
        self._deliveries = _by(self._read_deliveries([*persons, *agents]), "person_id")
        self._addresses = _by(self._read_addresses(persons), "person_id")
        names = [row.address_id for found in self._addresses.values() for row in found]
        self._consents = _by(self._read_consents(names), "address_id")
        owners = [*persons, *(ADDRESS + each for each in names)]
        self._facts = _by(self._read_facts(owners), "person_id")

    def story(self, row: ConversationRow) -> Story:
        """One conversation with all that belongs to it."""
        addresses = self._addresses.get(row.shopper_id, [])
        own: list[DeliveryRow] = []
        others: list[DeliveryRow] = []
        for person in (row.shopper_id, *(each.agent_id for each in self._history.setting.agents)):
            for delivery in self._deliveries.get(person, ()):
                mine = delivery.conversation_id == row.conversation_id
                (own if mine else others).append(delivery)
        return retold(
            Kept(
                now=self._tx.now,
                conversation=row,
                shopper=people.shopper(self._tx, row.store_id, row.shopper_id)
                or ShopperRow(store_id=row.store_id, shopper_id=row.shopper_id, created_at=0),
                entries=self._entries.get(row.conversation_id, []),
                overrides=self._overrides.get(row.conversation_id, []),
                deliveries=sorted(own, key=lambda each: (each.handed_at, each.delivery_id)),
                others=others,
                addresses=addresses,
                consents={each.address_id: self._consents[each.address_id] for each in addresses},
                facts=self._facts[row.shopper_id],
                address_facts={
                    each.address_id: self._facts[ADDRESS + each.address_id] for each in addresses
                },
                lost=self._history._lost,
            )
        )

    def _read_entries(self, ids: Sequence[str]) -> Iterable[EntryRow]:
        return self._tx.session.exec(
            select(EntryRow)
            .where(
                EntryRow.store_id == self._history.store_id,
                col(EntryRow.conversation_id).in_(ids),
            )
            .order_by(col(EntryRow.conversation_id), col(EntryRow.seq))
        )

    def _read_overrides(self, ids: Sequence[str]) -> Iterable[OverrideRow]:
        return self._tx.session.exec(
            select(OverrideRow)
            .where(
                OverrideRow.store_id == self._history.store_id,
                col(OverrideRow.conversation_id).in_(ids),
            )
            .order_by(col(OverrideRow.at), col(OverrideRow.override_id))
        )

    def _read_deliveries(self, persons: Sequence[str]) -> Iterable[DeliveryRow]:
        return self._tx.session.exec(
            select(DeliveryRow)
            .where(
                DeliveryRow.store_id == self._history.store_id,
                col(DeliveryRow.person_id).in_(persons),
                col(DeliveryRow.handed_at) >= self._since,
                col(DeliveryRow.form).in_(CARRIES),
            )
            .order_by(col(DeliveryRow.handed_at))
        )

    def _read_addresses(self, persons: Sequence[str]) -> Iterable[AddressRow]:
        return self._tx.session.exec(
            select(AddressRow)
            .where(
                AddressRow.store_id == self._history.store_id,
                AddressRow.side == "shopper",
                col(AddressRow.person_id).in_(persons),
            )
            .order_by(col(AddressRow.created_at))
        )

    def _read_consents(self, address_ids: Sequence[str]) -> Iterable[ConsentRow]:
        return people.consents_of(self._tx, self._history.store_id, address_ids)

    def _read_facts(self, owners: Sequence[str]) -> Iterable[FactRow]:
        return self._tx.session.exec(
            select(FactRow)
            .where(
                FactRow.store_id == self._history.store_id,
                col(FactRow.person_id).in_(owners),
                FactRow.at >= self._since,
            )
            .order_by(col(FactRow.at), col(FactRow.fact_id))
        )


def _by(rows: Iterable[T], name: str) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
