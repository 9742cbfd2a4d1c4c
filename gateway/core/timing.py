"""When a side is to be reached: presence, delays, debounce, and what is not known of presence.

due = the later of (presence began + D) and the earlier of (last message + D, first + ``longest``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.delivery import ENDED_BADLY, NEVER_SENT, handed_at
from gateway.core.model import (
    Act,
    Form,
    Message,
    Person,
    Presence,
    Reason,
    View,
)
from gateway.core.reasons import reason
from gateway.core.rules import usual_delay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.policy import Policy, Rule

CHAT = "chat"
ELSEWHERE = "elsewhere"


class Due(NamedTuple):
    """When to act, why then, and when where somebody is ends by itself, if it does."""

    at: int
    because: tuple[Reason, ...] = ()
    turns: tuple[int, ...] = ()


class Stance(NamedTuple):
    """Where a person is as far as delays go: a presence, or elsewhere.

    ``known`` tells how we know, if not by seeing; ``turns`` holds the end of a grace. The end of an
    act is the scene's to tell.
    """

    where: str
    since: int
    left: bool  #: nobody thinks that they are on the page
    channel: str = CHAT
    known: tuple[Reason, ...] = ()
    turns: tuple[int, ...] = ()


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
        return _elsewhere(person, act)
    if person.lost_at is None or person.presence is Presence.GONE:
        return _present(person.presence, person.since)
    end = grace_end(person.lost_at, accepting_since, policy)
    facts = (("lost_at", person.lost_at), ("until", end))
    if now < end:
        return _present(person.presence, person.since, reason("grace", facts), turns=(end,))
    return _present(Presence.GONE, person.lost_at, reason("grace_over", facts))


def due_for_shopper(
    stance: Stance, messages: Sequence[Message], policy: Policy, rule: Rule | None
) -> Due:
    """When these messages (at least one, oldest first) are to be brought to the shopper."""
    delay = usual_delay(stance.where, policy)
    longest = policy.longest_gone if stance.left else policy.longest
    if rule is not None:
        delay = delay if rule.delay is None else rule.delay
        longest = longest if rule.longest is None else rule.longest
    at, why = _settled(stance, delay, longest, messages)
    return Due(
        at=at, because=(*stance.known, _here(stance, delay), *_by(rule), *why), turns=stance.turns
    )


def due_for_staff(
    first: Person | None,
    messages: Sequence[Message],
    view: View,
    policy: Policy,
    now: int,
    rule: Rule | None = None,
) -> Due:
    """When somebody is to be told of these messages (at least one, oldest first).

    ``first`` is whose turn it is.

    Who answered a notice of this conversation from outside is in a live exchange, and gets the next
    message like anybody who is elsewhere. An act in some other conversation says nothing here.
    """
    patience = policy.staff_first_present if view.agent_present else policy.staff_first
    if rule is not None and rule.delay is not None:
        patience = rule.delay
    since = messages[0].at
    because = [reason("unanswered", (("since", since), ("delay", patience)))]
    if view.agent_present:
        because.append(reason("agent_present"))
    usual = Due(at=since + patience, because=(*because, *_by(rule)))
    act = None if first is None else act_elsewhere(first, policy, now)
    if first is None or act is None or not _answered_here(view, act):
        return usual
    stance = _elsewhere(first, act)
    longest = policy.longest_gone if stance.left else policy.longest
    at, why = _settled(stance, policy.elsewhere, longest, messages)
    if at < usual.at:
        return Due(at=at, because=(_here(stance, policy.elsewhere), *why))
    return usual


def pause_of(view: View, now: int) -> int | None:
    """Until when the staff's ladder is paused, None when it is not.

    Whoever opened the conversation pauses it for all; that each agent does so once in an unanswered
    stretch is seen to where ``paused_until`` is written.
    """
    until = max((each.paused_until or now for each in view.people), default=now)
    return until if until > now else None


def _settled(
    stance: Stance, delay: int, longest: int, messages: Sequence[Message]
) -> tuple[int, tuple[Reason, ...]]:
    first, last = messages[0].at, messages[-1].at
    # ``longest`` bounds how often followers may put the first off, not the delay itself.
    longest = max(longest, delay)
    quiet, most = last + delay, first + longest
    present = stance.since + delay
    if stance.where == ELSEWHERE:
        # Whoever texts without a pause is there, and is not to wait for the end of it.
        present = min(present, most)
    if present >= min(quiet, most):
        return present, ()
    if quiet <= most:
        return quiet, (reason("debounce", (("last_at", last), ("delay", delay))),)
    return most, (reason("longest", (("first_at", first), ("delay", longest))),)


def _here(stance: Stance, delay: int) -> Reason:
    since, given = ("since", stance.since), ("delay", delay)
    if stance.where == ELSEWHERE:
        return reason(ELSEWHERE, (("channel", stance.channel), since, given))
    return reason(stance.where, (since, given))


def _by(rule: Rule | None) -> tuple[Reason, ...]:
    return () if rule is None else (reason("rule", (("name", rule.name),)),)


def _present(presence: Presence, since: int, *known: Reason, turns: tuple[int, ...] = ()) -> Stance:
    return Stance(
        where=str(presence),
        since=since,
        left=presence is Presence.GONE,
        known=known,
        turns=turns,
    )


def _elsewhere(person: Person, act: Act) -> Stance:
    return Stance(
        where=ELSEWHERE,
        since=act.at,
        left=person.presence is Presence.GONE,
        channel=act.channel,
    )


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
