"""One connected client: its bounded queue, and a cursor per conversation that it follows.

The pump takes an entry that a bell brought when its ``prev`` is the cursor, and reads the log from
the cursor otherwise, so a lost, doubled or late bell costs a read and never an entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from gateway.protocol.entry import Entry
from gateway.protocol.frames import NewEntry
from gateway.protocol.session import CLOSE_SLOW

MOST_QUEUED = 512  #: frames that a slow reader may owe before it is cut off; it resumes by seq
MOST_QUEUED_CHARS = 1_000_000
MOST_BROUGHT = 64  #: entries kept from bells; beyond that the log is read

Audience = Literal["shopper", "staff"]
ReadAfter = Callable[[str, str, int, Audience], Awaitable[Sequence[Entry]]]


class Told(NamedTuple):
    """An entry as one audience is told of it: the frame is written once for all who hear it."""

    prev: int
    seq: int
    text: str


def told(conversation_id: str, entries: Iterable[Entry]) -> tuple[Told, ...]:
    """These entries as frames."""
    return tuple(
        Told(
            each.prev,
            each.seq,
            NewEntry(conversation_id=conversation_id, entry=each).model_dump_json(),
        )
        for each in entries
    )


@dataclass(slots=True)
class Follow:
    """One followed conversation: the last seq sent, and how far its log is known to have grown."""

    store_id: str
    conversation_id: str
    cursor: int = 0
    grown_to: int = 0
    ready: bool = False  #: the snapshot is queued; before that the pump leaves it alone
    brought: list[Told] = field(default_factory=list)


class Socket:
    """A client's live connection, without its transport."""

    __slots__ = (
        "_chars",
        "_greeted",
        "_is_woken",
        "_queue",
        "_waiter",
        "audience",
        "close_code",
        "follows",
        "name",
        "person_id",
        "session",
        "socket_id",
        "store_id",
        "view",
    )

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
        self._queue: list[str] = []  # an empty deque is ten times as large, and most are empty
        self._chars = 0
        self._greeted = False
        self._is_woken = False
        self._waiter: asyncio.Future[None] | None = None

    def greet(self, text: str) -> None:
        """Send the welcome: whatever was offered before it (a colleague came) goes after it."""
        self._queue.insert(0, text)
        self._chars += len(text)
        self._greeted = True
        self._wake()

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
        self._wake()

    def close(self, code: int) -> None:
        """End the connection with this code as soon as the pump looks."""
        self.close_code = self.close_code or code
        self._wake()

    def bell(self, conversation_id: str, grown_to: int, entries: Sequence[Told]) -> None:
        """A followed log has grown; ``entries`` may bring what this audience may see of it."""
        follow = self.follows.get(conversation_id)
        if follow is None or grown_to <= follow.grown_to:
            return
        follow.grown_to = grown_to
        follow.brought = [*follow.brought, *entries][-MOST_BROUGHT:]
        self._wake()

    def resume(self, conversation_id: str, cursor: int) -> None:
        """The client holds everything up to ``cursor`` now; the pump goes on from there.

        Bells that rang since ``follow`` are answered after it.
        """
        follow = self.follows.get(conversation_id)
        if follow is not None:
            follow.cursor, follow.ready = cursor, True
            self._wake()

    async def pump(self, send: Callable[[str], Awaitable[None]], read_after: ReadAfter) -> int:
        """Send what is queued and what followed logs have grown by; returns the close code."""
        while True:
            if not self._is_woken:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
            self._is_woken = False
            if not self._greeted and self.close_code is None:
                continue
            while self._queue and self.close_code is None:
                text = self._queue.pop(0)
                self._chars -= len(text)
                await send(text)
            for follow in list(self.follows.values()):
                if self.close_code is None and follow.ready and follow.grown_to > follow.cursor:
                    await self._catch_up(follow, send, read_after)
            if self.close_code is not None:
                return self.close_code

    def _wake(self) -> None:
        self._is_woken = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _catch_up(
        self, follow: Follow, send: Callable[[str], Awaitable[None]], read_after: ReadAfter
    ) -> None:
        goal = follow.grown_to
        entries: Sequence[Told] = _chain(follow)
        if not entries:
            read = await read_after(
                follow.store_id, follow.conversation_id, follow.cursor, self.audience
            )
            entries = told(follow.conversation_id, read)
        for entry in entries:
            await send(entry.text)
            follow.cursor = entry.seq
        if not entries and follow.grown_to == goal:
            # The log holds nothing more for this audience: the bell counted what it may not see.
            follow.grown_to = follow.cursor
        elif follow.cursor < follow.grown_to:
            self._wake()


def _chain(follow: Follow) -> list[Told]:
    """What bells brought that follows the cursor without a gap."""
    chain: list[Told] = []
    cursor = follow.cursor
    for entry in follow.brought:
        if entry.prev == cursor:
            chain.append(entry)
            cursor = entry.seq
    follow.brought.clear()
    return chain
