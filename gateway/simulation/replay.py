"""Replaying one story under a policy, and what came of it; what really happened in the same shape.

A message is reached when its words arrive by a delivery, or when the panel showed them, whichever
is first. A knock says that there is an answer and brings no words. A delivery costs something once
the provider has taken it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.delivery import ENDED_BADLY, advance
from gateway.core.model import DeliveryState, Form
from gateway.simulation.deliveries import ACCEPTS, arrival
from gateway.simulation.outcomes import RecordedFates
from gateway.simulation.story import Replied, Said, Seen
from gateway.simulation.texts import segments_of
from gateway.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.model import Side
    from gateway.core.policy import Policy
    from gateway.simulation.deliveries import Attempt
    from gateway.simulation.outcomes import Fates
    from gateway.simulation.story import Recorded, Setting, Story

CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery that was handed over; ``rang`` unless it is known not to have arrived.

    One that went along in the message of another rang nothing by itself and costs nothing.
    """

    side: Side
    address_id: str
    channel: str
    form: Form
    seqs: frozenset[int]
    at: int
    arrived_at: int | None
    rang: bool
    failed: bool = False  #: it is known not to have arrived
    segments: int = 0
    cost: int = 0  #: millionths of the policy's currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A message to the shopper: when it reached them and how; None: not within the record.

    ``seen_at`` is when the panel showed it, whatever was sent.
    """

    seq: int
    at: int
    reached_at: int | None
    by: str = ""
    seen_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a policy made of one story; ``decisions`` is how often ``plan`` was asked."""

    sent: tuple[Sent, ...]
    reached: tuple[Reached, ...]
    decisions: int = 0


def replay(story: Story, setting: Setting, policy: Policy, fates: Fates | None = None) -> Outcome:
    """Let the story happen again under another policy.

    ``fates`` says what becomes of deliveries; by default it is the model of ``outcomes``.
    """
    world = World(story, setting, policy, fates or RecordedFates(story, setting.rates))
    for event in story.events:
        world.advance(event.at)
        world.take(event)
    world.advance(story.ends)
    return outcome_of(world)


def outcome_of(world: World) -> Outcome:
    """What has come of a world so far."""
    texted: set[str] = set()
    sent = [_made(world, attempt, texted) for reach in world.sides for attempt in reach.attempts]
    return Outcome(sent=tuple(sent), reached=_reached(world.story, sent), decisions=world.decisions)


def really(story: Story, policy: Policy) -> Outcome:
    """What really happened, priced as this policy prices it."""
    replied: dict[str, list[tuple[int, DeliveryState]]] = {}
    for event in story.events:
        if type(event) is Replied:
            replied.setdefault(event.delivery_id, []).append((event.at, event.state))
    sent = [_recorded(each, policy, replied.get(each.delivery_id, ())) for each in story.recorded]
    return Outcome(sent=tuple(sent), reached=_reached(story, sent))


def _made(world: World, attempt: Attempt, texted: set[str]) -> Sent:
    made, recorded = attempt.delivery, attempt.recorded
    along = recorded is not None and recorded.along
    segments = 0
    if made.channel == "sms" and not along:
        if recorded is not None and recorded.segments and recorded.seqs == made.seqs:
            segments = recorded.segments
        else:
            said = [world.said[seq] for seq in sorted(made.seqs)]
            first = made.address_id not in texted
            most = world.policy.sms_most_segments
            segments = segments_of(said, made.form, attempt.side, first=first, most=most)
        if made.form is Form.WORDS:
            texted.add(made.address_id)
    price = 0
    if made.accepted_at is not None and not along:
        price = world.policy.price(made.channel, _country(world, attempt))
    return Sent(
        side=attempt.side,
        address_id=made.address_id,
        channel=made.channel,
        form=made.form,
        seqs=made.seqs,
        at=attempt.interruption.at,
        arrived_at=attempt.arrived_at,
        rang=made.state not in ENDED_BADLY and not along,
        failed=made.state in ENDED_BADLY,
        segments=segments,
        cost=price * (segments if made.channel == "sms" else 1),
    )


def _country(world: World, attempt: Attempt) -> str:
    """Where an address is, for the price."""
    if attempt.recorded is not None:
        return attempt.recorded.country
    address_id = attempt.delivery.address_id
    if attempt.side == "shopper":
        return world.shopper.country(address_id)
    return world.team.country(address_id)


def _recorded(each: Recorded, policy: Policy, replied: Sequence[tuple[int, DeliveryState]]) -> Sent:
    """``replied``: when people marked it, and how."""
    moves = [(each.handed_at + step.after, step.state) for step in each.course]
    arrived, state, taken = None, DeliveryState.SUBMITTING, False
    for at, name in sorted([*moves, *replied]):
        moved = advance(state, name)
        if moved is not None:
            state = moved
            taken = taken or state in ACCEPTS
            arrived = arrival(each.channel, each.form, state, at, arrived)
    segments = 0 if each.along else each.segments
    price = policy.price(each.channel, each.country) if taken and not each.along else 0
    return Sent(
        side=each.side,
        address_id=each.address_id,
        channel=each.channel,
        form=each.form,
        seqs=each.seqs,
        at=each.handed_at,
        arrived_at=arrived,
        rang=state not in ENDED_BADLY and not each.along,
        failed=state in ENDED_BADLY,
        segments=segments,
        cost=price * (segments if each.channel == "sms" else 1),
    )


def _reached(story: Story, sent: Sequence[Sent]) -> tuple[Reached, ...]:
    """When each message to the shopper reached them."""
    said: list[Said] = []
    seen: list[Seen] = []
    for event in story.events:
        if type(event) is Said:
            if event.side == "staff":
                said.append(event)
        elif type(event) is Seen and event.side == "shopper":
            seen.append(event)
    carried: dict[int, tuple[int, str]] = {}
    for each in sent:
        if each.arrived_at is not None and each.side == "shopper":
            way = (each.arrived_at, each.channel)
            for seq in each.seqs:
                carried[seq] = min(way, carried.get(seq, way))
    return tuple([_first(each, seen, carried.get(each.seq)) for each in said])


def _first(said: Said, seen: Sequence[Seen], carried: tuple[int, str] | None) -> Reached:
    seen_at = next((each.at for each in seen if each.seq >= said.seq), None)
    at, by = seen_at, "" if seen_at is None else CHAT
    if carried is not None and (at is None or carried[0] < at):
        at, by = carried
    return Reached(seq=said.seq, at=said.at, reached_at=at, by=by, seen_at=seen_at)
