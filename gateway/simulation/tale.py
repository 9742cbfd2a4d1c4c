"""One conversation that never happened, drawn step by step while the policy answers each step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from gateway.core.model import Address, DeliveryState, Form, Presence
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND
from gateway.simulation import distributions as drawn
from gateway.simulation.drawn_fates import DrawnFates
from gateway.simulation.story import (
    Acted,
    Known,
    Moved,
    Opened,
    Replied,
    Said,
    Seen,
    Stands,
    Story,
)
from gateway.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from gateway.core.model import Side
    from gateway.core.policy import Policy
    from gateway.simulation.story import Event, Recorded, Setting

CHAT: Final = "chat"
GRANTED: Final = frozenset({"support", "verify"})
LEFT_ALONE: Final = 2 * DAY
"""So long after the last event the record of a conversation ends."""


class Tale:
    """A shopper, an agent, and what each does next, be it because of a delivery."""

    def __init__(
        self, chance: Random, number: int, began: int, setting: Setting, policy: Policy
    ) -> None:
        self._chance = chance
        self._name = f"c{number}"
        self._shopper = f"s{number}"
        self._began = began
        self._agents = [each.agent_id for each in setting.agents] or ["desk"]
        self._plans: list[tuple[int, int, Callable[[int], None]]] = []
        self._planned = 0
        self._events: list[Event] = []
        self._fates = DrawnFates(chance, self._name, self._shopper, self._may_react)
        self._last_seq = self._asked = self._written = self._seen = 0
        self._turns = 0
        self._there = False
        self._busy_until = 0
        self._acted_in = CHAT
        self._addresses: dict[str, Address] = {}
        (self._home,) = chance.choices(drawn.HOMES, [each[2] for each in drawn.HOMES])
        self._world = World(self._as_story(began), setting, policy, self._fates)

    def story(self) -> Story:
        """Draw it to its end."""
        self._arrives(self._began)
        while self._plans:
            if self._world.next_at() < self._plans[0][0]:
                self._world.step()
                continue
            at, _, act = heappop(self._plans)
            act(at)
        ends = self._events[-1].at + LEFT_ALONE
        self._world.advance(ends)
        self._fates.measure(self._world)
        return self._as_story(ends)

    @property
    def decisions(self) -> int:
        """How often ``plan`` was asked."""
        return self._world.decisions

    def _may_react(self, recorded: Recorded, at: int) -> None:
        chance = self._chance
        if recorded.form is Form.KNOCK:
            if chance.random() < drawn.KNOCK_YES:
                self._plan(at + drawn.KNOCK_AFTER.draw(chance), partial(self._says_yes, recorded))
        elif chance.random() < drawn.REACTS:
            self._plan(at + drawn.REACTS_AFTER.draw(chance), partial(self._reacts, recorded))

    # --- the shopper -----------------------------------------------------------------------------

    def _arrives(self, at: int) -> None:
        chance = self._chance
        known = chance.random() < drawn.KNOWN
        kinds = [
            kind
            for kind, share in (("sms", drawn.NUMBER), ("email", drawn.MAILBOX))
            if chance.random() < share
        ] or ["email"]
        for kind in kinds:
            address_id = f"{self._shopper}-{kind}"
            bad = drawn.BAD_NUMBER if kind == "sms" else drawn.BAD_MAILBOX
            if chance.random() < bad:
                self._fates.bad.add(address_id)
            self._addresses[address_id] = Address(
                address_id=address_id,
                channel=kind,
                consents=GRANTED,
                proven=known,
                zones=(self._home[1],) if kind == "sms" else (),
                country=self._home[0],
            )
        self._fates.country = self._home[0]
        self._comes(at)
        if known:
            self._tell(Known(at=at, known=True))
            for address in self._addresses.values():
                self._tell(Stands(at=at, address=address))
        else:
            self._plan(at + drawn.LEAVES_ADDRESS.draw(chance), self._leaves_addresses)
        self._writes(at)

    def _comes(self, at: int) -> None:
        self._there = True
        self._tell(Moved(at=at, presence=Presence.READING, since=at, page="/"))
        if self._acted_in != CHAT:
            self._acted_in = CHAT
            self._tell(Acted(at=at, channel=CHAT))
        self._plan(at + drawn.LEAVES.draw(self._chance), self._leaves)

    def _leaves_addresses(self, at: int) -> None:
        if not self._there:
            return
        for address_id, address in self._addresses.items():
            left = replace(address, typed_seq=self._last_seq)
            self._addresses[address_id] = left
            self._tell(Stands(at=at, address=left, wakes=True))
            if address.channel == "sms" and self._chance.random() < drawn.PROVES:
                self._plan(at + 20 * SECOND, partial(self._proves, address_id))

    def _proves(self, address_id: str, at: int) -> None:
        proven = replace(self._addresses[address_id], proven=True, typed_seq=0)
        self._addresses[address_id] = proven
        self._tell(Stands(at=at, address=proven, proved=True, wakes=True))
        self._tell(Known(at=at, known=True))

    def _writes(self, at: int) -> None:
        chance = self._chance
        if self._turns >= drawn.MOST_TURNS:
            return
        self._turns += 1
        self._say(at, "shopper", self._shopper, drawn.SHOPPER_LENGTH)
        answered_at = _when_staffed(at) + drawn.ANSWERS.draw(chance)
        if chance.random() < drawn.SAYS_MORE:
            self._plan(at + drawn.NEXT_WORDS.draw(chance), self._adds)
        agent = chance.choice(self._agents)
        if chance.random() < drawn.OPENS:
            self._plan((_when_staffed(at) + answered_at) // 2, partial(self._opens, agent))
        self._plan(answered_at, partial(self._answers, agent))

    def _adds(self, at: int) -> None:
        self._say(at, "shopper", self._shopper, drawn.SHOPPER_LENGTH)

    def _sees(self, at: int) -> None:
        if not self._there or self._seen >= self._written:
            return
        self._seen = self._written
        self._tell(Seen(at=at, side="shopper", seq=self._seen))
        self._goes_on(at)

    def _goes_on(self, at: int) -> None:
        if self._chance.random() < drawn.TURNS_GO_ON:
            self._busy_until = at + drawn.WRITES.draw(self._chance)
            self._plan(self._busy_until, self._writes)

    def _leaves(self, at: int) -> None:
        if not self._there:
            return
        if at <= self._busy_until:
            self._plan(self._busy_until + drawn.LEAVES.draw(self._chance), self._leaves)
            return
        self._there = False
        hides = self._chance.random() < drawn.HIDES
        presence = Presence.HIDDEN if hides else Presence.GONE
        self._tell(Moved(at=at, presence=presence, since=at, page="/"))
        if hides:
            self._plan(at + MINUTE, self._closes)
        if self._chance.random() < drawn.RETURNS:
            self._plan(at + drawn.RETURNS_AFTER.draw(self._chance), self._returns)

    def _closes(self, at: int) -> None:
        if not self._there:
            self._tell(Moved(at=at, presence=Presence.GONE, since=at, page="/"))

    def _returns(self, at: int) -> None:
        if not self._there and self._seen < self._written:
            self._comes(at)
            self._plan(at + drawn.SEES.draw(self._chance), self._sees)

    def _reacts(self, recorded: Recorded, at: int) -> None:
        if self._there or max(recorded.seqs) <= max(self._seen, self._asked):
            return
        if self._chance.random() >= drawn.REPLIES or self._turns >= drawn.MOST_TURNS:
            self._returns(at)
            return
        by_mail = recorded.channel == "email"
        self._acts_at(recorded, at, DeliveryState.READ if by_mail else DeliveryState.ANSWERED)
        self._writes(at)

    def _says_yes(self, knock: Recorded, at: int) -> None:
        if not self._addresses[knock.address_id].proven:
            self._acts_at(knock, at, DeliveryState.ANSWERED)

    def _acts_at(self, recorded: Recorded, at: int, state: DeliveryState) -> None:
        self._acted_in = recorded.channel
        self._tell(Acted(at=at, channel=recorded.channel, address_id=recorded.address_id))
        self._tell(
            Replied(
                at=at,
                side="shopper",
                address_id=recorded.address_id,
                delivery_id=recorded.delivery_id,
                state=state,
            )
        )
        if not self._addresses[recorded.address_id].proven:
            self._proves(recorded.address_id, at)

    # --- the agent -------------------------------------------------------------------------------

    def _opens(self, agent: str, at: int) -> None:
        self._tell(Opened(at=at, agent_id=agent))

    def _answers(self, agent: str, at: int) -> None:
        self._answers_with(agent, at)
        if self._chance.random() < drawn.ANSWERS_MORE:
            later = at + drawn.NEXT_WORDS.draw(self._chance)
            self._plan(later, partial(self._answers_with, agent))

    def _answers_with(self, agent: str, at: int) -> None:
        self._say(at, "staff", agent, drawn.STAFF_LENGTH)
        self._tell(Seen(at=at, side="staff", seq=self._asked))
        self._plan(at + drawn.SEES.draw(self._chance), self._sees)

    # --- telling it ------------------------------------------------------------------------------

    def _say(self, at: int, side: Side, author: str, length: drawn.Around) -> None:
        self._last_seq += 1
        if side == "shopper":
            self._asked = self._last_seq
        else:
            self._written = self._last_seq
        self._tell(
            Said(
                at=at,
                seq=self._last_seq,
                side=side,
                author_id=author,
                units=length.draw(self._chance),
                wide=self._chance.random() < drawn.WIDE,
            )
        )

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        self._world.take(event)

    def _plan(self, at: int, act: Callable[[int], None]) -> None:
        self._planned += 1
        heappush(self._plans, (at, self._planned, act))

    def _as_story(self, ends: int) -> Story:
        return Story(
            conversation_id=self._name,
            shopper_id=self._shopper,
            began=self._began,
            ends=ends,
            events=tuple(self._events),
            zones=(self._home[1],),
            recorded=tuple(self._fates.recorded),
        )


def _when_staffed(at: int) -> int:
    """This instant, or the next at which the desk is staffed."""
    opens, closes = (hour * HOUR for hour in drawn.DESK)
    midnight = at - at % DAY
    if at - midnight < opens:
        return midnight + opens
    return at if at - midnight < closes else midnight + DAY + opens
