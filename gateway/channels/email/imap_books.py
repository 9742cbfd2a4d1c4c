"""What the reader of a mailbox is handed: where mails and bookmarks go, and who hears how it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from gateway.channels.email.imap_bookmark import Bookmark

Name = Literal["starting", "reading", "standing_by", "in_trouble"]


class NotHeld(Exception):
    """Another gateway reads this mailbox now."""


class Books(Protocol):
    """Where mails and bookmarks are kept; every write is on disk when it returns.

    All may raise ``StorageRefused``.
    """

    async def hold(self) -> Bookmark | None:
        """Take or renew the lease: the bookmark, or ``None`` while another gateway has it."""
        ...

    async def let_go(self) -> None:
        """Leave the mailbox to whoever else wants to read it."""
        ...

    async def mark(self, bookmark: Bookmark) -> None:
        """Keep the bookmark; raises ``NotHeld``."""
        ...

    async def has_readers(self) -> bool:
        """Whether mail in the mailbox could be for any store."""
        ...

    async def keep(self, raw: bytes) -> bool:
        """Store a mail; whether it was for a store of ours."""
        ...

    async def set_aside(self, raw: bytes, number: str, why: str) -> None:
        """Store what there is of a mail that cannot be taken, where an operator finds it.

        ``number`` is the folder's for it, for where there is nothing.
        """
        ...

    def now_is(self, state: State) -> None:
        """Hear how it goes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How it goes; ``words`` are for whoever runs the gateway, ``since`` microseconds UTC."""

    name: Name
    kind: str = ""
    words: str = ""
    since: int
