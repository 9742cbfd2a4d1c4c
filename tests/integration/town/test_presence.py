"""Leaving is an observed act: reloads, several tabs, and gateways that go away."""

from __future__ import annotations

import pytest

from gateway.clock import SECOND
from gateway.core.model import Presence
from gateway.protocol.frames import Tab
from gateway.services import conversations
from gateway.store.tables import ActRow, FactRow, PresenceRow
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.lane import BEHIND, OPEN, SHUT, lane_of
from tests.integration.town.townspeople import VERA_PHONE

UNFOCUSED = Tab(panel=True, visible=True, focus=False)


async def test_a_reload_is_no_leaving(town: Town) -> None:
    await town.vera.writes("Hello?")
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, OPEN)
        await lane.passes(1)
        since = (await lane.says("reading")).since
        lane.left(first)
        await lane.passes(4)
        lane.tab(lane.socket("second"), OPEN)
        await lane.passes(10)
        row = await lane.says("reading")
        assert row.since == since


async def test_closing_the_last_tab_is_leaving_five_seconds_later_and_counts_from_the_close(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    async with lane_of(town) as lane:
        first, second = lane.socket("first"), lane.socket("second")
        lane.tab(first, OPEN)
        lane.tab(second, SHUT)
        await lane.passes(1)
        await lane.says("reading")
        lane.left(first)
        await lane.passes(10)
        await lane.says("on_page")
        closed_at = town.clock.now()
        lane.left(second)
        await lane.passes(3)
        await lane.says("on_page")
        await lane.passes(3)
        assert abs((await lane.says("gone")).since - closed_at) < SECOND // 10


@behaviour(32)
async def test_several_tabs_are_one_person_as_present_as_the_most_present(town: Town) -> None:
    async with lane_of(town) as lane:
        first, second = lane.socket("first"), lane.socket("second")
        lane.tab(first, BEHIND)
        await lane.passes(1)
        await lane.says("hidden")
        lane.tab(second, SHUT)
        await lane.passes(1)
        await lane.says("on_page")
        lane.tab(first, OPEN)
        await lane.passes(1)
        await lane.says("reading")
        lane.left(first)
        await lane.passes(1)
        await lane.says("on_page")


@pytest.mark.parametrize("counts_as", ["reading", "on_page", "hidden"])
async def test_an_open_panel_in_a_window_without_focus_is_what_the_store_says(
    town: Town, counts_as: str
) -> None:
    await town.policy(unfocused=counts_as)
    async with lane_of(town) as lane:
        first = lane.socket("first")
        for tab, presence in ((OPEN, "reading"), (BEHIND, "hidden"), (UNFOCUSED, counts_as)):
            lane.tab(first, tab)
            await lane.passes(1)
            await lane.says(presence)


async def test_the_focus_of_one_window_is_enough_for_all_of_them(town: Town) -> None:
    async with lane_of(town) as lane:
        lane.tab(lane.socket("desk"), UNFOCUSED)
        lane.tab(lane.socket("phone"), OPEN)
        await lane.passes(1)
        await lane.says("reading")


async def test_without_a_word_of_the_store_a_window_without_focus_is_on_the_page(
    town: Town,
) -> None:
    async with lane_of(town) as lane:
        lane.tab(lane.socket("first"), UNFOCUSED)
        await lane.passes(1)
        await lane.says("on_page")


async def test_a_store_may_give_a_reload_longer_while_people_are_there(town: Town) -> None:
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, OPEN)
        await lane.passes(1)
        await lane.says("reading")
        await town.policy(linger=60)
        closed_at = town.clock.now()
        lane.left(first)
        await lane.passes(10)
        await lane.passes(40)
        await lane.says("reading")
        await lane.passes(20)
        assert abs((await lane.says("gone")).since - closed_at) < SECOND // 10


@behaviour(5)
async def test_who_falls_silent_is_gone_since_the_last_sign_of_life(town: Town) -> None:
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, OPEN)
        await lane.passes(1)
        await lane.says("reading")
        await lane.passes(100)
        last_sign = town.clock.now() - 45 * SECOND
        lane.left(first, at=last_sign)
        await lane.passes(3)
        await lane.says("reading")  # another socket of hers may be on its way
        await lane.passes(3)
        assert (await lane.says("gone")).since == last_sign


async def test_the_last_sign_of_life_may_have_come_from_another_tab(town: Town) -> None:
    async with lane_of(town) as lane:
        frozen, closed = lane.socket("frozen"), lane.socket("closed")
        lane.tab(frozen, OPEN)
        lane.tab(closed, SHUT)
        await lane.passes(1)
        last_sign = town.clock.now()
        await lane.passes(30)
        closed_at = town.clock.now()
        lane.left(closed)
        await lane.passes(15)
        lane.left(frozen, at=last_sign)
        await lane.passes(6)
        assert abs((await lane.says("gone")).since - closed_at) < SECOND // 10


async def test_nobody_is_gone_since_before_they_came(town: Town) -> None:
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, BEHIND)
        await lane.passes(60)
        lane.tab(first, OPEN)
        await lane.passes(1)
        reading = await lane.says("reading")
        lane.left(first, at=reading.since - 30 * SECOND)
        await lane.passes(6)
        assert (await lane.says("gone")).since == reading.since


