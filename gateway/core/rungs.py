"""What each address could do for one message: the verdicts that the ladder is climbed by.

An option is open now, opens by itself at an instant, or is shut until something happens. Whatever
depends on ``now`` carries the instant at which it changes, so that waiting never oversleeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.delivery import NEVER_SENT
from gateway.core.holds import notices, told
from gateway.core.model import (
    Address,
    Delivery,
    Fact,
    Form,
    Health,
    Message,
    Person,
    View,
)
from gateway.core.timing import act_elsewhere
from gateway.core.trials import Trial, knock_trial, needs_proof, words_trial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.policy import Policy

SUPPORT = "support"
OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The arguments of ``plan``, and what is looked up in them again and again."""

    view: View
    policy: Policy
    now: int
    past: Mapping[str, tuple[Delivery, ...]]  #: by address, without those never handed over
    notices: tuple[Delivery, ...]  #: staff: those of this unanswered stretch
    rang_at: Mapping[str, int]  #: the last interruption, by person
    circuits: Mapping[str, int]  #: by channel, when it may be used again


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One address, weighed for one message.

    ``until`` is when time alone changes the verdict, ``ends`` when the hope that it gives is over
    by itself. ``worth_waiting`` overrules patience: the answer to a knock is awaited for as long as
    ``knock_wait``, or what is said meanwhile would overtake what the knock stands in for.
    """

    person: Person
    address: Address
    verdict: str
    place: str = "ladder"
    until: int | None = None
    ends: int | None = None
    worth_waiting: bool = False
    form: Form = Form.WORDS
    attempt: int = 1
    resends: str | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it may be used now."""
        return self.verdict == OPEN

    @property
    def is_hopeful(self) -> bool:
        """Whether it is open, or time alone may open it."""
        return self.is_open or self.until is not None


def scene_of(view: View, policy: Policy, health: Health, now: int) -> Scene:
    """Look up once what every option needs."""
    past: dict[str, list[Delivery]] = {}
    for delivery in view.deliveries:
        if delivery.state not in NEVER_SENT:
            past.setdefault(delivery.address_id, []).append(delivery)
    rang_at: dict[str, int] = {}
    for each in view.interruptions:
        rang_at[each.person_id] = max(each.at, rang_at.get(each.person_id, each.at))
    circuits: dict[str, int] = {}
    for channel, until in health.open_until:
        circuits[channel] = max(until, circuits.get(channel, until))
    return Scene(
        view=view,
        policy=policy,
        now=now,
        past={address_id: tuple(tries) for address_id, tries in past.items()},
        notices=notices(view) if view.side == "staff" else (),
        rang_at=rang_at,
        circuits=circuits,
    )


def people_of(view: View) -> tuple[Person, ...]:
    """Whom to try, in order: the one shopper, or every agent that the view names."""
    return view.people if view.side == "staff" else view.people[:1]


def options_for(scene: Scene, message: Message) -> tuple[Option, ...]:
    """Every address of everybody who may be tried, in the order of the ladder."""
    return tuple(
        _weigh(scene, person, address, place, message)
        for person in people_of(scene.view)
        for address, place in _in_order(scene, person)
    )


def _in_order(scene: Scene, person: Person) -> list[tuple[Address, str]]:
    """The last act's address, then the ladder; what is on neither comes last, to be told of."""
    policy, view = scene.policy, scene.view
    act = act_elsewhere(person, policy, scene.now)
    ladder = policy.staff_ladder if view.side == "staff" else policy.ladder
    chosen: dict[str, tuple[Address, str]] = {}
    if act is not None:
        for address in person.addresses:
            if address.address_id == act.address_id:
                chosen.setdefault(address.address_id, (address, "last_act"))
    for channel in ladder:
        for address in person.addresses:
            if address.channel == channel:
                chosen.setdefault(address.address_id, (address, "ladder"))
    for address in person.addresses:
        chosen.setdefault(address.address_id, (address, "not_on_ladder"))
    return list(chosen.values())


def _weigh(scene: Scene, person: Person, address: Address, place: str, message: Message) -> Option:
    barred = _barred(scene, person, address, place, message)
    if barred is not None:
        return Option(
            person=person, address=address, place=place, verdict=barred[0], facts=barred[1]
        )
    tries = scene.past.get(address.address_id, ())
    trial = words_trial(tries, message, scene.policy)
    if trial.shut is None and needs_proof(address, scene.policy):
        trial = knock_trial(tries, address, scene.view.side, scene.policy, scene.now)
    if trial.shut is not None:
        return Option(
            person=person,
            address=address,
            place=place,
            verdict=trial.shut,
            until=trial.until,
            ends=trial.until,
            worth_waiting=trial.until is not None,
            facts=trial.facts,
        )
    return _in_time(scene, person, address, place, trial)


def _barred(
    scene: Scene, person: Person, address: Address, place: str, message: Message
) -> tuple[str, tuple[Fact, ...]] | None:
    """Why this address may not be used whatever the time, if so."""
    if scene.view.side == "staff":
        if person.off_duty:
            return "off_duty", ()
        if told(scene.notices, scene.policy, person.person_id, message):
            return "told", ()
    if place == "not_on_ladder":
        return place, ()
    if address.stopped_at is not None:
        return "stopped", (("at", address.stopped_at),)
    if address.failed_at is not None:
        return "failed", (("at", address.failed_at), ("why", address.failed_because))
    if SUPPORT not in address.consents:
        return "no_consent", ()
    if not address.proven and message.seq <= address.typed_seq:
        return "typed_later", (("typed_seq", address.typed_seq), ("seq", message.seq))
    return None


def _in_time(scene: Scene, person: Person, address: Address, place: str, trial: Trial) -> Option:
    """Weigh the windows that close an address for a while: the last one to end decides."""
    now, ends = scene.now, trial.stale_at
    windows = {"backing_off": trial.opens, "circuit_open": scene.circuits.get(address.channel)}
    # Who has just written from here is in a live exchange: nothing that arrives now interrupts.
    if place != "last_act" and person.person_id in scene.rang_at:
        windows["spaced"] = scene.rang_at[person.person_id] + scene.policy.spacing
    closed = {code: until for code, until in windows.items() if until is not None and until > now}
    verdict = max(closed, key=closed.__getitem__, default=OPEN)
    until = closed.get(verdict)
    if ends is not None and max(until or now, now) >= ends:
        verdict, until, ends = "stale", None, None
    return Option(
        person=person,
        address=address,
        place=place,
        verdict=verdict,
        until=until,
        ends=ends,
        form=trial.form,
        attempt=trial.attempt,
        resends=trial.resends,
        facts=trial.facts,
    )
