"""Long days at the shop: anything in any order, and the checker looks in again and again.

Each database has a day of its own; with ``ONETHREAD_LONG=1`` every day is lived through on both.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import product

import pytest

from gateway.core.model import Presence
from gateway.errors import BadInput, Conflict, TooMany
from gateway.services import conversations
from tests.integration.town import carrier, post_office
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.checker import faults
from tests.integration.town.letters import bounce, mail
from tests.integration.town.townspeople import Agent, Shopper

LONG = os.environ.get("ONETHREAD_LONG") == "1"
STEPS = 80
CHECK_EVERY = 15
REFUSALS = (21211, 21610, 30003, 30006, 30007, 20429, 20003)
STATUSES = ("queued", "sent", "delivered", "undelivered", "failed", "delivered")


def one_for_each_database(*seeds: int) -> pytest.MarkDecorator:
    """Days that a test lives through as ``seed``, the first on SQLite, the second on PostgreSQL."""
    databases = {"sqlite": (), "postgresql": (pytest.mark.postgres,)}
    pairs = product(databases, seeds) if LONG else zip(databases, seeds, strict=True)
    lived = [pytest.param(each, seed, marks=databases[each]) for each, seed in pairs]
    return pytest.mark.parametrize(("database_url", "seed"), lived, indirect=["database_url"])


@dataclass
class Day:
    """One day, the same for the same seed."""

    town: Town
    chance: random.Random
    shoppers: dict[Shopper, tuple[str, str]]
    agents: list[Agent]
    diary: list[str] = field(default_factory=list)

    async def step(self) -> None:
        """Something happens; what is not allowed then is refused by name."""
        what = self.chance.choice(self.happenings())
        shopper = self.chance.choice(list(self.shoppers))
        self.diary.append(what.__name__)
        try:
            await what(shopper)
        except (BadInput, Conflict, TooMany) as refused:
            self.diary.append(f"({refused.code})")

    def happenings(self) -> list[Callable[[Shopper], Awaitable[None]]]:
        """All that may happen, what happens often more than once."""
        return [
            *(self.time_passes,) * 6,
            *(self.an_agent_answers,) * 4,
            *(self.a_shopper_writes,) * 3,
            *(self.presence_changes,) * 3,
            *(self.a_receipt_comes,) * 3,
            *(self.a_text_comes,) * 3,
            *(self.a_mail_comes,) * 2,
            self.a_number_is_left,
            self.a_code_is_typed,
            self.a_mailbox_is_left,
            self.words_are_seen,
            self.a_provider_stumbles,
            self.a_mail_bounces,
            self.the_desk_moves,
            self.the_gateway_restarts,
            self.a_worker_dies,
            self.the_policy_changes,
        ]

    async def time_passes(self, _: Shopper) -> None:
        await self.town.tick(self.chance.choice((1, 16, 31, 65, 200, 650, 1_000, 4_000)))

    async def an_agent_answers(self, shopper: Shopper) -> None:
        agent = self.chance.choice(self.agents)
        note = self.chance.random() < 0.2
        await agent.answers(f"Answer {len(self.diary)}", shopper, note=note)

    async def a_shopper_writes(self, shopper: Shopper) -> None:
        await shopper.writes(f"Question {len(self.diary)}")

    async def presence_changes(self, shopper: Shopper) -> None:
        await shopper.is_now(self.chance.choice([*Presence, Presence.GONE]))
        agent = self.chance.choice(self.agents)
        await self.chance.choice((agent.comes, agent.goes))()

    async def a_number_is_left(self, shopper: Shopper) -> None:
        await shopper.leaves_number(self.shoppers[shopper][0])

    async def a_code_is_typed(self, shopper: Shopper) -> None:
        number = self.shoppers[shopper][0]
        codes = [body for body in self.town.carrier.to(number) if "is your code" in body]
        if codes:
            address_id = await shopper.leaves_number(number)
            await self.town.tick(1)
            await shopper.types_code(address_id, codes[-1].split()[1])

    async def a_mailbox_is_left(self, shopper: Shopper) -> None:
        await shopper.leaves_mailbox(self.shoppers[shopper][1])

    async def words_are_seen(self, shopper: Shopper) -> None:
        await shopper.returns()
        await shopper.sees()

    async def a_text_comes(self, shopper: Shopper) -> None:
        who = self.chance.choice(
            (self.shoppers[shopper][0], self.chance.choice(self.agents).phone, "+14155550999")
        )
        body = self.chance.choice(("Y", "STOP", "START", "help", "", "Words", "Words", "Words"))
        assert await self.town.text_in(who, body) == 200

    async def a_mail_comes(self, _: Shopper) -> None:
        if self.town.post.taken and self.chance.random() < 0.8:
            letter = self.chance.choice(self.town.post.taken)
            if not letter.head("Reply-To"):
                return
            sender = None if self.chance.random() < 0.8 else "mallory@evil.example"
            head = {"Auto-Submitted": "auto-replied"} if self.chance.random() < 0.2 else {}
            words = self.chance.choice(("Stop", "Words by mail", "Words by mail"))
            await self.town.answers_mail(letter, words, sender=sender, **head)
        else:
            await self.town.mail_in(mail("Hello?", From="mallory@evil.example"), MAILBOX)

    async def a_mail_bounces(self, _: Shopper) -> None:
        letters = [letter for letter in self.town.post.taken if letter.back]
        if letters:
            letter = self.chance.choice(letters)
            await self.town.mail_in(bounce(letter), letter.back, sender="")

    async def a_receipt_comes(self, _: Shopper) -> None:
        if self.town.carrier.taken:
            text = self.chance.choice(self.town.carrier.taken[-4:])
            status = self.chance.choice(STATUSES)
            error = self.chance.choice((None, 30003, 30005)) if "ed" in status else None
            assert await self.town.receipt(text, status, error=error) == 200

    async def a_provider_stumbles(self, _: Shopper) -> None:
        self.town.carrier.says(
            self.chance.choice(
                (carrier.DROPS, carrier.LOSES, Refuses(self.chance.choice(REFUSALS)))
            )
        )
        self.town.post.says(
            self.chance.choice((post_office.DROPS, "550 5.1.1 No", "451 4.3.0 Later"))
        )
        self.town.carrier.lists = self.chance.random() < 0.5

    async def the_desk_moves(self, shopper: Shopper) -> None:
        row = await shopper.conversation()
        ids = (self.town.house, row.store_id, row.conversation_id, self.agents[0].agent_id)
        match self.chance.randrange(4):
            case 0:
                await conversations.resolve(*ids)
            case 1:
                await conversations.reopen(*ids)
            case 2:
                await conversations.assign(*ids, self.agents[1].agent_id)
            case _:
                await self.agents[1].opens(shopper)

    async def the_gateway_restarts(self, _: Shopper) -> None:
        await self.town.restarts(
            silent=self.chance.random() < 0.5, away=self.chance.choice((0, 30, 300))
        )

    async def a_worker_dies(self, _: Shopper) -> None:
        await self.town.look(after=31)
        await self.town.claim_and_die()

    async def the_policy_changes(self, _: Shopper) -> None:
        await self.town.policy(
            ladder=self.chance.sample(["sms", "email"], self.chance.choice((1, 2, 2))),
            gone=self.chance.choice((1, 30, 90)),
        )


@one_for_each_database(1, 9)
async def test_a_long_day_breaks_nothing(town: Town, seed: int) -> None:
    mia = await town.shopper()
    day = Day(
        town,
        random.Random(seed),  # noqa: S311  # a diary, not a secret
        {
            town.vera: ("+14155550142", "vera@shopper.example"),
            mia: ("+14155550143", "mia@shopper.example"),
        },
        [town.ada, town.ben],
    )
    for shopper in day.shoppers:
        await shopper.writes("Hello?")
    for n in range(STEPS):
        await day.step()
        if n % CHECK_EVERY == 0:
            await town.tick()
            assert await faults(town) == [], day.diary