async def test_who_goes_on_to_the_next_page_is_not_hidden_while_it_loads(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    async with lane_of(town) as lane:
        first, second = lane.socket("first"), lane.socket("second")
        lane.tab(first, OPEN)
        await lane.passes(1)
        since = (await lane.says("reading")).since
        await town.ada.answers("Hi Vera")  # while something is unread, every change is noted
        lane.left(first)
        await lane.passes(1)
        lane.came(second)
        await lane.passes(2)
        lane.tab(second, OPEN)
        await lane.passes(1)
        assert (await lane.says("reading")).since == since
    noted = [row.data for row in await town.rows(FactRow) if row.kind == "presence"]
    assert not [each for each in noted if "hidden" in each]


async def test_a_tab_that_never_says_what_it_is_counts_as_hidden(town: Town) -> None:
    async with lane_of(town) as lane:
        lane.came(lane.socket("mute"))
        await lane.passes(4)
        await lane.says("hidden")
        lane.left(lane.socket("mute"))
        await lane.passes(6)
        await lane.says("gone")


async def test_a_gateway_that_drains_takes_no_closed_socket_for_a_departure(town: Town) -> None:
    await vera_reads_an_answer(town)
    async with lane_of(town) as lane:
        first = lane.socket("first")
        lane.tab(first, OPEN)
        await lane.passes(1)
        town.house.hub.drain()
        lane.left(first)
        town.clock.move_ahead(60 * SECOND)
        lane.tab(lane.socket("first"), SHUT)  # rings the lane's bell
        lane.left(lane.socket("first"))
        await lane.turns()
        assert (await lane.says("reading")).lost_at is None
    await town.stops()
    (row,) = [row for row in await town.rows(PresenceRow) if row.person_id == town.vera.shopper_id]
    assert (row.presence, row.lost_at is not None) == ("reading", True)


async def test_an_open_panel_that_a_new_gateway_sees_is_no_act(town: Town) -> None:
    await vera_reads_an_answer(town)
    assert await town.text_in(VERA_PHONE, "I am on my way, text me") == 200
    await town.restarts()
    await town.vera.returns()  # her desk at home reconnects by itself
    (act,) = [row for row in await town.rows(ActRow) if row.person_id == town.vera.shopper_id]
    assert act.channel == "sms"
    await town.vera.is_now(Presence.HIDDEN)
    await town.vera.returns()  # and now somebody looks at it
    (act,) = [row for row in await town.rows(ActRow) if row.person_id == town.vera.shopper_id]
    assert act.channel == "chat"


async def test_who_texted_and_comes_to_the_panel_is_brought_what_waits_as_one_who_is_there(
    town: Town,
) -> None:
    await town.policy(elsewhere=1_200, reading=100)
    await vera_reads_an_answer(town)
    assert await town.text_in(VERA_PHONE, "I am on my way, text me") == 200
    await town.vera.is_now(Presence.HIDDEN)
    await town.ada.answers("It is back in 38")
    await town.tick(10)
    waits = (await town.vera.reach()).due_at
    assert waits is not None
    await town.vera.returns()
    came = town.clock.now()
    await town.tick(10)
    row = await town.vera.reach()
    assert row.due_at is not None
    assert abs(row.due_at - came - 100 * SECOND) < SECOND
    assert row.due_at < waits - 900 * SECOND


async def test_who_texted_and_looks_at_the_panel_again_has_what_waits_looked_at(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    seen = (await town.vera.conversation()).last_all
    assert await town.text_in(VERA_PHONE, "I am on my way, text me") == 200
    await town.vera.sees(seen)
    await town.ada.answers("It is back in 38")
    assert await town.text_in(VERA_PHONE, "And in blue?") == 200
    await town.tick(1)
    assert ((await town.vera.reach()).due_at or 0) > town.clock.now()
    await town.vera.sees(seen)
    assert ((await town.vera.reach()).due_at or 0) <= town.clock.now()


async def vera_reads_an_answer(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.returns()
    await town.ada.answers("Hi Vera")


async def test_leaving_brings_the_text_nearer(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.tick(60)
    await town.vera.leaves()
    await town.tick(28)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(4)
    assert "Hi Vera" in town.carrier.to(VERA_PHONE)[1]


async def test_leaving_brings_an_answer_nearer_that_came_with_the_end_of_the_matter(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await town.tick(60)
    await town.vera.leaves()
    await town.tick(32)
    assert "Hi Vera" in town.carrier.to(VERA_PHONE)[1]


async def test_a_return_before_the_text_was_due_keeps_it_from_going(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.vera.leaves()
    await town.tick(20)
    due = (await town.vera.reach()).due_at
    await town.vera.returns()
    assert (await town.vera.reach()).due_at == due  # a return writes no reach row
    await town.tick(300)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_a_restart_texts_nobody_who_comes_back_in_time(town: Town) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(away=60)
    await town.tick(85)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.vera.returns()
    await town.tick(400)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_who_does_not_come_back_after_a_restart_is_texted_when_grace_is_over(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(away=60)
    await town.tick(88)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(6)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_a_gateway_that_died_is_found_out_and_its_people_get_the_same_grace(
    town: Town,
) -> None:
    await vera_reads_an_answer(town)
    await town.restarts(silent=True, away=200)
    (row,) = [row for row in await town.rows(PresenceRow) if row.side == "shopper"]
    assert row.lost_at is not None
    await town.tick(85)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.vera.returns()
    await town.tick(200)
    assert len(town.carrier.to(VERA_PHONE)) == 1


async def test_what_is_due_after_a_restart_goes_out_once(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.look(after=31)
    await town.restarts(silent=True, away=100)
    await town.tick(300)
    await town.restarts()
    await town.tick(300)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_while_no_gateway_accepts_sockets_nobody_is_texted(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.stops()
    town.clock.move_ahead(60 * SECOND)
    await town.settle()
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.restarts(silent=True)
    await town.tick(95)
    assert len(town.carrier.to(VERA_PHONE)) == 2
