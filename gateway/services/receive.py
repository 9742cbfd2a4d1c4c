"""A message arrives: find its conversation, append it, and mark the other side's reach.

Everything happens in one transaction; the acknowledgement is what the caller does with the value
that comes back, so it cannot be given before the commit (invariant 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.conversation import reopens
from gateway.errors import Conflict, Stale
from gateway.protocol.frames import Wish
from gateway.services import attachments as files
from gateway.services import blocking, drafts, notes, overriding, plain_messages, snoozes
from gateway.services.arrival import Arrival as Arrival
from gateway.services.arrival import Stored as Stored
from gateway.services.arrival import stored
from gateway.services.conversations import end
from gateway.services.house import Change, House
from gateway.services.settling import SHOPPER as SHOPPER
from gateway.services.settling import STAFF as STAFF
from gateway.services.settling import answered as answered
from gateway.services.settling import raise_head as raise_head
from gateway.services.shown_names import shown_in
from gateway.services.wire import shopper_name
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import merging, messages, people, thread
from gateway.store.tables import ConversationRow, EntryRow


async def from_shopper(
    house: House,
    store_id: str,
    shopper_id: str,
    *,
    cmid: str,
    body: str,
    attachments: Sequence[str] = (),
) -> Stored:
    """A shopper wrote in the panel.

    Raises:
        BadInput: the body cannot be stored, or a file is not there.
        CmidConflict: this ``cmid`` was used for another body.
        StorageRefused: it could not be stored; nothing was kept.
    """
    named = files.checked(attachments)
    words = clean(body, may_be_empty=bool(named))

    said = plain_messages.Said(store_id, shopper_id, cmid, words)
    if not named:
        # Nearly every message: nothing but the appending is to be done.
        taken = await house.store.write_together(plain_messages.take, said, on=shopper_id)
        if taken is not None:
            house.tell_of(taken.row, taken.due_at)
            return stored(taken.row)
    return await taken_alone(house, said, named)


async def taken_alone(
    house: House, said: plain_messages.Said, named: tuple[str, ...] = ()
) -> Stored:
    """The same, with all that a message may ask for besides being appended; it ``named`` files.

    Raises: as ``from_shopper``.
    """

    def work(change: Change) -> Stored:
        # The tab may be of who they were until a merge, and this have been sent by them before.
        author = people.now_of(change.tx, said.store_id, said.shopper_id)
        for each in merging.shoppers_before(change.tx, said.store_id, author):
            known = thread.already(change.tx, said.store_id, each, said.cmid, said.words)
            if known is not None:
                files.refuse_others(known, named)
                return stored(known, dup=True)
        conversation, opened = conversation_for(change, said.store_id, author)
        moved = people.record_act(change.tx, said.store_id, SHOPPER, author, "chat")
        row = shopper_writes(
            change, conversation, said.words, cmid=said.cmid, attachments=named, has_moved=moved
        )
        return stored(row, opened=opened)

    return await house.change(work, on=said.shopper_id)


def conversation_for(
    change: Change, store_id: str, shopper_id: str, *, subject: str = ""
) -> tuple[ConversationRow, bool]:
    """The shopper's open conversation, the one that this reopens, or a new one (invariant 4)."""
    tx = change.tx
    found = thread.open_of(tx, store_id, shopper_id)
    if found is None:
        # Two channels may bring their next words at once: alone on the shopper, look again.
        people.lock_shopper(tx, store_id, shopper_id)
        found = thread.open_of(tx, store_id, shopper_id)
    if found is not None:
        return found, False
    last = thread.latest_of(tx, store_id, shopper_id)
    policy = houses.policy(tx, houses.store(tx, store_id))
    if last is not None and reopens(last.resolved_at, tx.now, policy.reopen_within):
        last = thread.take(tx, store_id, last.conversation_id)
        if last.state == "open":  # reopened while this waited for the lock
            return last, False
        last.state, last.resolved_at = "open", None
        change.append(last, thread.happened("reopened", audience="all"))
        return last, True
    new = thread.start(tx, store_id, shopper_id, subject=subject)
    change.append(new, thread.happened("opened", shopper_id=shopper_id, number=new.number))
    if last is not None:
        change.append(new, thread.happened("related", number=last.number, why="earlier"))
    return new, True


def shopper_writes(
    change: Change,
    conversation: ConversationRow,
    words: str,
    *,
    cmid: str | None = None,
    attachments: tuple[str, ...] = (),
    arrival: Arrival | None = None,
    has_moved: bool = True,
) -> EntryRow:
    """Append a shopper's words and let the staff's side wait for an answer.

    By chat nothing is seen but what a frame says; by SMS or mail nothing at all (the delivery that
    it answers is marked instead). If their last act ``has_moved``, what waits may go another way.
    """
    tx = change.tx
    shopper = people.shopper(tx, conversation.store_id, conversation.shopper_id)
    author = files.by_shopper(conversation.shopper_id)
    row = change.append(
        conversation,
        thread.Draft(
            kind="message",
            side=SHOPPER,
            author_id=conversation.shopper_id,
            author_name=shopper_name(shopper, conversation.number),
            channel=arrival.channel if arrival else "chat",
            cmid=cmid,
            body=words,
            data=files.data_of(tx, conversation, author, attachments, arrival),
            inbound_key=arrival.inbound_key if arrival else None,
        ),
    )
    raise_head(change, conversation, STAFF, row)
    snoozes.shopper_wrote(change, conversation)
    if has_moved:
        change.wake(conversation, SHOPPER)
    return row


