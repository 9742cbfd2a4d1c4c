"""The mail as it came, one click away: cleaned, for a frame that runs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread

from gateway.channels.email.html import sanitise
from gateway.channels.email.mime import parse
from gateway.errors import NotFound
from gateway.services.house import House
from gateway.store import thread
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What the console shows of a mail; ``html`` is sanitised."""

    subject: str
    sender: str
    to: str
    date: str
    text: str | None
    html: str | None
    unreadable: bool = False


async def mail(house: House, store_id: str, conversation_id: str, entry_id: str) -> Original:
    """The original of one entry.

    Raises:
        NotFound: no such entry, or it did not come by mail.
    """

    def load(tx: Tx) -> bytes:
        row = thread.entry_by_id(tx, store_id, conversation_id, entry_id)
        if row is None or row.inbound_key is None or row.channel != "email":
            raise NotFound
        inbound = tx.session.get(InboundRow, (store_id, row.inbound_key))
        if inbound is None:
            raise NotFound
        return inbound.raw

    return await to_thread.run_sync(_read, await house.store.read(load))


def _read(raw: bytes) -> Original:
    found = parse(raw)
    if found is None:
        head = raw[:20_000].decode("utf-8", "replace").replace("\x00", "�")
        return Original(
            subject="", sender="", to="", date="", text=head, html=None, unreadable=True
        )
    return Original(
        subject=found.subject or "",
        sender=found.headers.get("From") or "",
        to=found.headers.get("To") or "",
        date=found.headers.get("Date") or "",
        text=found.text,
        html=sanitise(found.html) if found.html else None,
    )
