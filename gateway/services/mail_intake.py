"""Putting a mail on disk, whichever way it came: raw, once, and before its sender is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from gateway.channels.email.head import head_of
from gateway.channels.email.listener import Envelope
from gateway.channels.email.tokens import split
from gateway.errors import StorageRefused
from gateway.services.house import Change, House
from gateway.store import inbound
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx, pack

CHANNEL = "email"
MOST_KEY = 900  #: bytes; an index of PostgreSQL takes no more than 2,704 in one row


async def accepts(house: House, recipient: str) -> bool:
    """Whether a mail to this address is for one of our stores."""
    stores = await house.store.read(inbound.stores_with_mail)
    return _store_for(stores, recipient) is not None


async def keep(house: House, envelope: Envelope) -> None:
    """Put a mail on disk, once per store and Message-ID; the sender gets its 250 after this.

    Raises:
        StorageRefused: it could not be stored, or none of its recipients is ours any more; the
            sender has to try again.
    """
    key = (head_of(envelope.raw).get("Message-ID") or "").strip()
    if not key:
        key = "sha256:" + hashlib.sha256(envelope.raw).hexdigest()

    def work(change: Change) -> None:
        tx = change.tx
        ours = _by_store(tx, envelope.recipients)
        if not ours:
            raise StorageRefused("nobody here takes mail for these recipients any more")
        for store_id, recipients in ours.items():
            # A bounce of a mail and an answer to it are two. Any other copy is the same mail: an
            # answer to all comes once for each of our domains.
            full = " ".join([key, *sorted(filter(_takes_bounces, recipients))])
            if len(full.encode()) > MOST_KEY:
                full = "sha256:" + hashlib.sha256(full.encode()).hexdigest()
            row = InboundRow(
                store_id=store_id,
                inbound_key=full,
                channel=CHANNEL,
                envelope=pack(
                    {"sender": envelope.sender, "recipients": recipients, "peer": envelope.peer}
                ),
                raw=envelope.raw,
                due_at=tx.now,
                received_at=tx.now,
            )
            _keep(tx, row)
        change.work = True

    await house.change(work, on=f"mail:{key}")


def _keep(tx: Tx, row: InboundRow) -> None:
    """Once by its key, unless what was kept by it is another mail.

    Some programs give all their mails one Message-ID, and none of these may be lost.
    """
    if inbound.keep_once(tx, row):
        return
    kept = tx.session.get(InboundRow, (row.store_id, row.inbound_key))
    # Of one that an operator has discarded nothing is left to compare: it does not come again.
    if kept is None or not kept.raw or _told_apart(kept.raw) == (mine := _told_apart(row.raw)):
        return
    row.inbound_key = "sha256:" + hashlib.sha256(f"{row.inbound_key} {mine}".encode()).hexdigest()
    inbound.keep_once(tx, row)


def _told_apart(raw: bytes) -> str:
    """What two copies of one mail have in common, whichever way each took: when it was written.

    Its words they need not: a scanner on one of the ways adds a line of its own.
    """
    written = " ".join((head_of(raw).get("Date") or "").split())
    return written or hashlib.sha256(raw.partition(b"\r\n\r\n")[2]).hexdigest()


def _takes_bounces(recipient: str) -> bool:
    parts = split(recipient)
    return parts is not None and parts[0] == "b"


def _by_store(tx: Tx, recipients: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    stores = inbound.stores_with_mail(tx)
    for recipient in recipients:
        store_id = _store_for(stores, recipient)
        if store_id is not None:
            found.setdefault(store_id, []).append(recipient.lower())
    return found


def _store_for(stores: Sequence[tuple[str, str | None, str | None]], recipient: str) -> str | None:
    address = recipient.lower()
    domain = address.rpartition("@")[2]
    for store_id, mail_from, mail_domain in stores:
        if mail_domain and mail_domain.lower() == domain:
            return store_id
        if mail_from and mail_from.lower() == address:
            return store_id
    return None
