"""SQLite: one owner, one writer, and a disk that fills up."""

from __future__ import annotations

import asyncio
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.clock import SystemClock
from gateway.errors import Misconfigured, StorageRefused
from gateway.store.heaps import HEAPS
from gateway.store.migrate import sqlite_path
from gateway.store.sqlite import SqliteStore, own
from gateway.store.tables import FactRow
from gateway.store.tx import Tx
from tests.integration.counting import counted, up, upped
from tests.integration.interleaving import Gate

BIG = "x" * 1_000_000

OWNER = """
import sys
from pathlib import Path
from gateway.store.sqlite import own
with own(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""

WRITER = """
import sys, asyncio
from pathlib import Path
from gateway.clock import SystemClock
from gateway.store.sqlite import SqliteStore
from tests.integration.counting import upped

async def write(store, name):
    for n in range(100_000):
        print(await store.write(upped(f"{name}-{n}")), flush=True)

async def main():
    store = SqliteStore(Path(sys.argv[1]), SystemClock())
    await asyncio.gather(*(write(store, name) for name in ("vera", "ada", "noor", "ben")))

asyncio.run(main())
"""

READER = """
import asyncio, ctypes, sys, threading
from pathlib import Path
from gateway.clock import SystemClock
from gateway.store.sqlite import READERS, SqliteStore
from sqlalchemy import text

libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = (ctypes.c_int, ctypes.c_void_p)
libc.fclose.argtypes = (ctypes.c_void_p,)
together = threading.Barrier(READERS)

def read(tx):
    together.wait()
    return tx.session.execute(text("SELECT 1")).scalar()

async def main():
    store = SqliteStore(Path(sys.argv[1]), SystemClock())
    await asyncio.gather(*(store.read(read) for _ in range(READERS)))
    told = libc.fopen(sys.argv[2].encode(), b"w")
    libc.malloc_info(0, told)
    libc.fclose(told)
    await store.aclose()

