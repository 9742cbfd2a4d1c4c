"""Messages for later, as agents see them: kept, changed, cancelled, and shown to all of them.

Until its time has come (``scheduled_sends``) such a message is no entry and has no seq, so nothing
reaches, folds or shows it to the shopper. See ``docs/decisions/0030-messages-for-later.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog

from gateway.clock import MILLISECOND, MINUTE
from gateway.errors import BadInput, CmidConflict, Conflict, Forbidden, NotFound
from gateway.protocol.writing import Later, Scheduled, Wish
from gateway.services import attachments as files
from gateway.services import drafts
from gateway.services.house import Change, House
from gateway.services.overriding import MOST_AHEAD
from gateway.services.scheduled_sends import release_files
from gateway.services.wire import ms
from gateway.services.words import clean
from gateway.store import attachments as attachment_rows
from gateway.store import house as houses
from gateway.store import thread, writing
from gateway.store.tables import ConversationRow, ScheduledRow
from gateway.store.tx import Tx, pack, unpack

log = structlog.get_logger(__name__)

MOST_WAITING = 20  #: in one conversation
LATE = MINUTE  #: an instant that passed while the dialog was open is meant for now
_PENDING = ("waiting", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agent wants sent at ``due_at`` (milliseconds), having seen up to ``seen_seq``."""

    body: str
    due_at: int
    seen_seq: int
    resolves: bool = False


async def schedule(
    house: House,
    store_id: str,
    conversation_id: str,
    agent_id: str,
    wanted: Wanted,
    *,
    cmid: str,
    attachments: Sequence[str] = (),
    wish: Wish | None = None,
) -> str:
    """Keep a message for later; returns its id. The same ``cmid`` again is the same message.

    Raises:
        BadInput: the body cannot be stored, a file is not there, or the instant is none of the
            next 30 days.
        CmidConflict: this ``cmid`` was used for other words, was cancelled, or went at once.
        Conflict: the conversation has too many of them.
        NotFound: there is no such conversation.
    """
    named = files.checked(attachments)
    words = clean(wanted.body, may_be_empty=bool(named))

    def work(change: Change) -> str:
        tx = change.tx
        conversation = thread.take(tx, store_id, conversation_id)
        known = _known(tx, store_id, agent_id, cmid, words)
        if known is not None:
            return known.scheduled_id
        if len(writing.scheduled_in(tx, store_id, conversation_id)) >= MOST_WAITING:
            raise Conflict(f"at most {MOST_WAITING} messages of a conversation wait to be sent")
        row = ScheduledRow(
            store_id=store_id,
            scheduled_id=tx.new_id(),
            conversation_id=conversation_id,
            agent_id=agent_id,
            cmid=cmid,
            body=words,
            attachments=pack(list(named)),
            wish="" if wish is None else wish.model_dump_json(),
            due_at=0,
            seen_seq=0,
            created_at=tx.now,
            state_at=tx.now,
        )
        _set(tx, conversation, row, wanted, words)
        _keep_files(tx, row, named)
        drafts.written(change, conversation, agent_id, "answer")
        _changed(change, conversation)
        return row.scheduled_id

    return await house.change(work, on=conversation_id)


async def change(
    house: House, store_id: str, scheduled_id: str, agent_id: str, wanted: Wanted
) -> None:
    """Other words, another time, or the same once more by somebody who has seen what came.

    Raises:
        BadInput: as for a new one.
        Conflict: it was sent or cancelled meanwhile.
        Forbidden: a colleague wrote it.
        NotFound: there is no such message.
    """

    def work(change: Change) -> None:
        conversation, row = _pending(change, store_id, scheduled_id)
        _require_author(row, agent_id)
        words = clean(wanted.body, may_be_empty=bool(unpack(row.attachments)))
        _set(change.tx, conversation, row, wanted, words)
        _changed(change, conversation)

    await house.change(work, on=await _conversation_of(house, store_id, scheduled_id))


async def send_now(
    house: House, store_id: str, scheduled_id: str, agent_id: str, *, seen_seq: int
) -> None:
    """Its author, who has seen up to ``seen_seq``, wants it sent at once.

    Raises:
        Conflict, Forbidden, NotFound: as for a change.
    """

    def work(change: Change) -> None:
        conversation, row = _pending(change, store_id, scheduled_id)
        _require_author(row, agent_id)
        row.state, row.because, row.why = "waiting", "", ""
        row.due_at, row.state_at = change.tx.now, change.tx.now
        row.seen_seq = min(seen_seq, conversation.last_seq)
        change.tx.session.add(row)
        _changed(change, conversation)

    await house.change(work, on=await _conversation_of(house, store_id, scheduled_id))


