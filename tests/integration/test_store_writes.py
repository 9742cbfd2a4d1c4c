"""What a write and a read promise, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from gateway.errors import NotFound, StorageRefused
from gateway.store.tables import CountRow, ReachRow
from gateway.store.tx import Store, Tx
from tests.integration.counting import counted, counted_by_a_stranger, up, upped
from tests.integration.interleaving import Gate, meanwhile

BAD = 7


async def all_of(store: Store, *fns: Callable[[Tx], str]) -> list[str | BaseException]:
    return await asyncio.gather(*(store.write(fn) for fn in fns), return_exceptions=True)


async def test_a_write_that_returned_is_seen_by_every_other_connection(
    store: Store, database_url: str
) -> None:
    for n in range(5):
        await store.write(upped(f"vera-{n}"))
        assert await counted_by_a_stranger(database_url) == {f"vera-{i}": 1 for i in range(n + 1)}


async def test_a_write_that_still_runs_is_seen_by_nobody(store: Store, database_url: str) -> None:
    gate = Gate(store)

    def work(tx: Tx) -> None:
        up(tx, "vera")
        gate.pass_()

    writing = asyncio.ensure_future(store.write(work))
    await gate.reached()
    assert await counted_by_a_stranger(database_url) == {}
    assert not writing.done()
    gate.open()
    await writing
    assert await counted_by_a_stranger(database_url) == {"vera": 1}


async def test_a_function_that_raises_leaves_no_trace_and_its_neighbours_commit(
    store: Store,
) -> None:
    def work(n: int) -> Callable[[Tx], str]:
        def fn(tx: Tx) -> str:
            up(tx, f"vera-{n}")
            if n == BAD:
                raise NotFound("no such order")
            return f"vera-{n}"

        return fn

    found = await all_of(store, *(work(n) for n in range(20)))
    good = [f"vera-{n}" for n in range(20) if n != BAD]
    assert [each for each in found if isinstance(each, str)] == good
    assert isinstance(found[BAD], NotFound)
    assert await counted(store) == dict.fromkeys(good, 1)


async def test_a_row_that_breaks_a_check_fails_alone(store: Store) -> None:
    def work(n: int) -> Callable[[Tx], str]:
        def fn(tx: Tx) -> str:
            state = "asleep" if n == BAD else "settled"
            tx.session.add(
                ReachRow(store_id="acme", conversation_id=f"c{n}", side="staff", state=state)
            )
            return f"c{n}"

        return fn

    found = await all_of(store, *(work(n) for n in range(20)))
    bad = found[BAD]
    assert isinstance(bad, IntegrityError)
    assert bad.__cause__ is not bad
    kept = await store.read(
        lambda tx: sorted(tx.session.exec(select(ReachRow.conversation_id)).all())
    )
    assert kept == sorted(f"c{n}" for n in range(20) if n != BAD)


@pytest.mark.parametrize("error", [StopIteration("an empty generator"), GeneratorExit()])
async def test_whatever_a_function_raises_the_next_write_is_served(
    store: Store, error: BaseException
) -> None:
    def work(tx: Tx) -> None:
        up(tx, "vera")
        raise error

    with anyio.fail_after(20), pytest.raises((RuntimeError, GeneratorExit)):
        await store.write(work)
    await store.write(upped("ada"))
    assert await counted(store) == {"ada": 1}


async def test_a_database_error_that_a_function_swallows_is_never_half_a_success(
    store: Store,
) -> None:
    def work(tx: Tx) -> str:
        up(tx, "before")
        try:
            tx.session.execute(text("INSERT INTO count (store_id) VALUES ('acme')"))
        except IntegrityError:
            return "all is well"
        raise AssertionError("three columns were missing")

    # SQLite undoes the one statement and goes on; PostgreSQL gives the transaction up.
    try:
        assert await store.write(work) == "all is well"
    except DBAPIError:
        assert await counted(store) == {}
    else:
        assert await counted(store) == {"before": 1}


async def test_a_caller_that_gives_up_does_not_tear_the_write(store: Store) -> None:
    gate = Gate(store)

    def work(tx: Tx) -> None:
        up(tx, "first half")
        gate.pass_()
        up(tx, "second half")

    writing = asyncio.ensure_future(store.write(work))
    await gate.reached()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    gate.open()
    await store.write(upped("next"))
    with anyio.fail_after(20):
        while "second half" not in (found := await counted(store)):
            assert "first half" not in found
    assert found == {"first half": 1, "second half": 1, "next": 1}


async def test_closing_finishes_what_was_taken_and_takes_no_more(
    store: Store, database_url: str
) -> None:
    gate = Gate(store)

    def work(tx: Tx) -> str:
        gate.pass_()
        return up(tx, "last")

    last = asyncio.ensure_future(store.write(work))
    await gate.reached()
    closing = asyncio.ensure_future(store.aclose())
    gate.open()
    await closing
    assert last.done()
    assert await last == "last"
    with anyio.fail_after(20), pytest.raises(StorageRefused, match="closed"):
        await store.write(upped("too late"))
    assert await counted_by_a_stranger(database_url) == {"last": 1}


async def test_a_read_sees_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    await store.write(upped("vera"))

    def work(tx: Tx) -> tuple[int, int]:
        how_many = select(CountRow.n).where(CountRow.scope == "vera")
        first = tx.session.exec(how_many).one()
        meanwhile(store, lambda: store.write(upped("vera")))
        return first, tx.session.exec(how_many).one()

    assert await store.read(work) == (1, 1)
    assert await counted(store) == {"vera": 2}


async def test_a_read_that_writes_is_told_so_and_nothing_is_kept(store: Store) -> None:
    def insert(tx: Tx) -> str:
        return up(tx, "vera")

    def forget_to_flush(tx: Tx) -> None:
        tx.session.add(CountRow(store_id="acme", scope="vera", since=0, n=1))

    for work in (insert, forget_to_flush):
        with pytest.raises(DBAPIError):
            await store.read(work)
    assert await counted(store) == {}


async def test_what_runs_on_one_name_runs_one_after_the_other(store: Store) -> None:
    def work(tx: Tx) -> None:
        row = tx.session.get(CountRow, ("acme", "vera", 0))
        n = row.n if row else 0
        if store.dialect == "postgresql":
            # Time enough for another transaction to read the same number.
            meanwhile(store, lambda: anyio.sleep(0.002))  # noqa: TID251
        if row is None:
            tx.session.add(CountRow(store_id="acme", scope="vera", since=0, n=1))
        else:
            row.n = n + 1

    names = ["vera", ("vera", "ada"), ("ada", "vera"), ("vera", "vera")]
    async with asyncio.TaskGroup() as group:
        for n in range(20):
            group.create_task(store.write(work, on=names[n % len(names)]))  # type: ignore[arg-type]
    assert await counted(store) == {"vera": 20}


async def test_ids_and_the_time_are_the_transactions_own(store: Store) -> None:
    def work(tx: Tx) -> tuple[int, str]:
        return tx.now, tx.new_id()

    first = await store.write(work)
    while (second := await store.write(work))[0] // 1_000 == first[0] // 1_000:
        pass
    assert second > first
    assert second[1] > first[1]
