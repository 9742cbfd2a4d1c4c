"""What the town lived through, read back and replayed: under its own policy nothing differs."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import col, func, select
from typing_extensions import override

from gateway.clock import DAY
from gateway.core.policy import Policy
from gateway.errors import BadPolicy, NotFound
from gateway.services import histories, simulating
from gateway.simulation.compare import disagreements
from gateway.simulation.history import read_setting, read_story
from gateway.simulation.history_lines import written
from gateway.simulation.replay import really, replay
from gateway.simulation.story import Said, Setting, Story
from gateway.store import house as houses
from gateway.store.house import KEEP_FACTS
from gateway.store.tables import FactRow
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.letters import bounce
from tests.integration.town.test_long_days import Day, one_for_each_database
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Shopper

STEPS = 80


async def told(town: Town) -> tuple[Setting, list[Story]]:
    """The whole history of the store."""
    history = await histories.history_of(town.house.store, town.store_id, 0)
    found: list[Story] = []
    async for batch in history.stories(town.house.store):
        found += batch
    return history.setting, found


async def in_force(town: Town) -> Policy:
    return await town.read(lambda tx: houses.policy(tx, houses.store(tx, town.store_id)))


async def differences(town: Town) -> list[str]:
    """Everything that a replay under the town's own policy does otherwise."""
    policy = await in_force(town)
    setting, stories = await told(town)
    assert stories
    found: list[str] = []
    for story in stories:
        then, now = really(story, policy), replay(story, setting, policy)
        found += [each.sentence() for each in disagreements(story.conversation_id, then, now)]
        found += [
            f"{story.conversation_id}: {old} is not {new}"
            for old, new in zip(then.reached, now.reached, strict=True)
            if old != new
        ]
    return found


class QuietDay(Day):
    """A day on which the rules stay as they are and the clockwork is never late.

    How late it was, having crashed, is not in the record; how long the doors were shut is.
    """

    @override
    def happenings(self) -> list[Callable[[Shopper], Awaitable[None]]]:
        return [each for each in super().happenings() if each != self.the_policy_changes]

    @override
    async def the_gateway_restarts(self, _: Shopper) -> None:
        silent = self.chance.random() < 0.5
        await self.town.restarts(silent=silent, away=0 if silent else 300)

    @override
    async def a_worker_dies(self, _: Shopper) -> None:
        await self.town.look()
        await self.town.claim_and_die()


async def lives_through(town: Town, seed: int) -> QuietDay:
    """A long day of Vera and Mia at the shop."""
    mia = await town.shopper()
    day = QuietDay(
        town,
        random.Random(seed),  # noqa: S311  # a diary, not a secret
        {
            town.vera: (VERA_PHONE, VERA_MAIL),
            mia: ("+14155550143", "mia@shopper.example"),
        },
        [town.ada, town.ben],
    )
    for shopper in day.shoppers:
        await shopper.writes("Hello?")
    for _ in range(STEPS):
        await day.step()
    await town.tick()
    return day


async def vera_is_reached_in_the_end(town: Town) -> None:
    """By a mail that bounces, by a text, and, having answered it, by the next."""
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    (letter,) = town.post.to(VERA_MAIL)
    await town.mail_in(bounce(letter), letter.back, sender="")
    await town.tick(400)
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.text_in(VERA_PHONE, "Put a pair aside, please")
    await town.tick(20)
    await town.ada.answers("Done.")
    await town.tick(3_600)


async def test_a_bounce_a_text_and_an_answer_are_replayed_as_they_were(town: Town) -> None:
    await vera_is_reached_in_the_end(town)
    assert await differences(town) == []
    _, (story,) = await told(town)
    shoppers = [each for each in story.recorded if each.side == "shopper"]
    assert [each.channel for each in shoppers] == ["email", "sms", "sms"]
    assert [each.segments > 0 for each in shoppers] == [False, True, True]
    assert shoppers[0].course[-1].condemns


@one_for_each_database(12, 44)
async def test_a_long_day_is_replayed_without_a_difference_and_written_down_without_words(
    town: Town, seed: int
) -> None:
    day = await lives_through(town, seed)
    assert await differences(town) == [], day.diary
    setting, stories = await told(town)
    lines = list(written(setting, stories))
    assert "Question" not in "".join(lines)
    assert [read_story(line, 2) for line in lines[1:]] == stories
    again = read_setting(lines[0])
    assert (again.agents, again.accepting, again.outages) == (
        setting.agents,
        setting.accepting,
        setting.outages,
    )


async def test_another_policy_is_told_from_the_one_in_force(town: Town) -> None:
    await vera_is_reached_in_the_end(town)
    found = await simulating.what_if(
        town.house.store, town.store_id, {"ladder": ["sms"], "quiet": {}, "cap": 1000}, 0
    )
    really_, proposed, current = found["summaries"]
    assert (found["conversations"], found["messages"], found["left_out"]) == (1, 4, 0)
    assert [each["name"] for each in found["summaries"]] == ["really", "proposed", "current"]
    assert really_["interruptions"] == current["interruptions"] == {"sms": 2}
    assert proposed["interruptions"] == {"sms": 2}
    assert (really_["failed"], proposed["failed"]) == ({"email": 1}, {})
    assert current["disagreements"] == {}
    assert sum(proposed["disagreements"].values()) == len(found["examples"]) > 0


async def test_no_more_conversations_are_replayed_than_asked_for_the_newest_first(
    town: Town,
) -> None:
    mia = await town.shopper()
    await town.vera.writes("Hello?")
    await town.tick(60)
    await mia.writes("Anybody?")
    history = await histories.history_of(town.house.store, town.store_id, 0, most=1)
    assert history.conversation_ids == ((await mia.conversation()).conversation_id,)
    assert history.left_out == 1
    later = await histories.history_of(town.house.store, town.store_id, town.clock.now())
    assert later.conversation_ids == ()


async def test_what_cannot_be_asked_is_refused_by_name(town: Town) -> None:
    with pytest.raises(BadPolicy, match="gone"):
        await simulating.what_if(town.house.store, town.store_id, {"gone": "soon"}, 0)
    with pytest.raises(NotFound):
        await simulating.what_if(town.house.store, "nowhere", {}, 0)
    assert await histories.store_named(town.house.store, None) == town.store_id
    with pytest.raises(NotFound):
        await histories.store_named(town.house.store, "pk_nobody")


async def test_a_page_is_kept_without_what_follows_its_path(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.returns()
    await town.ada.answers("Hi")
    await town.vera.leaves()
    facts = [row.data for row in await town.rows(FactRow) if row.kind == "presence"]
    assert facts
    assert all('"/blue"' in each or '"page":null' in each for each in facts)
    _, (story,) = await told(town)
    assert [each.side for each in story.events if isinstance(each, Said)] == ["shopper", "staff"]


async def test_facts_are_forgotten_after_their_time(town: Town) -> None:
    async def kept() -> int:
        return await town.read(
            lambda tx: tx.session.exec(
                select(func.count()).select_from(FactRow).where(col(FactRow.kind) == "seen")
            ).one()
        )

    await town.vera.writes("Hello?")
    await town.ada.answers("Hi")
    assert await kept() > 0
    town.clock.move_ahead(KEEP_FACTS - DAY)
    await town.house.change(lambda change: houses.forget_old(change.tx))
    assert await kept() > 0
    town.clock.move_ahead(2 * DAY)
    await town.house.change(lambda change: houses.forget_old(change.tx))
    assert await kept() == 0
