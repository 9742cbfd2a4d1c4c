"""The conversation's two states, and what becomes of its reach rows; everything that moves them.

    open ──resolve──► resolved
    open ◄─reopen · message_from_shopper within some days── resolved

Automatic messages are no event here: they open and reopen nothing.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.core.model import (
    Decision,
    Presence,
    ReachState,
    Send,
    Settle,
    Side,
    Wait,
)
from gateway.core.policy import HOUR
from gateway.core.rules import least_delay, shortest_delay
from gateway.core.timing import grace_end

if TYPE_CHECKING:
    from gateway.core.policy import Policy

_MOST_PRESENT: Final = tuple(Presence)
REOPEN_WITHIN: Final = 3 * 24 * HOUR
"""How long after resolving the shopper's next message still belongs to the same matter."""


class ConversationState(StrEnum):
    """States of a conversation."""

    OPEN = "open"  #: somebody may still have to answer
    RESOLVED = "resolved"  #: an agent said that it is done


class ConversationEvent(StrEnum):
    """What may move a conversation."""

    MESSAGE_FROM_SHOPPER = "message_from_shopper"  #: resolved → open, within some days
    RESOLVE = "resolve"  #: open → resolved; answers everything
    REOPEN = "reopen"  #: resolved → open
    ASSIGN = "assign"  #: moves nothing


TRANSITIONS: Final = MappingProxyType(
    {
        ConversationState.OPEN: {
            ConversationEvent.MESSAGE_FROM_SHOPPER: ConversationState.OPEN,
            ConversationEvent.RESOLVE: ConversationState.RESOLVED,
            ConversationEvent.REOPEN: ConversationState.OPEN,
            ConversationEvent.ASSIGN: ConversationState.OPEN,
        },
        ConversationState.RESOLVED: {
            ConversationEvent.MESSAGE_FROM_SHOPPER: ConversationState.OPEN,
            ConversationEvent.RESOLVE: ConversationState.RESOLVED,
            ConversationEvent.REOPEN: ConversationState.OPEN,
            ConversationEvent.ASSIGN: ConversationState.RESOLVED,
        },
    }
)


def after(
    state: ConversationState,
    event: ConversationEvent,
    *,
    now: int,
    resolved_at: int | None = None,
    within: int = REOPEN_WITHIN,
) -> ConversationState | None:
    """The state after an event.

    Returns:
        None when the message belongs in a new conversation: this one was resolved ``within`` or
        longer ago.
    """
    speaks = event is ConversationEvent.MESSAGE_FROM_SHOPPER
    if state is ConversationState.RESOLVED and speaks and not reopens(resolved_at, now, within):
        return None
    return TRANSITIONS[state][event]


def reopens(resolved_at: int | None, now: int, within: int = REOPEN_WITHIN) -> bool:
    """Whether the shopper's message at ``now`` still belongs to what was resolved then.

    ``resolved_at`` None: nobody knows when, so it is taken to be the same matter.
    """
    return resolved_at is None or now < resolved_at + within


def reach_after(decision: Decision, now: int) -> tuple[ReachState, int | None]:
    """What a decision makes of the reach row: its state and, for ``waiting`` alone, its due time.

    After ``Send`` one delivery is under way, so the row is carried until that delivery changes.
    """
    match decision:
        case Settle():
            return ReachState.SETTLED, None
        case Send():
            return ReachState.CARRIED, None
        case Wait(until=until):
            return (
                (ReachState.CARRIED, None)
                if until is None
                else (ReachState.WAITING, max(until, now))
            )
        case _:
            return ReachState.UNREACHABLE, None


def due_after_message(policy: Policy, side: Side, now: int, due_at: int | None = None) -> int:
    """When the row of the side that is written to is due after a new message at ``now``.

    After the shortest delay there is, and never later than a waiting row already was (``due_at``):
    ``plan`` then finds the exact instant, from a presence that may have changed by that time.
    """
    due = now + shortest_delay(policy, side)
    return due if due_at is None else min(due, due_at)


def pull_due(
    due_at: int, presence: Presence, since: int, policy: Policy, *, was: Presence | None = None
) -> int:
    """The due time of a waiting row after a change of presence: nearer or the same, never later.

    Only waiting rows have one. A return (``was``: less present than now) brings nothing nearer;
    that it is later after all is seen when the row is due.
    """
    if was is not None and _MOST_PRESENT.index(presence) <= _MOST_PRESENT.index(was):
        return due_at
    return min(due_at, since + least_delay(presence, policy))


def pull_due_lost(due_at: int, lost_at: int, policy: Policy, *, accepting_since: int | None) -> int:
    """The same for somebody whose node was lost: nearer only to the end of their grace.

    While no gateway accepts (None) that end is not known; ``plan`` waits a full grace by itself.
    """
    end = grace_end(lost_at, accepting_since or 0, policy)
    return min(due_at, max(end, lost_at + least_delay(Presence.GONE, policy)))


def what_of(at: int, last_staff_at: int | None, last_shopper_at: int | None, policy: Policy) -> str:
    """What a staff message at ``at`` is to the shopper, by what was written before it.

    The first of the conversation is the ``first_answer``; one that is written long after the one
    before it, the shopper not having written since, is a ``follow_up``; all else is an ``answer``.
    """
    if last_staff_at is None:
        return "first_answer"
    if last_shopper_at is not None and last_shopper_at > last_staff_at:
        return "answer"
    return "follow_up" if at - last_staff_at >= policy.follow_up_after else "answer"


def paused_until(opened_at: int, policy: Policy, *, paused_before: bool) -> int | None:
    """Until when an agent who may answer pauses the ladder by opening the conversation.

    Once per agent and unanswered stretch (``paused_before``): None afterwards, or somebody who
    looks in every few minutes would keep everybody else from being told.
    """
    return None if paused_before else opened_at + policy.answer_within
