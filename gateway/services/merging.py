"""Two shoppers who are one: what the younger had is the elder's, and their threads are one thread.

No entry moves. The younger's open conversation closes with ``continued_in``, and the elder's tells
of it by one entry, which stands for all of the younger's: it raises the head of a side for which
something is open there, and whoever has seen it has seen those. Who the two are one is for the
caller to know (the store's signature); an unproven claim merges nothing (invariant 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.errors import Conflict, NotFound
from gateway.services import belongings, blocking, one_person, snoozes
from gateway.services.house import Change
from gateway.services.withdrawing import withdraw_words
from gateway.store import house as houses
from gateway.store import merging, people, reaching, thread
from gateway.store.merging import all_of
from gateway.store.tables import ConversationRow, MergeRow
from gateway.store.thread import happened
from gateway.store.tx import Store, Tx, pack, unpack

SHOPPER = "shopper"
SIDES = (SHOPPER, "staff")


def merge(
    change: Change, store_id: str, *, elder: str, younger: str, agent_id: str = ""
) -> MergeRow | None:
    """What the younger shopper had is the elder's from now on; None: it is already.

    To be called alone on both. Everything that is open is looked at again in this transaction.
    ``agent_id``: who says that they are one, if it is not the store.

    Raises:
        NotFound: no such shopper in this store.
    """
    tx = change.tx
    elder, younger = (people.now_of(tx, store_id, each) for each in (elder, younger))
    if elder == younger:
        return None
    for each in sorted((elder, younger)):
        people.lock_shopper(tx, store_id, each)
    mine, theirs = (people.shopper(tx, store_id, each) for each in (elder, younger))
    if mine is None or theirs is None:
        raise NotFound
    kept = thread.open_of(tx, store_id, elder)
    going = thread.open_of(tx, store_id, younger)
    link = MergeRow(
        store_id=store_id,
        merge_id=tx.new_id(),
        elder_id=elder,
        younger_id=younger,
        conversation_id=going.conversation_id if going else None,
        agent_id=agent_id,
        at=tx.now,
    )
    if going is not None and kept is not None:
        link.continued_in, link.place = kept.conversation_id, kept.places + 1
        _continue(change, going, kept)
    moved = belongings.hand_over(change, link)
    learned = one_person.be_one(tx, mine, theirs, goes_along=not agent_id)
    link.moved = pack(moved | {"elder": learned})
    tx.session.add(link)
    blocking.mark(change, mine)
    for row in all_of(tx, ConversationRow, store_id=store_id, shopper_id=elder):
        _look_again(change, row)
    return link


def unmerge(change: Change, store_id: str, conversation_id: str) -> None:
    """Take the link back: they are two, each with what they had, and two threads.

    What was sent of the younger's entries meanwhile stays sent, and what was seen of them seen.
    To be called alone on both shoppers.

    Raises:
        NotFound: no such conversation, or no merge of it that still stands.
        Conflict: who it went to has been merged on since, or words of it are being handed over.
    """
    thread.take(change.tx, store_id, conversation_id)
    found = all_of(change.tx, MergeRow, store_id=store_id, conversation_id=conversation_id)
    standing = [each for each in found if each.ended_at is None]
    if not standing:
        raise NotFound
    # Merged again and again, the first to be taken back is the last.
    part(change, max(standing, key=lambda each: (each.at, each.merge_id)))


def part(change: Change, link: MergeRow) -> None:
    """The same for one merge, which still stands; the younger may have had nothing open.

    Raises:
        Conflict: as ``unmerge``, or somebody merged since relies on an address that would go back.
    """
    tx, store_id, moved = change.tx, link.store_id, unpack(link.moved)
    for each in sorted((link.elder_id, link.younger_id)):
        people.lock_shopper(tx, store_id, each)
    theirs = people.shopper(tx, store_id, link.younger_id)
    mine = people.shopper(tx, store_id, link.elder_id)
    if theirs is None or mine is None or mine.merged_into is not None:
        raise Conflict(
            "who this was merged into is merged with somebody else; take that back first"
        )
    if _bears_another(tx, link, moved):
        raise Conflict("another merge joined an address of theirs since; take that back first")
    going = thread.take(tx, store_id, link.conversation_id) if link.conversation_id else None
    both_open = going is not None and (going.state == "open" or link.continued_in is not None)
    if both_open and thread.open_of(tx, store_id, link.younger_id) is not None:
        raise Conflict("the other shopper has an open conversation; end it first")
    theirs.merged_into, link.ended_at = None, tx.now
    tx.session.add_all([theirs, link])
    belongings.give_back(change, link, moved)
    one_person.be_two(tx, mine, moved.get("elder", {}))
    if going is not None and link.continued_in is not None:
        _part(change, going, thread.take(tx, store_id, link.continued_in), link)
    for person in (mine, theirs):
        blocking.mark(change, person)
        held = all_of(tx, ConversationRow, store_id=store_id, shopper_id=person.shopper_id)
        for row in held:
            _look_again(change, row)


def _bears_another(tx: Tx, link: MergeRow, moved: Mapping[str, Any]) -> bool:
    """Whether somebody merged since has their address only as one that would go back now."""
    others = all_of(tx, MergeRow, store_id=link.store_id, elder_id=link.elder_id)
    return any(
        each["elder"] in moved["addresses"]
        for other in others
        if other.ended_at is None
        for each in unpack(other.moved)["joined"]
    )


async def take_back(store: Store, store_key: str, number: int) -> None:
    """``unmerge`` of the conversation with this number, for an operator.

    Raises:
        NotFound: no such store or conversation, or no merge of it that still stands.
        Conflict: as ``unmerge``.
    """

    def find(tx: Tx) -> tuple[str, str, tuple[str, ...]]:
        store_id = houses.store_by_key(tx, store_key).store_id
        for row in all_of(tx, ConversationRow, store_id=store_id, number=number):
            which = row.conversation_id
            found = all_of(tx, MergeRow, store_id=store_id, conversation_id=which)
            names = {name for each in found for name in (each.elder_id, each.younger_id)}
            return store_id, which, (*names, which)
        raise NotFound

    store_id, which, names = await store.read(find)
    await store.write(lambda tx: unmerge(Change(tx), store_id, which), on=names)


def _continue(change: Change, younger: ConversationRow, elder: ConversationRow) -> None:
    """Close the younger with its link, and let the elder tell of it and wait for both."""
    tx = change.tx
    for side in SIDES:
        withdraw_words(change, younger, side)
    told = change.append(
        elder,
        happened(
            "merged",
            audience="all",
            conversation_id=younger.conversation_id,
            number=younger.number,
            seq=younger.last_seq,
        ),
    )
    change.append(
        younger,
        happened(
            "resolved",
            audience="all",
            continued_in=elder.conversation_id,
            number=elder.number,
        ),
    )
    younger.state, younger.resolved_at = "resolved", tx.now
    younger.continued_in, younger.continued_seq = elder.conversation_id, told.seq
    younger.continued_as = elder.places + 1
    elder.places += 1 + younger.places
    for side in SIDES:
        row, here = reaching.reach(tx, younger, side), reaching.reach(tx, elder, side)
        change.settle(row)
        if row.head_seq > row.seen_seq:
            here.head_seq = told.seq
            tx.session.add(here)
    _show_in_inbox(change, younger, elder)
    tx.session.add_all([younger, elder])
    tx.flush()


def _show_in_inbox(change: Change, younger: ConversationRow, elder: ConversationRow) -> None:
    elder.unread += younger.unread
    if younger.waiting_since is not None and younger.snoozed_until is None:
        snoozes.shopper_wrote(change, elder)
    since = [each for each in (elder.waiting_since, younger.waiting_since) if each is not None]
    elder.waiting_since = min(since, default=None)
    if younger.last_at > elder.last_at:
        elder.last_at, elder.preview = younger.last_at, younger.preview
        elder.last_channel = younger.last_channel
    younger.unread = younger.unreachable = 0
    younger.waiting_since, younger.seen_staff = None, younger.last_seq
    younger.snoozed_until = younger.woken_at = None
    if elder.assignee_id is None and younger.assignee_id is not None:
        elder.assignee_id = younger.assignee_id
        name = houses.agent(change.tx, younger.assignee_id).name
        change.append(elder, happened("assigned", agent_id=younger.assignee_id, name=name))


def _look_again(change: Change, conversation: ConversationRow) -> None:
    """What its people can be reached by has changed."""
    change.touch(conversation)
    if conversation.continued_in is None:
        for side in SIDES:
            change.wake(conversation, side)


def _part(change: Change, younger: ConversationRow, elder: ConversationRow, link: MergeRow) -> None:
    """Let the younger stand by itself again, with what is still open in it."""
    tx = change.tx
    for side in SIDES:
        rows = reaching.deliveries_of(tx, elder.store_id, elder.conversation_id, side)
        for row in rows:
            if row.state == "submitting" and any(
                _is_of(tx, elder, younger, name) for name in unpack(row.seqs)
            ):
                raise Conflict("words of it are being handed over just now; try again in a minute")
        withdraw_words(change, elder, side)
        here, there = reaching.reach(tx, elder, side), reaching.reach(tx, younger, side)
        if younger.continued_seq <= here.seen_seq:
            there.seen_seq = there.head_seq
            tx.session.add(there)
    younger.continued_in = None
    younger.continued_seq = 0
    tx.session.add(younger)
    tx.flush()
    _reopen(change, younger, elder)


def _is_of(tx: Tx, elder: ConversationRow, younger: ConversationRow, name: int) -> bool:
    found = merging.named(tx, elder, name)
    while found is not None and found[0].conversation_id != elder.conversation_id:
        if found[0].conversation_id == younger.conversation_id:
            return True
        up = thread.take(tx, elder.store_id, found[0].continued_in or "")
        found = (up, 0)
    return False


def _reopen(change: Change, younger: ConversationRow, elder: ConversationRow) -> None:
    tx = change.tx
    younger.state, younger.resolved_at = "open", None
    change.append(younger, happened("reopened", audience="all"))
    change.append(elder, happened("parted", audience="all", number=younger.number))
    for row in (younger, elder):
        answered = reaching.reach(tx, row, "staff").seen_seq
        found = merging.unseen(tx, row, answered, written_by="shopper")
        row.waiting_since = min((each[0].at for _, each in found if each), default=None)
        found = merging.unseen(tx, row, row.seen_staff, written_by="shopper")
        row.unread = sum(len(each) for _, each in found)
        tx.session.add(row)
    _show_its_own(tx, elder)


def _show_its_own(tx: Tx, elder: ConversationRow) -> None:
    """The inbox shows the last words of the elder, or of what still goes on in it."""
    last = merging.last_message(tx, elder)
    if last is not None:
        elder.last_at = last.at
        thread.preview(elder, last)
    for each in merging.youngers(tx, elder):
        if each.last_at > elder.last_at:
            elder.last_at, elder.preview = each.last_at, each.preview
            elder.last_channel = each.last_channel
    tx.session.add(elder)