async def from_agent(
    house: House,
    store_id: str,
    conversation_id: str,
    agent_id: str,
    *,
    cmid: str,
    body: str,
    seen_seq: int,
    note: bool = False,
    anyway: bool = False,
    wish: Wish | None = None,
    resolve: bool = False,
    snooze_until: int | None = None,
    mentions: Sequence[str] = (),
    attachments: Sequence[str] = (),
) -> Stored:
    """An agent answered (or noted something) in the console.

    With ``resolve`` the conversation ends, with ``snooze_until`` (microseconds UTC) it is laid
    aside; ending goes before laying aside.

    Raises:
        Stale: a colleague answered after what this agent had on screen, or, with one of these, the
            shopper wrote after it; and not ``anyway``.
        Blocked: the shopper is, and not ``anyway``.
        BadInput, CmidConflict, NotFound, StorageRefused: as for a shopper.
    """
    named = files.checked(attachments)
    words = clean(body, may_be_empty=bool(named))

    def work(change: Change) -> Stored:
        tx = change.tx
        known = thread.already(tx, store_id, agent_id, cmid, words)
        if known is not None:
            files.refuse_others(known, named)
            return stored(known, dup=True)
        conversation = thread.take(tx, store_id, conversation_id)
        agent = houses.agent(tx, agent_id)
        if note:
            drafts.written(change, conversation, agent_id, "note")
            return stored(
                notes.add(
                    change,
                    conversation,
                    agent,
                    words,
                    cmid=cmid,
                    attachments=named,
                    mentions=mentions,
                )
            )
        if not anyway:
            blocking.refuse_unasked(tx, conversation)
            _refuse_crossing(change, conversation, agent_id, seen_seq)
            if resolve or snooze_until is not None:
                _refuse_unseen(change, conversation, seen_seq)
        row = agent_writes(
            change, conversation, agent_id, agent.name, words, cmid=cmid, attachments=named
        )
        if wish is not None:
            overriding.record(change, conversation, agent_id, wish, [row.seq])
        answered(change, conversation, min(seen_seq, row.seq))
        if resolve:
            end(change, conversation, agent_id)
        elif snooze_until is not None:
            snoozes.snooze(change, conversation, agent_id, snooze_until)
        drafts.written(change, conversation, agent_id, "answer")
        people.record_act(tx, people.HOUSE, STAFF, agent_id, "chat")
        return stored(row)

    return await house.change(work, on=conversation_id)


def agent_writes(
    change: Change,
    conversation: ConversationRow,
    agent_id: str,
    name: str,
    words: str,
    *,
    cmid: str | None = None,
    attachments: tuple[str, ...] = (),
    arrival: Arrival | None = None,
    more: Mapping[str, object] | None = None,
) -> EntryRow:
    """Append an agent's words and let the shopper's side wait to be reached.

    ``more`` is what else its data tells.

    Raises:
        Conflict: it goes on in another conversation.
    """
    if conversation.state == "resolved":
        _reopen(change, conversation)
    author = files.by_agent(agent_id)
    told = files.data_of(change.tx, conversation, author, attachments, arrival)
    row = change.append(
        conversation,
        thread.Draft(
            kind="message",
            side=STAFF,
            author_id=agent_id,
            author_name=shown_in(change.tx, conversation.store_id, name),
            channel=arrival.channel if arrival else "chat",
            cmid=cmid,
            body=words,
            data={**told, **(more or {})},
            inbound_key=arrival.inbound_key if arrival else None,
        ),
    )
    raise_head(change, conversation, SHOPPER, row)
    return row


def _reopen(change: Change, conversation: ConversationRow) -> None:
    end = thread.end_of(change.tx, conversation)
    if end is not conversation:
        raise Conflict(f"the shopper goes on in #{end.number}; answer there")
    other = thread.open_of(change.tx, conversation.store_id, conversation.shopper_id)
    if other is not None:
        raise Conflict(f"the shopper goes on in #{other.number}; answer there")
    conversation.state, conversation.resolved_at = "open", None
    change.append(conversation, thread.happened("reopened", audience="all"))


def _refuse_crossing(
    change: Change, conversation: ConversationRow, agent_id: str, seen_seq: int
) -> None:
    newer = messages.after(
        change.tx,
        conversation.store_id,
        conversation.conversation_id,
        seen_seq,
        written_by=STAFF,
    )
    for row in newer:
        if row.author_id != agent_id:
            raise Stale(f"{row.author_name} has just answered; look before you send")


def _refuse_unseen(change: Change, conversation: ConversationRow, seen_seq: int) -> None:
    """What ends or is laid aside is out of sight, so nothing may have come that was not seen."""
    found = merging.unseen(change.tx, conversation, seen_seq, written_by=SHOPPER)
    if any(rows for _, rows in found):
        raise Stale("the shopper has just written; look before you put it away")
