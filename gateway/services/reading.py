"""Reading a conversation: snapshots, resumes, earlier pages, and who has seen how far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gateway.core.conversation import paused_until
from gateway.errors import NotFound, NotSignedIn
from gateway.live.hub import Bell
from gateway.protocol.entry import Cursor, Entry
from gateway.protocol.frames import Page, Seen, Snapshot
from gateway.services.house import Change, House
from gateway.services.whereabouts import note_seen
from gateway.services.wire import entry_for, head_of
from gateway.store import house as houses
from gateway.store import log_pages, merging, people, reaching, thread, writing
from gateway.store.arrivals import Guest
from gateway.store.faces import faces_of
from gateway.store.tables import ConversationRow, EntryRow
from gateway.store.tx import Tx, pack, unpack

Audience = Literal["shopper", "staff"]
PAGE = 50
MOST_RESUMED = 500  #: beyond so many missed entries a snapshot is quicker than a replay


async def read_after(
    house: House, store_id: str, conversation_id: str, seq: int, audience: Audience
) -> Sequence[Entry]:
    """What one audience may see after ``seq``: the pumps' reader of the log."""

    def load(tx: Tx) -> list[Entry]:
        return _entries(
            tx,
            audience,
            log_pages.after(tx, store_id, conversation_id, seq, staff=audience == "staff"),
        )

    return await house.store.read(load)


async def snapshot(
    house: House,
    store_id: str,
    conversation_id: str,
    audience: Audience,
    resume: Cursor | None = None,
) -> Snapshot:
    """What follows the client's cursor, or a page to replace what it holds.

    A cursor counts only when epoch, seq and that entry's id all agree (invariant 3).

    Raises:
        NotFound: no such conversation in this store.
    """
    return await house.store.read(
        lambda tx: snapshot_in(tx, store_id, conversation_id, audience, resume)
    )


def snapshot_in(
    tx: Tx, store_id: str, conversation_id: str, audience: Audience, resume: Cursor | None
) -> Snapshot:
    """The same in a transaction."""
    row = log_pages.glance(tx, store_id, conversation_id)
    if row is None:
        raise NotFound
    epoch = houses.epoch(tx)
    staff = audience == "staff"
    if resume is not None and resume.epoch == epoch:
        held = thread.entry(tx, store_id, conversation_id, resume.seq)
        if held is not None and held.entry_id == resume.entry_id:
            missed = log_pages.after(
                tx, store_id, conversation_id, resume.seq, staff=staff, limit=MOST_RESUMED + 1
            )
            if len(missed) <= MOST_RESUMED:
                return snapshot_of(row, epoch, _entries(tx, audience, missed), recovered=True)
    rows = log_pages.before(tx, store_id, conversation_id, None, staff=staff, limit=PAGE)
    return snapshot_of(row, epoch, _entries(tx, audience, rows), recovered=False)


async def earlier(
    house: House,
    store_id: str,
    conversation_id: str,
    audience: Audience,
    *,
    before: int,
    limit: int,
    followed: str | None = None,
) -> Page:
    """The page before ``before``; ``followed``: of that conversation, or one that went on in it.

    Raises:
        NotFound: no such conversation in this store, or it did not go on in what is followed.
    """

    def load(tx: Tx) -> list[Entry]:
        held = tx.session.get(ConversationRow, (store_id, conversation_id))
        if held is None or not _is_part_of(tx, held, followed):
            raise NotFound
        rows = log_pages.before(
            tx, store_id, conversation_id, before, staff=audience == "staff", limit=limit
        )
        return _entries(tx, audience, rows)

    entries = await house.store.read(load)
    complete = not entries or entries[0].prev == 0
    return Page(conversation_id=conversation_id, entries=entries, complete=complete)


async def seen_by_shopper(house: House, store_id: str, conversation_id: str, seq: int) -> None:
    """The shopper's panel showed everything up to ``seq``: an act, and it may settle their side."""

    def work(change: Change) -> int | None:
        tx = change.tx
        conversation = thread.take(tx, store_id, conversation_id)
        upto = min(seq, conversation.last_all)
        has_moved = people.record_act(tx, store_id, "shopper", conversation.shopper_id, "chat")
        if upto <= conversation.seen_shopper:
            if has_moved:
                change.wake(conversation, "shopper")
            return None
        conversation.seen_shopper = upto
        tx.session.add(conversation)
        reach = reaching.reach(tx, conversation, "shopper")
        reach.seen_seq = max(reach.seen_seq, min(upto, reach.head_seq))
        tx.session.add(reach)
        if reach.state != "settled":
            note_seen(tx, conversation, "shopper", upto)
        if reach.state != "settled" and reach.seen_seq >= reach.head_seq:
            change.settle(reach)
            conversation.unreachable = int(
                reaching.reach(tx, conversation, "staff").state == "unreachable"
            )
        else:
            change.wake(conversation, "shopper")
        change.touch(conversation)
        return upto

    upto = await house.change(work, on=conversation_id)
    if upto is not None:
        frame = Seen(conversation_id=conversation_id, side="shopper", seq=upto)
        house.hub.tell_followers(conversation_id, frame)


