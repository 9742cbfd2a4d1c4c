"""The pictures of a text: fetched by the clockwork, and then in the message that it becomes.

The webhook has committed the form and answered. Its words wait for the pictures, so that one text
is one message; after the last try they come without them, and say so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog

from gateway.channels.port import MediaSource
from gateway.channels.twilio.media import MOST_BYTES, is_taken
from gateway.channels.twilio.webhooks import InboundText, Media, parse_message
from gateway.clock import SECOND
from gateway.egress import NotAllowed, NotFetched
from gateway.errors import StorageRefused
from gateway.files.blobs import TooLarge
from gateway.files.shelf import Kept
from gateway.services import attachments, texts
from gateway.services.house import Change, House
from gateway.store import attachments as rows
from gateway.store import house as houses
from gateway.store import reaching
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx, pack, unpack

log = structlog.get_logger(__name__)

LEASE = 300 * SECOND  #: ten files, each with its own time-out
BACKOFF = (2 * SECOND, 10 * SECOND, 30 * SECOND, 60 * SECOND)
MOST_ATTEMPTS = len(BACKOFF) + 1
NO_ROOM = 60 * SECOND
BATCH = 5
ALONE = "[a picture]"
ALONE_MORE = "[{count} files]"
LOST = "[a picture that could not be fetched]"
LOST_MORE = "[{count} pictures that could not be fetched]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A text whose pictures this worker fetches now; ``last``: there is no other try."""

    store_id: str
    inbound_key: str
    text: InboundText
    last: bool


async def fetch_due(house: House) -> int:
    """Fetch what is due and let those texts be messages; how many were looked at."""
    if house.media is None:
        return 0
    claimed = await house.change(_claim_due)
    for each in claimed:
        try:
            kept = await _fetch(house, house.media, each)
        except NotFetched as error:
            log.info("text.media_later", store=each.store_id, words=error.message)
            await _later(house, each, None)
        except StorageRefused as refused:
            log.warning("text.no_room", store=each.store_id, words=refused.message)
            await _later(house, each, NO_ROOM)
        else:
            await _become(house, each, kept)
    return len(claimed)


def read(raw: bytes) -> InboundText:
    """The text that a stored form holds; it could be read when it came."""
    return parse_message(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def _claim_due(change: Change) -> list[Claimed]:
    tx, found = change.tx, []
    due = (row for each in texts.CHANNELS for row in reaching.due_inbound(tx, each, BATCH))
    for row in due:
        row.state, row.due_at = "parsing", tx.now + LEASE
        row.attempts += 1
        tx.session.add(row)
        found.append(
            Claimed(
                store_id=row.store_id,
                inbound_key=row.inbound_key,
                text=read(row.raw),
                last=row.attempts >= MOST_ATTEMPTS,
            )
        )
    return found


async def _fetch(house: House, media: MediaSource, claimed: Claimed) -> list[Kept]:
    """What could be had; on the last try whatever is there by then.

    Raises:
        NotFetched: something is not there yet.
        StorageRefused: the disk does not take it now.
    """
    kept = []
    for number, each in enumerate(claimed.text.media, start=1):
        if not is_taken(each.content_type):
            continue
        try:
            data = await media.fetch(each.url)
            kept.append(await _keep(house, claimed.store_id, number, each, data))
        except (NotAllowed, TooLarge) as error:
            log.warning("text.media_refused", store=claimed.store_id, words=error.message)
        except NotFetched:
            if not claimed.last:
                raise
    return kept


async def _keep(house: House, store_id: str, number: int, media: Media, data: bytes) -> Kept:
    # The name says no more than the type, which is looked at again: the address is Twilio's.
    ending = media.content_type.partition(";")[0].partition("/")[2].strip() or "bin"
    shelf = attachments.shelf_of(house)
    return await shelf.keep(store_id, f"{number}.{ending}", _whole(data), most=MOST_BYTES)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _later(house: House, claimed: Claimed, pause: int | None) -> None:
    """Try again; a full disk (``pause``) is no fault of the text, and that was no attempt."""

    def work(change: Change) -> None:
        row = _inbound(change.tx, claimed)
        if row.state != "parsing":
            return
        row.state = "stored"
        row.due_at = change.tx.now + (BACKOFF[row.attempts - 1] if pause is None else pause)
        row.attempts -= int(pause is not None)
        change.tx.session.add(row)

    await house.change(work, on=f"inbound:{claimed.inbound_key}")


async def _become(house: House, claimed: Claimed, kept: Sequence[Kept]) -> None:
    text = claimed.text

    def work(change: Change) -> None:
        tx = change.tx
        row = _inbound(tx, claimed)
        if row.state != "parsing":
            return
        row.state = "done"
        owner = rows.by_inbound(row.inbound_key)
        named = [attachments.add(tx, row.store_id, owner, each).attachment_id for each in kept]
        row.envelope = pack({**unpack(row.envelope), "attachments": named})
        store = houses.store(tx, row.store_id)
        row.outcome = texts.place(change, store, text, row, _words(text, len(kept)))
        tx.session.add(row)

    await house.change(work, on=f"text:{text.from_}")


def _words(text: InboundText, kept: int) -> str:
    """Her own words, or what there is instead of any, and what is missing."""
    lines = [text.body] if text.body.strip() else []
    if kept and not lines:
        lines = [ALONE if kept == 1 else ALONE_MORE.format(count=kept)]
    lost = text.num_media - kept
    if lost > 0:
        lines.append(LOST if lost == 1 else LOST_MORE.format(count=lost))
    return "\n\n".join(lines)


def _inbound(tx: Tx, claimed: Claimed) -> InboundRow:
    row = tx.session.get(InboundRow, (claimed.store_id, claimed.inbound_key))
    if row is None:
        raise LookupError("a claimed text is never deleted")
    return row
