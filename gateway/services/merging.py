"""Two shoppers who are one: what the younger had is the elder's, and their threads are one thread.

No entry moves. The younger's open conversation closes with ``continued_in``, and the elder's tells
of it by one entry, which stands for all of the younger's: it raises the head of a side for which
something is open there, and whoever has seen it has seen those. Who the two are one is for the
caller to know (the store's signature); an unproven claim merges nothing (invariant 10).
"""

from __future__ import annotations

from gateway.core.holds import CARRIES
from gateway.core.model import Presence
from gateway.errors import Conflict, NotFound
from gateway.services import belongings, snoozes
from gateway.services.house import Change
from gateway.services.withdrawing import withdraw
from gateway.store import house as houses
from gateway.store import merging, people, reaching, thread
from gateway.store.merging import all_of
from gateway.store.tables import ConversationRow, MergeRow, PresenceRow, ShopperRow
from gateway.store.thread import happened
from gateway.store.tx import Store, Tx, pack, unpack

SHOPPER = "shopper"
SIDES = (SHOPPER, "staff")


def merge(change: Change, store_id: str, *, elder: str, younger: str) -> None:
    """What the younger shopper had is the elder's from now on; said again, it changes nothing.

    To be called alone on both. Everything that is open is looked at again in this transaction.

    Raises:
        NotFound: no such shopper in this store.
    """
    tx = change.tx
    elder, younger = (people.now_of(tx, store_id, each) for each in (elder, younger))
    if elder == younger:
        return
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
        at=tx.now,
    )
    if going is not None and kept is not None:
        link.continued_in, link.place = kept.conversation_id, kept.places + 1
        _continue(change, going, kept)
    link.moved = pack(belongings.hand_over(change, link))
    tx.session.add(link)
    _be_one(tx, mine, theirs)
    for row in all_of(tx, ConversationRow, store_id=store_id, shopper_id=elder):
        _look_again(change, row)


def unmerge(change: Change, store_id: str, conversation_id: str) -> None:
    """Take the link back: they are two, each with what they had, and two threads.

    What was sent of the younger's entries meanwhile stays sent, and what was seen of them seen.
    To be called alone on both shoppers.

    Raises:
        NotFound: no such conversation, or no merge of it that still stands.
        Conflict: who it went to has been merged on since, or words of it are being handed over.
    """
    tx = change.tx
    conversation = thread.take(tx, store_id, conversation_id)
    found = all_of(tx, MergeRow, store_id=store_id, conversation_id=conversation_id)
    standing = [each for each in found if each.ended_at is None]
    if not standing:
        raise NotFound
    # Merged again and again, the first to be taken back is the last.
    link = max(standing, key=lambda each: (each.at, each.merge_id))
    theirs = people.shopper(tx, store_id, link.younger_id)
    mine = people.shopper(tx, store_id, link.elder_id)
    if theirs is None or mine is None or mine.merged_into is not None:
        raise Conflict(
            "who this was merged into is merged with somebody else; take that back first"
        )
    if conversation.state == "open" and thread.open_of(tx, store_id, link.younger_id) is not None:
        raise Conflict("the other shopper has an open conversation; end it first")
    theirs.merged_into, link.ended_at = None, tx.now
    tx.session.add_all([theirs, link])
    belongings.give_back(change, link, unpack(link.moved))
    if link.continued_in is not None:
        _part(change, conversation, thread.take(tx, store_id, link.continued_in), link)
    for each in (link.elder_id, link.younger_id):
        for row in all_of(tx, ConversationRow, store_id=store_id, shopper_id=each):
            _look_again(change, row)


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
        _take_back_queued(change, younger, side)
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


def _take_back_queued(change: Change, conversation: ConversationRow, side: str) -> None:
    rows = reaching.deliveries_of(
        change.tx, conversation.store_id, conversation.conversation_id, side
    )
    for row in rows:
        if row.state == "queued" and row.form in CARRIES:
            withdraw(change, row)


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


def _be_one(tx: Tx, elder: ShopperRow, younger: ShopperRow) -> None:
    """What is known of the younger alone is known of the elder; what they did last both did."""
    younger.merged_into = elder.shopper_id
    elder.verified = max(elder.verified, younger.verified)
    elder.name = elder.name or younger.name
    elder.zone = elder.zone or younger.zone
    if elder.preference == "[]":
        elder.preference = younger.preference
    tx.session.add_all([elder, younger])
    store_id, mine, theirs = elder.store_id, elder.shopper_id, younger.shopper_id
    last = people.act(tx, store_id, SHOPPER, theirs)
    known = people.act(tx, store_id, SHOPPER, mine)
    if last is not None and (known is None or known.at < last.at):
        address = people.address(tx, store_id, last.address_id) if last.address_id else None
        at = last.at
        people.record_act(
            tx, store_id, SHOPPER, mine, last.channel, address.address_id if address else None
        )
        moved = people.act(tx, store_id, SHOPPER, mine)
        if moved is not None:
            moved.at = at
            tx.session.add(moved)
    _be_where(tx, store_id, mine, theirs)


def _be_where(tx: Tx, store_id: str, mine: str, theirs: str) -> None:
    """Whoever is there as the younger is there: their tabs say so by themselves a moment later."""
    there = people.presence(tx, store_id, SHOPPER, theirs)
    here = people.presence(tx, store_id, SHOPPER, mine)
    order = list(Presence)
    if there is None or (
        here is not None
        and order.index(Presence(here.presence)) <= order.index(Presence(there.presence))
    ):
        return
    here = here or PresenceRow(
        store_id=store_id, side=SHOPPER, person_id=mine, node_id="", presence="gone", since=0
    )
    for name in ("node_id", "presence", "since", "lost_at", "url", "title"):
        setattr(here, name, getattr(there, name))
    tx.session.add(here)


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
        _take_back_queued(change, elder, side)
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
