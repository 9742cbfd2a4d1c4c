"""One task ticks every socket: each once a second, whatever another does."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial

import pytest
from anyio.lowlevel import checkpoint
from structlog.testing import capture_logs
from typing_extensions import override

from gateway.clock import SystemClock
from gateway.web.ticking import AT_ONCE, TICK, Ticker


class Hand(SystemClock):
    """A clock whose sleepers wake when it is moved, and not before."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[tuple[float, asyncio.Future[None]]] = []

    @override
    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self.slept.append((seconds, woken))
        await woken

    async def move(self) -> float:
        """Wake the one who sleeps; how long that was to be."""
        ((seconds, woken),) = self.slept
        self.slept.clear()
        woken.set_result(None)
        for _ in range(4):
            await checkpoint()
        return seconds


async def test_who_was_added_is_ticked_each_second_until_removed() -> None:
    clock, ticks = Hand(), Counter[str]()
    ticker = Ticker(clock)
    veras, adas = (partial(ticks.update, [name]) for name in ("vera", "ada"))
    ticker.add(veras)
    ticker.add(adas)
    await checkpoint()
    assert await clock.move() == TICK
    ticker.remove(adas)
    await clock.move()
    assert ticks == {"vera": 2, "ada": 1}


async def test_one_tick_that_fails_keeps_no_other_from_theirs() -> None:
    clock, ticks = Hand(), Counter[str]()
    ticker = Ticker(clock)

    def fails() -> None:
        raise LookupError

    ticker.add(fails)
    ticker.add(partial(ticks.update, ["vera"]))
    await checkpoint()
    with capture_logs() as told:
        await clock.move()
        await clock.move()
    assert ticks == {"vera": 2}
    assert [each["event"] for each in told] == ["socket.tick_failed"] * 2


@pytest.mark.parametrize("tabs", [AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
async def test_many_are_ticked_in_turns_within_the_same_second(tabs: int) -> None:
    clock, ticks = Hand(), Counter[int]()
    ticker = Ticker(clock)
    for number in range(tabs):
        ticker.add(partial(ticks.update, [number]))
    await checkpoint()
    turns = -(-tabs // AT_ONCE)
    slept = [await clock.move() for _ in range(turns)]
    assert sum(slept) == pytest.approx(TICK)
    assert set(ticks.values()) == {1}
    assert len(ticks) == tabs


async def test_a_tab_that_went_between_two_turns_is_not_ticked() -> None:
    clock, ticks = Hand(), Counter[int]()
    ticker = Ticker(clock)
    everybody = [partial(ticks.update, [number]) for number in range(AT_ONCE + 1)]
    for tick in everybody:
        ticker.add(tick)
    await checkpoint()
    await clock.move()
    ticker.remove(everybody[-1])
    await clock.move()
    assert AT_ONCE not in ticks


async def test_with_nobody_left_nothing_runs_until_somebody_comes() -> None:
    clock, ticks = Hand(), Counter[str]()
    ticker = Ticker(clock)
    veras = partial(ticks.update, ["vera"])
    ticker.add(veras)
    await checkpoint()
    ticker.remove(veras)
    await checkpoint()
    assert all(woken.cancelled() for _, woken in clock.slept)
    clock.slept.clear()
    ticker.add(veras)
    await checkpoint()
    await clock.move()
    assert ticks == {"vera": 1}


async def test_a_tick_that_takes_the_last_one_away_ends_it() -> None:
    clock = Hand()
    ticker = Ticker(clock)

    def leaves() -> None:
        ticker.remove(leaves)

    ticker.add(leaves)
    await checkpoint()
    await clock.move()
    assert not clock.slept
