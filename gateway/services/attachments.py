"""Files of messages: taken by the message that names them, told with it, forgotten when unsent.

A file is on disk and has a row of its own before a message names it. The message takes it in the
transaction that appends it, and only for whoever brought it. What an entry tells of its files
stands in the entry itself, so that reading a log asks for nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from gateway.clock import DAY
from gateway.errors import BadInput, CmidConflict, Misconfigured
from gateway.files.blobs import Blobs
from gateway.files.shelf import Kept, Shelf
from gateway.protocol.entry import MOST_ATTACHED
from gateway.services.arrival import Arrival
from gateway.services.house import House
from gateway.store import attachments as rows
from gateway.store import house as houses
from gateway.store.attachments import by_agent as by_agent
from gateway.store.attachments import by_shopper as by_shopper
from gateway.store.tables import AttachmentRow, ConversationRow, EntryRow
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)

UNSENT_LASTS = DAY  #: what nobody sent, and bytes that no row names, go after this


def shelf_of(house: House) -> Shelf:
    """Where this house keeps files.

    Raises:
        Misconfigured: nowhere.
    """
    if house.files is None:
        raise Misconfigured("this house has no place for files")
    return house.files


def add(tx: Tx, store_id: str, owner: str, kept: Kept) -> AttachmentRow:
    """A row for a file that is on disk; no message has taken it yet."""
    row = AttachmentRow(
        store_id=store_id,
        attachment_id=tx.new_id(),
        owner=owner,
        digest=kept.digest,
        small=kept.small,
        name=kept.name,
        kind=kept.kind,
        size=kept.size,
        width=kept.width,
        height=kept.height,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def take(
    tx: Tx, conversation: ConversationRow, owner: str, attachment_ids: Sequence[str]
) -> dict[str, object]:
    """Give files to the entry that is appended next; returns what it tells of them, as its data.

    Raises:
        BadInput: one is not there, was somebody else's, or is in a message already.
    """
    if not attachment_ids:
        return {}
    found = rows.untaken(tx, conversation.store_id, owner, attachment_ids)
    if len(found) != len(attachment_ids):
        raise BadInput("a file is not there any more; attach it again", why="no_file")
    for row in found:
        row.conversation_id, row.seq = conversation.conversation_id, conversation.last_seq + 1
        tx.session.add(row)
    return {rows.IN_DATA: [rows.fact(row) for row in found]}


def data_of(
    tx: Tx,
    conversation: ConversationRow,
    author: str,
    attachment_ids: Sequence[str],
    arrival: Arrival | None,
) -> dict[str, object]:
    """The data of the message that is appended next: its files, and how it came."""
    if arrival is None:
        return take(tx, conversation, author, attachment_ids)
    came_with = rows.by_inbound(arrival.inbound_key)
    return {**arrival.data, **take(tx, conversation, came_with, arrival.attachments)}


def refuse_others(known: EntryRow, attachment_ids: Sequence[str]) -> None:
    """The same ``cmid`` again names the same files (invariant 2).

    Raises:
        CmidConflict: it names others.
    """
    if known.taken_back_at is None and rows.ids_of(known) != list(attachment_ids):
        raise CmidConflict


def checked(attachment_ids: Sequence[str]) -> tuple[str, ...]:
    """The files that a message names.

    Raises:
        BadInput: too many, or one of them twice.
    """
    if len(attachment_ids) > MOST_ATTACHED:
        raise BadInput(f"a message may have {MOST_ATTACHED} files at most", why="many_attached")
    if len(set(attachment_ids)) != len(attachment_ids):
        raise BadInput("this message names a file twice")
    return tuple(attachment_ids)


async def sweep(house: House) -> None:
    """Forget what nobody sent within a day, and remove the bytes that no row names."""
    if house.files is None:
        return
    before = house.clock.now() - UNSENT_LASTS
    for store in await house.store.read(houses.stores):
        await _sweep_store(house, house.files.blobs, store.store_id, before)
    await house.files.blobs.tidy(before)


async def _sweep_store(house: House, blobs: Blobs, store_id: str, before: int) -> None:
    await house.store.write(lambda tx: rows.forget_untaken(tx, store_id, before))
    old = await blobs.untouched(store_id, before)
    named = await house.store.read(lambda tx: rows.named(tx, store_id, old))
    gone = 0
    for digest in old:
        if digest not in named and await blobs.remove(store_id, digest, before):
            gone += 1
    if gone:
        log.info("files.swept", store=store_id, blobs=gone)
