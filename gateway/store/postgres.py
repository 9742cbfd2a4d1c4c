"""PostgreSQL: the same write functions under SQLAlchemy's greenlet, one transaction each.

``on`` is locked first and in order (advisory locks, so that a conversation that does not exist yet
can be locked too). Each transaction ends by counting up the ``commit_mark`` row of its slot, and
nothing else decides what became of a COMMIT whose answer was lost: a server's own error does, a
connection's end never does, for it says nothing of what the server did before.

A slot serves one write at a time. A process that stops takes its slots' rows with it; one that
crashes leaves a handful, which no one reads, since a slot's name is never used twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session, col, delete
from typing_extensions import override

from gateway.clock import Clock
from gateway.errors import Misconfigured, StorageRefused
from gateway.store import search_words  # noqa: F401  # what is found follows what is written
from gateway.store.gathering import Gathering, I
from gateway.store.tables import CommitMarkRow
from gateway.store.tx import On, Store, Tx

T = TypeVar("T")

WRITERS = 4
TRIES = 4
CONNECT_WITHIN = 10.0  #: seconds
CLOSE_WITHIN = 5.0  #: seconds
ANSWER_WITHIN = 30.0  #: seconds; a server that hangs must not hang its callers

_AGAIN = ("40001", "40P01")  # serialization failure, deadlock: PostgreSQL docs, appendix A
_GONE = ("08", "57P")  # the connection's end; asyncpg makes up 08003 where the server said nothing
#: connection, transaction rolled back, resources, operator intervention, system
_REFUSED = ("08", "40", "53", "57", "58")
_READ_ONLY = "25006"  # a standby, or a primary that was demoted
#: what the driver raises, wrapped by SQLAlchemy or bare (while connecting)
TROUBLE = (
    DBAPIError,
    NoneFree,
    OSError,
    EOFError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

_MARK = text(
    "INSERT INTO commit_mark (slot, n) VALUES (:slot, 1)"
    " ON CONFLICT (slot) DO UPDATE SET n = commit_mark.n + 1 RETURNING n"
)
# An upsert, because it waits for a transaction that is still busy with the row; a SELECT would
# read past it and call a COMMIT on its way a failure.
_MARKED = text(
    "INSERT INTO commit_mark (slot, n) VALUES (:slot, 0)"
    " ON CONFLICT (slot) DO UPDATE SET n = commit_mark.n RETURNING n"
)
# A gateway that falls off the network must not keep its conversations locked for hours.
_BEGUN = "SELECT set_config('idle_in_transaction_session_timeout', '15s', true)"
_BEGIN = text(_BEGUN)
# The same text for any number of names, which are locked in their order.
_BEGIN_ALONE = text(
    f"{_BEGUN}, pg_advisory_xact_lock(hashtextextended(name, 0))"
    " FROM unnest(CAST(:names AS text[])) AS name"
)


def open_engine(
    url: str, *, answer_within: float | None = ANSWER_WITHIN, **more: object
) -> AsyncEngine:
    """An engine whose connections asyncpg opens from the URL itself.

    So all that libpq's URLs may say is understood (``sslmode``, ``sslrootcert``, several hosts,
    sockets; see asyncpg's ``connect``), and what is not is refused by name.

    Raises:
        Misconfigured: the URL is not PostgreSQL's.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise Misconfigured("DATABASE_URL must begin with postgresql:// or sqlite:///")

    async def connect() -> Any:  # noqa: ANN401  # asyncpg has no types
        return await asyncpg.connect(
            f"postgresql://{rest}", timeout=CONNECT_WITHIN, command_timeout=answer_within
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        hide_parameters=True,  # an error in a log must not quote words or addresses
        **more,
    )


@dataclass(slots=True)
class _Slot:
    name: str = field(default_factory=lambda: secrets.token_hex(8))


class _Lost(Exception):
    """The COMMIT was sent and nobody answered; if ``mark`` is there, ``result`` holds."""

    def __init__(self, mark: int, result: object) -> None:
        super().__init__()
        self.mark = mark
        self.result = result


