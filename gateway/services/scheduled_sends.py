"""Messages for later whose time has come: each is appended once, or held back.

The entry and the mark that it was sent are one transaction, alone on the conversation: so it
happens once, however often and by however many workers it is tried. When somebody wrote after its
author had looked, it is *held* instead, and its author is told: an answer that does not know the
question any more is worse than a late one (``docs/decisions/0030-messages-for-later.md``).
"""

from __future__ import annotations

import structlog

from gateway.core.log import HELD
from gateway.errors import OnethreadError, StorageRefused
from gateway.protocol.writing import Wish
from gateway.services import notes, overriding
from gateway.services.attachments import by_agent
from gateway.services.conversations import end
from gateway.services.house import Change, House
from gateway.services.receive import SHOPPER, STAFF, agent_writes, answered
from gateway.services.wire import ms
from gateway.store import attachments, messages, thread, writing
from gateway.store import house as houses
from gateway.store.tables import ConversationRow, ScheduledRow
from gateway.store.tx import Tx, unpack

log = structlog.get_logger(__name__)

AT_ONCE = 50
UNEXPECTED = "it did not work on our side"


async def send_due(house: House) -> int:
    """Append every message whose time has come, or hold it; how many were looked at."""
    found = await house.store.read(
        lambda tx: [
            (row.store_id, row.scheduled_id, row.conversation_id)
            for row in writing.due(tx, AT_ONCE)
        ]
    )
    for store_id, scheduled_id, conversation_id in found:
        await _send(house, store_id, scheduled_id, conversation_id)
    return len(found)


async def _send(house: House, store_id: str, scheduled_id: str, conversation_id: str) -> None:
    def work(change: Change) -> None:
        due = _due(change, store_id, scheduled_id, conversation_id)
        if due is None:
            return
        conversation, row = due
        is_blocked = conversation.blocked_at is not None
        because = "blocked" if is_blocked else _meanwhile(change.tx, conversation, row)
        if because:
            _hold(change, conversation, row, because)
        else:
            _append(change, conversation, row)

    try:
        await house.change(work, on=conversation_id)
    except StorageRefused:
        raise  # nothing was kept; it is due still
    except Exception as wrong:
        # One that cannot be sent, for whatever reason, must not stand before all others.
        why = wrong.message if isinstance(wrong, OnethreadError) else UNEXPECTED
        if why == UNEXPECTED:
            log.exception("scheduled.failed", scheduled=scheduled_id)

        def refuse(change: Change) -> None:
            due = _due(change, store_id, scheduled_id, conversation_id)
            if due is not None:
                _hold(change, *due, "refused", why)

        await house.change(refuse, on=conversation_id)


def _due(
    change: Change, store_id: str, scheduled_id: str, conversation_id: str
) -> tuple[ConversationRow, ScheduledRow] | None:
    """Both rows, locked; None when another worker, or its author, was quicker."""
    conversation = thread.take(change.tx, store_id, conversation_id)
    row = writing.scheduled(change.tx, store_id, scheduled_id)
    if row.state != "waiting" or row.due_at > change.tx.now:
        return None
    if row.conversation_id != conversation_id:
        return None  # held and taken up elsewhere since it was looked up: the next look finds it
    return conversation, row


def _append(change: Change, conversation: ConversationRow, row: ScheduledRow) -> None:
    tx = change.tx
    release_files(tx, row)
    if thread.already(tx, row.store_id, row.agent_id, row.cmid, row.body) is not None:
        _sent(tx, row)  # its author sent the same at once
        return
    entry = agent_writes(
        change,
        conversation,
        row.agent_id,
        houses.agent(tx, row.agent_id).name,
        row.body,
        cmid=row.cmid,
        attachments=tuple(unpack(row.attachments)),
        more={"scheduled_at": ms(row.created_at)},
    )
    if row.wish:
        wish = Wish.model_validate_json(row.wish)
        overriding.record(change, conversation, row.agent_id, wish, [entry.seq])
    answered(change, conversation, min(row.seen_seq, entry.seq))
    if row.resolves:
        end(change, conversation, row.agent_id)
    _sent(tx, row)
    log.info("scheduled.sent", scheduled=row.scheduled_id, late_ms=ms(tx.now - row.due_at))


def _sent(tx: Tx, row: ScheduledRow) -> None:
    """The words are the entry's now: what is changed or taken back there is kept nowhere else."""
    row.state, row.state_at, row.body = "sent", tx.now, ""
    tx.session.add(row)


def _hold(
    change: Change,
    conversation: ConversationRow,
    row: ScheduledRow,
    because: str,
    why: str = "",
) -> None:
    """Keep it back, where the conversation goes on, and say so to its author."""
    tx, author = change.tx, houses.agent(change.tx, row.agent_id)
    conversation = thread.end_of(tx, conversation)
    row.conversation_id = conversation.conversation_id
    row.state, row.because, row.why, row.state_at = "held", because, why, tx.now
    tx.session.add(row)
    entry = change.append(
        conversation,
        thread.happened(HELD, agent_id=row.agent_id, agent=author.name, because=because, why=why),
    )
    notes.tell(change, conversation, entry, row.agent_id, by="", about="held")
    log.info("scheduled.held", scheduled=row.scheduled_id, because=because)


def _meanwhile(tx: Tx, conversation: ConversationRow, row: ScheduledRow) -> str:
    """Who wrote after its author had looked: the shopper, a colleague, or nobody."""
    where = (tx, conversation.store_id, conversation.conversation_id, row.seen_seq)
    if messages.after(*where, written_by=SHOPPER):
        return "shopper"
    others = (
        each for each in messages.after(*where, written_by=STAFF) if each.author_id != row.agent_id
    )
    return "colleague" if any(others) else ""


def release_files(tx: Tx, row: ScheduledRow) -> None:
    """Its files are its author's again, in no message yet."""
    named: list[str] = unpack(row.attachments)
    if named:
        mine, its = by_agent(row.agent_id), attachments.by_scheduled(row.scheduled_id)
        attachments.hand_on(tx, row.store_id, its, mine, named)
