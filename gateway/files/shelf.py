"""Files as they are kept: a blob, its type by content, its name, and for pictures the small one."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import to_thread

from gateway.clock import Clock
from gateway.files.blobs import Blobs, Loose
from gateway.files.child import Child, Unreadable
from gateway.files.kinds import BYTES, HEAD, PICTURES, kind_of
from gateway.files.names import shown

PICTURE_READER = "gateway.files.picture_reader"
FACE_READER = "gateway.files.face_reader"
PICTURE_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file on disk. Only what we drew ourselves has a width and a height, in pixels.

    ``small`` is the digest of a still of at most 640 pixels a side; None: the whole is that small.
    """

    digest: str
    small: str | None
    name: str
    kind: str
    size: int
    width: int | None = None
    height: int | None = None


class Shelf:
    """Keeps files; the rooms are the stores' ids."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.blobs = Blobs(home, clock)
        self._reader = Child(PICTURE_READER, seconds=PICTURE_SECONDS)
        self._face_reader = Child(FACE_READER, seconds=PICTURE_SECONDS)

    async def keep(self, room: str, name: str, chunks: AsyncIterable[bytes], *, most: int) -> Kept:
        """Keep a stream as a file.

        Raises:
            TooLarge: it has more than ``most`` bytes.
            StorageRefused: the disk does not take it.
        """
        loose = await self.blobs.take(chunks, most=most)
        with _gone_on_failure(loose):
            kind = kind_of(await to_thread.run_sync(_head, loose.path), name)
            if kind in PICTURES:
                raw = await to_thread.run_sync(loose.path.read_bytes)
                drawn = await self._drawn(raw)
                if drawn is not None:
                    kept = await self._keep_picture(room, name, drawn)
                    await to_thread.run_sync(loose.path.unlink)
                    return kept
                kind = BYTES  # nothing that we did not draw ourselves is a picture
            await self.blobs.settle(room, loose)
        return Kept(
            digest=loose.digest, small=None, name=shown(name, kind), kind=kind, size=loose.size
        )

    async def face(self, raw: bytes) -> bytes | None:
        """Somebody's picture as a small square JPEG; None when it is none that can be read."""
        try:
            found: str | None = await self._face_reader.read(raw)
        except Unreadable:
            return None
        return None if found is None else base64.b64decode(found)

    async def aclose(self) -> None:
        """End the readers."""
        await self._reader.aclose()
        await self._face_reader.aclose()

    async def _drawn(self, raw: bytes) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = await self._reader.read(raw)
        except Unreadable:
            return None
        return found

    async def _keep_picture(self, room: str, name: str, drawn: dict[str, Any]) -> Kept:
        data = base64.b64decode(drawn["data"])
        small = drawn["small"]
        return Kept(
            digest=await self.blobs.put(room, data),
            small=await self.blobs.put(room, base64.b64decode(small)) if small else None,
            name=shown(name, drawn["kind"]),
            kind=drawn["kind"],
            size=len(data),
            width=drawn["width"],
            height=drawn["height"],
        )


@contextlib.contextmanager
def _gone_on_failure(loose: Loose) -> Iterator[None]:
    try:
        yield
    except BaseException:
        loose.path.unlink(missing_ok=True)
        raise


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
