"""PostgreSQL: servers that die, COMMITs whose answer is lost, transactions that collide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.parse import urlsplit

import anyio
import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench.postgres_server import PostgresServer
from gateway.clock import SystemClock
from gateway.errors import Misconfigured, StorageRefused
from gateway.store.migrate import require_newest, upgrade
from gateway.store.postgres import TRIES, WRITERS, PostgresStore
from gateway.store.tables import CommitMarkRow
from gateway.store.tx import Tx
from tests.integration.counting import counted, counted_by_a_stranger, up, upped
from tests.integration.interleaving import Gate, meanwhile, somebody_waits
from tests.integration.losing import Fate, Road

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgresql_url(fresh_postgresql_url: str) -> str:
    """Settings are changed here, and every connection is ended."""
    return fresh_postgresql_url


@pytest.fixture
async def store(postgresql_url: str, clock: SystemClock) -> AsyncIterator[PostgresStore]:
    opened = PostgresStore(postgresql_url, clock)
    yield opened
    await opened.aclose()


@pytest.fixture(scope="module")
def fragile_server() -> Iterator[PostgresServer]:
    """A server that tests may kill and misconfigure."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
async def road(postgres_server: PostgresServer) -> AsyncIterator[Road]:
    async with Road("127.0.0.1", postgres_server.port) as found:
        yield found


@pytest.fixture
async def distant(
    road: Road, postgresql_url: str, postgres_server: PostgresServer, clock: SystemClock
) -> AsyncIterator[PostgresStore]:
    """A store whose connections take the road."""
    url = postgresql_url.replace(f":{postgres_server.port}/", f":{road.port}/")
    opened = PostgresStore(url, clock)
    yield opened
    await opened.aclose()


async def order(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for each in statements:
            await connection.execute(each)
    finally:
        await connection.close()


# A COMMIT whose answer is lost -------------------------------------------------------------------


async def test_a_write_returns_when_the_server_has_answered_the_commit(
    road: Road, distant: PostgresStore
) -> None:
    road.meets(Fate.HELD)
    writing = asyncio.ensure_future(distant.write(upped("vera")))
    await road.happened.wait()
    assert await counted(distant) in ({}, {"vera": 1})
    assert not writing.done()
    road.opened.set()
    assert await writing == "vera"


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED])
async def test_a_commit_without_an_answer_is_looked_up_and_applied_once(
    fate: Fate, road: Road, distant: PostgresStore
) -> None:
    runs = 0

    def work(tx: Tx) -> str:
        nonlocal runs
        runs += 1
        return up(tx, "vera")

    await distant.write(upped("earlier"))
    for n in range(1, 4):
        road.meets(fate)
        assert await distant.write(work, on="vera") == "vera"
        assert road.happened.is_set()
        assert await counted(distant) == {"earlier": 1, "vera": n}
    assert runs == (6 if fate is Fate.LOST else 3)


async def test_a_commit_that_is_still_on_its_way_is_waited_for(
    road: Road, distant: PostgresStore, postgresql_url: str
) -> None:
    road.meets(Fate.LATE)
    writing = asyncio.ensure_future(distant.write(upped("vera")))
    await road.happened.wait()
    # Whoever looks now sees nothing committed, and must not conclude from it.
    await somebody_waits(postgresql_url)
    road.opened.set()
    assert await writing == "vera"
    assert await counted(distant) == {"vera": 1}


async def test_four_lost_answers_at_once_do_not_starve_each_other(
    road: Road, distant: PostgresStore
) -> None:
    async def write(n: int) -> str:
        return await distant.write(upped(f"vera-{n}"))

    for _ in range(3):
        road.meets(Fate.UNANSWERED)
        with anyio.fail_after(20):
            await asyncio.gather(*(write(n) for n in range(WRITERS * 2)))
    assert await counted(distant) == {f"vera-{n}": 3 for n in range(WRITERS * 2)}


# A server that dies ------------------------------------------------------------------------------


async def test_a_killed_server_loses_nothing_acknowledged_and_the_store_goes_on(
    fragile_server: PostgresServer, clock: SystemClock
) -> None:
    await order(fragile_server.url("postgres"), "CREATE DATABASE killed")
    url = fragile_server.url("killed")
    await upgrade(url)
    store = PostgresStore(url, clock)
    acknowledged: list[str] = []
    refused = 0
    failed: list[BaseException] = []
    going_on = True

    async def keep_writing(name: str) -> None:
        nonlocal refused
        n = 0
        while going_on:
            n += 1
            try:
                acknowledged.append(await store.write(upped(f"{name}-{n}"), on=name))
            except StorageRefused:
                refused += 1
                await clock.sleep(0.005)
            except Exception as error:  # the finding
                failed.append(error)

    async def until(enough: Callable[[], bool]) -> None:
        with anyio.fail_after(30):
            while not enough() and not failed:
                await clock.sleep(0.005)

    async with asyncio.TaskGroup() as group:
        for name in ("vera", "ada", "noor", "ben"):
            group.create_task(keep_writing(name))
        for _ in range(4):
            kept, before = len(acknowledged), refused
            await until(lambda kept=kept: len(acknowledged) >= kept + 40)  # type: ignore[misc]
            fragile_server.kill()
            await until(lambda before=before: refused > before)  # type: ignore[misc]
            await asyncio.to_thread(fragile_server.start)
        kept = len(acknowledged)
        await until(lambda: len(acknowledged) >= kept + 40)
        going_on = False
    assert failed == []
    found = await counted(store)
    assert len(acknowledged) >= 200
    assert [scope for scope in acknowledged if found.get(scope) != 1] == []
    assert set(found.values()) == {1}
    await store.aclose()


