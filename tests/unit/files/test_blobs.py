"""Bytes on disk: whole or not there, once for the same bytes, gone when nobody names them."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.clock import DAY, SystemClock
from gateway.errors import StorageRefused
from gateway.files.blobs import Blobs, TooLarge

ROOM = "acme"
SHOE = b"a photo of a shoe"


def files_below(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def broken(first: bytes) -> AsyncIterator[bytes]:
    yield first
    raise ConnectionResetError("the phone went into a tunnel")


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def blobs(tmp_path: Path, clock: SystemClock) -> Blobs:
    return Blobs(tmp_path / "files", clock)


async def test_a_blob_is_found_under_the_hash_of_what_it_is(blobs: Blobs, tmp_path: Path) -> None:
    digest = await blobs.put(ROOM, SHOE)
    assert digest == hashlib.sha256(SHOE).hexdigest()
    assert files_below(tmp_path) == [tmp_path / "files" / ROOM / digest[:2] / digest[2:4] / digest]
    assert await blobs.read(ROOM, digest) == SHOE


async def test_the_same_bytes_twice_are_one_blob_of_a_store_and_none_of_another(
    blobs: Blobs, tmp_path: Path
) -> None:
    digest = await blobs.put(ROOM, SHOE)
    assert await blobs.put(ROOM, SHOE) == digest
    assert len(files_below(tmp_path)) == 1
    with pytest.raises(FileNotFoundError):
        await blobs.read("other", digest)


async def test_a_file_that_is_too_large_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await blobs.take(stream(bytes(3_000_000), bytes(3_000_000)), most=5_000_000)
    assert files_below(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(StorageRefused):
        await blobs.take(broken(bytes(3_000_000)), most=5_000_000)
    assert files_below(tmp_path) == []


async def test_a_full_disk_refuses_and_keeps_nothing_half(blobs: Blobs, tmp_path: Path) -> None:
    await blobs.put(ROOM, SHOE)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The kernel refuses this process every byte past here, in whatever file: EFBIG.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))
    try:
        with pytest.raises(StorageRefused, match="nothing was kept"):
            await blobs.put(ROOM, bytes(4_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(files_below(tmp_path)) == 1
    assert await blobs.put(ROOM, bytes(4_000_000))


async def test_the_last_of_the_disk_is_left_to_the_database(
    tmp_path: Path, clock: SystemClock
) -> None:
    greedy = Blobs(tmp_path, clock, reserve=1 << 60)
    with pytest.raises(StorageRefused):
        await greedy.put(ROOM, SHOE)
    assert files_below(tmp_path) == []
    assert "no room" in (await greedy.trouble() or "")


async def test_a_directory_that_cannot_be_written_is_told(
    tmp_path: Path, clock: SystemClock
) -> None:
    (tmp_path / "files").write_text("somebody put a file here")
    blobs = Blobs(tmp_path / "files", clock)
    with pytest.raises(StorageRefused):
        await blobs.put(ROOM, SHOE)
    assert await blobs.trouble() is not None


@pytest.mark.parametrize(
    ("room", "digest"),
    [
        ("../acme", "a" * 64),
        ("acme/..", "a" * 64),
        ("", "a" * 64),
        ("acme", "../../etc/passwd"),
        ("acme", "A" * 64),
        ("acme", "a" * 63),
    ],
)
def test_no_other_name_is_a_blobs(blobs: Blobs, room: str, digest: str) -> None:
    with pytest.raises(ValueError, match="named by"):
        blobs.path(room, digest)


async def test_what_was_kept_again_a_moment_ago_is_not_removed(
    blobs: Blobs, clock: SystemClock
) -> None:
    digest = await blobs.put(ROOM, SHOE)
    clock.move_ahead(2 * DAY)
    before = clock.now() - DAY
    assert await blobs.untouched(ROOM, before) == [digest]
    await blobs.put(ROOM, SHOE)
    assert await blobs.remove(ROOM, digest, before) is False
    assert await blobs.read(ROOM, digest) == SHOE
    clock.move_ahead(2 * DAY)
    assert await blobs.remove(ROOM, digest, clock.now() - DAY) is True
    assert await blobs.remove(ROOM, digest, clock.now() - DAY) is False


async def test_what_a_killed_process_left_half_written_is_tidied(
    blobs: Blobs, clock: SystemClock, tmp_path: Path
) -> None:
    loose = await blobs.take(stream(SHOE), most=100)
    await blobs.tidy(clock.now() - DAY)
    assert loose.path.exists()
    clock.move_ahead(2 * DAY)
    await blobs.tidy(clock.now() - DAY)
    assert files_below(tmp_path) == []
