"""What a conversation's log says: the names of its events, and the fold that gives the row again.

fold(log) equals the conversation row, delivery states included. The fold never reads a body, so
erasing one leaves it intact; reach, presence, drafts and what is their shopper's are not folded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from gateway.core.conversation import ConversationState
from gateway.core.model import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MILLISECOND: Final = 1_000  #: microseconds
Kind = Literal["message", "note", "event"]
Audience = Literal["all", "staff"]
AuthorSide = Literal["shopper", "staff", "system"]

OPENED: Final = "opened"  #: the first entry; data: shopper_id, number
ASSIGNED: Final = "assigned"  #: data: agent_id, None for nobody
RESOLVED: Final = "resolved"  #: data of a merged one: continued_in, number of the elder
REOPENED: Final = "reopened"
DELIVERY: Final = "delivery"  #: data: delivery_id, state, side, by (its channel), form, seqs
CARRIED: Final = "carried"  #: data: by, seqs; for all: what the shopper sees of a delivery
ADDRESS: Final = "address"  #: data: what: left, proven, failed
CONSENT: Final = "consent"  #: data: what: stopped, started
CODE_SENT: Final = "code_sent"
EDITED: Final = "edited"  #: data: seq; the body is that entry's newest
TAKEN_BACK: Final = "taken_back"  #: data: seq; that entry has no words any more
MERGED: Final = "merged"  #: data: conversation_id, number, last seq of what goes on here
SNOOZED: Final = "snoozed"  #: data: until (milliseconds)
WOKEN: Final = "woken"  #: data: why: time, message, agent
LABELLED: Final = "labelled"  #: data: added, removed (label ids), added_names, removed_names
HELD: Final = "held"  #: a message for later was not sent; data: agent_id, agent, because, why
RATED: Final = "rated"  #: data: score, of, seq of the resolving entry; the body is a comment
PARTED: Final = "parted"  #: data: number of one that had gone on here and does so no more
MERGED_BY: Final = "merged_by"  #: an agent made two shoppers one; data: name, number of the younger
PARTED_BY: Final = "parted_by"  #: an agent took that back; data: as of ``merged_by``
BLOCKED: Final = "blocked"  #: the shopper; data: because
UNBLOCKED: Final = "unblocked"

EVENTS: Final = frozenset(
    {
        OPENED,
        ASSIGNED,
        RESOLVED,
        REOPENED,
        DELIVERY,
        CARRIED,
        ADDRESS,
        CONSENT,
        CODE_SENT,
        EDITED,
        TAKEN_BACK,
        SNOOZED,
        WOKEN,
        LABELLED,
        HELD,
        MERGED,
        PARTED,
        MERGED_BY,
        PARTED_BY,
        BLOCKED,
        UNBLOCKED,
        RATED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the log as the fold sees it: without its body.

    ``automatic`` marks what no person wrote; it raises no head.
    """

    seq: int
    kind: Kind
    audience: Audience
    at: int
    side: AuthorSide
    event: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The conversation as its log tells it; seqs are 0 while there is nothing.

    ``last_all`` is the last entry that the shopper may see, ``last_message_seq`` the last that a
    person wrote to the other side. ``snoozed_until`` is microseconds UTC; of the ``labels`` one
    that its store has removed since is on no conversation any more.
    """

    state: ConversationState = ConversationState.OPEN
    resolved_at: int | None = None
    assignee_id: str | None = None
    snoozed_until: int | None = None
    labels: tuple[str, ...] = ()
    last_seq: int = 0
    last_all: int = 0
    last_message_seq: int = 0
    rating: int | None = None  #: the newest, of ``rating_of`` steps
    rating_of: int | None = None
    deliveries: Mapping[str, DeliveryState] = field(default_factory=dict)


def fold(entries: Iterable[Entry]) -> Row:
    """Read a log, in any order, into the row that it adds up to.

    Raises:
        ValueError: a delivery's state is none that exists.
        KeyError: a delivery event without its id or state.
    """
    state, resolved_at, assignee = ConversationState.OPEN, None, None
    last_seq = last_all = last_message = 0
    snoozed_until: int | None = None
    labels: tuple[str, ...] = ()
    rated: tuple[int, int] | None = None
    deliveries: dict[str, DeliveryState] = {}
    for entry in sorted(entries, key=lambda each: each.seq):
        last_seq = entry.seq
        last_all = entry.seq if entry.audience == "all" else last_all
        if entry.kind == "message" and not entry.automatic:
            last_message = entry.seq
        snoozed_until = _snoozed(snoozed_until, entry)
        labels = _labelled(labels, entry)
        rated = _rated(rated, entry)
        if entry.event in (OPENED, REOPENED):
            state, resolved_at = ConversationState.OPEN, None
        elif entry.event == RESOLVED:
            state, resolved_at = ConversationState.RESOLVED, entry.at
        elif entry.event == ASSIGNED:
            named = entry.data.get("agent_id")
            assignee = None if named is None else str(named)
        elif entry.event == DELIVERY:
            deliveries[str(entry.data["delivery_id"])] = DeliveryState(str(entry.data["state"]))
    return Row(
        state=state,
        resolved_at=resolved_at,
        assignee_id=assignee,
        snoozed_until=snoozed_until,
        labels=labels,
        last_seq=last_seq,
        last_all=last_all,
        last_message_seq=last_message,
        rating=rated[0] if rated else None,
        rating_of=rated[1] if rated else None,
        deliveries=deliveries,
    )


def _snoozed(until: int | None, entry: Entry) -> int | None:
    if entry.event == SNOOZED:
        return int(str(entry.data["until"])) * MILLISECOND
    return None if entry.event in (WOKEN, RESOLVED) else until


def _labelled(labels: tuple[str, ...], entry: Entry) -> tuple[str, ...]:
    if entry.event != LABELLED:
        return labels
    added, removed = (tuple(map(str, _listed(entry.data[each]))) for each in ("added", "removed"))
    return tuple(each for each in labels if each not in removed) + added


def _rated(rated: tuple[int, int] | None, entry: Entry) -> tuple[int, int] | None:
    if entry.event != RATED:
        return rated
    return int(str(entry.data["score"])), int(str(entry.data["of"]))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
