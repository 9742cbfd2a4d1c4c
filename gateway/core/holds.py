"""Which messages a delivery keeps from being brought again at this moment, and until when.

Batching, escalation, a missing receipt, an unknown outcome and the on-call ladder are this one
rule: unreached = messages that nothing holds at ``now``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.delivery import (
    ENDED_BADLY,
    FOREVER,
    NEVER_SENT,
    handed_at,
    held_until,
    is_live,
)
from gateway.core.model import (
    Delivery,
    DeliveryState,
    Fact,
    Form,
    Message,
    Override,
    Reason,
    View,
)
from gateway.core.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.core.policy import Policy

CARRIES = (Form.WORDS, Form.KNOCK)
BRINGS = ("now", "resend")
"""The wishes that something be brought, rather than left."""
_NOTHING: Mapping[int, frozenset[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One message kept back by a delivery or an override, until an instant still to come."""

    until: int
    by: Delivery | Override


def under_way(view: View) -> Delivery | None:
    """The delivery that is queued or submitting, if any: nothing else goes out beside it."""
    live = (each for each in view.deliveries if each.form in CARRIES and is_live(each.state))
    return next(live, None)


def notices(view: View) -> tuple[Delivery, ...]:
    """The staff's notices of this unanswered stretch.

    A notice whose every message has been answered is done with. Were it to go on holding what
    comes later, an agent who answers by mail would never be told of the shopper's next message.
    """
    unanswered = {message.seq for message in view.messages}
    return tuple(
        each for each in view.deliveries if each.form is Form.WORDS and each.seqs & unanswered
    )


def holds(
    view: View, policy: Policy, now: int, passed: Mapping[int, frozenset[str]] = _NOTHING
) -> dict[int, Hold]:
    """The last hold on each message that is held at ``now``, by seq.

    ``passed`` names, by seq, deliveries that do not count (see ``passed_over``).
    """
    found: dict[int, Hold] = {}
    if not view.deliveries:
        return found
    wanted = {message.seq for message in view.messages}
    proven = {
        address.address_id
        for person in view.people
        for address in person.addresses
        if address.proven
    }
    for delivery in notices(view) if view.side == "staff" else view.deliveries:
        # A receipt may outrank the answer to a knock; the proof that it brought says enough.
        if delivery.form is Form.KNOCK and delivery.address_id in proven:
            continue
        until = held_until(delivery, policy, view.side)
        if until is None or until <= now:
            continue
        # A staff notice stands for the conversation: it holds what comes later too.
        for seq in wanted if view.side == "staff" else wanted & delivery.seqs:
            if delivery.delivery_id in passed.get(seq, ()):
                continue
            if seq not in found or found[seq].until < until:
                found[seq] = Hold(by=delivery, until=until)
    return found


def overriding(overrides: Iterable[Override]) -> dict[int, Override]:
    """What agents decided, by seq; of several for a message the newest counts.

    ``overrides`` are in the order in which they were made.
    """
    newest = {seq: override for override in overrides for seq in override.seqs}
    return {seq: each for seq, each in newest.items() if each.kind != "as_usual"}


def passed_over(view: View) -> dict[int, frozenset[str]]:
    """The deliveries of unknown outcome that an agent's wish does not wait for, by seq.

    That which the wish names, and those before it. One that comes after it is a matter of its own:
    of its outcome the agent knew nothing.
    """
    found: dict[int, frozenset[str]] = {}
    if not view.overrides:
        return found
    if view.side == "staff" or all(each.delivery_id is None for each in view.overrides):
        return found
    tried = sorted(view.deliveries, key=lambda each: each.queued_at)
    for seq, wish in overriding(view.overrides).items():
        names = [each.delivery_id for each in tried if seq in each.seqs]
        if wish.kind not in BRINGS or wish.delivery_id not in names:
            continue
        by_then = frozenset(names[: names.index(wish.delivery_id) + 1])
        found[seq] = by_then & {
            each.delivery_id for each in tried if each.state is DeliveryState.UNKNOWN
        }
    return found


def passed_by(view: View, policy: Policy, now: int, held: Mapping[int, Hold]) -> list[Message]:
    """Of what is held, that which nothing holds but what an agent's wish does not wait for."""
    passed = passed_over(view)
    if not passed:
        return []
    firm = left_alone(view, now) | holds(view, policy, now, passed)
    return [each for each in view.messages if each.seq in held and each.seq not in firm]


def left_alone(view: View, now: int) -> dict[int, Hold]:
    """The messages that an agent wants left for now, or for good, by seq."""
    found: dict[int, Hold] = {}
    if not view.overrides:
        return found
    decided = overriding(view.overrides)
    for message in view.messages:
        override = decided.get(message.seq)
        if override is None or override.kind in BRINGS:
            continue
        until = FOREVER if override.kind == "chat_only" else override.until
        if until is not None and until > now:
            found[message.seq] = Hold(by=override, until=until)
    return found


def told(sent: Iterable[Delivery], policy: Policy, person_id: str, message: Message) -> bool:
    """Whether this agent was told of the message, or it came while they were being waited for.

    ``sent`` are the ``notices`` of the view.
    """
    return any(
        message.seq in each.seqs or handed_at(each) <= message.at < handed_at(each) + policy.rung
        for each in sent
        if each.person_id == person_id
        and each.state not in ENDED_BADLY
        and each.state not in NEVER_SENT
    )


def held_reasons(found: Iterable[Hold]) -> tuple[Reason, ...]:
    """One reason for each delivery or override that holds something."""
    return tuple(
        dict.fromkeys(
            reason("held", delivery_facts(hold.by))
            if isinstance(hold.by, Delivery)
            else reason("left_alone", override_facts(hold.by))
            for hold in found
        )
    )


def override_facts(override: Override) -> tuple[Fact, ...]:
    """What a reason tells of an agent's wish."""
    until = () if override.until is None else (("until", override.until),)
    past = () if override.delivery_id is None else (("delivery", override.delivery_id),)
    made = (("kind", override.kind), ("agent", override.agent_id), ("at", override.at))
    return (*made, *until, *past)


def delivery_facts(delivery: Delivery) -> tuple[Fact, ...]:
    """What a reason tells of an earlier delivery."""
    return (
        ("delivery", delivery.delivery_id),
        ("person", delivery.person_id),
        ("channel", delivery.channel),
        ("form", str(delivery.form)),
        ("state", str(delivery.state)),
        ("at", delivery.state_at),
    )
