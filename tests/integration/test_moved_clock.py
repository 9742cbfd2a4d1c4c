"""Somebody moves the clock ahead while gateways run: nobody dies of it, and what is due is done."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio
import pytest
from sqlmodel import select

from gateway import bootstrap, demo
from gateway.channels.port import Accepted
from gateway.clock import DAY, HOUR, MINUTE, SECOND, ClockFile, SystemClock, clock_from
from gateway.errors import Misconfigured
from gateway.files.child import Child
from gateway.live.hub import Hub
from gateway.live.socket import Socket
from gateway.services import handover, nodes, setup
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.settings import read_settings
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import AgentRow, AgentSessionRow, DeliveryRow, NodeRow, PresenceRow
from gateway.store.tx import Store, Tx
from gateway.worker import clockwork
from gateway.worker.clock_follower import ClockFollower, follower
from gateway.worker.clockwork import Clockwork
from tests.integration.conftest import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def file(path: Path) -> ClockFile:
    return ClockFile(path)


@pytest.fixture
def scribbled(path: Path) -> ClockFile:
    path.write_text("tomorrow")
    return ClockFile(path)


@pytest.fixture
def house(store: Store, clock: SystemClock) -> House:
    return house_of(store, clock, "first")


@dataclass(frozen=True)
class Vera:
    """A shopper of Acme's."""

    acme: str
    shopper_id: str

    async def is_seen_by(self, house: House) -> None:
        """This gateway has her socket, and her panel is open."""
        await house.store.write(
            lambda tx: tx.session.add(
                PresenceRow(
                    store_id=self.acme,
                    side="shopper",
                    person_id=self.shopper_id,
                    node_id=house.node_id,
                    presence="reading",
                    since=tx.now,
                )
            )
        )

    async def is_lost(self, house: House) -> bool:
        """Whether it counts as unknown what she does."""
        row = await house.store.read(
            lambda tx: people.presence(tx, self.acme, "shopper", self.shopper_id)
        )
        assert row is not None
        return row.lost_at is not None

    def is_being_texted(self, tx: Tx, delivery_id: str, lease: int) -> None:
        """A worker has taken a text to her for so long and is talking to the phone company."""
        tx.session.add(
            DeliveryRow(
                store_id=self.acme,
                delivery_id=delivery_id,
                conversation_id="",
                side="shopper",
                person_id=self.shopper_id,
                address_id="number",
                channel="sms",
                value="+14155550142",
                form="confirmation",
                state="submitting",
                queued_at=tx.now,
                handed_at=tx.now,
                state_at=tx.now,
                lease_until=tx.now + lease,
            )
        )


@pytest.fixture
async def vera(store: Store) -> Vera:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    acme = await setup.ensure_store(store, new)
    shopper_id = await store.write(
        lambda tx: people.new_shopper(tx, acme, language="en").shopper_id
    )
    return Vera(acme, shopper_id)


def house_of(store: Store, clock: SystemClock, node_id: str) -> House:
    return House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"a secret of the tests, 32 bytes long",),
        base_url="http://127.0.0.1",
        node_id=node_id,
    )


def clockwork_of(house: House, path: Path) -> Clockwork:
    """As a gateway runs it whose settings name the file."""
    child = Child("gateway.worker.mail_reader")
    return Clockwork(house, Presences(house), child, follower(house, path))


def state_of(delivery_id: str, tx: Tx) -> str:
    found = select(DeliveryRow.state).where(DeliveryRow.delivery_id == delivery_id)
    return tx.session.exec(found).one()


async def test_it_goes_as_far_as_the_file_says_and_not_again(
    house: House, clock: SystemClock, file: ClockFile
) -> None:
    follows = ClockFollower(house, clock, file)
    await follows.look()
    assert clock.ahead == 0
    file.raise_to(HOUR)
    before, hand = clock.now(), clock.monotonic()
    await follows.look()
    await follows.look()
    assert clock.ahead == HOUR
    assert HOUR <= clock.now() - before < HOUR + MINUTE
    assert clock.monotonic() - hand < 60


async def test_a_jump_of_a_day_is_not_taken_for_the_death_of_the_gateway_that_sees_vera(
    house: House, vera: Vera, clock: SystemClock, file: ClockFile
) -> None:
    await nodes.begin_node(house)
    await vera.is_seen_by(house)
    file.raise_to(DAY)
    await ClockFollower(house, clock, file).look()
    # Somebody may ask before this gateway renews its lease of its own.
    assert await house.store.read(houses.accepting_since) is not None
    await nodes.keep_node(house)
    assert not await vera.is_lost(house)


async def test_of_two_gateways_the_first_to_notice_a_jump_does_not_bury_the_other(
    house: House, vera: Vera, clock: SystemClock, file: ClockFile, database_url: str
) -> None:
    slow = SystemClock()
    store = open_store(database_url, slow)
    other = house_of(store, slow, "other")
    try:
        await nodes.begin_node(house)
        await other.store.write(
            lambda tx: tx.session.add(
                NodeRow(
                    node_id="other",
                    accepting_since=tx.now,
                    lease_until=tx.now + nodes.NODE_LEASE,
                )
            )
        )
        await vera.is_seen_by(other)
        file.raise_to(DAY)
        await ClockFollower(house, clock, file).look()
        await nodes.keep_node(other)  # by its old time, as it happens in the moment between
        await nodes.keep_node(house)
        assert not await vera.is_lost(house)
        await ClockFollower(other, slow, file).look()
        await nodes.keep_node(other)
        await nodes.keep_node(house)
        assert not await vera.is_lost(house)
    finally:
        await store.aclose()


