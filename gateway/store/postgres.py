"""PostgreSQL: the same write functions under SQLAlchemy's greenlet, one transaction each.

``on`` is locked first and in order (advisory locks, so that a conversation that does not exist yet
can be locked too). A statement through SQLAlchemy always comes first: raw asyncpg before it would
autocommit. Only an error with an SQLSTATE answers a COMMIT; after anything else nothing is guessed:
the slot's ``commit_mark`` row tells whether it happened.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import Session
from typing_extensions import override

from gateway.clock import Clock
from gateway.errors import Misconfigured, StorageRefused
from gateway.store.tx import On, Store, Tx

T = TypeVar("T")
log = structlog.get_logger(__name__)

WRITERS = 4
TRIES = 4
_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL docs, appendix A
_REFUSED_CLASSES = ("53", "57", "58", "08")  # resources, operator intervention, system, connection

_MARK = text(
    "INSERT INTO commit_mark (slot, n) VALUES (:slot, 1)"
    " ON CONFLICT (slot) DO UPDATE SET n = commit_mark.n + 1 RETURNING n"
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def async_url(url: str) -> str:
    """``postgresql://`` as SQLAlchemy must read it for asyncpg."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise Misconfigured("DATABASE_URL must begin with postgresql:// or sqlite:///")
    return f"postgresql+asyncpg://{rest}"


class _Ambiguous(Exception):
    """The COMMIT was sent and nobody answered."""


class PostgresStore(Store):
    """A store on a PostgreSQL database that other processes use too."""

    dialect = "postgresql"

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._writer: AsyncEngine = create_async_engine(
            async_url(url), pool_size=WRITERS, max_overflow=0, pool_pre_ping=True
        )
        self._reader: AsyncEngine = create_async_engine(
            async_url(url), pool_size=WRITERS, max_overflow=4, pool_pre_ping=True
        )
        self._slots: asyncio.Queue[str] = asyncio.Queue()
        for _ in range(WRITERS):
            self._slots.put_nowait(secrets.token_hex(8))

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
        names = (on,) if isinstance(on, str) else tuple(sorted(set(on or ())))
        # A task of its own: a caller that gives up must not tear a transaction in two.
        return await asyncio.shield(asyncio.ensure_future(self._write(fn, names)))

    @override
    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` on one snapshot (REPEATABLE READ, READ ONLY)."""

        def work(connection: Connection) -> T:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            with Session(bind=connection, expire_on_commit=False) as session:
                return fn(Tx(session, self._clock.now()))

        try:
            async with self._reader.connect() as connection, connection.begin():
                return await connection.run_sync(work)
        except (DBAPIError, OSError) as error:
            raise _named(error) from error

    @override
    async def aclose(self) -> None:
        """Let the pools go."""
        await self._writer.dispose()
        await self._reader.dispose()

    async def _write(self, fn: Callable[[Tx], T], names: tuple[str, ...]) -> T:
        slot = await self._slots.get()
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    return await self._attempt(fn, names, slot)
                except DBAPIError as error:
                    if attempt == TRIES or _sqlstate(error) not in _AGAIN:
                        raise _named(error) from error
                except _Ambiguous as error:
                    if attempt == TRIES:
                        raise StorageRefused from error
                except OSError as error:
                    raise StorageRefused from error
            raise AssertionError("the last attempt returns or raises")
        finally:
            self._slots.put_nowait(slot)

    async def _attempt(self, fn: Callable[[Tx], T], names: tuple[str, ...], slot: str) -> T:
        async with self._writer.connect() as connection:
            transaction = await connection.begin()
            mark = 0

            def work(sync: Connection) -> T:
                nonlocal mark
                mark = sync.execute(_MARK, {"slot": slot}).scalar_one()
                for name in names:
                    sync.execute(_LOCK, {"name": name})
                with Session(bind=sync, expire_on_commit=False) as session:
                    found = fn(Tx(session, self._clock.now()))
                    session.flush()
                    return found

            result = await connection.run_sync(work)
            try:
                await transaction.commit()
            except Exception as error:
                if isinstance(error, DBAPIError) and _sqlstate(error):
                    raise
                await _discard(connection)
                if await self._committed(slot, mark):
                    return result
                raise _Ambiguous from error
            return result

    async def _committed(self, slot: str, mark: int) -> bool:
        try:
            async with self._reader.connect() as connection:
                found = await connection.execute(
                    text("SELECT n FROM commit_mark WHERE slot = :slot"), {"slot": slot}
                )
                return (found.scalar_one_or_none() or 0) >= mark
        except (DBAPIError, OSError) as error:
            raise StorageRefused from error


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""


def _named(error: Exception) -> Exception:
    """A storage failure under the project's name; anything else as it is."""
    if isinstance(error, OSError):
        return StorageRefused()
    if isinstance(error, DBAPIError) and (
        error.connection_invalidated or _sqlstate(error).startswith(_REFUSED_CLASSES)
    ):
        return StorageRefused()
    return error
