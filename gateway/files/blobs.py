"""Bytes on disk under the hash of what they are: one directory, a room of it for each store.

A blob is whole or it is not there: it is written under a temporary name, flushed, and only then
renamed to ``<room>/ab/cd/<sha256>``. Whoever commits a row that names it does so after that. What
no row names is removed later, by its age on our own clock.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from gateway.clock import Clock
from gateway.errors import BadInput, StorageRefused

RESERVE = 64 * 1024 * 1024  #: bytes left on the disk for the database, which must go on
CHUNK = 1024 * 1024
NEW, GOING = ".new", ".going"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ROOM = re.compile(r"[0-9a-z]{1,40}")


class TooLarge(BadInput):
    """The file is larger than a file may be."""

    code = "too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Loose:
    """Bytes on disk that have no place yet."""

    path: Path
    digest: str
    size: int


class Blobs:
    """The blobs below one directory; several processes may share it."""

    def __init__(self, home: Path, clock: Clock, *, reserve: int = RESERVE) -> None:
        self.home = home
        self._clock = clock
        self._reserve = reserve

    async def take(self, chunks: AsyncIterable[bytes], *, most: int) -> Loose:
        """Write a stream to disk under a temporary name, flushed.

        Raises:
            TooLarge: it has more than ``most`` bytes; nothing is kept.
            StorageRefused: the disk does not take it; nothing is kept.
        """
        path = await to_thread.run_sync(self._begin)
        digest, size = hashlib.sha256(), 0
        try:
            held = bytearray()
            async for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise TooLarge(f"a file may have {most // 1_000_000} MB at most")
                digest.update(chunk)
                held += chunk
                if len(held) >= CHUNK:
                    await to_thread.run_sync(_append, path, bytes(held))
                    held.clear()
            await to_thread.run_sync(_finish, path, bytes(held))
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _refused(error) from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Loose(path, digest.hexdigest(), size)

    async def put(self, room: str, data: bytes) -> str:
        """Keep these bytes; returns their digest.

        Raises:
            StorageRefused: the disk does not take them; nothing is kept.
        """

        async def once() -> AsyncIterable[bytes]:
            yield data

        loose = await self.take(once(), most=len(data))
        await self.settle(room, loose)
        return loose.digest

    async def settle(self, room: str, loose: Loose) -> None:
        """Give loose bytes their place; the same bytes twice are one blob.

        Raises:
            StorageRefused: the disk does not take the name; nothing is kept.
        """
        await to_thread.run_sync(self._settle, self.path(room, loose.digest), loose.path)

    async def read(self, room: str, digest: str) -> bytes:
        """A blob's bytes.

        Raises:
            FileNotFoundError: it is not here.
        """
        return await to_thread.run_sync(self.path(room, digest).read_bytes)

    def path(self, room: str, digest: str) -> Path:
        """Where a blob is, or would be.

        Raises:
            ValueError: these are no names of ours.
        """
        if not _ROOM.fullmatch(room) or not _DIGEST.fullmatch(digest):
            raise ValueError("a blob is named by a store and a SHA-256")
        return self.home / room / digest[:2] / digest[2:4] / digest

    async def untouched(self, room: str, before: int) -> list[str]:
        """The digests of a room's blobs that nobody has kept since ``before``, microseconds UTC."""
        return await to_thread.run_sync(
            lambda: [path.name for path in self._blobs(room) if _kept_at(path) < before]
        )

    async def remove(self, room: str, digest: str, before: int) -> bool:
        """Remove a blob, unless somebody has kept the same bytes since ``before``."""
        return await to_thread.run_sync(self._remove, self.path(room, digest), before)

    async def trouble(self) -> str | None:
        """Why nothing can be kept now, in words; None when all is well."""

        def work() -> str | None:
            try:
                self._begin().unlink()
            except StorageRefused as refused:
                return refused.message
            return None

        return await to_thread.run_sync(work)

    async def tidy(self, before: int) -> None:
        """Remove what was left under temporary names by whoever was stopped half-way."""

        def work() -> None:
            for place in (NEW, GOING):
                for path in _entries(self.home / place):
                    if _kept_at(path) < before:
                        path.unlink(missing_ok=True)

        await to_thread.run_sync(work)

    def _begin(self) -> Path:
        try:
            place = self.home / NEW
            place.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(place).free < self._reserve:
                raise StorageRefused("there is no room for files now; nothing was kept")
            path = place / secrets.token_hex(16)
            path.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise _refused(error) from error
        return path

    def _settle(self, home: Path, loose: Path) -> None:
        try:
            now = self._clock.now() * 1_000
            try:
                # Told before it is relied on: whoever removes looks at this once more.
                os.utime(home, ns=(now, now))
                loose.unlink()
            except FileNotFoundError:
                _make(home.parent, self.home)
                os.utime(loose, ns=(now, now))
                loose.replace(home)
                _flush(home.parent)
        except OSError as error:
            loose.unlink(missing_ok=True)
            raise _refused(error) from error

    def _remove(self, path: Path, before: int) -> bool:
        # Moved aside first: who keeps the same bytes from now on finds none and writes them again;
        # who did so a moment ago has touched it, and it goes back.
        aside = self.home / GOING / secrets.token_hex(16)
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.replace(aside)
        except FileNotFoundError:
            return False
        if _kept_at(aside) >= before:
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def _blobs(self, room: str) -> Iterator[Path]:
        for first in _entries(self.home / room):
            for second in _entries(first):
                yield from _entries(second)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _finish(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _make(directory: Path, top: Path) -> None:
    """Make a directory below ``top`` so that its name outlives a power cut."""
    if directory.is_dir():
        return
    if directory != top:
        _make(directory.parent, top)
    directory.mkdir(exist_ok=True)
    _flush(directory.parent)


def _flush(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _entries(directory: Path) -> list[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return list(directory.iterdir())
    return []


def _kept_at(path: Path) -> int:
    """When somebody last kept it, microseconds UTC; one that has just gone counts as fresh."""
    try:
        return path.stat().st_mtime_ns // 1_000
    except FileNotFoundError:
        return 1 << 62


def _refused(error: OSError) -> StorageRefused:
    return StorageRefused(f"the file could not be stored: {error.strerror}; nothing was kept")
