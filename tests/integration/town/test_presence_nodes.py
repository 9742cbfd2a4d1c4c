"""People on several nodes, and nodes that were taken for dead."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import anyio
import asyncpg
import pytest

from gateway.clock import SECOND
from gateway.core.model import Presence
from gateway.live.hub import Hub
from gateway.services import nodes
from gateway.services.house import Change, House
from gateway.services.whereabouts import Seen
from gateway.store.tables import NodeRow, PresenceRow
from tests.integration.town.building import ADA_MAIL, ADA_PHONE, Town
from tests.integration.town.databases import PATIENCE
from tests.integration.town.lane import OPEN, SHUT, lane_of
from tests.integration.town.seeing import is_seen
from tests.integration.town.townspeople import VERA_PHONE


async def second_node(town: Town) -> House:
    """Another gateway on the same database; its clockwork is the town's."""
    house = replace(town.house, node_id="second", hub=Hub())

    def work(change: Change) -> None:
        now = change.tx.now
        change.tx.session.add(
            NodeRow(node_id="second", accepting_since=now, lease_until=now + nodes.NODE_LEASE)
        )

    await house.change(work)
    return house


async def row_of_vera(town: Town) -> PresenceRow:
    (row,) = [row for row in await town.rows(PresenceRow) if row.person_id == town.vera.shopper_id]
    return row


async def test_a_tab_on_another_node_is_not_closed_by_one_that_closes_here(town: Town) -> None:
    async with lane_of(town) as here, lane_of(town, await second_node(town)) as there:
        reading, behind = here.socket("reading"), there.socket("behind")
        here.tab(reading, OPEN)
        await here.passes(1)
        await here.says("reading")
        there.tab(behind, SHUT)
        await there.passes(1)
        await here.says("reading")
        there.left(behind)
        await there.passes(6)
        await here.says("reading")
        here.left(reading)
        await here.passes(6)
        await here.says("gone")


async def test_what_is_left_on_another_node_is_found_when_the_nearer_tab_closes(
    town: Town,
) -> None:
    async with lane_of(town) as here, lane_of(town, await second_node(town)) as there:
        reading = here.socket("reading")
        here.tab(reading, OPEN)
        await here.passes(1)
        there.tab(there.socket("behind"), SHUT)
        await there.passes(1)
        await here.says("reading")
        here.left(reading)
        await here.passes(6)
        await there.passes(1)
        await there.passes(6)
        assert (await there.says("on_page")).node_id == "second"


async def test_a_telephone_that_changed_networks_is_still_there_when_its_old_socket_is_found_silent(
    town: Town,
) -> None:
    async with lane_of(town) as here, lane_of(town, await second_node(town)) as there:
        old = here.socket("old")
        here.tab(old, OPEN)
        await here.passes(1)
        there.tab(there.socket("new"), OPEN)
        await there.passes(1)
        assert (await here.says("reading")).node_id == "second"
        here.left(old, at=town.clock.now() - 45 * SECOND)
        await here.passes(10)
        await here.says("reading")


async def test_a_node_that_dies_leaves_no_word_behind_that_outlives_it(town: Town) -> None:
    second = await second_node(town)
    async with lane_of(town) as here:
        async with lane_of(town, second) as there:
            there.tab(there.socket("reading"), OPEN)
            await there.passes(1)
            await there.says("reading")
        here.tab(here.socket("behind"), SHUT)
        await here.passes(1)
        await here.says("reading")  # for as long as the other one may be alive
        await here.passes(31)
        await nodes.keep_node(town.house)
        await here.passes(6)
        row = await here.says("on_page")
        assert (row.node_id, row.lost_at) == (town.house.node_id, None)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_vera_is_not_lost_who_comes_back_while_her_old_node_is_being_buried(
    town: Town, database_url: str
) -> None:
    await town.vera.returns()
    second = await second_node(town)
    key = (town.store_id, "shopper", town.vera.shopper_id)
    connection = await asyncpg.connect(database_url)
    try:
        burial = connection.transaction()
        await burial.start()
        await connection.execute(
            "UPDATE presence SET lost_at = $1 WHERE node_id = $2 AND lost_at IS NULL",
            town.clock.now(),
            town.house.node_id,
        )
        coming = asyncio.create_task(
            second.change(
                lambda change: is_seen(change, key, Presence.READING, "second"),
                on=town.vera.shopper_id,
            )
        )
        with anyio.fail_after(PATIENCE):
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await anyio.lowlevel.checkpoint()
        await burial.commit()
    finally:
        await connection.close()
    assert await coming is Seen.NEWS
    row = await row_of_vera(town)
    assert (row.node_id, row.lost_at) == ("second", None)


async def test_a_node_that_was_taken_for_dead_says_that_it_lives_and_who_is_there(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    async with lane_of(town) as lane:
        lane.tab(lane.socket("first"), OPEN)
        await lane.passes(1)
        since = (await lane.says("reading")).since
        await town.ada.answers("Hi Vera")
        # Its database was away for it, and not for the one that looked after it.
        town.clock.move_ahead(nodes.NODE_LEASE)
        await town.house.change(lambda change: nodes.flag_dead(change, "another"))
        assert (await row_of_vera(town)).lost_at is not None
        assert await nodes.keep_node(town.house)
        lane.tell_again()
        await lane.passes(1)
        row = await lane.says("reading")
        assert (row.lost_at, row.since) == (None, since)
        assert not await nodes.keep_node(town.house)
        await town.tick(400)
        assert len(town.carrier.to(VERA_PHONE)) == 1
        await town.tick(300)
        assert "Hi Vera" in town.carrier.to(VERA_PHONE)[1]  # ten minutes, though she reads


async def test_a_node_that_drains_does_not_come_back_to_life(town: Town) -> None:
    town.house.hub.drain()
    await town.stops()
    assert not await nodes.keep_node(town.house)
    (row,) = await town.rows(NodeRow)
    assert row.ended_at is not None


async def unanswered(town: Town) -> None:
    """Ada has the console open; Vera has waited for longer than she would, were nobody there."""
    await town.ada.comes()
    await town.vera.writes("Hello?")
    await town.tick(150)
    assert not town.carrier.to(ADA_PHONE)
    assert not town.post.to(ADA_MAIL)


async def test_a_restart_rings_no_agents_telephone(town: Town) -> None:
    await unanswered(town)
    await town.restarts(away=20)
    await town.vera.writes("Is anybody there?")
    await town.tick(60)
    await town.ada.comes()
    await town.tick(60)
    assert not town.carrier.to(ADA_PHONE)
    assert not town.post.to(ADA_MAIL)
    await town.tick(20)
    assert town.post.to(ADA_MAIL)  # five minutes with a console open


async def test_an_agent_who_does_not_come_back_after_a_restart_is_told_when_grace_is_over(
    town: Town,
) -> None:
    await unanswered(town)
    await town.restarts(away=20)
    await town.tick(85)
    assert not town.post.to(ADA_MAIL)
    await town.tick(10)
    assert town.post.to(ADA_MAIL)
