"""An agent says that two shoppers are one, or that they were two after all.

An agent knows what no signature says, and may be wrong. So they agree to what a preview showed
them, and nothing that it did not show happens: whoever's browser is not the elder's is let into
nothing by it (invariant 10), and un-merging gives back what the younger had.
"""

from __future__ import annotations

from typing import Any

from gateway.core.log import MERGED_BY, PARTED_BY
from gateway.errors import Conflict, NotSignedIn
from gateway.services import merge_previews, merging
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.store import people, thread
from gateway.store.merging import all_of
from gateway.store.tables import ConversationRow, MergeRow
from gateway.store.tx import Tx


async def preview(house: House, store_id: str, one: str, other: str) -> dict[str, Any]:
    """What would become of both; see ``merge_previews.preview``.

    Raises:
        NotFound: no such shopper in this store.
        Conflict: they are one already, or the store signed for both.
    """
    return await house.store.read(lambda tx: merge_previews.preview(tx, store_id, one, other))


async def merge(
    house: House, store_id: str, one: str, other: str, *, by: str, seen: str
) -> dict[str, str]:
    """Make two shoppers one, as the agent saw it (``seen``, of the preview).

    Returns:
        ``merge_id``, and ``shopper_id`` of the elder.

    Raises:
        NotFound: no such shopper in this store.
        Conflict: they are one already, the store signed for both, or something has changed since.
    """

    def work(change: Change) -> tuple[MergeRow, str]:
        tx = change.tx
        told = merge_previews.preview(tx, store_id, one, other)
        if told["seen"] != seen:
            raise Conflict("something has changed since you looked; look again")
        pair = merge_previews.pair_of(tx, store_id, one, other)
        elder, younger = pair.elder.shopper_id, pair.younger.shopper_id
        name = merge_previews.name_of(tx, pair.younger)
        link = merging.merge(change, store_id, elder=elder, younger=younger, agent_id=by)
        if link is None:
            raise Conflict("they are one already")
        _tell(change, link, by, MERGED_BY, name)
        return link, younger

    names = await house.store.read(lambda tx: _alone_on(tx, store_id, one, other))
    link, younger = await house.change(work, on=names)
    _close_tabs(house, younger)
    return {"merge_id": link.merge_id, "shopper_id": link.elder_id}


async def parting(house: House, store_id: str, merge_id: str) -> dict[str, Any]:
    """What un-merging would do; see ``merge_previews.parting``.

    Raises:
        NotFound: no such merge, or it was taken back.
    """
    return await house.store.read(lambda tx: merge_previews.parting(tx, store_id, merge_id))


async def unmerge(house: House, store_id: str, merge_id: str, *, by: str) -> dict[str, str]:
    """Take a merge back.

    Returns:
        ``shopper_id`` of the one who is somebody else again.

    Raises:
        NotFound: no such merge, or it was taken back.
        Conflict: another merge came over it, or words of it are being handed over.
    """

    def work(change: Change) -> MergeRow:
        tx = change.tx
        link = merge_previews.standing(tx, store_id, merge_id)
        tx.session.refresh(link, with_for_update=True)
        if link.ended_at is not None:
            raise Conflict("it was taken back a moment ago")
        merging.part(change, link)
        younger = people.shopper(tx, store_id, link.younger_id)
        _tell(change, link, by, PARTED_BY, merge_previews.name_of(tx, younger) if younger else "")
        return link

    def whose(tx: Tx) -> tuple[str, ...]:
        link = merge_previews.standing(tx, store_id, merge_id)
        return _alone_on(tx, store_id, link.elder_id, link.younger_id)

    link = await house.change(work, on=await house.store.read(whose))
    _close_tabs(house, link.elder_id)  # they may follow what is the younger's again
    return {"shopper_id": link.younger_id}


def _close_tabs(house: House, shopper_id: str) -> None:
    """Whoever may come back does so at once, and is shown what is theirs."""
    for socket in house.hub.sockets_of("shopper", shopper_id):
        socket.close(NotSignedIn.close)


def _alone_on(tx: Tx, store_id: str, *shoppers: str) -> tuple[str, ...]:
    """Both, and every conversation of theirs: nobody writes into one while it changes hands."""
    found = [
        row.conversation_id
        for each in shoppers
        for row in all_of(tx, ConversationRow, store_id=store_id, shopper_id=each)
    ]
    return (*shoppers, *found)


def _tell(change: Change, link: MergeRow, by: str, event: str, name: str) -> None:
    """In the thread that agents see first of the elder; ``name`` is the younger's."""
    tx = change.tx
    latest = thread.latest_of(tx, link.store_id, link.elder_id)
    if latest is None:
        return
    going = tx.session.get(ConversationRow, (link.store_id, link.conversation_id or ""))
    number = going.number if going is not None else None
    row = thread.take(tx, link.store_id, latest.conversation_id)
    change.append(row, by_agent(change, by, event, name=name, number=number))
