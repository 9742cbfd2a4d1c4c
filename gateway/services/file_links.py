"""Links to files: given to whoever may see the message, good for minutes, and then for nobody.

A link in a mail or a text is good for a month, since its reader has nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.auth.file_links import Audience, FileLink, Size, read, write
from gateway.clock import DAY, MINUTE, SECOND
from gateway.errors import NotFound
from gateway.files.kinds import PICTURES
from gateway.services.attachments import shelf_of
from gateway.services.house import House
from gateway.store import attachments as rows
from gateway.store import thread
from gateway.store.tables import AttachmentRow, ConversationRow, EntryRow
from gateway.store.tx import Tx

LASTS = 10 * MINUTE
STEP = 5 * MINUTE  #: links of the same minutes are the same, or no browser could keep what it has
LASTS_OUTSIDE = 30 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a link opens; ``until`` is microseconds UTC. ``inline``: a browser may show it."""

    path: Path
    digest: str
    name: str
    kind: str
    inline: bool
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a file is for a while: whole, and small when it is a picture."""

    whole: str
    small: str | None


def path_to(secret: bytes, row: AttachmentRow, audience: Audience, size: Size, until: int) -> str:
    """The path of a link that is good until then, microseconds UTC."""
    link = FileLink(
        store_id=row.store_id,
        attachment_id=row.attachment_id,
        audience=audience,
        size=size,
        until=until // SECOND,
    )
    return f"/files/{write(secret, link)}"


async def for_agent(house: House, store_id: str, attachment_id: str, size: Size) -> tuple[str, int]:
    """A path, and until when it is good (microseconds UTC).

    Raises:
        NotFound: there is no such file in a message of this store.
    """
    row = await house.store.read(lambda tx: _shown_to(tx, "staff", store_id, attachment_id))
    if row is None:
        raise NotFound
    until = _until(house)
    return path_to(house.secrets[0], row, "staff", size, until), until


async def for_shopper(
    house: House, store_id: str, shopper_id: str, attachment_ids: Sequence[str]
) -> tuple[dict[str, Links], int]:
    """Links to those of these files that are in messages to or from this shopper."""

    def load(tx: Tx) -> list[AttachmentRow]:
        found = (_shown_to(tx, "shopper", store_id, each) for each in attachment_ids)
        return [row for row in found if row is not None and _is_of(tx, row, shopper_id)]

    until = _until(house)
    secret = house.secrets[0]
    return {
        row.attachment_id: Links(
            whole=path_to(secret, row, "shopper", "whole", until),
            small=path_to(secret, row, "shopper", "small", until) if row.width else None,
        )
        for row in await house.store.read(load)
    }, until


async def opened(house: House, token: str) -> Served:
    """What stands behind a link.

    Raises:
        NotFound: it is not ours, is over, or what it named is not there any more: all the same.
    """
    link = read(house.secrets, token, now=house.clock.now() // SECOND)
    if link is None:
        raise NotFound
    row = await house.store.read(
        lambda tx: _shown_to(tx, link.audience, link.store_id, link.attachment_id)
    )
    if row is None:
        raise NotFound
    is_small = link.size == "small" and row.small is not None
    digest = row.small if is_small and row.small is not None else row.digest
    return Served(
        path=shelf_of(house).blobs.path(row.store_id, digest),
        digest=digest,
        name=row.name,
        kind="image/webp" if is_small else row.kind,
        inline=row.width is not None and row.kind in PICTURES,
        until=link.until * SECOND,
    )


def _shown_to(
    tx: Tx, audience: Audience, store_id: str, attachment_id: str
) -> AttachmentRow | None:
    """A file that this audience sees in a message."""
    row = rows.attachment(tx, store_id, attachment_id)
    if row is None or row.conversation_id is None or row.seq is None:
        return None
    entry = thread.entry(tx, store_id, row.conversation_id, row.seq)
    return row if entry is not None and _is_for(entry, audience) else None


def _is_for(entry: EntryRow, audience: Audience) -> bool:
    return entry.taken_back_at is None and (audience == "staff" or entry.audience == "all")


def _is_of(tx: Tx, row: AttachmentRow, shopper_id: str) -> bool:
    conversation = tx.session.get(ConversationRow, (row.store_id, row.conversation_id))
    return conversation is not None and conversation.shopper_id == shopper_id


def _until(house: House) -> int:
    now = house.clock.now()
    return now - now % STEP + LASTS
