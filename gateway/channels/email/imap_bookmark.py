"""How far a mailbox has been read, and where to go on when its numbers have changed.

UIDs only grow, and mean something only together with the folder's UIDVALIDITY (RFC 3501 section
2.3.1.1). Values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.clock import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_AGAIN = 1_000
"""Mails that are looked at again, at most, when a folder's numbers have changed: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a server says of a folder when it opens it; ``highest`` is the last UID it gave."""

    uid_validity: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mail that lies in the folder: octets, and when it came in, microseconds UTC.

    ``at`` is ``None`` where the server does not say.
    """

    uid: int
    size: int
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """How far a folder has been read; instants are microseconds UTC.

    Everything up to ``last_uid`` is done with. Of what stands up to ``old_to`` only mail that came
    in at ``since`` or later is ours to take. ``stuck_uid`` could not be taken, ``stuck_times``.
    """

    uid_validity: int = 0  #: 0: never read; a server's is never 0
    last_uid: int = 0
    old_to: int = 0
    since: int = 0
    first_at: int = 0
    looked_at: int = 0
    stuck_uid: int = 0
    stuck_times: int = 0

    def takes(self, mail: Waiting) -> bool:
        """Whether this mail came in while we were reading, as far as anybody can tell."""
        return mail.uid > self.old_to or mail.at is None or mail.at >= self.since

    def number_of(self, mail: Waiting) -> str:
        """What names this mail in its folder for ever."""
        return f"{self.uid_validity}/{mail.uid}"

    def moved_to(self, uid: int) -> Bookmark:
        """Everything up to ``uid`` is done with."""
        return replace(self, last_uid=max(uid, self.last_uid), stuck_uid=0, stuck_times=0)

    def stuck_at(self, uid: int) -> Bookmark:
        """This mail could not be taken, once more."""
        times = self.stuck_times + 1 if self.stuck_uid == uid else 1
        return replace(self, stuck_uid=uid, stuck_times=times)


def first_look(folder: Folder, now: int) -> Bookmark:
    """Read from now on: what somebody's mailbox held before is theirs."""
    return Bookmark(
        uid_validity=folder.uid_validity,
        last_uid=folder.highest,
        first_at=now,
        looked_at=now,
    )


def window_of(bookmark: Bookmark) -> int:
    """The instant from which mail may be new to us when a folder's numbers have changed.

    A day before we last looked: the server's clock, and mail that a migration moved late.
    """
    return max(bookmark.first_at, bookmark.looked_at - DAY)


def renumbered(bookmark: Bookmark, folder: Folder, recent: Sequence[int]) -> tuple[Bookmark, int]:
    """Go on in a folder with another UIDVALIDITY; ``recent`` are the UIDs of about the window.

    Returns:
        The bookmark, and how many of the window's mails are left aside because they are too many.
    """
    again = sorted(recent)[-MOST_AGAIN:]
    fresh = replace(
        bookmark,
        uid_validity=folder.uid_validity,
        last_uid=again[0] - 1 if again else folder.highest,
        old_to=folder.highest,
        since=window_of(bookmark),
        stuck_uid=0,
        stuck_times=0,
    )
    return fresh, len(recent) - len(again)
