"""A shopper who is blocked: what they write is kept, rings nobody, and nothing is brought to them.

Their side notices nothing: the chat works as it did. All that they have stands in a view of its
own, where nothing moves it (``core/inbox_order``), and ``plan`` answers that they are blocked, for
both sides. Whoever writes from an address that only blocked shoppers have proven is blocked as
well; one that was only typed may be anybody's, and blocks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.log import BLOCKED, UNBLOCKED
from gateway.errors import BadInput, Blocked, NotFound
from gateway.protocol.entry import BlockedFact
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.services.wire import ms
from gateway.services.withdrawing import withdraw_words
from gateway.store import house as houses
from gateway.store import merging, people, thread
from gateway.store.tables import ConversationRow, ShopperRow
from gateway.store.tx import Tx

SIDES = ("shopper", "staff")
MOST_BECAUSE = 200  #: characters


@dataclass(frozen=True, slots=True)
class Whose:
    """A shopper by their names, and the agent who does something about them."""

    store_id: str
    shopper_id: str
    by: str


async def block(house: House, whose: Whose, because: str) -> None:
    """Block a shopper; said again, it keeps what was said first.

    Raises:
        BadInput: no reason, or a long one.
        NotFound: no such shopper in this store.
    """
    words = " ".join(because.split())
    if not 0 < len(words) <= MOST_BECAUSE:
        raise BadInput(f"say why, in at most {MOST_BECAUSE} characters")

    def work(change: Change) -> None:
        row = _locked(change.tx, whose)
        if row.blocked_at is None:
            row.blocked_at, row.blocked_by, row.blocked_because = change.tx.now, whose.by, words
            change.tx.session.add(row)
            _tell(change, row, by_agent(change, whose.by, BLOCKED, because=words))
            mark(change, row)

    await house.change(work, on=whose.shopper_id)


async def unblock(house: House, whose: Whose) -> None:
    """Let a shopper be as anybody is; what came meanwhile waits for an answer from now on.

    Raises:
        NotFound: no such shopper in this store.
    """

    def work(change: Change) -> None:
        row = _locked(change.tx, whose)
        if row.blocked_at is None:
            return
        # Also who they were before a merge: taken back, it must not bring the block back.
        for each in merging.shoppers_before(change.tx, whose.store_id, row.shopper_id):
            one = people.shopper(change.tx, whose.store_id, each)
            if one is not None:
                one.blocked_at, one.blocked_by, one.blocked_because = None, "", ""
                change.tx.session.add(one)
        _tell(change, row, by_agent(change, whose.by, UNBLOCKED))
        mark(change, row)

    await house.change(work, on=whose.shopper_id)


def mark(change: Change, shopper: ShopperRow) -> None:
    """Let all of a shopper's conversations be blocked as they are, or not as they are not.

    To be called alone on the shopper. What was queued is taken back, what is in a provider's hands
    ends as it ends, and both sides of each are looked at again.
    """
    tx = change.tx
    tx.flush()
    whose = {"store_id": shopper.store_id, "shopper_id": shopper.shopper_id}
    for found in merging.all_of(tx, ConversationRow, **whose):
        row = thread.take(tx, shopper.store_id, found.conversation_id)
        if row.blocked_at == shopper.blocked_at:
            continue
        row.blocked_at = shopper.blocked_at
        tx.session.add(row)
        change.touch(row)
        for side in SIDES:
            if row.blocked_at is not None:
                withdraw_words(change, row, side)
            if row.continued_in is None:
                change.wake(row, side)


def heed(tx: Tx, shopper: ShopperRow, channel: str, value: str) -> None:
    """Somebody new writes from an address: blocked, if all who have proven it are."""
    store_id = shopper.store_id
    proven = (
        people.shopper(tx, store_id, people.now_of(tx, store_id, each.person_id))
        for each in people.addresses_with(tx, store_id, channel, value)
        if each.store_id == store_id and each.proven_at is not None
    )
    owners = [each for each in proven if each is not None]
    if owners and all(each.blocked_at is not None for each in owners):
        inherit(tx, shopper, owners[0])


def inherit(tx: Tx, shopper: ShopperRow, other: ShopperRow) -> None:
    """Be blocked as another shopper is, who is the same person."""
    if shopper.blocked_at is None and other.blocked_at is not None:
        shopper.blocked_at, shopper.blocked_by = other.blocked_at, other.blocked_by
        shopper.blocked_because = other.blocked_because
        tx.session.add(shopper)
        tx.session.flush()


def refuse_unasked(tx: Tx, conversation: ConversationRow) -> None:
    """Nobody writes to a blocked shopper without having been asked.

    Raises:
        Blocked: the shopper of this conversation is.
    """
    if conversation.blocked_at is not None:
        row = people.shopper(tx, conversation.store_id, conversation.shopper_id)
        because = f": {row.blocked_because}" if row is not None and row.blocked_because else ""
        raise Blocked(f"the shopper is blocked{because}; this is kept and brought nowhere")


def fact_of(tx: Tx, shopper: ShopperRow | None) -> BlockedFact | None:
    """What agents are told of it; None: the shopper is not blocked."""
    if shopper is None or shopper.blocked_at is None:
        return None
    return BlockedFact(
        since=ms(shopper.blocked_at),
        by=houses.agent(tx, shopper.blocked_by).name if shopper.blocked_by else "",
        because=shopper.blocked_because,
    )


def _locked(tx: Tx, whose: Whose) -> ShopperRow:
    """Who they are now; locked first, then read."""
    shopper_id = people.now_of(tx, whose.store_id, whose.shopper_id)
    people.lock_shopper(tx, whose.store_id, shopper_id)
    row = people.shopper(tx, whose.store_id, shopper_id)
    if row is None:
        raise NotFound("there is no such shopper")
    tx.session.refresh(row)
    return row


def _tell(change: Change, shopper: ShopperRow, draft: thread.Draft) -> None:
    """In the conversation that agents see of them first."""
    latest = thread.latest_of(change.tx, shopper.store_id, shopper.shopper_id)
    if latest is not None:
        row = thread.take(change.tx, shopper.store_id, latest.conversation_id)
        change.append(row, draft)
