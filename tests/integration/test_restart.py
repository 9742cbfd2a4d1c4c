"""A gateway that goes and comes back interrupts nobody who does the same.

Those who stay away are the proof that somebody could have been: nothing but their coming back
keeps the others from being reached.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from gateway import bootstrap
from gateway.clock import SECOND, SystemClock
from gateway.settings import read_settings
from tests.integration.crowd import (
    ANSWER,
    GRACE,
    Visitor,
    arrive,
    let_many_files_be_open,
    settle_in,
)
from tests.integration.serving import Serving
from tests.integration.town.databases import count
from tests.integration.town.post_office import PostOffice

# Sockets, one for each person; `make long` has them all. PostgreSQL shares the cores with the
# gateway: there fewer do.
LONG = os.environ.get("ONETHREAD_LONG") == "1"
KILLED = {"sqlite": 2_000 if LONG else 400, "postgresql": 200 if LONG else 100}
DRAINED = {"sqlite": 300 if LONG else 100, "postgresql": 100 if LONG else 50}
STAY_AWAY = 25
BACK_AFTER = 20 * SECOND
PATIENCE = 200.0

HERE = (
    "SELECT count(*) FROM presence WHERE presence = 'on_page' AND lost_at IS NULL AND node_id ="
    " (SELECT node_id FROM node WHERE ended_at IS NULL ORDER BY accepting_since DESC LIMIT 1)"
)
LOST = "SELECT count(*) FROM presence WHERE lost_at IS NOT NULL"
GONE = "SELECT count(*) FROM presence WHERE presence = 'gone'"
ENDED = "SELECT count(*) FROM node WHERE ended_at IS NOT NULL"
DELIVERIES = "SELECT count(*) FROM delivery"
TIME = "SELECT clock_floor FROM house"
DUE = (
    "SELECT count(*) FROM reach WHERE state = 'waiting'"
    " AND due_at <= (SELECT clock_floor FROM house)"
)
GRACE_BEGAN = (
    "SELECT max(at) FROM (SELECT max(lost_at) AS at FROM presence"
    " UNION SELECT max(accepting_since) FROM node) AS began"
)


class Shop:
    """A gateway, its database, the post office that it hands mails to, and the crowd."""

    def __init__(self, gateway: Serving, post: PostOffice) -> None:
        self.gateway = gateway
        self.post = post
        self.clock = SystemClock()
        self.visitors: list[Visitor] = []

    @property
    def database(self) -> str:
        """Which kind it is."""
        return self.gateway.database_url.partition(":")[0]

    async def fills(self, number: int) -> None:
        """So many people open a page, and the gateway has written down that they are there."""
        let_many_files_be_open(2 * number + 500)
        settings = read_settings(database_url=self.gateway.database_url)
        async with bootstrap.opened(settings, self.clock) as store:
            self.visitors = await settle_in(store, number)
        await self.gateway.start()
        await arrive(self.visitors, self.gateway.base_url)
        await self.until(HERE, number)

    async def comes_back(self, returning: list[Visitor], code: int) -> None:
        """The gateway is back after twenty seconds, and these people with it."""
        for visitor in self.visitors:
            assert await visitor.until_cut_off() == code
        self.gateway.move_clock(BACK_AFTER)
        await self.gateway.start()
        await arrive(returning, self.gateway.base_url)
        # Whoever is away was on a node that nobody hears of any more.
        await self.until(HERE, len(returning))
        await self.until(LOST, len(self.visitors) - len(returning))

    async def until(self, statement: str, expected: int) -> None:
        """Wait until the database says just this."""
        found = -1
        with anyio.move_on_after(PATIENCE):
            while (found := await self.number(statement)) != expected:
                await self.clock.sleep(0.1)
        assert found == expected, statement

    async def until_it_is(self, instant: int) -> None:
        """Let time pass, and wait until the gateway has acted on what is due by then."""
        self.gateway.move_clock(max(0, instant - self.gateway.clock.now()))
        with anyio.fail_after(PATIENCE):
            while await self.number(TIME) < instant or await self.number(DUE):
                await self.clock.sleep(0.1)

    async def number(self, statement: str) -> int:
        """One number, as the database has it."""
        return await count(self.gateway.database_url, statement)


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    post = PostOffice()
    await post.open()
    gateway = Serving(data=tmp_path, database_url=database_url, smtp_port=post.port)
    shop = Shop(gateway, post)
    try:
        yield shop
    finally:
        async with anyio.create_task_group() as group:
            for visitor in shop.visitors:
                group.start_soon(visitor.go)
        await gateway.end()
        await post.close()


async def nobody_but_those_who_stayed_away_is_reached(
    shop: Shop, returned: list[Visitor], away: list[Visitor]
) -> None:
    assert all(visitor.missed == [] for visitor in returned)  # they resumed, and had it all
    grace_ends = await shop.number(GRACE_BEGAN) + GRACE
    await shop.until_it_is(grace_ends - 30 * SECOND)
    reached = await shop.number(DELIVERIES)
    assert reached == 0 or shop.gateway.clock.now() >= grace_ends
    await shop.until_it_is(grace_ends + 5 * SECOND)
    await shop.until(DELIVERIES, len(away))
    with anyio.fail_after(PATIENCE):
        while len(shop.post.taken) < len(away):
            await shop.clock.sleep(0.05)
    assert sorted(letter.to for letter in shop.post.taken) == [each.mailbox for each in away]
    assert all(ANSWER in letter.words for letter in shop.post.taken)
    assert await shop.number(HERE) == len(returned)
    assert await shop.number(GONE) == 0


@pytest.mark.timeout(600)
async def test_people_whose_gateway_was_killed_are_not_disturbed(shop: Shop) -> None:
    number = KILLED[shop.database]
    await shop.fills(number + STAY_AWAY)
    returned, away = shop.visitors[:number], shop.visitors[number:]
    await shop.gateway.kill()
    await shop.comes_back(returned, 1006)
    await nobody_but_those_who_stayed_away_is_reached(shop, returned, away)


@pytest.mark.timeout(600)
async def test_nobody_is_disturbed_because_their_gateway_was_drained(shop: Shop) -> None:
    number = DRAINED[shop.database]
    await shop.fills(number + STAY_AWAY)
    returned, away = shop.visitors[:number], shop.visitors[number:]
    await shop.gateway.drain()
    # It said so itself, and did not just die of the signal.
    assert (await shop.number(ENDED), await shop.number(LOST)) == (2, len(shop.visitors))
    await shop.comes_back(returned, 1012)
    await nobody_but_those_who_stayed_away_is_reached(shop, returned, away)
