"""The same act with many conversations: some at a time, each on its own if it cannot be done.

Acts look before they change anything, so one that is refused leaves nothing behind in the
transaction that it shares with the others.
"""

from __future__ import annotations

from gateway.clock import MILLISECOND
from gateway.errors import OnethreadError, StorageRefused
from gateway.protocol.inbox import BulkAct, BulkDone, LeftOut, Which
from gateway.services import conversations, labels, snoozes
from gateway.services.house import Change, House
from gateway.store import thread
from gateway.store.tables import ConversationRow

IN_ONE = 50  #: conversations that are locked together


async def bulk(house: House, by: str, on: list[Which], act: BulkAct, *, ref: str = "") -> BulkDone:
    """Do it with each; what could not be done is named, with the reason in words."""
    wanted = list(dict.fromkeys(on))
    left_out: list[LeftOut] = []
    for first in range(0, len(wanted), IN_ONE):
        left_out += await _some(house, by, wanted[first : first + IN_ONE], act)
    return BulkDone(ref=ref, done=len(wanted) - len(left_out), left_out=left_out)


async def _some(house: House, by: str, some: list[Which], act: BulkAct) -> list[LeftOut]:
    def work(change: Change) -> list[LeftOut]:
        left_out = []
        # In one order, as everybody locks: two such acts at a time never wait for each other.
        for which in sorted(some, key=lambda each: each.conversation_id):
            number = None
            try:
                row = thread.take(change.tx, which.store_id, which.conversation_id)
                number = row.number
                _do(change, row, by, act)
            except StorageRefused:
                raise
            except OnethreadError as error:
                left_out.append(_left_out(which, number, error))
        return left_out

    try:
        return await house.change(work, on=tuple(each.conversation_id for each in some))
    except StorageRefused as error:
        return [_left_out(each, None, error) for each in some]


def _do(change: Change, row: ConversationRow, by: str, act: BulkAct) -> None:
    match act.kind:
        case "assign":
            conversations.give(change, row, by, act.agent_id)
        case "label":
            labels.put(change, row, by, act.add, act.remove)
        case "snooze":
            until = None if act.until is None else act.until * MILLISECOND
            snoozes.snooze(change, row, by, until)
        case "resolve":
            conversations.end(change, row, by)
        case "reopen":
            conversations.open_again(change, row, by)


def _left_out(which: Which, number: int | None, error: OnethreadError) -> LeftOut:
    return LeftOut(
        store_id=which.store_id,
        conversation_id=which.conversation_id,
        number=number,
        message=error.message,
    )
