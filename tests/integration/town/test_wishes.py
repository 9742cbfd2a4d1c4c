"""Ada says how her answer is to go: now, in the chat only, or not before; and is told the truth."""

from __future__ import annotations

from functools import partial

import pytest

from gateway.clock import HOUR, MILLISECOND
from gateway.core.model import Presence
from gateway.errors import BadInput, Conflict, Stale
from gateway.protocol.frames import Route, Wish
from gateway.services import overriding, receive
from gateway.services.forecast import route_of
from gateway.store import people
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Agent


async def address_of(town: Town, channel: str) -> str:
    rows = await town.read(
        lambda tx: people.addresses_of(tx, town.store_id, "shopper", town.vera.shopper_id)
    )
    return next(row.address_id for row in rows if row.channel == channel)


async def wishes(town: Town, wish: Wish, *, whose: Agent | None = None) -> None:
    row, agent = await town.vera.conversation(), whose or town.ada
    await overriding.override(town.house, row.store_id, row.conversation_id, agent.agent_id, wish)


async def answers_with(town: Town, words: str, wish: Wish) -> None:
    row = await town.vera.conversation()
    await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body=words,
        seen_seq=row.last_seq,
        wish=wish,
    )


async def test_ada_sends_it_now_by_mail_although_the_delay_runs_and_the_ladder_says_text(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await wishes(town, Wish(kind="now", address_id=await address_of(town, "email")))
    await town.tick(1)
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    (event,) = await town.vera.events("override")
    assert '"agent":"Ada"' in event.data.replace(" ", "")
    assert event.audience == "staff"


async def test_what_ada_keeps_in_the_chat_goes_nowhere_else_and_what_follows_goes_as_ever(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await answers_with(town, "Just so you know.", Wish(kind="chat_only"))
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    assert town.post.to(VERA_MAIL) == []
    assert (await town.vera.reach()).state == "carried"
    await town.ada.answers("And this matters.")
    await town.tick(3_600)
    (words,) = town.carrier.to(VERA_PHONE)[1:]
    assert "And this matters." in words
    assert "Just so you know." not in words


async def test_what_ada_holds_back_goes_at_its_instant_and_not_before(town: Town) -> None:
    await vera_asks_and_leaves(town)
    at = (town.clock.now() + 2 * HOUR) // MILLISECOND
    await answers_with(town, "Yes, in 38.", Wish(kind="not_before", until=at))
    await town.tick(2 * 3_600 - 60)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(120)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_what_ada_left_in_the_chat_goes_after_all_when_ben_wants_it_as_usual(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await answers_with(town, "Just so you know.", Wish(kind="chat_only"))
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await wishes(town, Wish(kind="as_usual"), whose=town.ben)
    assert (await town.vera.reach()).state == "waiting"
    await town.tick(1)
    assert "Just so you know." in town.carrier.to(VERA_PHONE)[-1]
    wish, back = [town.data_of(row) for row in await town.vera.events("override")]
    # What nothing else was wished for is none of its business.
    assert (back["kind"], back["agent"], back["seqs"]) == ("as_usual", "Ben", wish["seqs"])


async def test_where_nothing_was_wished_as_usual_changes_nothing_and_is_not_told(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await answers_with(town, "Yes, in 38.", Wish(kind="as_usual"))
    await wishes(town, Wish(kind="as_usual"))
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert await town.vera.events("override") == []


@behaviour(27)
async def test_no_wish_of_an_agent_overrules_stop(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick(1)
    texts = len(town.carrier.to(VERA_PHONE))
    await town.ada.answers("Yes, in 38.")
    await wishes(town, Wish(kind="now", address_id=await address_of(town, "sms")))
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == texts
    assert (await town.vera.reach()).state == "unreachable"


async def test_a_wish_that_makes_no_sense_is_refused_and_leaves_no_trace(town: Town) -> None:
    await vera_asks_and_leaves(town)
    with pytest.raises(Conflict, match="seen everything"):
        await wishes(town, Wish(kind="chat_only"))
    await town.ada.answers("Yes, in 38.")
    for wish in (
        Wish(kind="now"),
        Wish(kind="now", address_id="nobodys"),
        Wish(kind="not_before"),
        Wish(kind="not_before", until=town.clock.now() // MILLISECOND - 1),
    ):
        with pytest.raises(BadInput):
            await wishes(town, wish)
    assert await town.vera.events("override") == []


@behaviour(38)
async def test_of_two_agents_who_answer_at_once_the_second_is_asked_before_hers_is_kept(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    await town.ada.answers("Yes, in 38.")
    answer = partial(
        receive.from_agent,
        town.house,
        row.store_id,
        row.conversation_id,
        town.ben.agent_id,
        cmid="ben-00000001",
        body="Yes!",
        seen_seq=row.last_seq,
    )
    with pytest.raises(Stale, match="Ada has just answered"):
        await answer()
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    await answer(anyway=True)
    assert (await town.vera.said())[-1] == "Yes!"


async def test_the_line_over_the_composer_tells_each_step_and_what_every_address_is_good_for(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    row = await town.vera.conversation()

    def line(tx: Tx) -> Route:
        return route_of(tx, row, people.presence(tx, row.store_id, "shopper", row.shopper_id))

    route = await town.read(line)
    assert [step.channel for step in route.steps] == ["sms", "email"]
    assert route.steps[1].at - route.steps[0].at == 600_000
    assert {way.verdict for way in route.ways} == {"open"}
    assert "left" in route.sentence
    assert "then e-mail" in route.sentence
    await town.vera.is_now(Presence.ON_PAGE)
    await town.text_in(VERA_PHONE, "STOP")
    route = await town.read(line)
    by_channel = {way.channel: way for way in route.ways}
    assert by_channel["sms"].verdict == "stopped"
    assert by_channel["sms"].sentence
    assert by_channel["email"].verdict == "open"


async def test_a_carrier_that_fails_again_and_again_is_left_alone_and_the_mail_goes(
    town: Town,
) -> None:
    await town.policy(circuit_after=2, circuit_first=3_600, circuit_most=7_200, backoff_first=5)
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(20429, status=429), Refuses(20429, status=429))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.tick(20)
    asked = len(town.carrier.asked)
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    await town.ada.answers("And in 39.")
    await town.tick(600)
    assert len(town.carrier.asked) == asked
    assert len(town.post.to(VERA_MAIL)) == 2
