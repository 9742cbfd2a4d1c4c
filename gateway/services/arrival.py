"""How a message came that did not come by chat, and what is told of one once it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.store.tables import EntryRow
from gateway.store.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """``data`` is for the staff alone; ``attachments`` are the ids of what came with a mail."""

    channel: str
    inbound_key: str
    data: dict[str, Any] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message on disk."""

    entry_id: str
    conversation_id: str
    seq: int
    at: int
    dup: bool
    opened: bool = False


def stored(row: EntryRow | Written, *, dup: bool = False, opened: bool = False) -> Stored:
    """What is told of this entry."""
    return Stored(
        entry_id=row.entry_id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        at=row.at,
        dup=dup,
        opened=opened,
    )
