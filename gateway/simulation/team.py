"""The agents of a history, looked up by time; made once and shared by every replay of it."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from gateway.core.model import IN_SIGHT, Act, Address, Health, Person, Presence

if TYPE_CHECKING:
    from gateway.core.policy import Policy
    from gateway.simulation.story import Agent, Setting, Whereabouts

HEALTHY = Health()


class Member:
    """One agent: presence, acts and addresses as they were at an instant."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.moved_at = [each.at for each in agent.whereabouts]
        self._acted_at = [each.at for each in agent.acts]
        self._stood_at = [each.at for each in agent.stands]
        self._addresses: list[tuple[Address, ...]] = [()]
        known: dict[str, Address] = {}
        for each in agent.stands:
            known[each.address.address_id] = each.address
            self._addresses.append(tuple(known.values()))
        self._built: dict[tuple[int, int, int], Person] = {}

    def where(self, now: int) -> Whereabouts | None:
        """The presence that was last seen."""
        index = bisect_right(self.moved_at, now) - 1
        return self.agent.whereabouts[index] if index >= 0 else None

    def person(self, now: int, paused_until: int | None) -> Person:
        """The agent as ``plan`` is told of them."""
        key = (
            bisect_right(self.moved_at, now) - 1,
            bisect_right(self._acted_at, now) - 1,
            bisect_right(self._stood_at, now),
        )
        if paused_until is not None:
            return self._person(*key, paused_until)
        if key not in self._built:
            self._built[key] = self._person(*key, None)
        return self._built[key]

    def _person(self, move: int, act: int, stand: int, paused_until: int | None) -> Person:
        where = self.agent.whereabouts[move] if move >= 0 else None
        acted = self.agent.acts[act] if act >= 0 else None
        return Person(
            person_id=self.agent.agent_id,
            presence=where.presence if where else Presence.GONE,
            since=where.since if where else 0,
            lost_at=where.lost_at if where else None,
            last_act=(
                Act(channel=acted.channel, at=acted.at, address_id=acted.address_id)
                if acted
                else None
            ),
            addresses=self._addresses[stand],
            zones=self.agent.zones,
            awake=self.agent.awake,
            paused_until=paused_until,
            told_from=where.told_from if where else 0,
        )


class Team:
    """Everybody of the staff, and what else all conversations share."""

    def __init__(self, setting: Setting) -> None:
        self._members = [Member(each) for each in setting.agents]
        self._accepting = setting.accepting
        self._outages = setting.outages
        self._countries = {
            each.address.address_id: each.address.country
            for agent in setting.agents
            for each in agent.stands
        }
        self._orders: dict[tuple[tuple[str, ...], str | None], list[Member]] = {}
        self._turns = sorted(
            {
                where.at
                for agent in setting.agents
                for where in agent.whereabouts
                if where.presence not in IN_SIGHT
            }
        )

        self._peace = sorted(
            {
                later.at
                for agent in setting.agents
                for earlier, later in pairwise(agent.whereabouts)
                if earlier.told_from != later.told_from
            }
        )

    def accepting_since(self, now: int) -> int | None:
        """When gateways last began to accept sockets, None while none does."""
        found = None
        for start, end in self._accepting:
            if start <= now and (end is None or now < end):
                found = start if found is None else max(found, start)
        return found

    def accepting_next(self, now: int) -> int | None:
        """When gateways accept sockets again, as far as the record tells."""
        return min((start for start, _ in self._accepting if start > now), default=None)

    def health(self, now: int) -> Health:
        """Which channels were left alone."""
        if not self._outages:
            return HEALTHY
        return Health(
            open_until=tuple(
                (channel, until) for channel, start, until in self._outages if start <= now < until
            )
        )

    def somebody_answers(self, now: int) -> bool:
        """Whether an agent who may answer has a console in sight; one who is lost still has."""
        return any(_answers(each.where(now)) for each in self._members)

    def next_turn(self, now: int) -> int | None:
        """When next one of them leaves: whatever waits for the staff is looked at again."""
        index = bisect_right(self._turns, now)
        return self._turns[index] if index < len(self._turns) else None

    def next_peace(self, now: int) -> int | None:
        """When next one of them wants not to be disturbed, or may be again."""
        index = bisect_right(self._peace, now)
        return self._peace[index] if index < len(self._peace) else None

    def people(
        self, policy: Policy, assignee: str | None, now: int, paused: dict[str, int]
    ) -> tuple[Person, ...]:
        """Whom to tell, in order: the assigned agent, then those on call; nobody else."""
        key = (policy.on_call, assignee)
        if key not in self._orders:
            self._orders[key] = self._order(policy.on_call, assignee)
        return tuple(
            [each.person(now, paused.get(each.agent.agent_id)) for each in self._orders[key]]
        )

    def country(self, address_id: str) -> str:
        """Where an agent's address is, for the price."""
        return self._countries.get(address_id, "")

    def _order(self, on_call: tuple[str, ...], assignee: str | None) -> list[Member]:
        """By the policy's order, else by the house's."""
        places = {mailbox.lower(): place for place, mailbox in enumerate(on_call, start=1)}
        found = [
            (each.agent.agent_id != assignee, place, each)
            for each in self._members
            for place in (places.get(each.agent.mailbox, 0) if places else each.agent.on_call,)
            if place > 0 or each.agent.agent_id == assignee
        ]
        found.sort(key=lambda each: each[:2])
        return [each for _, _, each in found]


def _answers(where: Whereabouts | None) -> bool:
    return where is not None and where.on_duty and where.presence in IN_SIGHT


@lru_cache(maxsize=8)
def team_of(setting: Setting) -> Team:
    """The team of a setting, made once."""
    return Team(setting)
