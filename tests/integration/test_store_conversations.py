"""Shoppers and agents who write at the same moment, on both databases."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from gateway.clock import DAY, MINUTE, SystemClock
from gateway.errors import CmidConflict
from gateway.live.hub import Hub
from gateway.services import conversations, nodes, receipts, receive, setup
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import log_pages, people, thread
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow, HouseRow, ReachRow
from gateway.store.tx import Store, Tx
from tests.integration.conftest import open_store
from tests.integration.interleaving import Gate, meanwhile, somebody_waits
from tests.integration.test_seed import employ

ADA = "ada"


@pytest.fixture
def house(store: Store, clock: SystemClock) -> House:
    return house_of(store, clock)


def house_of(store: Store, clock: SystemClock) -> House:
    return House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"a secret of the tests, 32 bytes long",),
        base_url="http://127.0.0.1",
        node_id="node",
    )


@pytest.fixture
async def acme(store: Store) -> str:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    return await setup.ensure_store(store, new)


@pytest.fixture
async def vera(store: Store, acme: str) -> str:
    return await store.write(lambda tx: people.new_shopper(tx, acme, language="en").shopper_id)


async def started(store: Store, acme: str, vera: str) -> str:
    return await store.write(lambda tx: thread.start(tx, acme, vera).conversation_id)


def note(tx: Tx, acme: str, conversation_id: str, body: str) -> int:
    draft = thread.Draft(kind="note", side="staff", author_id=ADA, audience="staff", body=body)
    return thread.append(tx, thread.take(tx, acme, conversation_id), draft).seq


async def log_of(store: Store, acme: str, conversation_id: str) -> list[EntryRow]:
    return await store.read(
        lambda tx: list(log_pages.after(tx, acme, conversation_id, 0, staff=True))
    )


async def test_twenty_first_messages_of_vera_open_one_conversation(
    house: House, store: Store, acme: str, vera: str
) -> None:
    async with asyncio.TaskGroup() as group:
        writing = [
            group.create_task(
                receive.from_shopper(house, acme, vera, cmid=f"m{n}", body=f"Hello {n}")
            )
            for n in range(20)
        ]
    stored = [each.result() for each in writing]
    assert len({each.conversation_id for each in stored}) == 1
    assert [each.opened for each in stored].count(True) == 1
    rows = await store.read(lambda tx: tx.session.exec(select(ConversationRow)).all())
    assert [row.state for row in rows] == ["open"]
    messages = [
        row.seq
        for row in await log_of(store, acme, stored[0].conversation_id)
        if row.kind == "message"
    ]
    assert sorted(messages) == sorted(each.seq for each in stored)


async def test_a_second_open_conversation_of_vera_is_refused_by_the_database(
    store: Store, acme: str, vera: str
) -> None:
    await started(store, acme, vera)
    with pytest.raises(IntegrityError):
        await started(store, acme, vera)


async def test_fifty_appends_at_once_leave_no_gap_and_the_right_prev(
    store: Store, acme: str, vera: str
) -> None:
    conversation_id = await started(store, acme, vera)

    def append(tx: Tx, n: int) -> int:
        audience = "staff" if n % 3 == 0 else "all"
        draft = thread.Draft(
            kind="message", side="staff", author_id=ADA, audience=audience, body=f"{n}"
        )
        return thread.append(tx, thread.take(tx, acme, conversation_id), draft).seq

    async with asyncio.TaskGroup() as group:
        appending = [
            # Half of them without a lock by name: the row's own lock must do.
            group.create_task(
                store.write(partial(append, n=n), on=conversation_id if n % 2 else None)
            )
            for n in range(50)
        ]
    assert sorted(each.result() for each in appending) == list(range(1, 51))
    shown = 0
    log = await log_of(store, acme, conversation_id)
    for seq, row in enumerate(log, 1):
        assert (row.seq, row.prev) == (seq, shown)
        shown = seq if row.audience == "all" else shown
    (kept,) = await store.read(lambda tx: tx.session.exec(select(ConversationRow)).all())
    assert (kept.last_seq, kept.last_all) == (50, shown)


@pytest.mark.postgres
async def test_a_conversation_that_was_read_before_it_was_locked_is_read_again(
    postgresql_url: str, clock: SystemClock
) -> None:
    store = open_store(postgresql_url, clock)
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=())
    acme = await setup.ensure_store(store, new)
    conversation_id = await started(store, acme, "vera")

    def work(tx: Tx) -> int:
        held = thread.latest_of(tx, acme, "vera")
        assert held is not None
        meanwhile(
            store, lambda: store.write(lambda other: note(other, acme, conversation_id, "first"))
        )
        assert held.last_seq == 0
        return note(tx, acme, conversation_id, "second")

    assert await store.write(work) == 2
    assert [row.body for row in await log_of(store, acme, conversation_id)] == ["first", "second"]
    await store.aclose()


@pytest.mark.postgres
async def test_vera_writes_while_ada_reopens_and_it_is_reopened_once(
    postgresql_url: str, clock: SystemClock
) -> None:
    store = open_store(postgresql_url, clock)
    house = house_of(store, clock)
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=())
    acme = await setup.ensure_store(store, new)
    conversation_id = await started(store, acme, "vera")
    gate = Gate(store)

    def resolve(tx: Tx) -> None:
        row = thread.take(tx, acme, conversation_id)
        row.state, row.resolved_at = "resolved", tx.now

    await store.write(resolve)

    def reopen(change: Change) -> None:
        row = thread.take(change.tx, acme, conversation_id)
        row.state, row.resolved_at = "open", None
        change.append(row, thread.happened("reopened", audience="all"))
        gate.pass_()

    reopening = asyncio.ensure_future(house.change(reopen))
    await gate.reached()
    writing = asyncio.ensure_future(
        receive.from_shopper(house, acme, "vera", cmid="m1", body="One more thing")
    )
    await somebody_waits(postgresql_url)
    gate.open()
    await reopening
    assert (await writing).conversation_id == conversation_id
    log = await log_of(store, acme, conversation_id)
    assert [row.event for row in log].count("reopened") == 1
    assert [row.seq for row in log] == list(range(1, len(log) + 1))
    await store.aclose()


@pytest.mark.postgres
async def test_vera_writes_while_ada_reopens_what_is_long_over_and_only_one_is_open(
    postgresql_url: str, clock: SystemClock
) -> None:
    store = open_store(postgresql_url, clock)
    house, gate = house_of(store, clock), Gate(store)
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=())
    acme = await setup.ensure_store(store, new)
    await store.write(lambda tx: employ(tx, "Ada"))
    ada = await store.read(lambda tx: houses.agents(tx)[0].agent_id)
    vera = await store.write(lambda tx: people.new_shopper(tx, acme, language="en").shopper_id)
    conversation_id = await started(store, acme, vera)

    def resolve(tx: Tx) -> None:
        row = thread.take(tx, acme, conversation_id)
        row.state, row.resolved_at = "resolved", tx.now - 365 * DAY

    await store.write(resolve)

    def reopen(change: Change) -> None:
        conversations.open_again(change, thread.take(change.tx, acme, conversation_id), ada)
        gate.pass_()

    reopening = asyncio.ensure_future(house.change(reopen))
    await gate.reached()
    writing = asyncio.ensure_future(
        receive.from_shopper(house, acme, vera, cmid="m1", body="One more thing")
    )
    await somebody_waits(postgresql_url)
    gate.open()
    await reopening
    assert (await writing).conversation_id == conversation_id
    await store.aclose()


async def test_gateways_that_start_together_make_one_house(store: Store) -> None:
    made = await asyncio.gather(*(store.write(houses.house) for _ in range(8)))
    assert {row.epoch for row in made} == {1}
    assert len(await store.read(lambda tx: tx.session.exec(select(HouseRow)).all())) == 1


async def test_a_gateway_whose_clock_is_behind_does_not_lower_the_floor(
    house: House, store: Store, clock: SystemClock
) -> None:
    ahead = clock.now() + MINUTE

    def seen_ahead(tx: Tx) -> None:
        houses.house(tx).clock_floor = ahead

    await store.write(seen_ahead)
    await nodes.begin_node(house)
    await nodes.keep_node(house)
    assert await store.read(lambda tx: houses.house(tx).clock_floor) == ahead
    clock.move_ahead(2 * MINUTE)
    await nodes.keep_node(house)
    assert await store.read(lambda tx: houses.house(tx).clock_floor) > ahead


async def test_the_same_cmid_twice_is_one_entry_and_another_body_an_error(
    house: House, store: Store, acme: str, vera: str
) -> None:
    both = await asyncio.gather(
        *(receive.from_shopper(house, acme, vera, cmid="m1", body="Hello") for _ in range(2))
    )
    assert sorted(each.dup for each in both) == [False, True]
    assert both[0].entry_id == both[1].entry_id
    with pytest.raises(CmidConflict):
        await receive.from_shopper(house, acme, vera, cmid="m1", body="Goodbye")
    log = await log_of(store, acme, both[0].conversation_id)
    assert [row.body for row in log if row.kind == "message"] == ["Hello"]


async def test_a_cmid_is_one_authors_and_unique_in_the_database(
    store: Store, acme: str, vera: str
) -> None:
    conversation_id = await started(store, acme, vera)

    def says(tx: Tx, author: str) -> int:
        draft = thread.Draft(kind="message", side="shopper", author_id=author, cmid="m1", body="x")
        return thread.append(tx, thread.take(tx, acme, conversation_id), draft).seq

    assert await store.write(lambda tx: says(tx, vera)) == 1
    assert await store.write(lambda tx: says(tx, ADA)) == 2
    with pytest.raises(IntegrityError):
        await store.write(lambda tx: says(tx, vera))
    assert len(await log_of(store, acme, conversation_id)) == 2


@pytest.mark.parametrize(("state", "due_at"), [("waiting", None), ("settled", 1), ("carried", 1)])
async def test_only_a_reach_that_waits_has_a_due_time(
    store: Store, state: str, due_at: int | None
) -> None:
    def work(tx: Tx) -> None:
        tx.session.add(
            ReachRow(store_id="acme", conversation_id="c", side="staff", state=state, due_at=due_at)
        )

    with pytest.raises(IntegrityError):
        await store.write(work)


def delivery(tx: Tx, delivery_id: str, **given: str) -> None:
    row = DeliveryRow(
        store_id="acme",
        delivery_id=delivery_id,
        conversation_id="c",
        side="shopper",
        person_id="vera",
        address_id="a",
        channel="sms",
        value="+15005550001",
        form="words",
        queued_at=tx.now,
        handed_at=tx.now,
        state_at=tx.now,
    )
    for name, value in given.items():
        setattr(row, name, value)
    tx.session.add(row)


async def test_one_delivery_of_words_is_live_per_conversation_and_side(store: Store) -> None:
    async def live(delivery_id: str, **given: str) -> None:
        await store.write(lambda tx: delivery(tx, delivery_id, **given))

    await live("d1", state="submitting")
    for state in ("queued", "submitting"):
        with pytest.raises(IntegrityError):
            await live("d2", state=state)
    await live("d3", side="staff")
    await live("d4", form="code")
    await live("d5", state="delivered")


async def test_a_status_callback_finds_its_delivery(
    house: House, store: Store, acme: str, vera: str
) -> None:
    conversation_id = await started(store, acme, vera)
    await store.write(
        lambda tx: delivery(
            tx,
            "d1",
            store_id=acme,
            conversation_id=conversation_id,
            state="accepted",
            provider_id="SM1",
        )
    )
    told = receipts.Receipt(
        key="SM1:delivered", state="delivered", delivery_id="d1", provider_id="SM1"
    )
    for _ in range(2):
        await receipts.take(house, "acme", told)
    (row,) = await store.read(lambda tx: tx.session.exec(select(DeliveryRow)).all())
    assert row.state == "delivered"
