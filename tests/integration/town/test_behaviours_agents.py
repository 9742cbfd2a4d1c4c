"""The agents' side, and what becomes of words that are changed (35 to 40)."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.model import DeliveryState, Settle
from gateway.core.reach import agrees, plan, without
from gateway.services import circuits
from gateway.services.views import delivery_of, view_of
from gateway.store import house as houses
from gateway.store import thread
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

DAY = 24 * 3_600
AWAY = {"Auto-Submitted": "auto-replied", "Subject": "Automatic reply: out of office"}


@behaviour(35)
async def test_while_the_store_is_closed_and_nobody_is_there_a_text_is_taken_all_the_same(
    town: Town,
) -> None:
    await town.policy(
        hours=["Mon-Fri 09:00-10:00"], zone="Europe/London", on_call=["nobody@x.example"]
    )
    assert await town.text_in(VERA_PHONE, "Do you ship to Oslo?") == 200
    await town.tick(DAY)
    assert [row.body for row in await town.messages()] == ["Do you ship to Oslo?"]


@behaviour(39)
async def test_with_both_away_both_are_reached_and_nothing_automatic_answers_the_automatic(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.tick(130)
    (notice,) = town.post.to(ADA_MAIL)
    await town.answers_mail(notice, "Yes, in 38.")
    await town.tick(60)
    (letter,) = town.post.to(VERA_MAIL)
    assert letter.words.startswith("Yes, in 38.")
    for each in (letter, notice, letter, notice):
        await town.answers_mail(each, "I am away until Monday.", **AWAY)
        await town.tick(1_000)
    await town.tick(DAY)
    assert town.post.taken == [notice, letter]
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]


async def an_answer_is_queued(town: Town) -> DeliveryRow:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 83.")
    await town.look(after=31)
    return (await town.vera.deliveries())[-1]


@behaviour(40)
async def test_what_is_handed_over_are_the_words_as_they_are_then_and_not_as_they_were_queued(
    town: Town,
) -> None:
    await an_answer_is_queued(town)
    row = [each for each in await town.vera.entries() if each.kind == "message"][-1]

    def change(tx: Tx) -> None:
        found = thread.entry(tx, row.store_id, row.conversation_id, row.seq)
        assert found is not None
        found.body = "Yes, in 38."
        tx.session.add(found)

    await town.house.store.write(change)
    await town.tick(1)
    (text,) = town.carrier.to(VERA_PHONE)[1:]
    assert "Yes, in 38." in text
    assert "83" not in text
    assert await hops(town) == [("sms", "accepted")]


@behaviour(40)
async def test_of_a_message_that_is_gone_nothing_is_handed_over(town: Town) -> None:
    queued = await an_answer_is_queued(town)
    assert queued.state == DeliveryState.QUEUED
    row = await town.vera.conversation()

    def claim(tx: Tx) -> tuple[bool, bool]:
        policy = houses.policy(tx, houses.store(tx, row.store_id))
        health = circuits.health_of(tx, row.store_id)
        view = without(view_of(tx, row, "shopper", policy), queued.delivery_id)
        kept = plan(view, policy, health, tx.now)
        gone = plan(replace(view, messages=()), policy, health, tx.now)
        assert isinstance(gone, Settle)
        return agrees(kept, delivery_of(queued)), agrees(gone, delivery_of(queued))

    assert await town.read(claim) == (True, False)