async def test_while_the_server_is_away_everything_is_refused_by_its_name(
    fragile_server: PostgresServer, clock: SystemClock
) -> None:
    url = fragile_server.url("postgres")
    store = PostgresStore(url, clock)
    assert await store.read(lambda tx: tx.session.execute(text("SELECT 1")).scalar_one()) == 1
    fragile_server.kill()
    try:
        for _ in range(3):
            with pytest.raises(StorageRefused):
                await store.write(upped("vera"))
            with pytest.raises(StorageRefused):
                await store.read(lambda tx: tx.session.execute(text("SELECT 1")).scalar_one())
        with pytest.raises(Misconfigured, match="cannot be reached"):
            await require_newest(url)
    finally:
        await asyncio.to_thread(fragile_server.start)
    assert await store.read(lambda tx: tx.session.execute(text("SELECT 1")).scalar_one()) == 1
    await store.aclose()


async def test_connections_that_the_server_ended_meanwhile_are_not_noticed(
    store: PostgresStore, postgresql_url: str
) -> None:
    async def all_at_once(name: str) -> None:
        await asyncio.gather(*(store.write(upped(name)) for _ in range(WRITERS)))
        await asyncio.gather(*(counted(store) for _ in range(WRITERS)))

    await all_at_once("before")
    await order(
        postgresql_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await all_at_once("after")
    assert await counted(store) == {"before": WRITERS, "after": WRITERS}


async def test_a_connection_that_ends_within_a_write_lets_it_run_again(
    store: PostgresStore, postgresql_url: str
) -> None:
    runs: list[int] = []

    def work(tx: Tx) -> str:
        pid = tx.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        up(tx, "vera")
        runs.append(pid)
        if len(runs) == 1:
            meanwhile(store, lambda: order(postgresql_url, f"SELECT pg_terminate_backend({pid})"))
        return up(tx, "vera")

    assert await store.write(work) == "vera"
    assert len(runs) == 2
    assert await counted(store) == {"vera": 2}


# Transactions that collide -----------------------------------------------------------------------


async def test_two_that_lock_each_other_out_both_succeed_one_of_them_again(
    store: PostgresStore,
) -> None:
    await store.write(upped("vera"))
    await store.write(upped("ada"))
    runs = 0
    both = asyncio.Barrier(2)

    def work(first: str, second: str) -> Callable[[Tx], None]:
        def fn(tx: Tx) -> None:
            nonlocal runs
            runs += 1
            up(tx, first)
            if runs <= 2:
                meanwhile(store, both.wait)
            up(tx, second)

        return fn

    await asyncio.gather(store.write(work("vera", "ada")), store.write(work("ada", "vera")))
    assert runs > 2
    assert await counted(store) == {"vera": 3, "ada": 3}


@pytest.mark.parametrize("times", [1, TRIES - 1, TRIES])
async def test_a_serialization_failure_is_tried_again_but_not_for_ever(
    store: PostgresStore, times: int
) -> None:
    runs = 0

    def work(tx: Tx) -> str:
        nonlocal runs
        runs += 1
        up(tx, "vera")
        if runs <= times:
            tx.session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END $$")
            )
        return "vera"

    if times < TRIES:
        assert await store.write(work) == "vera"
        assert await counted(store) == {"vera": 1}
    else:
        with pytest.raises(StorageRefused):
            await store.write(work)
        assert await counted(store) == {}
    assert runs == min(times + 1, TRIES)


async def test_another_name_does_not_wait(store: PostgresStore, postgresql_url: str) -> None:
    gate = Gate(store)
    first = asyncio.ensure_future(store.write(lambda _: gate.pass_(), on="vera"))
    await gate.reached()
    assert await store.write(upped("ada"), on="ada") == "ada"
    same = asyncio.ensure_future(store.write(upped("vera"), on=("ada", "vera")))
    await somebody_waits(postgresql_url)
    assert not same.done()
    gate.open()
    await first
    assert await same == "vera"


async def test_a_stricter_default_of_the_database_changes_nothing(
    store: PostgresStore, postgresql_url: str
) -> None:
    await order(
        postgresql_url,
        "ALTER DATABASE "
        + urlsplit(postgresql_url).path[1:]
        + " SET default_transaction_isolation = 'serializable'",
    )
    await asyncio.gather(*(store.write(upped("vera"), on="vera") for _ in range(20)))
    assert await counted(store) == {"vera": 20}