async def seen_by_agent(
    house: House, store_id: str, conversation_id: str, agent_id: str, seq: int
) -> None:
    """A console showed everything up to ``seq``; seeing is not answering, so nothing settles.

    Opening by an agent who may answer pauses the ladder once per agent and unanswered stretch.
    """

    def work(change: Change) -> int | None:
        tx = change.tx
        conversation = thread.take(tx, store_id, conversation_id)
        _pause_ladder(change, conversation, agent_id)
        upto = min(seq, conversation.last_seq)
        if writing.see_mentions(tx, store_id, agent_id, conversation_id, upto):
            change.touch(conversation)
        if conversation.woken_at is not None:
            conversation.woken_at = None
            tx.session.add(conversation)
            change.touch(conversation)
        if upto <= conversation.seen_staff:
            return None
        conversation.seen_staff = upto
        found = merging.unseen(tx, conversation, upto, written_by="shopper")
        conversation.unread = sum(len(rows) for _, rows in found)
        tx.session.add(conversation)
        change.touch(conversation)
        return upto

    upto = await house.change(work, on=conversation_id)
    if upto is not None:
        frame = Seen(conversation_id=conversation_id, side="staff", seq=upto)
        house.hub.tell_followers(conversation_id, frame)


async def sweep(house: House) -> None:
    """Find what bells missed: ask by id how far the logs that this node follows have grown.

    By id and never by time: what another process appended late is found all the same. A tab that
    follows what is somebody else's since a merge, or since one was taken back, is closed first.
    """
    followed = house.hub.followed
    # By set: a node holds ten thousand sockets, and looks every few seconds.
    rows = await house.store.read(lambda tx: log_pages.heads(tx, followed)) if followed else []
    owners = {row.conversation_id: row.shopper_id for row in rows}
    for socket in house.hub.sockets:
        mine = socket.person_id
        if socket.audience == "shopper" and any(
            owners.get(x, mine) != mine for x in socket.follows
        ):
            socket.close(NotSignedIn.close)
    for row in rows:
        house.hub.ring(Bell(row.store_id, row.conversation_id, row.last_seq, row.last_all))


def _entries(tx: Tx, audience: Audience, rows: Sequence[EntryRow]) -> list[Entry]:
    faces = faces_of(tx, rows)
    return [entry_for(audience, row, faces) for row in rows]


def _is_part_of(tx: Tx, row: ConversationRow, followed: str | None) -> bool:
    if followed is None or row.conversation_id == followed:
        return True
    return thread.end_of(tx, row, locked=False).conversation_id == followed


def _pause_ladder(change: Change, conversation: ConversationRow, agent_id: str) -> None:
    reach = reaching.reach(change.tx, conversation, "staff")
    if reach.head_seq <= reach.seen_seq or houses.agent(change.tx, agent_id).duty != "online":
        return
    pauses = unpack(reach.pauses)
    before = agent_id in pauses and pauses[agent_id][0] == reach.seen_seq
    policy = houses.policy(change.tx, houses.store(change.tx, conversation.store_id))
    until = paused_until(change.tx.now, policy, paused_before=before)
    if until is None:
        return
    pauses[agent_id] = [reach.seen_seq, until]
    reach.pauses = pack(pauses)
    change.tx.session.add(reach)
    reaching.note_fact(
        change.tx,
        conversation.store_id,
        conversation.shopper_id,
        "opened",
        conversation=conversation.conversation_id,
        agent=agent_id,
    )
    change.wake(conversation, "staff")


def snapshot_of(
    row: ConversationRow | Guest, epoch: int, entries: list[Entry], *, recovered: bool
) -> Snapshot:
    """A conversation as it is shown, with these entries at its end."""
    return Snapshot(
        conversation=head_of(row),
        epoch=epoch,
        entries=entries,
        recovered=recovered,
        complete=recovered or not entries or entries[0].prev == 0,
    )
