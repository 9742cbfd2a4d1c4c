"""Statements about polled mailboxes; all run under a lock on the mailbox's name."""

from __future__ import annotations

from gateway.store.tables import MailboxRow
from gateway.store.tx import Tx


def hold(tx: Tx, name: str, holder: str, lease: int, *, alone: bool) -> MailboxRow | None:
    """Give the mailbox to ``holder`` for ``lease`` microseconds, if nobody else has it.

    ``alone``: no other process can be at this database, so whoever else had it is dead.
    """
    row = tx.session.get(MailboxRow, name) or MailboxRow(name=name)
    free = alone or row.holder is None or row.lease_until <= tx.now
    if row.holder != holder and not free:
        return None
    row.holder, row.lease_until = holder, tx.now + lease
    tx.session.add(row)
    return row


def held(tx: Tx, name: str, holder: str) -> MailboxRow | None:
    """The row, while ``holder`` has it.

    A lease that ran out and that nobody else took is still ours: nobody has read in between.
    """
    row = tx.session.get(MailboxRow, name)
    return row if row is not None and row.holder == holder else None
