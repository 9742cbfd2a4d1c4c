"""The mail as it came, one click away: read by a child that can be killed, cleaned, and raw.

What an agent opens was written by anybody. It is parsed where it can hurt nobody, shown in a frame
that runs nothing, and its files leave as downloads only.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotFound
from gateway.files.child import Child, Unreadable
from gateway.services import original_reader
from gateway.services.house import House
from gateway.store import thread
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx

READER = "gateway.services.original_reader"
_MOST_HEAD = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The entry that came by mail."""

    store_id: str
    conversation_id: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalFile:
    """A file in a mail; ``number`` asks for it, ``content_type`` is what its bytes say."""

    number: int
    name: str
    content_type: str
    size: int
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What the console shows of a mail before its page.

    ``held_back`` counts the pictures from elsewhere that are not shown until somebody asks.
    """

    subject: str = ""
    sender: str = ""
    to: str = ""
    date: str = ""
    text: str = ""
    has_page: bool = False
    held_back: int = 0
    notes: tuple[str, ...] = ()
    files: tuple[OriginalFile, ...] = ()
    unreadable: bool = False


async def mail(house: House, store_id: str, conversation_id: str, entry_id: str) -> Original:
    """The original of one entry; an unreadable one has the beginning of its bytes as text.

    Raises:
        NotFound: no such entry, or it did not come by mail.
    """
    which = Which(store_id=store_id, conversation_id=conversation_id, entry_id=entry_id)
    content = await raw(house, which)
    try:
        found = await _ask("facts", content)
    except Unreadable:
        head = content[:_MOST_HEAD].decode("utf-8", "replace").replace("\x00", "\ufffd")
        return Original(unreadable=True, text=head)
    files = tuple(OriginalFile(**each) for each in found.pop("files", ()))
    return Original(**{**found, "files": files, "notes": tuple(found.get("notes", ()))})


async def page(house: House, which: Which, *, pictures: bool) -> str:
    """The mail's HTML, cleaned; with ``pictures``, those from elsewhere stay in it.

    Raises:
        NotFound: there is no such mail, or no HTML in it.
        Unreadable: it cannot be read.
    """
    found = await _ask("page_with_pictures" if pictures else "page", await raw(house, which))
    if "html" not in found:
        raise NotFound
    return str(found["html"])


async def file(house: House, which: Which, number: int) -> tuple[str, bytes]:
    """A file in the mail: its name, fit to be saved under, and its bytes.

    Raises:
        NotFound: there is no such mail, or no such file in it.
        Unreadable: it cannot be read.
    """
    found = await _ask("file", await raw(house, which), number=number)
    if "data" not in found:
        raise NotFound
    return str(found["name"]), base64.b64decode(found["data"])


async def raw(house: House, which: Which) -> bytes:
    """The bytes as they came.

    Raises:
        NotFound: no such entry, or it did not come by mail.
    """

    def load(tx: Tx) -> bytes:
        row = thread.entry_by_id(tx, which.store_id, which.conversation_id, which.entry_id)
        if row is None or row.inbound_key is None or row.channel != "email":
            raise NotFound
        inbound = tx.session.get(InboundRow, (which.store_id, row.inbound_key))
        if inbound is None:
            raise NotFound
        return inbound.raw

    return await house.store.read(load)


async def _ask(wanted: str, content: bytes, *, number: int = 0) -> dict[str, Any]:
    child = Child(READER)
    try:
        found: dict[str, Any] = await child.read(
            original_reader.ask(wanted, content, number=number)
        )
        return found
    finally:
        await child.aclose()
