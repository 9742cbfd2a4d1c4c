"""What is in SQLite's log goes into its file beside the writer, whoever reads, whatever fails."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.clock import SystemClock
from gateway.store import checkpoints as moving
from gateway.store.checkpoints import ROWS, Checkpointer
from gateway.store.migrate import sqlite_path
from gateway.store.sqlite import SqliteStore
from gateway.store.tx import Tx
from tests.integration.counting import up
from tests.integration.race.processes import until


@pytest.fixture
def path(sqlite_url: str) -> Path:
    found = sqlite_path(sqlite_url)
    assert found is not None
    return found


def in_the_file(path: Path) -> int:
    """What stands in the file itself: who opens it so looks at no log. 0 while pages are moved."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as alone:
        try:
            found: int = alone.execute("SELECT count(*) FROM count").fetchone()[0]
        except sqlite3.DatabaseError:
            return 0
        return found


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves its log alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        yield writer


def count(writer: sqlite3.Connection, first: int, many: int) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.executemany(
        "INSERT INTO count (store_id, scope, since, n) VALUES ('acme', ?, 0, 1)",
        [(f"vera-{n}",) for n in range(first, first + many)],
    )
    writer.execute("COMMIT")


async def test_what_the_store_writes_comes_into_the_file_while_it_is_open(
    path: Path, clock: SystemClock
) -> None:
    store = SqliteStore(path, clock)

    def work(tx: Tx) -> None:
        for n in range(ROWS):
            up(tx, f"vera-{n}")

    async def has_come() -> bool:
        return in_the_file(path) == ROWS

    await store.write(work)
    await until(has_come)
    await store.aclose()


async def test_a_reader_keeps_what_it_sees_and_holds_nobody_up(path: Path) -> None:
    with writing(path) as writer, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        checkpoints = Checkpointer(path, rows=10)
        count(writer, 0, 10)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM count").fetchall() == [(10,)]
        count(writer, 10, 10)
        checkpoints.committed(writer.total_changes)
        count(writer, 20, 10)
        assert reader.execute("SELECT count(*) FROM count").fetchall() == [(10,)]
        reader.execute("COMMIT")
        checkpoints.committed(writer.total_changes)

        async def all_of_it() -> bool:
            return in_the_file(path) == 30

        await until(all_of_it)
        checkpoints.close()


async def test_a_file_that_cannot_be_reached_is_told_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "not-yet" / "house.db"
    with capture_logs() as logs:
        checkpoints = Checkpointer(path, rows=1)
        checkpoints.committed(1)

        async def told() -> bool:
            return bool(logs)

        await until(told)
        assert logs[0] == {
            "event": "store.checkpoint_failed",
            "kind": "SQLITE_CANTOPEN",
            "log_level": "warning",
        }
    path.parent.mkdir()
    with writing(path) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE count (store_id, scope, since, n)")
        count(writer, 0, 1)
        checkpoints.committed(writer.total_changes + 1)

        async def has_come() -> bool:
            return in_the_file(path) == 1

        await until(has_come)
    checkpoints.close()


async def test_of_a_log_that_is_too_long_the_writer_gets_its_turn(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves, may_go_on = list[str](), threading.Event()

    def waits(statement: str) -> None:
        moves.append(statement)
        may_go_on.wait()

    def connected(where: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(where, isolation_level=None)
        connection.set_trace_callback(waits)
        return connection

    async def moves_on() -> bool:
        return len(moves) == 1

    async def all_of_it() -> bool:
        return in_the_file(path) == 20

    monkeypatch.setattr(moving, "_connect", connected)
    with writing(path) as writer:
        checkpoints = Checkpointer(path, rows=10, pages=1)
        count(writer, 0, 10)
        checkpoints.committed(writer.total_changes)
        await until(moves_on)
        count(writer, 10, 10)
        checkpoints.committed(writer.total_changes)  # which let the next move begin at once
        may_go_on.set()
        await until(all_of_it)
        checkpoints.close()
    assert len(moves) == 1
