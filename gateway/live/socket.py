"""One connected client: its bounded queue, and a cursor per conversation that it follows.

The pump takes an entry that a bell brought when its ``prev`` is the cursor, and reads the log from
the cursor otherwise, so a lost, doubled or late bell costs a read and never an entry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio

from gateway.protocol.entry import Entry
from gateway.protocol.frames import NewEntry
from gateway.protocol.session import CLOSE_SLOW

MOST_QUEUED = 512  #: frames that a slow reader may owe before it is cut off; it resumes by seq
MOST_QUEUED_CHARS = 1_000_000
MOST_BROUGHT = 64  #: entries kept from bells; beyond that the log is read

Audience = Literal["shopper", "staff"]
ReadAfter = Callable[[str, str, int, Audience], Awaitable[Sequence[Entry]]]


@dataclass(slots=True)
class Follow:
    """One followed conversation: the last seq sent, and how far its log is known to have grown."""

    store_id: str
    conversation_id: str
    cursor: int = 0
    grown_to: int = 0
    ready: bool = False  #: the snapshot is queued; before that the pump leaves it alone
    brought: deque[Entry] = field(default_factory=lambda: deque(maxlen=MOST_BROUGHT))


class Socket:
    """A client's live connection, without its transport."""

    def __init__(
        self,
        *,
        socket_id: str,
        audience: Audience,
        person_id: str,
        name: str,
        store_id: str = "",
        session: str = "",
    ) -> None:
        """``session``: the hash of the shopper's session whose ticket bought it."""
        self.session = session
        self.socket_id = socket_id
        self.audience = audience
        self.person_id = person_id
        self.name = name
        self.store_id = store_id
        self.view: str | None = None
        self.follows: dict[str, Follow] = {}
        self.close_code: int | None = None
        self._queue: deque[str] = deque()
        self._chars = 0
        self._greeted = False
        self._woken = anyio.Event()

    def greet(self, text: str) -> None:
        """Send the welcome: whatever was offered before it (a colleague came) goes after it."""
        self._queue.appendleft(text)
        self._chars += len(text)
        self._greeted = True
        self._woken.set()

    def offer(self, text: str) -> None:
        """Queue a frame; a reader that owes too much is closed instead (it resumes by seq).

        Only what is owed already counts. One frame may be larger than the limit, as a snapshot of
        long messages is, and closing for it would end every try to resume in the same way.
        """
        if self.close_code is not None:
            return
        if len(self._queue) >= MOST_QUEUED or self._chars > MOST_QUEUED_CHARS:
            self.close(CLOSE_SLOW)
            return
        self._queue.append(text)
        self._chars += len(text)
        self._woken.set()

    def close(self, code: int) -> None:
        """End the connection with this code as soon as the pump looks."""
        self.close_code = self.close_code or code
        self._woken.set()

    def bell(self, conversation_id: str, grown_to: int, entries: Sequence[Entry]) -> None:
        """A followed log has grown; ``entries`` may bring what this audience may see of it."""
        follow = self.follows.get(conversation_id)
        if follow is None or grown_to <= follow.grown_to:
            return
        follow.grown_to = grown_to
        follow.brought.extend(entries)
        self._woken.set()

    def resume(self, conversation_id: str, cursor: int) -> None:
        """The client holds everything up to ``cursor`` now; the pump goes on from there.

        Bells that rang since ``follow`` are answered after it.
        """
        follow = self.follows.get(conversation_id)
        if follow is not None:
            follow.cursor, follow.ready = cursor, True
            self._woken.set()

    async def pump(self, send: Callable[[str], Awaitable[None]], read_after: ReadAfter) -> int:
        """Send what is queued and what followed logs have grown by; returns the close code."""
        while True:
            await self._woken.wait()
            self._woken = anyio.Event()
            if not self._greeted and self.close_code is None:
                continue
            while self._queue and self.close_code is None:
                text = self._queue.popleft()
                self._chars -= len(text)
                await send(text)
            for follow in list(self.follows.values()):
                if self.close_code is None and follow.ready and follow.grown_to > follow.cursor:
                    await self._catch_up(follow, send, read_after)
            if self.close_code is not None:
                return self.close_code

    async def _catch_up(
        self, follow: Follow, send: Callable[[str], Awaitable[None]], read_after: ReadAfter
    ) -> None:
        goal = follow.grown_to
        entries: Sequence[Entry] = _chain(follow)
        if not entries:
            entries = await read_after(
                follow.store_id, follow.conversation_id, follow.cursor, self.audience
            )
        for entry in entries:
            await send(
                NewEntry(conversation_id=follow.conversation_id, entry=entry).model_dump_json()
            )
            follow.cursor = entry.seq
        if not entries and follow.grown_to == goal:
            # The log holds nothing more for this audience: the bell counted what it may not see.
            follow.grown_to = follow.cursor
        elif follow.cursor < follow.grown_to:
            self._woken.set()


def _chain(follow: Follow) -> list[Entry]:
    """What bells brought that follows the cursor without a gap."""
    chain: list[Entry] = []
    cursor = follow.cursor
    for entry in follow.brought:
        if entry.prev == cursor:
            chain.append(entry)
            cursor = entry.seq
    follow.brought.clear()
    return chain
