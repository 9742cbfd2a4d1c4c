"""The files of messages that leave the chat: with a mail as long as they fit, else as links.

Nobody who answers by mail or phone is sent to a page for a picture that the mail could have
carried. But many mailboxes refuse a mail of more than 10 MB, and no phone takes one by SMS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.channels.port import Attached, Outgoing
from gateway.services import file_links
from gateway.services.attachments import shelf_of
from gateway.services.carried import Setting
from gateway.services.house import House
from gateway.store import attachments as rows
from gateway.store.tables import AttachmentRow, EntryRow
from gateway.store.tx import Tx

MOST_CARRIED = 10_000_000  #: bytes of a mail's files as they are encoded, all together
ENCODED = 78 / 57  #: base64 in lines of 76 characters, which end in two more (RFC 2045 section 6.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosures:
    """What goes along with a mail, and where the rest is: attachment id → address."""

    carried: tuple[Attached, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


def with_mail(tx: Tx, setting: Setting, entries: Sequence[EntryRow]) -> Enclosures:
    """The files of these messages, for a mail."""
    carried, links, room = [], {}, float(MOST_CARRIED)
    for row in _files_of(tx, entries):
        if row.size * ENCODED <= room:
            room -= row.size * ENCODED
            carried.append(Attached(name=row.name, content_type=row.kind, digest=row.digest))
        else:
            links[row.attachment_id] = _link(tx, setting, row)
    return Enclosures(carried=tuple(carried), links=links)


def with_text(tx: Tx, setting: Setting, entries: Sequence[EntryRow]) -> Enclosures:
    """The files of these messages, for a text: links alone."""
    return Enclosures(
        links={row.attachment_id: _link(tx, setting, row) for row in _files_of(tx, entries)}
    )


def words_of(entry: EntryRow, links: Mapping[str, str] | None = None) -> str:
    """What an entry says, and below it its files: by their links, else by name."""
    lines = [entry.body] if entry.body else []
    for fact in rows.facts_of(entry):
        link = (links or {}).get(fact["id"])
        lines.append(f"{fact['name']}: {link}" if link else f"[{fact['name']}]")
    return "\n".join(lines)


async def filled(house: House, store_id: str, outgoing: Outgoing) -> Outgoing:
    """The delivery with the bytes of its files.

    Raises:
        OSError: one cannot be read here and now.
    """
    if not outgoing.attachments:
        return outgoing
    blobs = shelf_of(house).blobs
    return replace(
        outgoing,
        attachments=tuple(
            [
                replace(each, data=await blobs.read(store_id, each.digest))
                for each in outgoing.attachments
            ]
        ),
    )


def _files_of(tx: Tx, entries: Sequence[EntryRow]) -> list[AttachmentRow]:
    found = (
        rows.attachment(tx, entry.store_id, each)
        for entry in entries
        for each in rows.ids_of(entry)
    )
    return [row for row in found if row is not None]


def _link(tx: Tx, setting: Setting, row: AttachmentRow) -> str:
    until = tx.now + file_links.LASTS_OUTSIDE
    path = file_links.path_to(setting.secret, row, "shopper", "whole", until)
    return setting.base_url.rstrip("/") + path
