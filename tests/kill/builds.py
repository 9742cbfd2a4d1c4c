"""The gateway as it is, and builds of it that are each broken in one known way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A gateway to run: ``home`` holds the package, ``spoil`` may change the fresh database."""

    name: str
    home: Path
    spoil: Callable[[Path], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One replacement in one source file; the old text must be there exactly once."""

    file: str
    old: str
    new: str


GOOD = Build(name="as it is", home=TOP)

# The answer leaves while the transaction is still open; the commit takes as long as a slow disk's.
ACK_BEFORE_COMMIT = Patch(
    file="gateway/store/sqlite.py",
    old="            if file is None or not file.in_transaction:\n"
    "                raise StorageRefused\n",
    new="            early = [answers[id(each)] for each in group]\n"
    "            self._tell(partial(_finish, group, early))\n"
    "            threading.Event().wait(0.25)\n",
)

# Nobody looks whether this author already wrote under this id; the index goes with ``_drop``.
NO_UNIQUE_CMID = Patch(
    file="gateway/store/thread.py",
    old="        raise CmidConflict\n    return row\n",
    new="        raise CmidConflict\n    return None\n",
)

# An outcome that nobody knows is taken for "not sent", whatever a receipt has said meanwhile.
BLIND_RESEND = Patch(
    file="gateway/services/handover.py",
    old="            move(change, row, DeliveryState.UNKNOWN, words=words, code=code)\n",
    new="            row.state, row.state_at, row.lease_until = 'queued', change.tx.now, None\n"
    "            change.tx.session.add(row)\n",
)

# Whoever was on a node that died is taken to have left.
RESTART_IS_LEAVING = Patch(
    file="gateway/store/house.py",
    old="        .values(lost_at=tx.now)\n",
    new="        .values(lost_at=tx.now, presence='gone', since=tx.now)\n",
)


def ack_before_commit(place: Path) -> Build:
    """Acknowledges what a kill can still take back."""
    return Build(name="ack before commit", home=patched(place, ACK_BEFORE_COMMIT))


def no_unique_cmid(place: Path) -> Build:
    """Takes a repeat for another message."""
    return Build(name="no unique cmid", home=patched(place, NO_UNIQUE_CMID), spoil=_drop)


def blind_resend(place: Path) -> Build:
    """Sends a text again when it does not know whether it went out."""
    return Build(name="blind re-send", home=patched(place, BLIND_RESEND))


def restart_is_leaving(place: Path) -> Build:
    """Texts people who are there, because it was not."""
    return Build(name="a restart is a departure", home=patched(place, RESTART_IS_LEAVING))


def patched(place: Path, patch: Patch) -> Path:
    """A copy of the package with one change.

    Raises:
        LookupError: the source no longer reads as the patch expects.
    """
    left_out = shutil.ignore_patterns("static", "page", "storefront")
    shutil.copytree(TOP / "gateway", place / "gateway", ignore=left_out)
    source = place / patch.file
    text = source.read_text()
    if text.count(patch.old) != 1:
        raise LookupError(f"{patch.file} has changed: this build is not broken as it should be")
    source.write_text(text.replace(patch.old, patch.new))
    return place


def _drop(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DROP INDEX uq_entry_cmid")
    connection.close()
