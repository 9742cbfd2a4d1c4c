"""What Vera's panel promises her: when somebody is back, how long it usually takes, or neither."""

from __future__ import annotations

import json

from gateway.clock import DAY, MINUTE
from gateway.protocol.entry import Expected
from gateway.protocol.inbox import Narrowed
from gateway.services import duty, expected, inboxes, own_addresses, staff
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.moving_clock import NOON
from tests.integration.town.townspeople import Tab

HOURS = 3_600
NOTHING = Expected(back_at=None, usual_ms=None)


async def promised(town: Town) -> Expected:
    """What a tab that opens now is told."""
    return (await town.welcome(town.vera.shopper_id)).expected


async def usually_takes(town: Town, *minutes: int) -> None:
    """So many shoppers have written, and Ada has answered each after so long."""
    for each in minutes:
        shopper = await town.shopper()
        await shopper.writes("Hello?")
        town.clock.move_ahead(each * MINUTE)
        await town.ada.answers("Hello!", shopper)
        await shopper.sees()
    town.clock.move_ahead(expected.KEPT_FOR)


async def told(town: Town, tab: Tab) -> Expected:
    """The last that an open tab was told."""
    frames = [json.loads(text) for text in tab.heard]
    return [Expected(**each["expected"]) for each in frames if each["t"] in ("welcome", "staff")][
        -1
    ]


@behaviour(35)
async def test_while_the_store_is_closed_vera_is_told_when_it_opens(town: Town) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    await town.policy(hours=["Mon-Fri 14:00-18:00"], zone="Europe/London")
    assert await promised(town) == Expected(
        back_at=(NOON + 2 * 60 * MINUTE) // 1_000, usual_ms=None
    )


@behaviour(35)
async def test_a_holiday_and_a_weekend_are_waited_out(town: Town) -> None:
    await town.policy(
        hours=["Mon-Fri 09:00-18:00"],
        zone="Europe/London",
        holidays=["2026-01-09", "2026-01-12"],
    )
    tuesday = NOON + 4 * DAY - 3 * 60 * MINUTE
    assert (await promised(town)).back_at == tuesday // 1_000


async def test_an_agent_who_is_there_outside_the_hours_is_there(town: Town) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    await town.policy(hours=["Mon-Fri 14:00-18:00"], zone="Europe/London")
    await town.ada.comes()
    assert await promised(town) == Expected(back_at=None, usual_ms=3 * 60_000)
    await duty.pick(town.house, town.ada.agent_id, "away")
    assert (await promised(town)).back_at is not None


@behaviour(35)
async def test_the_usual_time_is_the_median_of_five_first_answers_or_more(town: Town) -> None:
    await usually_takes(town, 12, 1, 3, 600)
    assert await promised(town) == NOTHING
    await usually_takes(town, 14)
    assert await promised(town) == Expected(back_at=None, usual_ms=12 * 60_000)


async def test_only_the_first_answer_counts_and_no_note_does(town: Town) -> None:
    await usually_takes(town, 1, 1, 1, 1)
    shopper = await town.shopper()
    await shopper.writes("Hello?")
    await town.ada.answers("Not mine.", shopper, note=True)
    town.clock.move_ahead(60 * MINUTE)
    assert await promised(town) == NOTHING
    await town.ada.answers("Hello!", shopper)
    await shopper.writes("Thanks, and?")
    town.clock.move_ahead(600 * MINUTE)
    await town.ada.answers("And?", shopper)
    await shopper.sees()
    assert (await town.read(lambda tx: expected.usual_span(tx, town.store_id)) or 0) // MINUTE == 1


async def test_answers_of_last_month_say_nothing_of_today(town: Town) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    town.clock.move_ahead(15 * DAY)
    assert await promised(town) == NOTHING


async def test_the_usual_time_is_looked_up_every_few_minutes_at_most(town: Town) -> None:
    await usually_takes(town, 5, 5, 5, 5, 5)
    assert (await promised(town)).usual_ms == 5 * 60_000
    await usually_takes_no_time(town)
    assert (await promised(town)).usual_ms == 5 * 60_000
    town.clock.move_ahead(expected.KEPT_FOR)
    assert (await promised(town)).usual_ms == 60_000


async def usually_takes_no_time(town: Town) -> None:
    shoppers = [await town.shopper() for _ in range(6)]
    for each in shoppers:
        await each.writes("Hello?")
    town.clock.move_ahead(MINUTE)
    for each in shoppers:
        await town.ada.answers("Hello!", each)
        await each.sees()


@behaviour(35)
async def test_while_nobody_on_call_is_awake_no_time_is_promised(town: Town) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    for agent in (town.ada, town.ben):
        await own_addresses.set_hours(town.house, agent.agent_id, ["Sun 01:00-02:00"], "UTC")
    assert await promised(town) == NOTHING
    await own_addresses.set_hours(town.house, town.ben.agent_id, [], "")
    assert await promised(town) == Expected(back_at=None, usual_ms=3 * 60_000)


async def test_nobody_with_an_address_is_nobody_who_can_be_told(town: Town) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    await town.policy(on_call=["ada@acme.example"])
    assert (await promised(town)).usual_ms is not None
    for each in (await own_addresses.own(town.house, town.ada.agent_id)).addresses:
        await own_addresses.remove(town.house, town.ada.agent_id, each.address_id)
    assert await promised(town) == NOTHING


@behaviour(35, 12)
async def test_when_everybody_was_told_in_vain_vera_is_told_so_and_agents_see_it(
    town: Town,
) -> None:
    await usually_takes(town, 1, 2, 3, 4, 5)
    await town.vera.writes("Is anybody there?")
    tab = await town.vera.tab()
    other = await town.shopper()
    await other.writes("And me?")
    others = await other.tab()
    await tab.until('"welcome"')
    assert (await told(town, tab)).usual_ms is not None
    row = await other.conversation()
    await town.ben.answers("Yes?", other)
    await other.sees()
    await town.tick(2 * HOURS)
    await staff.tell_shoppers(town.house)
    await tab.until('"t":"staff"')
    assert await told(town, tab) == NOTHING
    # Only to her: others are still answered.
    assert (await told(town, others)).usual_ms is not None
    assert await promised(town) == NOTHING

    conversation = await town.vera.conversation()
    assert conversation.unreachable == 1
    page = await inboxes.page(town.house, town.ada.agent_id, Narrowed(view="open"))
    shown = {each.conversation_id: each for each in page.rows}
    vera_row = shown[conversation.conversation_id]
    assert vera_row.unreachable
    assert vera_row.waiting_since is not None
    assert not shown[row.conversation_id].unreachable

    # Whoever comes takes it back.
    await town.ada.comes()
    await staff.tell_shoppers(town.house)
    await tab.until('"name":"Ada"')
    assert (await told(town, tab)).usual_ms is not None


async def test_an_open_panel_hears_that_the_store_has_closed_and_hears_it_once(
    town: Town,
) -> None:
    await town.policy(hours=["Mon-Fri 09:00-13:00"], zone="Europe/London")
    await town.vera.writes("Hello?")
    tab = await town.vera.tab()
    await staff.tell_shoppers(town.house)
    await tab.until('"t":"staff"')
    town.clock.move_ahead(61 * MINUTE)
    for _ in range(3):
        await staff.tell_shoppers(town.house)
    monday = NOON + 3 * DAY - 3 * 60 * MINUTE
    await tab.until(str(monday // 1_000))
    assert len([text for text in tab.heard if str(monday // 1_000) in text]) == 1