async def test_a_gateway_that_was_dead_before_the_jump_is_buried_after_it(
    house: House, vera: Vera, clock: SystemClock, file: ClockFile
) -> None:
    await nodes.begin_node(house)
    dead = replace(house, node_id="dead")
    await house.store.write(
        lambda tx: tx.session.add(
            NodeRow(node_id="dead", accepting_since=tx.now, lease_until=tx.now - SECOND)
        )
    )
    await vera.is_seen_by(dead)
    file.raise_to(MINUTE)
    await ClockFollower(house, clock, file).look()
    await nodes.keep_node(house)
    assert await vera.is_lost(house)


async def test_ada_stays_signed_in_over_a_night_that_took_a_second(
    house: House, clock: SystemClock, file: ClockFile
) -> None:
    def sign_in(tx: Tx) -> None:
        ada = AgentRow(
            agent_id="ada",
            email="ada@acme.example",
            name="Ada",
            password_hash="",
            created_at=tx.now,
        )
        tx.session.add(ada)
        tx.session.flush()
        for token, left in (("today", HOUR), ("yesterday", -HOUR)):
            tx.session.add(
                AgentSessionRow(
                    token_hash=token, agent_id="ada", csrf="c", expires_at=tx.now + left
                )
            )

    await house.store.write(sign_in)
    file.raise_to(13 * HOUR)
    await ClockFollower(house, clock, file).look()
    assert await house.store.read(lambda tx: houses.session_agent(tx, "today")) is not None
    assert await house.store.read(lambda tx: houses.session_agent(tx, "yesterday")) is None


async def test_a_jump_in_the_middle_of_a_hand_over_makes_its_outcome_unknown_until_it_is_told(
    house: House, vera: Vera, file: ClockFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def becomes(delivery_id: str, state: str) -> None:
        while (await house.store.read(partial(state_of, delivery_id))) != state:
            await anyio.lowlevel.checkpoint()

    # An old time-out would be longer than this test waits.
    for name in ("SWEEP", "KEEP_NODE", "OUTLOOK", "TIDY"):
        monkeypatch.setattr(clockwork, name, 3_600.0)
    await nodes.begin_node(house)
    await house.store.write(lambda tx: vera.is_being_texted(tx, "lapsed", 0))
    await house.store.write(lambda tx: vera.is_being_texted(tx, "fresh", 60 * SECOND))
    async with anyio.create_task_group() as group:
        group.start_soon(clockwork_of(house, path).run)
        with anyio.fail_after(45):
            await becomes("lapsed", "unknown")  # the first sweep is over
            assert await house.store.read(partial(state_of, "fresh")) == "submitting"
            file.raise_to(HOUR)
            await becomes("fresh", "unknown")
        group.cancel_scope.cancel()
    accepted = Accepted(provider_id="SM1", state="accepted")
    await handover.record(house, vera.acme, "fresh", accepted)
    assert await house.store.read(partial(state_of, "fresh")) == "accepted"


async def test_consoles_are_told_anew_and_the_clockwork_is_woken(
    house: House, clock: SystemClock, file: ClockFile
) -> None:
    console = Socket(
        socket_id="console", audience="staff", person_id="ada", name="Ada", store_id=""
    )
    house.hub.add(console)
    house.hub.follow(console, "acme", "thread")
    file.raise_to(HOUR)
    await ClockFollower(house, clock, file).look()
    assert house.stale == {"thread": "acme"}
    hand = clock.monotonic()
    await house.refresh.wait(30)
    await house.work.wait(30)
    assert clock.monotonic() - hand < 10


async def test_without_a_file_nobody_follows(house: House) -> None:
    assert follower(house, None) is None


async def test_a_file_that_says_no_number_moves_nothing(
    house: House, clock: SystemClock, scribbled: ClockFile
) -> None:
    with pytest.raises(Misconfigured, match="how far the clock runs ahead"):
        await ClockFollower(house, clock, scribbled).look()
    assert clock.ahead == 0


async def test_a_demo_without_its_clocks_file_goes_on_where_its_database_stopped(
    tmp_path: Path,
) -> None:
    plan = demo.plan_for(free_port(), tmp_path)
    await demo.prepare(plan, clock_from(plan.clock))
    assert ClockFile(plan.clock).read() == 0
    settings = read_settings(data=tmp_path, database_url=plan.database)
    async with bootstrap.opened(settings, SystemClock(ahead=DAY)) as store:
        await store.write(houses.keep_floor)
    await demo.prepare(plan, clock_from(plan.clock))
    assert DAY - MINUTE < ClockFile(plan.clock).read() <= DAY
    assert demo.environment(plan)["ONETHREAD_CLOCK"] == str(plan.clock)
    # The command line goes by the database's time too.
    async with bootstrap.opened(settings, clock := SystemClock()):
        assert clock.now() - SystemClock().now() > DAY - MINUTE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
