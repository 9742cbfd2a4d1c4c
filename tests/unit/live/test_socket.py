"""One client's pump: whatever bells ring, in whatever order, it gets each entry once, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.lowlevel import checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.live.socket import (
    MOST_BROUGHT,
    MOST_QUEUED,
    MOST_QUEUED_CHARS,
    Audience,
    Follow,
    Socket,
    Told,
    told,
)
from gateway.protocol.entry import Author, Entry
from gateway.protocol.session import CLOSE_RESTART, CLOSE_SLOW

VERA = Author(side="shopper", id="vera", name="Vera")


def entry(seq: int, prev: int) -> Entry:
    return Entry(
        id=f"e{seq}", seq=seq, prev=prev, at=0, kind="message", author=VERA, channel="chat"
    )


@dataclass
class Log:
    """A log as one audience sees it: some seqs are hidden from it."""

    hidden: frozenset[int] = frozenset()
    last: int = 0
    entries: list[Entry] = field(default_factory=list)
    reads: int = 0

    def grow(self) -> Sequence[Told]:
        """One more entry is committed; what a bell may bring of it to this audience."""
        self.last += 1
        if self.last in self.hidden:
            return ()
        self.entries.append(entry(self.last, self.shown))
        return told("c1", self.entries[-1:])

    @property
    def shown(self) -> int:
        """The last seq that this audience may see."""
        return self.entries[-1].seq if self.entries else 0

    async def after(self, _store: str, _id: str, seq: int, _audience: Audience) -> list[Entry]:
        self.reads += 1
        found = [each for each in self.entries if each.seq > seq]
        await checkpoint()  # a real read lets others run, and the log grow, before it comes back
        return found


@dataclass
class Wire:
    """What a client has received, and what its holding on to it shows."""

    texts: list[str] = field(default_factory=list)

    async def send(self, text: str) -> None:
        await checkpoint()
        self.texts.append(text)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    @property
    def entries(self) -> list[int]:
        return [each["entry"]["seq"] for each in self.frames if each["t"] == "entry"]


def socket(*, following: bool = True, cursor: int | None = 0) -> Socket:
    """A welcomed client that follows one conversation from a cursor."""
    made = Socket(socket_id="s1", audience="shopper", person_id="vera", name="")
    made.greet('{"t":"welcome"}')
    if following:
        made.follows["c1"] = Follow("st1", "c1")
        if cursor is not None:
            made.resume("c1", cursor)
    return made


async def drained(socket: Socket, log: Log, wire: Wire) -> None:
    """Let the pump run until it has nothing left to do."""
    async with anyio.create_task_group() as group:
        group.start_soon(socket.pump, wire.send, log.after)
        await idle(group)


async def idle(group: anyio.abc.TaskGroup) -> None:
    for _ in range(200):
        await checkpoint()
    group.cancel_scope.cancel()


async def test_a_bell_that_brings_the_next_entry_costs_no_read() -> None:
    log, wire, vera = Log(), Wire(), socket()
    for _ in range(3):
        brought = log.grow()
        vera.bell("c1", log.last, brought)
    await drained(vera, log, wire)
    assert (wire.entries, log.reads) == ([1, 2, 3], 0)


async def test_a_bell_that_brings_nothing_costs_one_read() -> None:
    log, wire, vera = Log(), Wire(), socket()
    for _ in range(3):
        log.grow()
    vera.bell("c1", log.last, ())
    await drained(vera, log, wire)
    assert (wire.entries, log.reads) == ([1, 2, 3], 1)


async def test_a_lost_bell_is_made_good_by_the_next() -> None:
    log, wire, vera = Log(), Wire(), socket()
    log.grow()
    vera.bell("c1", 2, log.grow())
    await drained(vera, log, wire)
    assert wire.entries == [1, 2]


async def test_a_bell_for_what_this_audience_may_not_see_tells_it_nothing() -> None:
    log, wire, vera = Log(hidden=frozenset({2})), Wire(), socket()
    vera.bell("c1", 1, log.grow())
    log.grow()
    vera.bell("c1", 2, ())
    await drained(vera, log, wire)
    assert wire.entries == [1]
    vera.bell("c1", 3, log.grow())
    await drained(vera, log, wire)
    assert wire.entries == [1, 3]


async def test_more_than_bells_may_bring_is_read() -> None:
    log, wire, vera = Log(), Wire(), socket()
    for _ in range(MOST_BROUGHT * 2):
        brought = log.grow()
        vera.bell("c1", log.last, brought)
    await drained(vera, log, wire)
    assert wire.entries == list(range(1, MOST_BROUGHT * 2 + 1))


async def test_bells_between_following_and_the_snapshot_are_answered_after_it() -> None:
    log, wire, vera = Log(), Wire(), socket(cursor=None)
    for _ in range(3):
        brought = log.grow()
        vera.bell("c1", log.last, brought)
    await drained(vera, log, wire)
    assert wire.entries == []
    vera.offer('{"t":"snapshot"}')
    vera.resume("c1", 2)
    await drained(vera, log, wire)
    assert [each["t"] for each in wire.frames] == ["welcome", "snapshot", "entry"]
    assert wire.entries == [3]


async def test_a_bell_of_a_conversation_that_is_not_followed_does_nothing() -> None:
    log, wire, vera = Log(), Wire(), socket(following=False)
    vera.bell("c1", 1, log.grow())
    vera.resume("c1", 0)
    await drained(vera, log, wire)
    assert wire.entries == []


async def test_the_welcome_goes_before_whatever_was_offered_earlier() -> None:
    made = Socket(socket_id="s1", audience="shopper", person_id="vera", name="")
    made.offer('{"t":"staff"}')
    wire = Wire()
    await drained(made, Log(), wire)
    assert wire.texts == []
    made.greet('{"t":"welcome"}')
    await drained(made, Log(), wire)
    assert [each["t"] for each in wire.frames] == ["welcome", "staff"]


async def test_a_close_reaches_a_client_that_was_never_welcomed() -> None:
    made = Socket(socket_id="s1", audience="shopper", person_id="vera", name="")
    made.close(CLOSE_RESTART)
    assert await made.pump(Wire().send, Log().after) == CLOSE_RESTART


def test_a_reader_who_owes_too_many_frames_is_cut_off() -> None:
    vera = socket()
    for _ in range(MOST_QUEUED - 1):
        vera.offer("{}")
    assert vera.close_code is None
    vera.offer("{}")
    assert vera.close_code == CLOSE_SLOW


def test_a_reader_who_owes_too_much_is_cut_off_at_the_next_frame() -> None:
    vera = socket()
    vera.offer("x" * MOST_QUEUED_CHARS)
    assert vera.close_code is None
    vera.offer("{}")
    assert vera.close_code == CLOSE_SLOW


async def test_one_frame_may_be_as_large_as_a_conversation_is() -> None:
    vera, wire = socket(), Wire()
    vera.offer('{"t":"' + "x" * (5 * MOST_QUEUED_CHARS) + '"}')
    await drained(vera, Log(), wire)
    vera.offer('{"t":"ping"}')
    await drained(vera, Log(), wire)
    assert vera.close_code is None
    assert wire.frames[-1] == {"t": "ping"}


def test_the_first_reason_to_close_stands() -> None:
    vera = socket()
    vera.close(CLOSE_SLOW)
    vera.close(CLOSE_RESTART)
    assert vera.close_code == CLOSE_SLOW


BELLS = st.lists(
    st.sampled_from(("grow", "ring", "ring bare", "ring old", "ring twice", "pause", "open")),
    max_size=60,
)


@settings(deadline=None, max_examples=300)
@given(bells=BELLS, hidden=st.frozensets(st.integers(1, 40)), at=st.integers(0, 5))
def test_whatever_bells_ring_vera_gets_every_entry_once_and_in_order(
    bells: list[str], hidden: frozenset[int], at: int
) -> None:
    anyio.run(rings, bells, hidden, at)


async def rings(bells: list[str], hidden: frozenset[int], at: int) -> None:
    log, wire = Log(hidden), Wire()
    for _ in range(at):
        log.grow()
    vera = socket(cursor=log.shown)
    begun = [each.seq for each in log.entries]
    rung: list[tuple[int, Sequence[Told]]] = []
    unrung: list[tuple[int, Sequence[Told]]] = []  # late; what stays here is lost for good
    async with anyio.create_task_group() as group:
        group.start_soon(vera.pump, wire.send, log.after)
        for what in bells:
            if what == "grow":
                brought = log.grow()
                unrung.append((log.shown, brought))
            elif what == "pause":
                await checkpoint()
            elif what == "open":
                await opens(vera, log)
            elif what == "ring old" and rung:
                vera.bell("c1", *rung[len(rung) // 2])
            elif what == "ring bare" and unrung:
                vera.bell("c1", unrung[-1][0], ())
            elif what in ("ring", "ring twice") and unrung:
                rung.append(unrung.pop())
                for _ in range(1 + (what == "ring twice")):
                    vera.bell("c1", *rung[-1])
        vera.bell("c1", log.shown, ())  # the next bell of all, which says how far the log has come
        await idle(group)
    assert held(wire, begun) == [each.seq for each in log.entries]


async def opens(vera: Socket, log: Log) -> None:
    """Subscribe, read, hand over, go on: as when a client asks for the conversation anew."""
    vera.follows["c1"] = Follow("st1", "c1")
    read = [each.seq for each in log.entries]
    await checkpoint()
    vera.offer(json.dumps({"t": "snapshot", "seqs": read}))
    vera.resume("c1", read[-1] if read else 0)


def held(wire: Wire, begun: list[int]) -> list[int]:
    """The seqs that a client holds, by the rules that clients follow."""
    seqs = list(begun)
    for frame in wire.frames:
        last = seqs[-1] if seqs else 0
        if frame["t"] == "snapshot":
            seqs = frame["seqs"]
        elif frame["t"] == "entry" and frame["entry"]["seq"] > last:
            assert frame["entry"]["prev"] == last, "a gap"
            seqs.append(frame["entry"]["seq"])
    return seqs
