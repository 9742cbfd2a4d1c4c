"""The files of messages that leave the chat: with a mail as long as they fit, else as links.

Nobody who answers by mail or phone is sent to a page for a picture that the mail could have
carried. But many mailboxes refuse a mail of more than 10 MB, and a text brings pictures only where
networks carry them (MMS).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from gateway.channels.port import Attached, Outgoing
from gateway.clock import HOUR, SECOND
from gateway.services import file_links
from gateway.services.attachments import shelf_of
from gateway.services.carried import Setting
from gateway.services.house import House
from gateway.store import attachments as rows
from gateway.store.tables import AttachmentRow, EntryRow
from gateway.store.tx import Tx

#: What any phone shows, in the size that Twilio carries whatever the network
#: (twilio.com/docs/messaging/guides/accepted-mime-types).
SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/gif"})
MOST_SHOWN: Final = 10
MOST_BYTES: Final = 5_000_000
FETCHED_WITHIN: Final = HOUR  #: how long after a text has lapsed its pictures may still be fetched

MOST_CARRIED = 10_000_000  #: bytes of a mail's files as they are encoded, all together
NOT_PUBLIC: Final = (".localhost", ".local", ".internal", ".test")
ENCODED = 78 / 57  #: base64 in lines of 76 characters, which end in two more (RFC 2045 section 6.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosures:
    """What goes along with a mail or a text, and where the rest is: attachment id → address.

    ``shown`` are a text's pictures, by where the provider fetches them.
    """

    carried: tuple[Attached, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


def with_mail(tx: Tx, setting: Setting, entries: Sequence[EntryRow]) -> Enclosures:
    """The files of these messages, for a mail."""
    carried, links, room = [], {}, float(MOST_CARRIED)
    for row in _files_of(tx, entries):
        if row.size * ENCODED <= room:
            room -= row.size * ENCODED
            carried.append(Attached(name=row.name, content_type=row.kind, digest=row.digest))
        else:
            links[row.attachment_id] = _link(setting, row, tx.now + file_links.LASTS_OUTSIDE)
    return Enclosures(carried=tuple(carried), links=links)


def with_text(tx: Tx, setting: Setting, entries: Sequence[EntryRow]) -> Enclosures:
    """The files of these messages, for a text: links alone."""
    until = tx.now + file_links.LASTS_OUTSIDE
    return Enclosures(
        links={row.attachment_id: _link(setting, row, until) for row in _files_of(tx, entries)}
    )


def with_pictures(
    tx: Tx, setting: Setting, entries: Sequence[EntryRow], *, valid_for: int
) -> Enclosures:
    """The files of these messages, for a text that may bring pictures along (MMS).

    The provider fetches them by links that show one file each, to whoever has them, and end soon
    after the text itself would have (``valid_for``, seconds).
    """
    shown: dict[str, str] = {}
    links: dict[str, str] = {}
    until = tx.now + valid_for * SECOND + FETCHED_WITHIN
    for row in _files_of(tx, entries):
        if len(shown) < MOST_SHOWN and row.kind in SHOWN and row.size <= MOST_BYTES:
            shown[row.attachment_id] = _link(setting, row, until)
        else:
            links[row.attachment_id] = _link(setting, row, tx.now + file_links.LASTS_OUTSIDE)
    return Enclosures(shown=shown, links=links)


def can_be_fetched(base_url: str) -> bool:
    """Whether a provider can fetch a file from here: by https, from no private address."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" and ipaddress.ip_address(host).is_global
    except ValueError:
        return parts.scheme == "https" and "." in host and not host.endswith(NOT_PUBLIC)


def words_of(
    entry: EntryRow, links: Mapping[str, str] | None = None, shown: Collection[str] = ()
) -> str:
    """What an entry says, and below it its files: by their links, else by name; not those shown."""
    lines = [entry.body] if entry.body else []
    for fact in rows.facts_of(entry):
        if fact["id"] in shown:
            continue
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


def _link(setting: Setting, row: AttachmentRow, until: int) -> str:
    path = file_links.path_to(setting.secret, row, "shopper", "whole", until)
    return setting.base_url.rstrip("/") + path
