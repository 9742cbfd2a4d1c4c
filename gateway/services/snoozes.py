"""A conversation is laid aside until a time, or until its shopper writes.

A snoozed one is in no open view, and the staff are not told elsewhere of what waits in it
(``threads``). What ends it is an entry of the log, whoever ends it: the
clockwork at its time (it then counts as unread until an agent looks), the shopper's next message at
once, or an agent. Resolving ends it too, and says so by itself.
"""

from __future__ import annotations

from gateway.clock import DAY, MILLISECOND
from gateway.core.log import SNOOZED, WOKEN
from gateway.errors import BadInput, Conflict
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.services.settling import STAFF
from gateway.services.wire import ms
from gateway.store import inbox, thread
from gateway.store.tables import ConversationRow
from gateway.store.thread import happened

LONGEST = 366 * DAY
WOKEN_AT_ONCE = 100  #: looked up at a time; each is woken in a transaction of its own


def snooze(change: Change, conversation: ConversationRow, by: str, until: int | None) -> None:
    """Lay it aside until an instant (microseconds UTC); None wakes it.

    Raises:
        BadInput: the time is past, or too far off.
        Conflict: it is resolved.
    """
    if until is None:
        if conversation.snoozed_until is not None:
            _end(conversation)
            change.append(conversation, by_agent(change, by, WOKEN, why="agent"))
            change.wake(conversation, STAFF)
        return
    if not change.tx.now < until <= change.tx.now + LONGEST:
        raise BadInput("snooze it until a time to come, within a year")
    if conversation.state == "resolved":
        raise Conflict(f"#{conversation.number} is resolved; there is nothing to snooze")
    until -= until % MILLISECOND  # as exact as its entry tells it
    if conversation.snoozed_until == until:
        return
    conversation.snoozed_until, conversation.woken_at = until, None
    change.append(conversation, by_agent(change, by, SNOOZED, until=ms(until)))
    change.wake(conversation, STAFF)


def shopper_wrote(change: Change, conversation: ConversationRow) -> None:
    """Whoever waited for the shopper need not wait any longer."""
    if conversation.snoozed_until is not None:
        _end(conversation)
        change.append(conversation, happened(WOKEN, why="message"))


async def wake_due(house: House) -> None:
    """Wake whatever's time has come, also what came while no gateway ran."""
    while due := await house.store.read(lambda tx: inbox.snoozed_out(tx, WOKEN_AT_ONCE)):
        for store_id, conversation_id in due:
            await _wake(house, store_id, conversation_id)


async def _wake(house: House, store_id: str, conversation_id: str) -> None:
    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        if conversation.snoozed_until is None or conversation.snoozed_until > change.tx.now:
            return
        _end(conversation)
        conversation.woken_at = change.tx.now
        change.append(conversation, happened(WOKEN, why="time"))
        change.wake(conversation, STAFF)

    await house.change(work, on=conversation_id)


def _end(conversation: ConversationRow) -> None:
    conversation.snoozed_until = None
