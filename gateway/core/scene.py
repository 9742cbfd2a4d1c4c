"""The arguments of ``plan``, and what is looked up in them again and again."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.delivery import NEVER_SENT
from gateway.core.holds import notices, overriding, passed_over
from gateway.core.policy import DAY
from gateway.core.rules import (
    depends_on_hours,
    rule_for,
    rules_ahead,
    store_is_open,
    store_turns_at,
)
from gateway.core.timing import Stance, act_elsewhere, stance_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.core.model import (
        Act,
        Address,
        Delivery,
        Health,
        Message,
        Override,
        Person,
        View,
    )
    from gateway.core.policy import Policy, Rule

BY_INSTANT = attrgetter("at")


class Scene(NamedTuple):
    """One look at a view at one instant."""

    view: View
    policy: Policy
    now: int
    people: tuple[Person, ...]  #: whom to try, in order: the one shopper, or the view's agents
    stance: Stance | None  #: where the shopper is; None for the staff, or for nobody
    acts: Mapping[str, Act]  #: by person, the last act if it was not in chat and still counts
    unproven: Sequence[Address]  #: of those people
    by_hours: bool  #: some rule asks whether the store is open
    is_open: bool  #: the store, if so
    past: Mapping[str, Sequence[Delivery]]  #: by address, without those never handed over
    notices: tuple[Delivery, ...]  #: staff: those of this unanswered stretch
    rang: Mapping[str, Sequence[int]]  #: interruptions by person, oldest first
    circuits: Mapping[str, int]  #: by channel, when it may be used again
    overrides: Mapping[int, Override]  #: by seq, the one that counts
    passed: Mapping[int, frozenset[str]]  #: by seq, the deliveries that it does not wait for

    def rule(self, message: Message) -> Rule | None:
        """The rule of the matrix that holds for this message now."""
        if not self.policy.rules:
            return None
        where = "" if self.stance is None else self.stance.where
        return rule_for(
            self.policy, self.view.side, message, self.shopper(), where, is_open=self.is_open
        )

    def rules_ahead(self, message: Message) -> list[Rule | None]:
        """Those that hold for it now, or may without anything that has the row looked at again."""
        is_open = self.is_open if self.edge() is None else None
        return rules_ahead(self.policy, self.view.side, message, self.shopper(), is_open=is_open)

    def shopper(self) -> Person | None:
        """The shopper to be reached; None for the staff, or for nobody."""
        return None if self.stance is None else self.people[0]

    def edge(self) -> int | None:
        """When the store next opens or closes, if a rule asks for that."""
        return store_turns_at(self.policy, self.now) if self.by_hours else None

    def capped_until(self, rang: Sequence[int]) -> int:
        """When somebody who was interrupted at these instants may be interrupted again.

        An agent beyond the cap is told of everything at once when ``digest`` has passed.
        """
        cap = max(self.policy.cap, 1)
        if len(rang) < cap or rang[-cap] + DAY <= self.now:
            return self.now
        opens = rang[-cap] + DAY
        return min(rang[-1] + self.policy.digest, opens) if self.view.side == "staff" else opens


def scene_of(view: View, policy: Policy, health: Health, now: int) -> Scene:
    """Look up once what every option needs."""
    to_shopper = view.side == "shopper"
    people = view.people[:1] if to_shopper else view.people
    past: dict[str, list[Delivery]] = {}
    for delivery in view.deliveries:
        if delivery.state not in NEVER_SENT:
            past.setdefault(delivery.address_id, []).append(delivery)
    rang: dict[str, list[int]] = {}
    for each in sorted(view.interruptions, key=BY_INSTANT):
        rang.setdefault(each.person_id, []).append(each.at)
    acts: dict[str, Act] = {}
    unproven: list[Address] = []
    for person in people:
        act = act_elsewhere(person, policy, now)
        if act is not None:
            acts[person.person_id] = act
        unproven += [address for address in person.addresses if not address.proven]
    by_hours = bool(policy.rules) and depends_on_hours(policy, view.side)
    gateways = view.accepting_since or 0
    return Scene(
        view=view,
        policy=policy,
        now=now,
        people=people,
        stance=stance_of(people[0], gateways, policy, now) if to_shopper and people else None,
        acts=acts,
        unproven=unproven,
        by_hours=by_hours,
        is_open=not by_hours or store_is_open(policy, now),
        past=past,
        notices=() if to_shopper else notices(view),
        rang=rang,
        circuits=_circuits(health),
        overrides=overriding(view.overrides) if view.overrides else {},
        passed=passed_over(view),
    )


def _circuits(health: Health) -> dict[str, int]:
    found: dict[str, int] = {}
    for channel, until in health.open_until:
        found[channel] = max(until, found.get(channel, until))
    return found
