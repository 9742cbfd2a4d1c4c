"""A message of the log as a plain value: what the hot write makes instead of the mapper's row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message's row of the log, by the names of the table's columns."""

    store_id: str
    conversation_id: str
    seq: int
    entry_id: str
    prev: int
    at: int
    author_id: str
    author_name: str
    cmid: str
    body: str
    kind: str = "message"
    audience: str = "all"
    side: str = "shopper"
    channel: str = "chat"
    event: str | None = None
    data: str = "{}"
    inbound_key: str | None = None
    automatic: int = 0
    edited_at: int | None = None
    taken_back_at: int | None = None
