"""SQLite: one writer thread takes everything that waits and commits it as one group.

If an item raises, or the transaction is gone (a full disk or an I/O error makes SQLite roll the
neighbours back too), everything is rolled back and the items run again one by one. There are no
savepoints: after SQLITE_FULL they would be lies.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import anyio
import structlog
from anyio import to_thread
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from typing_extensions import override

from gateway.clock import Clock
from gateway.errors import Misconfigured, StorageRefused
from gateway.store import driver, search_words  # noqa: F401  # what is found follows the rows
from gateway.store.checkpoints import MOST_PAGES, Checkpointer
from gateway.store.heaps import share_heaps
from gateway.store.tx import On, Store, Tx

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741
log = structlog.get_logger(__name__)

MOST_IN_A_GROUP = 100
READERS = 8
BUSY_TIMEOUT_MS = 5_000
FULL = 2  #: what ``PRAGMA synchronous`` answers
_REFUSED = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
}


@dataclass(slots=True)
class _Item:
    fn: Callable[..., Any]
    future: asyncio.Future[Any]
    together: bool = False  #: ``fn`` takes all of the group that name it, by what they bring
    brings: Any = None


def open_engine(path: Path, *, readonly: bool) -> Engine:
    """An engine whose connections are durable: WAL with ``synchronous=FULL`` (invariant 1).

    Connecting raises ``Misconfigured`` where the file's place allows no WAL (a network share).
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "isolation_level": None},
        pool_size=READERS if readonly else 1,
        hide_parameters=True,  # an error in a log must not quote words or addresses
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint={MOST_PAGES}")
        connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone stops at the drive's cache
        if mode != "wal" or connection.execute("PRAGMA synchronous").fetchone()[0] != FULL:
            raise Misconfigured(f"{path} cannot be written durably there; use a local disk")
        if readonly:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        driver.begin(connection, "BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _refuse_without_transaction(engine: Engine) -> None:
    """Let no statement run once SQLite has rolled the transaction back: it would autocommit."""

    @event.listens_for(engine, "before_cursor_execute")
    def _about_to(
        _connection: Connection, cursor: sqlite3.Cursor, statement: str, *_rest: object
    ) -> None:
        if not cursor.connection.in_transaction and not statement.startswith("BEGIN"):
            raise StorageRefused


@contextlib.contextmanager
def own(path: Path) -> Iterator[None]:
    """Hold the file for this process alone, for as long as it serves.

    Raises:
        Misconfigured: another process serves from it already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                f"another gateway serves from {path}; one process owns a SQLite file"
            ) from None
        yield


class SqliteStore(Store):
    """A store on one file, owned by this process."""

    dialect = "sqlite"

    def __init__(self, path: Path, clock: Clock) -> None:
        share_heaps()
        self._clock = clock
        self._writer_engine = open_engine(path, readonly=False)
        _refuse_without_transaction(self._writer_engine)
        self._reader_engine = open_engine(path, readonly=True)
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._readers = anyio.CapacityLimiter(READERS)
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._connection: Connection | None = None  #: the writer's alone
        self._checkpoints = Checkpointer(path)
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    @override
    async def write(self, fn: Callable[[Tx], T], *, on: On = None) -> T:
        """Queue ``fn`` for the writer; ``on`` needs no lock, since there is one writer."""
        if self._closed:
            raise StorageRefused("the store is closed")
        item = _Item(fn, self._loop.create_future())
        self._queue.put(item)
        # A caller that gives up cancels this; the writer does its work, and finds that none waits.
        return cast("T", await item.future)

    @override
    async def write_together(
        self, fn: Callable[[Tx, Sequence[I]], Sequence[T]], item: I, *, on: On = None
    ) -> T:
        """Queue ``item``; what waits for the same ``fn`` when the writer comes goes with it."""
        if self._closed:
            raise StorageRefused("the store is closed")
        waiting = _Item(fn, self._loop.create_future(), together=True, brings=item)
        self._queue.put(waiting)
        return cast("T", await waiting.future)

    @override
    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` in a reader thread on one snapshot."""

        def work() -> T:
            with (
                self._reader_engine.connect() as connection,
                connection.begin(),
                Session(bind=connection, expire_on_commit=False) as session,
            ):
                found = fn(Tx(session, self._clock.now()))
                session.flush()  # a change that nobody would keep must be heard of
                return found

        try:
            return await to_thread.run_sync(work, limiter=self._readers)
        except OperationalError as error:
            if _refused(error):
                raise StorageRefused from error
            raise

    @override
    async def aclose(self) -> None:
        """Finish what waits, then stop the thread."""
        self._closed = True
        self._queue.put(None)
        await to_thread.run_sync(self._thread.join)
        await to_thread.run_sync(self._checkpoints.close)
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            while len(group) < MOST_IN_A_GROUP and not self._queue.empty():
                item = self._queue.get()  # nobody else takes from it
                if item is None:
                    self._queue.put(None)
                    break
                group.append(item)
            self._commit(group)
        self._lay_down()

    def _commit(self, group: list[_Item]) -> None:
        try:
            results = self._transact(group)
        except BaseException as error:  # nobody above: what ends this thread would hang every write
            if len(group) > 1:
                for item in group:
                    self._commit([item])
                return
            self._tell(partial(_fail, group[0].future, _named(error)))
            return
        self._tell(partial(_finish, group, results))

    def _transact(self, group: list[_Item]) -> list[Any]:
        answers: dict[int, Any] = {}
        with self._writing() as connection:
            file = connection.connection.driver_connection
            for items in _by_call(group):
                with Session(bind=connection, expire_on_commit=False) as session:
                    tx = Tx(session, self._clock.now())
                    if items[0].together:
                        found = items[0].fn(tx, [each.brings for each in items])
                        answers.update(zip(map(id, items), found, strict=True))
                    else:
                        answers[id(items[0])] = items[0].fn(tx)
                    session.flush()
            # After SQLITE_FULL the transaction is gone and commit() would succeed silently with
            # nothing written; a function that swallowed the error must not acknowledge it.
            if file is None or not file.in_transaction:
                raise StorageRefused
        self._checkpoints.committed(file.total_changes)
        return [answers[id(each)] for each in group]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        # Kept, since to be lent it anew took a tenth of what a message costs.
        connection = self._connection = self._connection or self._writer_engine.connect()
        try:
            with connection.begin():
                yield connection
        except BaseException:
            self._lay_down()
            raise

    def _lay_down(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            log.warning("store.answer_without_loop")


def _by_call(group: list[_Item]) -> list[list[_Item]]:
    """Each item alone, but for those that one call takes together."""
    calls: list[list[_Item]] = []
    together: dict[Callable[..., Any], list[_Item]] = {}
    for item in group:
        if item.together and item.fn in together:
            together[item.fn].append(item)
            continue
        calls.append([item])
        if item.together:
            together[item.fn] = calls[-1]
    return calls


def _finish(group: list[_Item], results: list[Any]) -> None:
    for item, result in zip(group, results, strict=True):
        if not item.future.done():
            item.future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _refused(error: OperationalError, *also: int) -> bool:
    """Whether the disk or the file cannot take it now; the low byte is the primary code."""
    return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _REFUSED.union(also)


def _named(error: BaseException) -> BaseException:
    """A storage failure under the project's name; anything else as it is."""
    named: BaseException = error
    if isinstance(error, OperationalError) and _refused(error, sqlite3.SQLITE_READONLY):
        named = StorageRefused()
    elif isinstance(error, StopIteration):
        named = RuntimeError("a write function raised StopIteration")  # no future carries that
    if named is not error:
        named.__cause__ = error
    return named
