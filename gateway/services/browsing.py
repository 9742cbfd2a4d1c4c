"""Finding one's way in a long conversation: all its files, and what was written on a day."""

from __future__ import annotations

from pydantic import BaseModel

from gateway.clock import MILLISECOND
from gateway.errors import NotFound
from gateway.protocol.entry import Attachment, Instant, SideName
from gateway.services.house import House
from gateway.services.wire import ms
from gateway.store import attachments, messages
from gateway.store.attachments import fact
from gateway.store.tables import AttachmentRow, ConversationRow, EntryRow
from gateway.store.tx import Tx

PAGE = 60

Spot = tuple[int, str]
"""Where a page of files ended: the last one's seq, and its id."""


class ShownFile(BaseModel):
    """A file of a conversation: what it is, and who sent it when, in the entry ``seq``."""

    file: Attachment
    seq: int
    at: Instant
    side: SideName
    author: str
    note: bool


class Gallery(BaseModel):
    """A page of files, the newest first; ``before`` leads on to older ones."""

    files: list[ShownFile]
    before: str | None


class Day(BaseModel):
    """What was written first on a day or after it; with ``over`` nothing was, and it is the last.

    ``seq`` is None in a conversation in which nobody wrote.
    """

    seq: int | None
    at: Instant | None
    over: bool


async def files(
    house: House, store_id: str, conversation_id: str, before: Spot | None = None
) -> Gallery:
    """A page of what a conversation shows; what was taken back is not there any more.

    Raises:
        NotFound: no such conversation in this store.
    """

    def load(tx: Tx) -> Gallery:
        _there(tx, store_id, conversation_id)
        found = attachments.shown_in(tx, store_id, conversation_id, before, PAGE + 1)
        shown = found[:PAGE]
        last = shown[-1][0] if len(found) > PAGE else None
        return Gallery(
            files=[_shown(*each) for each in sorted(shown, key=_place)],
            before=None if last is None else f"{last.seq}.{last.attachment_id}",
        )

    return await house.store.read(load)


async def day(house: House, store_id: str, conversation_id: str, begins: int) -> Day:
    """Where to look for a day that ``begins`` at an instant (milliseconds UTC).

    Raises:
        NotFound: no such conversation in this store.
    """

    def load(tx: Tx) -> Day:
        _there(tx, store_id, conversation_id)
        row = messages.nearest(tx, store_id, conversation_id, begins * MILLISECOND)
        if row is None:
            return Day(seq=None, at=None, over=True)
        return Day(seq=row.seq, at=ms(row.at), over=ms(row.at) < begins)

    return await house.store.read(load)


def _there(tx: Tx, store_id: str, conversation_id: str) -> None:
    if tx.session.get(ConversationRow, (store_id, conversation_id)) is None:
        raise NotFound


def _place(shown: tuple[AttachmentRow, EntryRow]) -> tuple[int, int]:
    """The newest message first; its files as they stand in it."""
    row, entry = shown
    return -entry.seq, attachments.ids_of(entry).index(row.attachment_id)


def _shown(row: AttachmentRow, entry: EntryRow) -> ShownFile:
    return ShownFile(
        file=Attachment.model_validate(fact(row)),
        seq=entry.seq,
        at=ms(entry.at),
        side="staff" if entry.side == "staff" else "shopper",
        author=entry.author_name,
        note=entry.kind == "note",
    )
