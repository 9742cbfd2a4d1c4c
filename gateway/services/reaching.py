"""Reaching a side: what is due is planned, the answer kept, and what it wants queued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import structlog

from gateway.clock import SECOND
from gateway.core.conversation import reach_after
from gateway.core.model import Decision, ReachState, Reason, Send, Side, Unreachable, Verdict
from gateway.core.reach import plan, without
from gateway.errors import StorageRefused
from gateway.services import circuits
from gateway.services.house import Change, House
from gateway.services.queueing import queue
from gateway.services.surroundings import look_ahead, look_inward
from gateway.services.threads import view_of
from gateway.store import house as houses
from gateway.store import known as known_rows
from gateway.store import people, reaching, taking, thread
from gateway.store.tables import ConversationRow, DecisionRow, DeliveryRow, ReachRow
from gateway.store.taking import Due
from gateway.store.tx import Tx, pack

log = structlog.get_logger(__name__)

BATCH = 50
#: sides planned in one transaction: on SQLite nobody's message is stored meanwhile
TOGETHER = {"shopper": 16, "staff": 5}
RESERVE = 5.0  #: seconds in which a worker gets through a batch; afterwards others look at it too


async def look_at_due(house: House) -> int:
    """Plan everything that is due; how many there were that could be planned."""
    due, reserved = await house.store.read(lambda tx: taking.due_reaches(tx, BATCH))
    if due and taking.are_many(house.store):
        span = round(RESERVE * SECOND)
        due, reserved = await house.store.write(lambda tx: taking.due_reaches(tx, BATCH, span))
    planned = 0
    for side, together in TOGETHER.items():
        of_side = [each for each in due if each[2] == side]
        for first in range(0, len(of_side), together):
            planned += await _look_at(house, of_side[first : first + together], reserved)
    return planned


async def _look_at(house: House, due: Sequence[Due], reserved: int | None) -> int:
    """Plan these sides, which are of one kind; how many of them could be."""
    if len(due) > 1:
        try:
            await _look_together(house, due, reserved)
        except StorageRefused:
            raise
        except Exception:
            # One of them cannot be planned, and must not keep the others from being reached.
            log.exception("reach.together_failed", conversations=len(due))
        else:
            return len(due)
    planned = 0
    for each in due:
        try:
            await _look(house, each, reserved)
        except StorageRefused:
            raise
        except Exception:
            log.exception("reach.failed", conversation=each[1], side=each[2])
        else:
            planned += 1
    return planned


async def _look(house: House, due: Due, reserved: int | None) -> None:
    store_id, conversation_id, side = due

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        plan_if_due(change, conversation, side, reserved)

    await house.change(work, on=conversation_id)


async def _look_together(house: House, due: Sequence[Due], reserved: int | None) -> None:
    """The same side of these conversations, in one transaction."""
    side = due[0][2]

    def work(change: Change) -> None:
        known = known_rows.locked(change.tx, (each[0] for each in due), (each[1] for each in due))
        known_rows.add_decisions(change.tx, known, side)
        look = look_ahead if side == "shopper" else look_inward
        change.tx = look(change.tx, known)
        for conversation in known.conversations.values():
            queued = plan_if_due(change, conversation, side, reserved)
            if queued is not None and side == "staff":
                # The next one may be for the same agent, who is told of both at once.
                change.tx.session.flush()

    await house.change(work, on=tuple({each[1] for each in due}))


def plan_if_due(
    change: Change, conversation: ConversationRow, side: str, reserved: int | None = None
) -> DeliveryRow | None:
    """Plan a side that is due now, or at ``reserved``, and follow the answer; what it queued."""
    row = reaching.reach(change.tx, conversation, side)
    due_at = row.due_at or 0
    if row.state == "waiting" and (due_at == reserved or due_at <= change.tx.now):
        return follow(change, conversation, row, decide(change.tx, conversation, side))
    return None


def decide(tx: Tx, conversation: ConversationRow, side: str, *, but: str | None = None) -> Decision:
    """What ``plan`` says now; ``but`` names a delivery to be thought away."""
    policy = houses.policy(tx, houses.store(tx, conversation.store_id))
    view = view_of(tx, conversation, cast("Side", side), policy)
    if but is not None:
        view = without(view, but)
    return plan(view, policy, circuits.health_of(tx, conversation.store_id), tx.now)


def follow(
    change: Change, conversation: ConversationRow, row: ReachRow, decision: Decision
) -> DeliveryRow | None:
    """Keep the decision when it changed, move the row, and queue what it wants."""
    tx = change.tx
    decision_id = keep(change, conversation, row, decision)
    state, due_at = reach_after(decision, tx.now)
    row.state, row.due_at, row.decision_id = state, due_at, decision_id
    tx.session.add(row)
    tx.flush()
    change.touch(conversation)
    if due_at is not None:
        change.look_by(due_at)
    if isinstance(decision, Unreachable) or conversation.unreachable:
        conversation.unreachable = int(_any_unreachable(tx, conversation))
        tx.session.add(conversation)
    if not isinstance(decision, Send):
        return None
    store_id = people.HOUSE if row.side == "staff" else conversation.store_id
    address = people.address(tx, store_id, decision.address_id)
    if address is None:
        raise LookupError("plan chose an address that is not there")
    circuits.learn_from_silence(tx, decision, conversation.store_id)
    message_id = None
    if decision.resends is not None:
        earlier = reaching.delivery(tx, conversation.store_id, decision.resends)
        message_id = earlier.message_id if earlier else None
    return queue(
        change,
        conversation,
        address,
        form=decision.form,
        seqs=decision.seqs,
        side=row.side,
        attempt=decision.attempt,
        decision_id=decision_id,
        message_id=message_id,
    )


def keep(change: Change, conversation: ConversationRow, row: ReachRow, decision: Decision) -> str:
    """Store the answer with the policy's version, unless it says what the last one said."""
    tx = change.tx
    because = pack([_plain(each) for each in decision.because])
    considered = pack([_plain(each) for each in decision.considered])
    answer = type(decision).__name__.lower()
    last = reaching.decision(tx, row.store_id, row.decision_id) if row.decision_id else None
    if last is not None and (last.answer, last.because, last.considered) == (
        answer,
        because,
        considered,
    ):
        return last.decision_id
    fresh = DecisionRow(
        store_id=row.store_id,
        decision_id=tx.new_id(),
        conversation_id=conversation.conversation_id,
        side=row.side,
        policy_version=houses.store(tx, row.store_id).policy_version,
        answer=answer,
        because=because,
        considered=considered,
        at=tx.now,
    )
    tx.session.add(fresh)
    tx.flush()
    return fresh.decision_id


def _plain(said: Reason | Verdict) -> dict[str, object]:
    return said._asdict()


def _any_unreachable(tx: Tx, conversation: ConversationRow) -> bool:
    return any(
        reaching.reach(tx, conversation, side).state == ReachState.UNREACHABLE
        for side in ("shopper", "staff")
    )
