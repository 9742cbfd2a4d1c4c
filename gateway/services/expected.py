"""When a shopper may honestly expect an answer, as the panel tells it (behaviour 35).

The usual time is the median of the store's first answers of the last two weeks. It is looked up at
most once every few minutes per store and node: every tab that connects asks for it, also the ten
thousand that come back after a restart, and a median moves slowly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median
from weakref import WeakKeyDictionary

from sqlmodel import col, func, select

from gateway.clock import DAY, MINUTE
from gateway.core.duty import Duty
from gateway.core.hours import is_in, is_open, opens_at
from gateway.core.policy import Policy
from gateway.live.hub import Hub
from gateway.protocol.entry import Expected
from gateway.services.house import House
from gateway.services.own_hours import windows_of
from gateway.services.wire import ms, ms_or_none
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import AddressRow, AgentRow, ConversationRow, EntryRow, ReachRow, StoreRow
from gateway.store.tx import Tx

KEPT_FOR = 5 * MINUTE
LOOKED_BACK = 14 * DAY
LEAST_SAMPLES = 5  #: fewer say nothing of the next
MOST_SAMPLES = 200  #: the newest conversations
ASKED_TOGETHER = 500  #: conversations in one statement
FIRST_ENTRIES = 60  #: a first answer that comes later in a log was none


@dataclass(frozen=True, slots=True)
class Usual:
    """How long a store took, as it was ``at`` that instant; both microseconds."""

    at: int
    span: int | None


Kept = dict[str, Usual]


# What a node found out; it ends with the node's hub.
_usual: WeakKeyDictionary[Hub, Kept] = WeakKeyDictionary()


async def usual(house: House, store_id: str) -> int | None:
    """The store's usual time to a first answer, microseconds; None when too few tell."""
    known = kept(house)
    if not _is_fresh(known.get(store_id), house.clock.now()):
        return await house.store.read(lambda tx: usual_in(tx, known, store_id))
    return known[store_id].span


def kept(house: House) -> Kept:
    """What this node knows of it, by store."""
    return _usual.setdefault(house.hub, {})


def usual_in(tx: Tx, known: Kept, store_id: str) -> int | None:
    """The same in a transaction, found out anew if it is not ``known`` or old."""
    held = known.get(store_id)
    if held is None or not _is_fresh(held, tx.now):
        held = known[store_id] = Usual(tx.now, usual_span(tx, store_id))
    return held.span


def _is_fresh(held: Usual | None, now: int) -> bool:
    return held is not None and now < held.at + KEPT_FOR


def usual_span(tx: Tx, store_id: str) -> int | None:
    """The median of first answers, from the newest conversations of the last two weeks.

    Two statements on indices, over some hundred conversations at most.
    """
    since = tx.now - LOOKED_BACK
    newest = tx.session.exec(
        select(ConversationRow.conversation_id)
        .where(
            ConversationRow.store_id == store_id,
            col(ConversationRow.state).in_(("open", "resolved")),
            ConversationRow.last_at > since,
            ConversationRow.created_at > since,
        )
        .order_by(col(ConversationRow.last_at).desc())
        .limit(MOST_SAMPLES)
    ).all()
    first = tx.session.exec(
        select(EntryRow.conversation_id, EntryRow.side, func.min(EntryRow.at))
        .where(
            EntryRow.store_id == store_id,
            col(EntryRow.conversation_id).in_(newest),
            EntryRow.seq <= FIRST_ENTRIES,
            EntryRow.kind == "message",
            EntryRow.automatic == 0,
        )
        .group_by(col(EntryRow.conversation_id), col(EntryRow.side))
    ).all()
    asked = {conversation: at for conversation, side, at in first if side == "shopper"}
    spans = [
        at - asked[conversation]
        for conversation, side, at in first
        # Where the store spoke first, nothing was answered.
        if side == "staff" and at > asked.get(conversation, at)
    ]
    return round(median(spans)) if len(spans) >= LEAST_SAMPLES else None


def expected(
    tx: Tx, store: StoreRow, span: int | None, *, answers: bool, unheard: bool = False
) -> Expected:
    """What a panel of this store tells.

    ``answers``: an agent is there. ``unheard``: nobody could be brought this shopper's words. Then,
    and while nobody can be told of any, no usual time is promised.
    """
    if answers:
        return Expected(back_at=None, usual_ms=ms_or_none(span))
    policy = houses.policy(tx, store)
    if not is_open(policy.hours, policy.holidays, policy.zone, tx.now):
        opens = opens_at(policy.hours, policy.holidays, policy.zone, tx.now)
        return Expected(back_at=ms_or_none(opens), usual_ms=None)
    if span is None or unheard or not _somebody_can_be_told(tx, policy):
        return Expected(back_at=None, usual_ms=None)
    return Expected(back_at=None, usual_ms=ms(span))


def is_unheard(tx: Tx, store_id: str, conversation_id: str | None) -> bool:
    """Whether everything was tried to bring the staff what is unanswered here, in vain."""
    if conversation_id is None:
        return False
    row = tx.session.get(ReachRow, (store_id, conversation_id, "staff"))
    return row is not None and row.state == "unreachable"


def unheard_among(tx: Tx, store_id: str, conversation_ids: Collection[str]) -> frozenset[str]:
    """Those of these conversations for which that is so.

    A store that nobody is on call for has thousands of which it is; asked for are those that
    somebody looks at.
    """
    ordered = sorted(conversation_ids)
    return frozenset(
        found
        for first in range(0, len(ordered), ASKED_TOGETHER)
        for found in tx.session.exec(
            select(ReachRow.conversation_id).where(
                ReachRow.store_id == store_id,
                col(ReachRow.conversation_id).in_(ordered[first : first + ASKED_TOGETHER]),
                ReachRow.side == "staff",
                ReachRow.state == "unreachable",
            )
        )
    )


def _somebody_can_be_told(tx: Tx, policy: Policy) -> bool:
    """Whether somebody on call has a proven address and set hours in which this instant lies."""
    listed = frozenset(mailbox.lower() for mailbox in policy.on_call)
    told = [
        row
        for row in houses.agents(tx)
        if (row.email in listed if listed else row.on_call > 0) and _is_awake(row, policy, tx.now)
    ]
    if not told:
        return False
    reachable = tx.session.exec(
        select(AddressRow.address_id)
        .where(
            AddressRow.store_id == people.HOUSE,
            AddressRow.side == "staff",
            col(AddressRow.person_id).in_([row.agent_id for row in told]),
            col(AddressRow.proven_at).is_not(None),
            col(AddressRow.failed_at).is_(None),
            col(AddressRow.stopped_at).is_(None),
        )
        .limit(1)
    ).first()
    return reachable is not None


def _is_awake(row: AgentRow, policy: Policy, now: int) -> bool:
    if row.duty == Duty.DO_NOT_DISTURB:
        return False
    windows = windows_of(row.hours)
    return not windows or is_in(windows, row.zone or policy.zone, now)
