"""What each address could do for one message: the verdicts that the ladder is climbed by.

An option is open now, opens by itself at an instant, or is shut until something happens. Whatever
depends on ``now`` carries the instant at which it changes, so that waiting never oversleeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.closings import OPEN, closes_at, hours_of, opening
from gateway.core.consent import SUPPORT
from gateway.core.holds import BRINGS, told
from gateway.core.merging import typed_later
from gateway.core.model import Address, Fact, Form, Message, Person
from gateway.core.rules import ladder_of
from gateway.core.timing import CHAT
from gateway.core.trials import UNTRIED, Trial, knock_trial, needs_proof, words_trial
from gateway.core.window import WINDOWED, is_free, shuts_at, window_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.policy import Rule
    from gateway.core.scene import Scene

ASKED = "override"  #: the place of what an agent asked for
LIVE = "last_act"  #: the place of who has just written from there
LIKED = "preference"
LADDER = "ladder"
AFTER_CHAT = "not_wanted"
OFF_LADDER = "not_on_ladder"
STALE = "stale"
WINDOW = "window"
BY_RANK = attrgetter("rank")


class Option(NamedTuple):
    """One address, weighed for one message.

    ``until`` is when time alone changes the verdict, ``ends`` the soonest that the hope it gives
    may be over by itself. ``worth_waiting`` overrules patience: the answer to a knock is awaited
    for as long as ``knock_wait``, or what is said meanwhile would overtake what the knock stands
    in for.
    """

    person: Person
    address: Address
    verdict: str
    place: str = LADDER
    until: int | None = None
    ends: int | None = None
    worth_waiting: bool = False
    form: Form = Form.WORDS
    attempt: int = 1
    resends: str | None = None
    template: bool = False
    facts: tuple[Fact, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it may be used now."""
        return self.verdict == OPEN

    @property
    def is_hopeful(self) -> bool:
        """Whether it is open, or time alone may open it."""
        return self.verdict == OPEN or self.until is not None


class Stand(NamedTuple):
    """An address where it stands in the order; ``live``: they have just written from there."""

    rank: int  #: the least is tried first
    address: Address
    place: str
    live: bool


class Weighed(NamedTuple):
    """What may be done for one message, or for all that nothing tells apart from it."""

    rule: Rule | None  #: of the matrix, the one that holds
    options: tuple[Option, ...]  #: every address of everybody who may be tried, in order
    is_hopeful: bool  #: some option is


Ways = Mapping[int, Weighed]
"""What may be done for each message, by seq."""


def ways_of(scene: Scene, messages: Sequence[Message]) -> Ways:
    """What may be done for each message, weighed once for those that nothing tells apart."""
    weighed: dict[object, Weighed] = {}
    found: dict[int, Weighed] = {}
    for message in messages:
        alike = _likeness(scene, message)
        if alike not in weighed:
            weighed[alike] = weigh(scene, message, scene.rule(message))
        found[message.seq] = weighed[alike]
    return found


def all_of(ways: Ways) -> Iterable[Option]:
    """Every option of every message."""
    return [option for each in ways.values() for option in each.options]


def weigh(scene: Scene, message: Message, rule: Rule | None) -> Weighed:
    """Weigh every address of everybody who may be tried, in the order of the rule's ladder."""
    options = [
        _option(scene, person, stand, message, rule)
        for person in scene.people
        if person.addresses  # of a large team most have none
        for stand in _in_order(scene, person, message, rule)
    ]
    hopeful = [each for each in options if each.is_hopeful]  # cheaper than a generator
    return Weighed(rule, tuple(options), bool(hopeful))


def _likeness(scene: Scene, message: Message) -> object:
    """Two messages for which this is equal have the same options.

    Those to the staff are told apart by their instants too, and few.
    """
    if scene.view.side == "staff" or message.seq in scene.overrides:
        return message.seq
    if not scene.unproven and not scene.view.deliveries:
        return message.what
    late = tuple([typed_later(address, message.seq) for address in scene.unproven])
    tried = tuple([each.delivery_id for each in scene.view.deliveries if message.seq in each.seqs])
    return message.what, late, tried


def _in_order(scene: Scene, person: Person, message: Message, rule: Rule | None) -> list[Stand]:
    """An agent's wish, the last act's address, their preference, the ladder.

    What is on none of them comes last, to be told of.
    """
    override = scene.overrides.get(message.seq)
    asked = override.address_id if override is not None and override.kind in BRINGS else None
    act = scene.acts.get(person.person_id)
    acted = None if act is None else act.address_id
    places = _places(person.preference, ladder_of(scene.policy, scene.view.side, rule))
    last = (len(places), OFF_LADDER)
    stands: list[Stand] = []
    for address in person.addresses:
        live = address.address_id == acted
        rank, place = places.get(address.channel, last)
        if address.address_id == asked:
            rank, place = -2, ASKED
        elif live:
            rank, place = -1, LIVE
        stands.append(Stand(rank, address, place, live))
    stands.sort(key=BY_RANK)
    return stands


