"""Tabs that come at the same moment are let in together; each is told what it would be alone."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from gateway.auth.tokens import digest
from gateway.errors import NotSignedIn
from gateway.protocol.entry import Cursor
from gateway.protocol.frames import Hello, Snapshot
from gateway.services import blocking, conversations, forms, merging_by_agents, reading, sessions
from gateway.services.arriving import Admitted, Arrivals, Arrived, Coming
from gateway.services.blocking import Whose
from gateway.services.presence import Presences
from gateway.services.sessions import Visit
from gateway.services.welcome import HEARTBEAT_MS
from gateway.web.shopper_socket import ShopperConnection
from gateway.web.ticking import Ticker
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import Shopper

QUESTION = {"id": "order", "kind": "text", "ask": {"en": "Your order?"}}


def coming(visit: Visit, resume: Cursor | None = None) -> Coming:
    return Coming((visit.store_id, visit.shopper_id, digest(visit.session)), HEARTBEAT_MS, resume)


async def admitted(arrivals: Arrivals, *tickets: str) -> list[Admitted | BaseException]:
    return await asyncio.gather(*map(arrivals.admit, tickets), return_exceptions=True)


async def walt_and_wanda(town: Town) -> tuple[Visit, Visit]:
    walt, wanda = [await sessions.visit(town.house, KEY) for _ in range(2)]
    await Shopper(town, walt.shopper_id).writes("Is it back in 38?")
    await Shopper(town, wanda.shopper_id).writes("And in blue?")
    return walt, wanda


async def alone(town: Town, visit: Visit, resume: Cursor | None = None) -> Snapshot:
    """What the one who comes by themselves is shown of their conversation."""
    row = await Shopper(town, visit.shopper_id).conversation()
    return await reading.snapshot(town.house, town.store_id, row.conversation_id, "shopper", resume)


async def test_a_ticket_that_two_sockets_bring_at_once_lets_one_of_them_in(town: Town) -> None:
    walt, wanda = await walt_and_wanda(town)
    found = await admitted(Arrivals(town.house), walt.ticket, wanda.ticket, walt.ticket)
    assert [type(each) for each in found].count(NotSignedIn) == 1
    people = sorted(each.shopper_id for each in found if isinstance(each, Admitted))
    assert people == sorted((walt.shopper_id, wanda.shopper_id))


async def test_a_bad_ticket_keeps_nobody_out_who_comes_with_it(town: Town) -> None:
    walt, wanda = await walt_and_wanda(town)
    old = (await sessions.visit(town.house, KEY)).ticket
    console = await sessions.agent_ticket(town.house, town.ada.agent_id)
    town.clock.move_ahead(sessions.TICKET)
    fresh = [(await sessions.visit(town.house, KEY, each.session)).ticket for each in (walt, wanda)]
    found = await admitted(Arrivals(town.house), fresh[0], old, "made up", console, fresh[1])
    assert [isinstance(each, Admitted) for each in found] == [True, False, False, False, True]


async def test_a_consoles_ticket_opens_no_panel_and_stays_good_for_the_console(town: Town) -> None:
    console = await sessions.agent_ticket(town.house, town.ada.agent_id)
    with pytest.raises(NotSignedIn):
        await Arrivals(town.house).admit(console)
    spent = await sessions.spend(town.house, console, "agent")
    assert spent.person_id == town.ada.agent_id


async def test_who_comes_together_is_told_each_their_own(town: Town) -> None:
    walt, wanda = await walt_and_wanda(town)
    stranger = await sessions.visit(town.house, KEY)
    arrivals = Arrivals(town.house)
    everybody = (walt, wanda, stranger)
    found = await asyncio.gather(*(arrivals.load(coming(each)) for each in everybody))
    assert [each.welcome.shopper_id for each in found] == [each.shopper_id for each in everybody]
    assert [each.snapshot for each in found] == [
        await alone(town, walt),
        await alone(town, wanda),
        None,
    ]


async def test_two_tabs_of_walts_that_hold_more_and_less_are_each_brought_what_they_lack(
    town: Town,
) -> None:
    walt = await sessions.visit(town.house, KEY)
    person = Shopper(town, walt.shopper_id)
    await person.writes("Is it back in 38?")
    first = await alone(town, walt)
    for number in range(reading.PAGE):
        await town.ada.answers(f"Answer {number}", person)
    await person.writes("Thanks")
    later = await alone(town, walt)
    cursors = [
        Cursor(epoch=first.epoch, seq=entry.seq, entry_id=entry.id)
        for entry in (first.entries[-1], later.entries[-2], later.entries[-1])
    ]
    wrong = [
        cursors[1].model_copy(update={"entry_id": "another"}),
        cursors[1].model_copy(update={"epoch": first.epoch + 1}),
        cursors[2].model_copy(update={"seq": cursors[2].seq + 7}),
    ]
    held = [None, *cursors, *wrong]
    arrivals = Arrivals(town.house)
    found = await asyncio.gather(*(arrivals.load(coming(walt, each)) for each in held))
    assert [each.snapshot for each in found] == [await alone(town, walt, each) for each in held]
    assert [each.snapshot and each.snapshot.recovered for each in found] == [False] + [True] * 3 + [
        False
    ] * 3


async def test_what_only_staff_see_is_brought_to_no_tab_even_if_it_was_named_as_held(
    town: Town,
) -> None:
    walt = await sessions.visit(town.house, KEY)
    person = Shopper(town, walt.shopper_id)
    await person.writes("Is it back in 38?")
    row = await person.conversation()
    await conversations.resolve(town.house, town.store_id, row.conversation_id, town.ada.agent_id)
    shown = (await Arrivals(town.house).load(coming(walt))).snapshot
    assert shown == await alone(town, walt)
    everything = await reading.snapshot(town.house, town.store_id, row.conversation_id, "staff")
    for entry in everything.entries:
        resume = Cursor(epoch=everything.epoch, seq=entry.seq, entry_id=entry.id)
        found = await Arrivals(town.house).load(coming(walt, resume))
        assert found.snapshot == await alone(town, walt, resume)


async def test_a_policy_and_a_store_that_were_changed_between_two_arrivals_hold_for_the_second(
    town: Town,
) -> None:
    arrivals = Arrivals(town.house)
    first, second = [await sessions.visit(town.house, KEY) for _ in range(2)]
    before = await arrivals.admit(first.ticket)
    await town.policy(silence=before.silence // 1_000_000 + 15)
    after = await arrivals.admit(second.ticket)
    assert after.silence == before.silence + 15_000_000
    assert (await arrivals.load(coming(second))).forms is None
    await forms.put(town.house.store, KEY, {"questions": [QUESTION]})
    assert (await arrivals.load(coming(second))).forms is not None


async def test_a_shopper_whose_session_ended_between_ticket_and_welcome_is_turned_away_alone(
    town: Town,
) -> None:
    walt, wanda = await walt_and_wanda(town)
    arrivals = Arrivals(town.house)
    await admitted(arrivals, walt.ticket, wanda.ticket)
    who = (town.store_id, walt.shopper_id, wanda.shopper_id)
    seen = (await merging_by_agents.preview(town.house, *who))["seen"]
    await merging_by_agents.merge(town.house, *who, by=town.ada.agent_id, seen=seen)
    found = await asyncio.gather(
        *(arrivals.load(coming(each)) for each in (walt, wanda)), return_exceptions=True
    )
    assert [type(each) for each in found] == [Arrived, NotSignedIn]


async def test_a_blocked_shopper_is_let_in_as_before_and_learns_nothing_of_it(town: Town) -> None:
    walt, _ = await walt_and_wanda(town)
    arrivals = Arrivals(town.house)
    before = await arrivals.load(coming(walt))
    whose = Whose(town.store_id, walt.shopper_id, town.ada.agent_id)
    await blocking.block(town.house, whose, "Sells watches")
    after = await arrivals.load(coming(walt))
    assert after.welcome == before.welcome
    assert after.snapshot == await alone(town, walt)


async def test_a_tab_that_is_shown_nothing_follows_nothing(town: Town) -> None:
    """That Wanda is Walt was taken back between his ticket and his welcome."""
    walt, wanda = [await sessions.visit(town.house, KEY) for _ in range(2)]
    await Shopper(town, wanda.shopper_id).writes("And in blue?")
    theirs = (await Shopper(town, wanda.shopper_id).conversation()).conversation_id
    who = (town.store_id, walt.shopper_id, wanda.shopper_id)
    seen = (await merging_by_agents.preview(town.house, *who))["seen"]
    made = await merging_by_agents.merge(town.house, *who, by=town.ada.agent_id, seen=seen)
    assert made["shopper_id"] == walt.shopper_id
    tab = ShopperConnection(
        town.house,
        Presences(town.house),
        Ticker(town.house.clock),
        nobody_says,
        nobody_hears,
        arrivals=Arrivals(town.house),
        shop=None,
    )
    hello = Hello(ticket=walt.ticket)
    socket = await tab.greet(hello)
    assert set(socket.follows) == {theirs}
    town.house.hub.add(socket)
    await merging_by_agents.unmerge(
        town.house, town.store_id, made["merge_id"], by=town.ada.agent_id
    )
    await tab.begin(socket, hello)
    assert socket.follows == {}
    assert town.house.hub.heard_by(theirs) == set()


async def nobody_says() -> Message:
    raise AssertionError("no frame is waited for here")


async def nobody_hears(_message: Message) -> None:
    """What is queued for a tab is sent by its pump, which does not run here."""