async def test_an_aborted_transaction_is_not_a_success_whatever_its_function_says(
    store: PostgresStore,
) -> None:
    def work(tx: Tx) -> str:
        up(tx, "vera")
        try:
            tx.session.execute(text("SELECT 1 / 0"))
        except DBAPIError:
            return "all is well"
        raise AssertionError("it cannot be divided")

    with pytest.raises(DBAPIError, match="transaction is aborted"):
        await store.write(work)
    assert await counted(store) == {}


# What it leaves behind, and what it refuses ------------------------------------------------------


async def test_a_store_that_closes_leaves_no_marks(postgresql_url: str, clock: SystemClock) -> None:
    store = PostgresStore(postgresql_url, clock)
    await asyncio.gather(*(store.write(upped("vera")) for _ in range(WRITERS * 2)))
    assert await marks(store) > 0
    await store.aclose()
    await store.aclose()
    again = PostgresStore(postgresql_url, clock)
    assert await marks(again) == 0
    await again.aclose()


async def test_the_marks_of_a_crashed_gateway_disturb_nobody(store: PostgresStore) -> None:
    dead = CommitMarkRow(slot="0123456789abcdef", n=1_000)
    await store.write(lambda tx: tx.session.add(dead))
    await asyncio.gather(*(store.write(upped("vera")) for _ in range(WRITERS * 2)))
    assert await counted(store) == {"vera": WRITERS * 2}


async def marks(store: PostgresStore) -> int:
    return await store.read(
        lambda tx: int(tx.session.execute(text("SELECT count(*) FROM commit_mark")).scalar_one())
    )


async def refusal(url: str, clock: SystemClock, *, accept_data_loss: bool = False) -> str:
    store = PostgresStore(url, clock)
    try:
        await store.check_durability(accept_data_loss=accept_data_loss)
    except Misconfigured as error:
        return error.message
    finally:
        await store.aclose()
    return ""


async def test_a_server_that_acknowledges_before_the_disk_has_it_is_refused(
    fragile_server: PostgresServer, clock: SystemClock
) -> None:
    url = fragile_server.url("postgres")
    assert await refusal(url, clock) == ""
    for setting in ("fsync", "synchronous_commit"):
        await order(url, f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()")
        try:
            await until_it_says(url, setting, "off")
            assert f"{setting}=off" in await refusal(url, clock)
            assert await refusal(url, clock, accept_data_loss=True) == ""
        finally:
            await order(url, f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
            await until_it_says(url, setting, "on")
    assert await refusal(url, clock) == ""


async def test_a_database_that_turns_durability_off_for_itself_is_refused(
    postgresql_url: str, clock: SystemClock
) -> None:
    name = urlsplit(postgresql_url).path[1:]
    await order(postgresql_url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    assert "synchronous_commit=off" in await refusal(postgresql_url, clock)


async def until_it_says(url: str, setting: str, value: str) -> None:
    """A reload reaches each process in its own time; a new connection asks the postmaster."""
    with anyio.fail_after(10):
        found = ""
        while found != value:
            connection = await asyncpg.connect(url)
            found = await connection.fetchval(f"SHOW {setting}")
            await connection.close()


# Addresses of databases --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url + "?sslmode=disable",
        lambda url: url + "?sslmode=prefer&application_name=onethread",
        lambda url: url.replace("postgresql://", "postgres://"),
        lambda url: url.replace("postgresql://", "postgresql+asyncpg://"),
        lambda url: url.replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:"),
    ],
    ids=["sslmode", "two settings", "postgres", "sqlalchemy's", "two hosts"],
)
async def test_every_usual_way_to_write_the_address_works(
    change: Callable[[str], str], postgresql_url: str, clock: SystemClock
) -> None:
    url = change(postgresql_url)
    await upgrade(url)
    await require_newest(url)
    store = PostgresStore(url, clock)
    await store.check_durability(accept_data_loss=False)
    assert await store.write(upped("vera"), on="vera") == "vera"
    assert await counted_by_a_stranger(postgresql_url) == {"vera": 1}
    await store.aclose()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: url + "?colour=blue", "colour"),
        (lambda url: url + "?sslmode=perhaps", "sslmode"),
        (lambda url: url + "?sslmode=require", "SSL"),
        (lambda url: url + "?sslmode", "cannot be reached"),
        (lambda url: url.replace("@127.0.0.1:", "x@127.0.0.1:"), "password"),
        (lambda url: url + "_gone", "does not exist"),
        (lambda url: "mysql://127.0.0.1/acme", "must begin with"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_in_one_line_without_its_password(
    change: Callable[[str], str], says: str, postgresql_url: str
) -> None:
    url = change(postgresql_url)
    ways: tuple[Callable[[str], Awaitable[None]], ...] = (upgrade, require_newest)
    for way in ways:
        with pytest.raises(Misconfigured) as refused:
            await way(url)
        assert says in refused.value.message
        assert "\n" not in refused.value.message
        assert (urlsplit(postgresql_url).password or "?") not in refused.value.message
