"""The files of a mail: on disk once it is read, and in the message that it becomes."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

from gateway.errors import BadInput
from gateway.services import attachments
from gateway.services.house import House
from gateway.store import attachments as rows
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx

MOST_BYTES = 40_000_000  #: of one file; all of a mail's together have no more
MOST_NAMED = 10
LEFT_OUT = "[Only in the mail itself: {names}]"


async def keep(house: House, store_id: str, parsed: dict[str, Any]) -> None:
    """Put a read mail's files on disk; in ``parsed`` then stands what was kept, and no bytes.

    Raises:
        StorageRefused: the disk does not take them now; the mail has to be read again later.
    """
    given = parsed.pop("files", [])
    kept = []
    if house.files is None:
        parsed["left_out"] = [*(each["name"] for each in given), *parsed.get("left_out", [])]
        given = []
    while given:
        each = given.pop(0)
        file = await attachments.shelf_of(house).keep(
            store_id, each["name"], _bytes_of(each.pop("data")), most=MOST_BYTES
        )
        kept.append((file, each["in_place"]))
    parsed["kept"] = kept


async def _bytes_of(data: str) -> AsyncIterator[bytes]:
    yield base64.b64decode(data)


def enclose(tx: Tx, row: InboundRow, parsed: dict[str, Any], joins: str | None) -> list[str]:
    """Rows for what was kept of a mail, for the message that it becomes; returns their ids.

    Answers carry the pictures of what they quote: one that the conversation ``joins`` shows
    already is not shown once more.

    Raises:
        BadInput: this mail was not read for its files.
    """
    if "kept" not in parsed:
        raise BadInput("a mail's files are kept before its words are placed")
    among_words = [file.digest for file, in_place in parsed["kept"] if in_place]
    known = rows.holds(tx, row.store_id, joins, among_words) if joins and among_words else set()
    owner = rows.by_inbound(row.inbound_key)
    return [
        attachments.add(tx, row.store_id, owner, file).attachment_id
        for file, in_place in parsed["kept"]
        if not (in_place and file.digest in known)
    ]


def with_left_out(words: str, parsed: dict[str, Any]) -> str:
    """The words, and the names of what did not fit."""
    names = parsed.get("left_out", [])
    if not names:
        return words
    told = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    return f"{words}\n\n{LEFT_OUT.format(names=told)}"
