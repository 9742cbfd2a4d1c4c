"""``onethread seed``: what is made up holds as what people wrote does, and is the same again."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlmodel import select

from gateway.core.conversation import ConversationState
from gateway.core.inbox_order import order_of
from gateway.core.log import fold
from gateway.errors import BadInput, Conflict
from gateway.services import seeding, setup
from gateway.store.tables import (
    AddressRow,
    AgentRow,
    ConversationLabelRow,
    ConversationRow,
    EntryRow,
    ReachRow,
    ShopperRow,
)
from gateway.store.tx import Store, Tx, unpack
from tests.integration.town.checker import folded_entry

MANY, MESSAGES = 200, 3_000


@pytest.fixture
async def acme(store: Store) -> str:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    acme = await setup.ensure_store(store, new)
    for name in ("Ada", "Ben"):
        await store.write(lambda tx, name=name: employ(tx, name))  # type: ignore[misc]
    return acme


def employ(tx: Tx, name: str) -> None:
    """Rows as ``setup.add_agent`` writes them, without hashing a password that nobody types."""
    mailbox = f"{name.lower()}@acme.example"
    tx.session.add(
        AgentRow(
            agent_id=tx.new_id(), email=mailbox, name=name, password_hash="", created_at=tx.now
        )
    )


async def seeded(store: Store, *, into: bool = False, seed: int = 1) -> None:
    await seeding.seed(
        store,
        seeding.Seeding(
            store_key="acme", conversations=MANY, messages=MESSAGES, into=into, seed=seed
        ),
        lambda _: None,
    )


async def test_what_is_made_up_adds_up_from_its_log(store: Store, acme: str) -> None:
    await seeded(store)

    def load(tx: Tx) -> None:
        logs: dict[str, list[EntryRow]] = {}
        for entry in tx.session.exec(select(EntryRow).order_by(EntryRow.seq)):  # type: ignore[arg-type]
            logs.setdefault(entry.conversation_id, []).append(entry)
        rows = tx.session.exec(select(ConversationRow)).all()
        assert len(rows) == MANY
        for row in rows:
            log = logs[row.conversation_id]
            told = fold(folded_entry(each) for each in log)
            assert told.state == ConversationState(row.state)
            assert told.resolved_at == row.resolved_at
            assert told.assignee_id == row.assignee_id
            assert told.snoozed_until == row.snoozed_until
            assert list(told.labels) == unpack(row.labels)
            assert (told.last_seq, told.last_all) == (row.last_seq, row.last_all)
            assert [each.seq for each in log] == list(range(1, row.last_seq + 1))
            prev = [0, *(each.seq for each in log if each.audience == "all")]
            assert all(each.prev == max(p for p in prev if p < each.seq) for each in log)
            assert row.inbox_order == order_of(
                state=row.state,
                last_at=row.last_at,
                waiting_since=row.waiting_since,
                snoozed_until=row.snoozed_until,
            )
            assert all(each.at <= tx.now for each in log)
            theirs = [e.seq for e in log if (e.kind, e.side) == ("message", "shopper")]
            assert row.unread == sum(seq > row.seen_staff for seq in theirs)
        orders = {row.conversation_id: row.inbox_order for row in rows}
        borne = tx.session.exec(select(ConversationLabelRow)).all()
        assert {each.inbox_order == orders[each.conversation_id] for each in borne} == {True}

    await store.read(load)


async def test_there_are_as_many_as_were_asked_for_and_nobody_can_be_rung(
    store: Store, acme: str
) -> None:
    await seeded(store)

    def load(tx: Tx) -> None:
        kinds = Counter(row.kind for row in tx.session.exec(select(EntryRow)))
        assert kinds["message"] == MESSAGES
        assert tx.session.exec(select(AddressRow)).all() == []
        reaches = tx.session.exec(select(ReachRow)).all()
        assert {(row.state, row.due_at, row.head_seq == row.seen_seq) for row in reaches} == {
            ("settled", None, True)
        }
        names = {row.name for row in tx.session.exec(select(ShopperRow))}
        assert "" in names
        assert any(name and not name.isascii() for name in names)

    await store.read(load)


async def test_a_store_with_conversations_is_left_alone_unless_they_say_into(
    store: Store, acme: str
) -> None:
    await seeded(store)
    with pytest.raises(Conflict, match="--into"):
        await seeded(store)
    await seeded(store, into=True)

    def numbers(tx: Tx) -> list[int]:
        return sorted(tx.session.exec(select(ConversationRow.number)))

    assert await store.read(numbers) == list(range(1, 2 * MANY + 1))


async def test_without_an_agent_or_with_too_few_messages_nothing_is_made(store: Store) -> None:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    await setup.ensure_store(store, new)
    with pytest.raises(Conflict, match="onethread agent add"):
        await seeded(store)
    few = seeding.Seeding(store_key="acme", conversations=10, messages=9)
    with pytest.raises(BadInput):
        await seeding.seed(store, few, lambda _: None)
