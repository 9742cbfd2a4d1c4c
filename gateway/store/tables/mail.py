"""Mailboxes that are read from outside: how far, and by which gateway."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class MailboxRow(Row, table=True):
    """One polled folder: its bookmark, and who may move it until when.

    A mailbox belongs to the house, not to a store: which store a mail is for, its head says.
    """

    __tablename__ = "mailbox"
    name: str = key()
    uid_validity: int = integer(default=0)
    last_uid: int = integer(default=0)
    old_to: int = integer(default=0)
    since: int = integer(default=0)
    first_at: int = integer(default=0)
    looked_at: int = integer(default=0)
    stuck_uid: int = integer(default=0)
    stuck_times: int = integer(default=0)
    holder: str | None = text(default=None)
    lease_until: int = integer(default=0)