async def cancel(house: House, store_id: str, scheduled_id: str, agent_id: str) -> None:
    """It will not be sent; any agent may say so. Its words are its author's draft again.

    Raises:
        Conflict: it was sent or cancelled meanwhile.
        NotFound: there is no such message.
    """

    def work(change: Change) -> None:
        conversation, row = _pending(change, store_id, scheduled_id)
        row.state, row.state_at = "cancelled", change.tx.now
        change.tx.session.add(row)
        release_files(change.tx, row)
        if row.body:
            drafts.give_back(change, conversation, row.agent_id, row.body)
        row.body = ""
        _changed(change, conversation)
        log.info("scheduled.cancelled", scheduled=scheduled_id, by=agent_id)

    await house.change(work, on=await _conversation_of(house, store_id, scheduled_id))


def frame_of(tx: Tx, conversation: ConversationRow) -> Scheduled:
    """All that is to be sent later in a conversation, for the consoles that show it."""
    rows = writing.scheduled_in(tx, conversation.store_id, conversation.conversation_id)
    return Scheduled(
        conversation_id=conversation.conversation_id,
        messages=[
            Later(
                scheduled_id=row.scheduled_id,
                agent_id=row.agent_id,
                agent=houses.agent(tx, row.agent_id).name,
                body=row.body,
                files=len(unpack(row.attachments)),
                due_at=ms(row.due_at),
                seen_seq=row.seen_seq,
                state=cast("Any", row.state),
                because=row.because,
                why=row.why,
                resolves=bool(row.resolves),
            )
            for row in rows
        ],
    )


def _known(tx: Tx, store_id: str, agent_id: str, cmid: str, words: str) -> ScheduledRow | None:
    """The message that this ``cmid`` was scheduled as (invariant 2).

    Raises:
        CmidConflict: as ``schedule``.
    """
    entry = thread.already(tx, store_id, agent_id, cmid, words)
    row = writing.scheduled_as(tx, store_id, agent_id, cmid)
    if row is None and entry is None:
        return None
    # What was cancelled is a draft again: to answer as though it were kept would lose the words.
    if row is None or row.state == "cancelled" or (row.state in _PENDING and row.body != words):
        raise CmidConflict
    return row


def _pending(
    change: Change, store_id: str, scheduled_id: str
) -> tuple[ConversationRow, ScheduledRow]:
    row = writing.scheduled(change.tx, store_id, scheduled_id)
    if row.state not in _PENDING:
        raise Conflict("this was sent already" if row.state == "sent" else "this was cancelled")
    return thread.take(change.tx, store_id, row.conversation_id), row


def _require_author(row: ScheduledRow, agent_id: str) -> None:
    if row.agent_id != agent_id:
        raise Forbidden("only who wrote this may change it or send it; you may cancel it")


def _set(
    tx: Tx, conversation: ConversationRow, row: ScheduledRow, wanted: Wanted, words: str
) -> None:
    due_at = wanted.due_at * MILLISECOND
    if not tx.now - LATE <= due_at <= tx.now + MOST_AHEAD:
        raise BadInput("a message for later names an instant within the next 30 days", why="moment")
    row.body, row.due_at, row.resolves = words, due_at, int(wanted.resolves)
    row.seen_seq = min(wanted.seen_seq, conversation.last_seq)
    row.state, row.because, row.why, row.state_at = "waiting", "", "", tx.now
    tx.session.add(row)


def _keep_files(tx: Tx, row: ScheduledRow, named: Sequence[str]) -> None:
    if not named:
        return
    mine, its = files.by_agent(row.agent_id), attachment_rows.by_scheduled(row.scheduled_id)
    if attachment_rows.hand_on(tx, row.store_id, mine, its, named) != len(named):
        raise BadInput("a file is not there any more; attach it again", why="no_file")


def _changed(change: Change, conversation: ConversationRow) -> None:
    change.touch(conversation)
    change.work = True


async def _conversation_of(house: House, store_id: str, scheduled_id: str) -> str:
    """Where it belongs, so that the change is alone on that conversation.

    Raises:
        NotFound: there is no such message.
    """

    def load(tx: Tx) -> str:
        row = tx.session.get(ScheduledRow, (store_id, scheduled_id))
        if row is None:
            raise NotFound("there is no such message")
        return row.conversation_id

    return await house.store.read(load)