class PostgresStore(Store):
    """A store on a PostgreSQL database that other processes use too."""

    dialect = "postgresql"

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._writer = open_engine(
            url, pool_size=WRITERS, max_overflow=0, isolation_level="READ COMMITTED"
        )
        self._reader = open_engine(
            url,
            pool_size=WRITERS,
            max_overflow=4,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
        self._slots: asyncio.Queue[_Slot] = asyncio.Queue()
        for _ in range(WRITERS):
            self._slots.put_nowait(_Slot())
        self._writing: set[asyncio.Task[Any]] = set()
        self._gathering = Gathering(self.write)
        self._closed = False

    async def check_durability(self, *, accept_data_loss: bool) -> None:
        """Refuse a server that acknowledges before the disk has it (invariant 1).

        Raises:
            Misconfigured: ``fsync`` or ``synchronous_commit`` is off.
        """
        async with self._reader.connect() as connection:
            for setting in ("fsync", "synchronous_commit"):
                found = (await connection.execute(text(f"SHOW {setting}"))).scalar_one()
                if found == "off" and not accept_data_loss:
                    raise Misconfigured(
                        f"PostgreSQL runs with {setting}=off, which can lose acknowledged messages;"
                        " turn it on, or set ONETHREAD_ACCEPT_DATA_LOSS=1"
                    )

    @override
    async def write(self, fn: Callable[[Tx], T], *, on: On = None) -> T:
        """Run ``fn`` in a transaction of its own; see ``Store.write``."""
        if self._closed:
            raise StorageRefused("the store is closed")
        # A task of its own: a caller that gives up must not tear a transaction in two.
        task = asyncio.ensure_future(self._write(fn, _names(on)))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    @override
    async def write_together(
        self, fn: Callable[[Tx, Sequence[I]], Sequence[T]], item: I, *, on: On = None
    ) -> T:
        """Hand ``item`` in with what comes while the last call of ``fn`` is under way."""
        return await self._gathering.hand_in(fn, item, _names(on))

    @override
    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` on one snapshot (REPEATABLE READ, READ ONLY)."""

        def work(connection: Connection) -> T:
            with Session(bind=connection, expire_on_commit=False) as session:
                found = fn(Tx(session, self._clock.now()))
                session.flush()  # a change that nobody would keep must be heard of
                return found

        for _ in range(TRIES):
            try:
                async with self._reader.connect() as connection:
                    return await connection.run_sync(work)
            except TROUBLE as error:
                if not _stale(error):
                    _rename(error)
        raise StorageRefused

    @override
    async def aclose(self) -> None:
        """Finish what was taken, take the slots' rows away, let the pools go."""
        self._closed = True
        await asyncio.gather(*self._writing, return_exceptions=True)
        names = [self._slots.get_nowait().name for _ in range(self._slots.qsize())]
        # Not worth failing over: rows that stay are harmless.
        with contextlib.suppress(*TROUBLE):
            async with self._writer.begin() as connection:
                await connection.execute(
                    delete(CommitMarkRow).where(col(CommitMarkRow.slot).in_(names))
                )
        # A goodbye that nobody answers is cut short; the server notices by itself.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._writer.dispose()
                await self._reader.dispose()

    async def _write(self, fn: Callable[[Tx], T], names: tuple[str, ...]) -> T:
        slot = await self._slots.get()
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    return await self._attempt(fn, names, slot)
                except _Lost as lost:
                    if await self._happened(slot, lost.mark):
                        return lost.result  # type: ignore[return-value]  # what fn returned
                except TROUBLE as error:
                    if _sqlstate(error) in _AGAIN:
                        # The one that goes first may be slow to wake, and must not be met again.
                        await self._clock.sleep(attempt * (10 + secrets.randbelow(10)) / 1_000)
                    elif not _stale(error):
                        _rename(error, _READ_ONLY)
            raise StorageRefused
        finally:
            self._slots.put_nowait(slot)

    async def _attempt(self, fn: Callable[[Tx], T], names: tuple[str, ...], slot: _Slot) -> T:
        async with self._writer.connect() as connection:

            def work(sync: Connection) -> tuple[T, int]:
                sync.execute(*((_BEGIN_ALONE, {"names": names}) if names else (_BEGIN,)))
                with Session(bind=sync, expire_on_commit=False) as session:
                    found = fn(Tx(session, self._clock.now()))
                    session.flush()
                # Last: it fails when fn swallowed an error, where COMMIT would only roll back.
                return found, sync.execute(_MARK, {"slot": slot.name}).scalar_one()

            try:
                result, mark = await connection.run_sync(work)
            except OSError:  # a time-out too: the connection's next answer would be to this
                await connection.invalidate()
                raise
            try:
                await connection.commit()
            except Exception as error:
                state = _sqlstate(error)
                if state and not state.startswith(_GONE):
                    raise
                await connection.invalidate()
                raise _Lost(mark, result) from error
            return result

    async def _happened(self, slot: _Slot, mark: int) -> bool:
        """Whether the slot's transaction that was to leave ``mark`` was committed.

        Raises:
            StorageRefused: it cannot be known now.
        """
        for _ in range(TRIES):
            try:
                async with self._writer.begin() as connection:
                    found = await connection.execute(_MARKED, {"slot": slot.name})
                    return int(found.scalar_one()) >= mark
            except TROUBLE as error:
                if not _stale(error):
                    break
        slot.name = _Slot().name  # that transaction may still hold the row
        raise StorageRefused


def _names(on: On) -> tuple[str, ...]:
    return (on,) if isinstance(on, str) else tuple(sorted(set(on or ())))


def _sqlstate(error: BaseException) -> str:
    found = error.orig if isinstance(error, DBAPIError) else error
    return getattr(found, "sqlstate", None) or ""


def _stale(error: BaseException) -> bool:
    """Whether a pooled connection turned out to be dead: before a COMMIT, another may be tried."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _rename(error: Exception, *also: str) -> None:
    """Raise a storage failure under the project's name, anything else as it is."""
    if isinstance(error, DBAPIError) and not error.connection_invalidated:
        state = _sqlstate(error)
        if not state.startswith((*_REFUSED, *also)):
            raise error
    raise StorageRefused from error
