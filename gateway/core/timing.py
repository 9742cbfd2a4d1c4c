"""When a side is to be reached: presence, delays, debounce, and what is not known of presence.

due = the later of (presence began + D) and the earlier of (last message + D, first + ``longest``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.delivery import ENDED_BADLY, NEVER_SENT, handed_at
from gateway.core.model import (
    Act,
    Form,
    Message,
    Person,
    Presence,
    Reason,
    Side,
    View,
)
from gateway.core.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.policy import Policy

CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When to act, why then, and the instants at which this answer itself may change."""

    at: int
    because: tuple[Reason, ...] = ()
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """Where a person is as far as delays go: a presence, or elsewhere."""

    since: int
    delay: int
    longest: int
    because: tuple[Reason, ...]
    turns: tuple[int, ...] = ()


def delay_of(presence: Presence, policy: Policy) -> int:
    """The delay D of a presence."""
    return {
        Presence.READING: policy.reading,
        Presence.ON_PAGE: policy.on_page,
        Presence.HIDDEN: policy.hidden,
        Presence.GONE: policy.gone,
    }[presence]


def shortest_delay(policy: Policy, side: Side) -> int:
    """The least that any message to this side waits before ``plan`` could want it sent."""
    if side == "staff":
        return min(policy.staff_first, policy.staff_first_present, policy.elsewhere)
    return min(policy.elsewhere, *(delay_of(presence, policy) for presence in Presence))


def act_elsewhere(person: Person, policy: Policy, now: int) -> Act | None:
    """The last act if it was not in chat and still counts."""
    act = person.last_act
    if act is None or act.channel == CHAT or now >= act.at + policy.act_counts:
        return None
    return act


def grace_end(lost_at: int, accepting_since: int, policy: Policy) -> int:
    """Until when a lost person's last presence counts.

    Counted from when gateways accept sockets again if that is later: nobody can come back to a
    house whose doors are shut.
    """
    return max(lost_at, accepting_since) + policy.grace


def stance_of(person: Person, accepting_since: int, policy: Policy, now: int) -> Stance:
    """Where this person is at ``now``, as far as delays go."""
    act = act_elsewhere(person, policy, now)
    if act is not None:
        because = reason(
            "elsewhere",
            (("channel", act.channel), ("since", act.at), ("delay", policy.elsewhere)),
        )
        return Stance(
            since=act.at,
            delay=policy.elsewhere,
            longest=_longest(person.presence, policy),
            because=(because,),
            turns=(act.at + policy.act_counts,),
        )
    if person.lost_at is None or person.presence is Presence.GONE:
        return _present(person.presence, person.since, policy)
    end = grace_end(person.lost_at, accepting_since, policy)
    if now < end:
        known = reason("grace", (("lost_at", person.lost_at), ("until", end)))
        return _present(person.presence, person.since, policy, known, turns=(end,))
    over = reason("grace_over", (("lost_at", person.lost_at), ("until", end)))
    return _present(Presence.GONE, person.lost_at, policy, over)


def due_for_shopper(
    person: Person, messages: Sequence[Message], view: View, policy: Policy, now: int
) -> Due:
    """When these messages (at least one) are to be brought to the shopper."""
    stance = stance_of(person, view.accepting_since or 0, policy, now)
    at, why = _settled(stance, messages)
    return Due(at=at, because=stance.because + why, turns=stance.turns)


def due_for_staff(
    first: Person | None, messages: Sequence[Message], view: View, policy: Policy, now: int
) -> Due:
    """When somebody is to be told of these messages (at least one); ``first`` is whose turn it is.

    Who answered a notice of this conversation from outside is in a live exchange, and gets the next
    message like anybody who is elsewhere. An act in some other conversation says nothing here.
    """
    patience = policy.staff_first_present if view.agent_present else policy.staff_first
    since = min(message.at for message in messages)
    because = [reason("unanswered", (("since", since), ("delay", patience)))]
    if view.agent_present:
        because.append(reason("agent_present"))
    usual = Due(at=since + patience, because=tuple(because))
    act = None if first is None else act_elsewhere(first, policy, now)
    if first is None or act is None or not _answered_here(view, act):
        return usual
    stance = stance_of(first, view.accepting_since or 0, policy, now)
    at, why = _settled(stance, messages)
    if at < usual.at:
        return Due(at=at, because=stance.because + why, turns=stance.turns)
    return Due(at=usual.at, because=usual.because, turns=stance.turns)


def pause_of(view: View, now: int) -> int | None:
    """Until when the staff's ladder is paused, None when it is not.

    Whoever opened the conversation pauses it for all; that each agent does so once in an unanswered
    stretch is seen to where ``paused_until`` is written.
    """
    until = max((each.paused_until or now for each in view.people), default=now)
    return until if until > now else None


def _settled(stance: Stance, messages: Sequence[Message]) -> tuple[int, tuple[Reason, ...]]:
    first = min(message.at for message in messages)
    last = max(message.at for message in messages)
    quiet, most = last + stance.delay, first + stance.longest
    present = stance.since + stance.delay
    if present >= min(quiet, most):
        return present, ()
    if quiet <= most:
        return quiet, (reason("debounce", (("last_at", last), ("delay", stance.delay))),)
    return most, (reason("longest", (("first_at", first), ("delay", stance.longest))),)


def _present(
    presence: Presence,
    since: int,
    policy: Policy,
    *known: Reason,
    turns: tuple[int, ...] = (),
) -> Stance:
    delay = delay_of(presence, policy)
    here = reason(str(presence), (("since", since), ("delay", delay)))
    return Stance(
        since=since,
        delay=delay,
        longest=_longest(presence, policy),
        because=(*known, here),
        turns=turns,
    )


def _longest(presence: Presence, policy: Policy) -> int:
    return policy.longest_gone if presence is Presence.GONE else policy.longest


def _answered_here(view: View, act: Act) -> bool:
    """Whether a notice of this conversation was answered from where the act was.

    Its state does not tell: a receipt outranks an answer. What tells is that the notice went there,
    the act came after it, and nothing that it told of is unanswered any more.
    """
    unanswered = {message.seq for message in view.messages}
    return any(
        each.address_id == act.address_id
        and each.state not in ENDED_BADLY | NEVER_SENT
        and handed_at(each) <= act.at
        and not each.seqs & unanswered
        for each in view.deliveries
        if each.form is Form.WORDS
    )