asyncio.run(main())
"""


@pytest.fixture
def path(sqlite_url: str) -> Path:
    found = sqlite_path(sqlite_url)
    assert found is not None
    return found


@pytest.fixture
async def store(path: Path, clock: SystemClock) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, clock)
    yield opened
    await opened.aclose()


@contextmanager
def program(code: str, *args: str | Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", code, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def pragma(tx: Tx, name: str) -> object:
    return tx.session.execute(text(f"PRAGMA {name}")).scalar_one()


async def leave_room_for(store: SqliteStore, pages: int) -> None:
    """Let the file grow by so many pages and no more, as a full disk would."""
    now = int(str(await store.write(lambda tx: pragma(tx, "page_count"))))
    await store.write(lambda tx: pragma(tx, f"max_page_count = {now + pages}"))


def remember(tx: Tx, fact_id: str, data: str) -> str:
    tx.session.add(
        FactRow(
            store_id="acme", fact_id=fact_id, person_id="vera", kind="seen", data=data, at=tx.now
        )
    )
    tx.session.flush()
    return fact_id


async def test_the_writer_is_durable_and_readers_cannot_write(store: SqliteStore) -> None:
    def settings(tx: Tx) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "fullfsync", "query_only")
        return {name: pragma(tx, name) for name in names}

    durable = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}
    assert await store.write(settings) == {**durable, "query_only": 0}
    assert await store.read(settings) == {**durable, "query_only": 1}


async def test_a_file_name_with_a_question_mark_is_only_a_name(
    tmp_path: Path, clock: SystemClock
) -> None:
    odd = tmp_path / "what?mode=memory&100%.db"
    store = SqliteStore(odd, clock)
    await store.write(lambda tx: tx.session.execute(text("CREATE TABLE t (n INTEGER)")))
    await store.aclose()
    assert odd.stat().st_size > 0


async def test_what_waits_is_one_group_and_a_bad_one_makes_them_run_alone(
    store: SqliteStore,
) -> None:
    gate = Gate(store)
    runs: dict[str, int] = {}

    def work(name: str) -> Callable[[Tx], str]:
        def fn(tx: Tx) -> str:
            runs[name] = runs.get(name, 0) + 1
            up(tx, name)
            if name == "bad":
                raise ValueError(name)
            return name

        return fn

    first = asyncio.ensure_future(store.write(lambda _: gate.pass_()))
    await gate.reached()
    names = [f"vera-{n}" for n in range(10)] + ["bad"] + [f"ada-{n}" for n in range(9)]
    waiting = asyncio.gather(*(store.write(work(name)) for name in names), return_exceptions=True)
    while store._queue.qsize() < len(names):
        await asyncio.wait([first], timeout=0.001)
    gate.open()
    found = await waiting
    good = [name for name in names if name != "bad"]
    assert [each for each in found if not isinstance(each, ValueError)] == good
    assert await counted(store) == dict.fromkeys(good, 1)
    # Those before the bad one had run in the group; those after it had not come to their turn.
    assert runs == {name: 2 if name.startswith("vera") or name == "bad" else 1 for name in names}


async def test_a_full_disk_refuses_what_does_not_fit_and_takes_the_rest(
    store: SqliteStore,
) -> None:
    await store.write(upped("earlier"))
    await leave_room_for(store, 4)
    found = await asyncio.gather(
        store.write(upped("vera")),
        store.write(lambda tx: remember(tx, "big", BIG)),
        store.write(upped("ada")),
        return_exceptions=True,
    )
    assert (found[0], found[2]) == ("vera", "ada")
    assert isinstance(found[1], StorageRefused)
    assert isinstance(found[1].__cause__, OperationalError)
    assert await counted(store) == {"earlier": 1, "vera": 1, "ada": 1}
    await leave_room_for(store, 1_000)
    assert await store.write(lambda tx: remember(tx, "big", BIG)) == "big"


async def test_a_function_that_swallows_a_full_disk_is_not_acknowledged(
    store: SqliteStore,
) -> None:
    gate = Gate(store)

    def careless(tx: Tx) -> str:
        up(tx, "before")
        with suppress(OperationalError):
            up(tx, BIG)
        # SQLite has rolled everything back by itself: from here on each statement would commit.
        for name in ("after", "much later"):
            with suppress(StorageRefused):
                up(tx, name)
        return "all is well"

    await leave_room_for(store, 4)
    first = asyncio.ensure_future(store.write(lambda _: gate.pass_()))
    await gate.reached()
    waiting = asyncio.gather(
        store.write(upped("vera")),
        store.write(careless),
        store.write(upped("ada")),
        return_exceptions=True,
    )
    while store._queue.qsize() < 3:
        await asyncio.wait([first], timeout=0.001)
    gate.open()
    vera, careless_result, ada = await waiting
    assert (vera, ada) == ("vera", "ada")
    assert isinstance(careless_result, StorageRefused)
    assert await counted(store) == {"vera": 1, "ada": 1}


async def test_a_disk_that_fails_refuses_serves_readers_and_recovers_by_itself(
    store: SqliteStore, path: Path
) -> None:
    acknowledged = [await store.write(upped(f"before-{n}")) for n in range(5)]
    wal = path.with_name(path.name + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The kernel refuses this process every byte past here, in whatever file: EFBIG.
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 100_000, hard))
    try:
        found = await asyncio.gather(
            *(store.write(partial(remember, fact_id=f"f{n}", data=BIG[:9_000])) for n in range(50)),
            return_exceptions=True,
        )
        refused = [each for each in found if isinstance(each, StorageRefused)]
        kept = [each for each in found if isinstance(each, str)]
        assert len(refused) + len(kept) == 50
        assert refused
        assert await counted(store) == dict.fromkeys(acknowledged, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await store.write(upped("after")) == "after"
    facts = await store.read(
        lambda tx: tx.session.execute(text("SELECT fact_id FROM fact ORDER BY 1")).scalars().all()
    )
    assert facts == sorted(kept)


async def test_writers_wait_for_a_stranger_who_holds_the_file(
    store: SqliteStore, path: Path
) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        import sqlite3

        stranger = sqlite3.connect(path, isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        held.set()
        release.wait(20)
        stranger.execute("ROLLBACK")
        stranger.close()

    holding = asyncio.ensure_future(asyncio.to_thread(hold))
    await asyncio.to_thread(held.wait)
    writing = asyncio.ensure_future(store.write(upped("vera")))
    assert await counted(store) == {}
    assert not writing.done()
    release.set()
    await holding
    assert await writing == "vera"


def test_a_second_process_may_not_own_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "onethread.db"
    with program(OWNER, path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "mine\n"
        with pytest.raises(Misconfigured, match="one process owns a SQLite file"), own(path):
            pytest.fail("owned twice")
        first.kill()  # the kernel lets go of the lock, whatever the end
        first.wait()
    with own(path):
        pass


async def test_a_gateway_that_is_killed_keeps_all_that_it_acknowledged(
    path: Path, clock: SystemClock
) -> None:
    with program(WRITER, path) as running:
        assert running.stdout is not None
        acknowledged = [running.stdout.readline().strip() for _ in range(200)]
        running.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in running.stdout if line.endswith("\n")]
    store = SqliteStore(path, clock)
    found = await counted(store)
    assert [scope for scope in acknowledged if found.get(scope) != 1] == []
    assert await store.read(lambda tx: pragma(tx, "integrity_check")) == "ok"
    await store.aclose()


def test_threads_that_read_share_heaps_so_that_memory_once_needed_is_not_kept_for_each(
    path: Path, tmp_path: Path
) -> None:
    told = tmp_path / "malloc_info.xml"
    subprocess.run([sys.executable, "-c", READER, path, told], check=True, timeout=60)
    assert told.read_text().count("<heap nr=") == HEAPS
