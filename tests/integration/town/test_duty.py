"""Ada says for how long she is online, away or not to be disturbed, and what follows from it."""

from __future__ import annotations

import pytest

from gateway.clock import DAY, HOUR, MINUTE
from gateway.errors import BadInput
from gateway.services import duty, expected, own_addresses, staff
from gateway.store import house as houses
from gateway.store.tables import AgentRow, StoreRow
from gateway.store.tx import Tx
from tests.integration.town.building import ADA_MAIL, BEN_MAIL, Town
from tests.integration.town.test_simulating import differences

BERLIN = "Europe/Berlin"


async def ada_in(town: Town) -> AgentRow:
    return await town.read(lambda tx: houses.agent(tx, town.ada.agent_id))


async def store_of(town: Town) -> StoreRow:
    return await town.read(lambda tx: houses.store(tx, town.store_id))


async def duty_of_ada(town: Town) -> tuple[str, int | None]:
    row = await ada_in(town)
    return row.duty, row.duty_until


async def test_an_hour_away_ends_by_itself_and_everybody_is_told(town: Town) -> None:
    await town.ada.comes()
    until = town.clock.now() + HOUR
    await duty.pick(town.house, town.ada.agent_id, "away", until)
    assert await duty_of_ada(town) == ("away", until)
    team = await town.read(lambda tx: staff.colleagues(tx, frozenset()))
    ada = next(each for each in team if each.agent_id == town.ada.agent_id)
    assert (ada.duty, ada.until) == ("away", until // 1_000)
    assert staff.who_answers(await store_of(town), team) == []
    town.clock.move_ahead(HOUR + MINUTE)
    await duty.turn(town.house)
    assert await duty_of_ada(town) == ("online", None)
    back = await town.read(lambda tx: staff.colleagues(tx, frozenset()))
    assert [each.name for each in staff.who_answers(await store_of(town), back)] == ["Ada"]


async def test_shoppers_are_not_told_when_ada_goes_home(town: Town) -> None:
    await town.ada.comes()
    await own_addresses.set_hours(town.house, town.ada.agent_id, ["00:00-23:59"], BERLIN)
    await duty.pick(town.house, town.ada.agent_id, "schedule")
    team = await town.read(lambda tx: staff.colleagues(tx, frozenset()))
    (shown,) = staff.who_answers(await store_of(town), team)
    assert (shown.until, shown.by_schedule) == (None, False)
    (told,) = [each for each in team if each.name == "Ada"]
    assert told.by_schedule
    assert told.until is not None


async def test_by_schedule_needs_hours_and_keeps_them(town: Town) -> None:
    ada = town.ada.agent_id
    with pytest.raises(BadInput, match="set your hours"):
        await duty.pick(town.house, ada, "schedule")
    await own_addresses.set_hours(town.house, ada, ["Mon-Fri 09:00-17:00"], BERLIN)
    await duty.pick(town.house, ada, "schedule")
    with pytest.raises(BadInput, match="set your hours"):
        await own_addresses.set_hours(town.house, ada, [], "")
    assert (await ada_in(town)).hours == '["Mon,Tue,Wed,Thu,Fri 09:00-17:00"]'


async def test_other_hours_turn_who_goes_by_them_at_once(town: Town) -> None:
    ada = town.ada.agent_id
    await own_addresses.set_hours(town.house, ada, ["00:00-00:00"], BERLIN)
    await duty.pick(town.house, ada, "schedule")
    assert (await duty_of_ada(town))[0] == "online"
    hour = town.clock.now() // HOUR % 24
    later = f"{(hour + 6) % 24:02}:00-{(hour + 7) % 24:02}:00"
    await own_addresses.set_hours(town.house, ada, [later], BERLIN)
    assert (await duty_of_ada(town))[0] == "away"


@pytest.mark.parametrize("ahead", [0, -HOUR, 15 * DAY])
async def test_a_while_that_is_over_or_too_long_is_refused(town: Town, ahead: int) -> None:
    with pytest.raises(BadInput, match="until"):
        await duty.pick(town.house, town.ada.agent_id, "away", town.clock.now() + ahead)
    assert await duty_of_ada(town) == ("online", None)


async def test_who_is_away_is_told_elsewhere_and_who_is_not_to_be_disturbed_is_not(
    town: Town,
) -> None:
    await duty.pick(town.house, town.ada.agent_id, "do_not_disturb")
    await duty.pick(town.house, town.ben.agent_id, "away")
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL]
    await town.tick(24 * 3_600)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL]
    considered = (await town.vera.why("staff")).considered
    assert any("is not to be disturbed" in str(each["sentence"]) for each in considered)
    assert await differences(town) == []


async def test_when_she_may_be_disturbed_again_ada_is_told_at_once(town: Town) -> None:
    await duty.pick(town.house, town.ada.agent_id, "do_not_disturb")
    await duty.pick(town.house, town.ben.agent_id, "do_not_disturb")
    await town.vera.writes("Is anybody there?")
    await town.tick(600)
    assert town.post.taken == []
    assert (await town.vera.reach("staff")).state == "unreachable"
    await duty.pick(town.house, town.ada.agent_id, "away")
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    assert await differences(town) == []


async def test_an_hour_of_peace_is_waited_for_when_nobody_else_can_be_told(town: Town) -> None:
    for agent in (town.ada, town.ben):
        await duty.pick(town.house, agent.agent_id, "do_not_disturb", town.clock.now() + HOUR)
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert town.post.taken == []
    assert (await town.vera.reach("staff")).state == "waiting"
    await town.tick(3_600)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    assert await differences(town) == []


async def test_no_usual_time_is_promised_while_nobody_may_be_disturbed(town: Town) -> None:
    def promised(tx: Tx) -> int | None:
        store = houses.store(tx, town.store_id)
        return expected.expected(tx, store, MINUTE, answers=False).usual_ms

    assert await town.read(promised) == MINUTE // 1_000
    for agent in (town.ada, town.ben):
        await duty.pick(town.house, agent.agent_id, "do_not_disturb")
    assert await town.read(promised) is None
    await duty.pick(town.house, town.ben.agent_id, "away")
    assert await town.read(promised) == MINUTE // 1_000


async def test_an_end_to_a_peace_that_had_none_is_news(town: Town) -> None:
    for agent in (town.ada, town.ben):
        await duty.pick(town.house, agent.agent_id, "do_not_disturb")
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    assert (await town.vera.reach("staff")).state == "unreachable"
    await duty.pick(town.house, town.ada.agent_id, "do_not_disturb", town.clock.now() + HOUR)
    await town.tick(1)
    assert (await town.vera.reach("staff")).state == "waiting"
    await town.tick(3_600)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    assert await differences(town) == []
