"""What is handed in together shares a call, and one that spoils it spoils it for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from anyio.lowlevel import checkpoint
from sqlmodel import Session

from gateway.errors import BadInput, StorageRefused
from gateway.store.gathering import ENOUGH, MOST, Gathering
from gateway.store.tx import Tx

BAD = "spoilt"
STUCK = "somebody else holds its lock"


class Database:
    """Takes what it is handed in a transaction, unless it ``refuses``."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.calls = 0

    async def write(
        self, fn: Callable[[Tx], Sequence[Any]], *, on: tuple[str, ...]
    ) -> Sequence[Any]:
        """One transaction, alone on what it names."""
        self.calls += 1
        assert list(on) == sorted(set(on))
        await checkpoint()
        if self.refuses:
            raise StorageRefused
        return fn(Tx(Session(), now=0))


def loud(_tx: Tx, words: Sequence[str]) -> list[str]:
    if BAD in words:
        raise BadInput(BAD)
    if STUCK in words:
        raise StorageRefused
    return [each.upper() for each in words]


async def handed_in(database: Database, *words: str) -> list[str | BaseException]:
    gathering = Gathering(database.write)
    calls = (gathering.hand_in(loud, each, (each,)) for each in words)
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_what_comes_at_once_shares_a_call_and_each_gets_its_own_answer() -> None:
    database = Database()
    words = [f"line {n}" for n in range(MOST + 1)]
    assert await handed_in(database, *words) == [each.upper() for each in words]
    assert database.calls == 2


async def test_one_that_cannot_be_taken_is_refused_alone() -> None:
    one, other, third = await handed_in(Database(), "yes", BAD, "no")
    assert (one, third) == ("YES", "NO")
    assert isinstance(other, BadInput)


async def test_a_database_that_takes_nothing_is_not_asked_again_for_each() -> None:
    database = Database(refuses=True)
    found = await handed_in(database, *(f"line {n}" for n in range(MOST)))
    assert all(isinstance(each, StorageRefused) for each in found)
    assert database.calls == 1 + ENOUGH


async def test_one_that_is_locked_away_is_refused_alone() -> None:
    one, other, third = await handed_in(Database(), STUCK, "yes", "no")
    assert isinstance(one, StorageRefused)
    assert (other, third) == ("YES", "NO")