@lru_cache(maxsize=256)
def _places(preference: tuple[str, ...], ladder: tuple[str, ...]) -> Mapping[str, tuple[int, str]]:
    """Rank and place of each channel: those that they like best, then the rest of the ladder.

    Who likes to be answered in the chat is not followed past it.
    """
    if not preference:
        return {channel: (rank, LADDER) for rank, channel in enumerate(ladder)}
    ends_in_chat = CHAT in preference
    before = preference[: preference.index(CHAT)] if ends_in_chat else preference
    liked = [channel for channel in dict.fromkeys(before) if channel in ladder]
    rest = AFTER_CHAT if ends_in_chat else LADDER
    order = dict.fromkeys([*liked, *ladder])
    return {
        channel: (rank, LIKED if channel in liked else rest) for rank, channel in enumerate(order)
    }


def _option(
    scene: Scene, person: Person, stand: Stand, message: Message, rule: Rule | None
) -> Option:
    address = stand.address
    barred = _barred(scene, person, stand, message)
    if barred is not None:
        return Option(person, address, barred[0], stand.place, facts=barred[1])
    tries = scene.past.get(address.address_id, ())
    trial = UNTRIED
    if tries:
        trial = words_trial(tries, message, scene.policy, _passed(scene, stand, message))
    if trial.shut is None and needs_proof(address, scene.policy):
        trial = knock_trial(tries, address, scene.view.side, scene.policy, scene.now)
    if trial.shut is not None:
        return Option(
            person,
            address,
            trial.shut,
            stand.place,
            until=trial.until,
            ends=trial.until,
            worth_waiting=trial.until is not None,
            facts=trial.facts,
        )
    return _in_time(scene, person, stand, trial, rule)


def _passed(scene: Scene, stand: Stand, message: Message) -> frozenset[str]:
    """The deliveries after which an agent wants this sent here once more."""
    if stand.place != ASKED or scene.overrides[message.seq].kind != "resend":
        return frozenset()
    return scene.passed.get(message.seq, frozenset())


def _barred(
    scene: Scene, person: Person, stand: Stand, message: Message
) -> tuple[str, tuple[Fact, ...]] | None:
    """Why this address may not be used whatever the time, if so."""
    address = stand.address
    if scene.view.side == "staff" and told(scene.notices, scene.policy, person.person_id, message):
        return "told", ()
    if stand.place in (OFF_LADDER, AFTER_CHAT):
        return stand.place, ()
    if address.stopped_at is not None:
        return "stopped", (("at", address.stopped_at),)
    if address.stopped_here_at is not None:
        return "stopped_here", (("at", address.stopped_here_at),)
    if address.failed_at is not None:
        return "failed", (("at", address.failed_at), ("why", address.failed_because))
    if SUPPORT not in address.consents:
        return "no_consent", ()
    if scene.view.side == "shopper" and not scene.policy.texts(address.channel, address.country):
        return "country_off", (("country", address.country),)
    if typed_later(address, message.seq):
        return "typed_later", (("typed_seq", address.typed_seq), ("seq", message.seq))
    return None


def _in_time(scene: Scene, person: Person, stand: Stand, trial: Trial, rule: Rule | None) -> Option:
    """Weigh what closes an address for a while, and whether trying again is stale by its end."""
    address = stand.address
    live, asked = stand.live, stand.place == ASKED
    hours = None if live else hours_of(scene, person, address, rule)
    opens, verdict = opening(scene, person, address, trial, hours, live=live, asked=asked)
    ends, facts = None, trial.facts
    last = _last_hope(address, trial)
    if opens is not None and last is not None:
        if opens >= last[0]:
            opens, verdict = None, last[1]
            facts = window_facts(address) if verdict == WINDOW else facts
        else:
            # The hours that close it next may last until there is no hope any more.
            closes = None if hours is None else closes_at(hours, opens)
            ends = last[0] if closes is None else min(closes, last[0])
    return Option(
        person,
        address,
        verdict,
        stand.place,
        until=None if opens == scene.now else opens,
        ends=ends,
        form=trial.form,
        attempt=trial.attempt,
        resends=trial.resends,
        template=not is_free(address, scene.now),
        facts=facts,
    )


def _last_hope(address: Address, trial: Trial) -> tuple[int, str] | None:
    """From when on it does not go out here any more, and why; None: there is no such instant."""
    if trial.stale_at is None and address.channel not in WINDOWED:
        return None
    ends = [(trial.stale_at, STALE), (shuts_at(address, trial.form), WINDOW)]
    return min(((at, why) for at, why in ends if at is not None), default=None)
