"""Servers that end the line, refuse, or speak out of turn: said in words, and tried again later."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import anyio
import pytest
import structlog.testing

from gateway.clock import SystemClock
from gateway.store.tx import Store
from tests.integration.imap_desk import MAILBOX, PATIENCE, Desk, a_house, desk_at, letter, reading

RAW = letter("new")
Speak = Callable[[str], Awaitable[None]]


@dataclass
class Odd:
    """A server that says what its script has for a command: ``{tag}`` stands for the tag."""

    script: dict[str, list[str]]
    greeting: str | None = "* OK hello"
    port: int = 0
    _idling: str = ""
    heard: list[str] = field(default_factory=list)
    connected: anyio.Event = field(default_factory=anyio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connected.set()
        if self.greeting is not None:
            writer.write(f"{self.greeting}\r\n".encode())
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._say(writer, line.decode().strip())
        writer.close()

    def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        tag, _, command = line.partition(" ")
        if line == "DONE":  # RFC 2177: it carries no tag of its own
            tag, command = self._idling, line
        self._idling = tag
        self.heard.append(command)
        name = " ".join(command.split()[:2]) if command.startswith("UID") else command.split(" ")[0]
        told = self.script.get(name) or ["{tag} OK done"]
        # Each time the next of its answers, and the last for ever.
        words = told.pop(0) if len(told) > 1 else told[0]
        writer.write((words.replace("{tag}", tag) + "\r\n").encode())
        if "BYE" in words:
            writer.close()


def usual(**more: list[str]) -> dict[str, list[str]]:
    """What a plain server says."""
    select = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 5] x\r\n{tag} OK [READ-WRITE] x"
    return {
        "CAPABILITY": ["* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done"],
        "SELECT": [select],
        "UID SEARCH": ["* SEARCH\r\n{tag} OK done"],
        **{name.replace("_", " "): told for name, told in more.items()},
    }


@contextlib.asynccontextmanager
async def odd_server(store: Store, clock: SystemClock, odd: Odd) -> AsyncIterator[Desk]:
    """The server, and a reader of its mailbox that runs."""
    server = await asyncio.start_server(odd.answer, "127.0.0.1", 0)
    odd.port = server.sockets[0].getsockname()[1]
    house = await a_house(store, clock)
    url = f"imap://help%40shoes.example:hunter2@127.0.0.1:{odd.port}/INBOX?tls=none"
    try:
        async with reading(desk_at(house, None, url=url)) as desk:
            yield desk
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize(
    ("odd", "kind", "words"),
    [
        (Odd({}, greeting="* BYE [UNAVAILABLE] busy"), "unreachable", "out of order for now"),
        (Odd({}, greeting="220 mail.example ESMTP"), "lost", "lost"),
        (
            Odd(usual(LOGIN=["{tag} NO [ALERT] help@shoes.example: sign in by web"])),
            "refused",
            "sign in by hand",
        ),
        (Odd(usual(LOGIN=["{tag} NO [AUTHENTICATIONFAILED] no"])), "refused", "password is wrong"),
        (Odd(usual(SELECT=["{tag} NO [NONEXISTENT] no"])), "no_folder", "no such folder"),
        (Odd(usual(SELECT=["* 1 EXISTS\r\n{tag} OK x"])), "no_ids", "UIDVALIDITY"),
        (Odd(usual(UID_SEARCH=["{tag} NO [SERVERBUG] oops"])), "declined", "failed inside"),
        (Odd(usual(UID_SEARCH=["{tag} BAD what"])), "declined", "declined"),
        (Odd(usual(IDLE=["* BYE [UNAVAILABLE] help@shoes.example"])), "lost", "out of order"),
    ],
)
async def test_what_a_server_refuses_is_said_in_our_words(
    store: Store, clock: SystemClock, odd: Odd, kind: str, words: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with odd_server(store, clock, odd) as desk:
            await desk.is_now(f"in_trouble {kind}")
            assert words in desk.reader.state.words
            assert await desk.clock.pause() > 1.0
    for secret in (MAILBOX, "hunter2", "127.0.0.1"):
        assert secret not in str(logs)
        assert secret not in desk.reader.state.words


async def test_mail_that_is_told_of_before_the_idle_begins_is_taken_at_once(
    store: Store, clock: SystemClock
) -> None:
    literal = f"{{{len(RAW)}}}\r\n{RAW.decode()}"
    odd = Odd(
        usual(
            UID_SEARCH=[
                "* SEARCH\r\n{tag} OK done",
                "* SEARCH\r\n{tag} OK done",
                "* SEARCH 5\r\n{tag} OK done",
            ],
            # The first is a short one, after which it would be found without a word.
            IDLE=["+ idling", "* 2 EXISTS\r\n+ idling"],
            DONE=["{tag} OK done"],
            UID_FETCH=[
                '* 2 FETCH (UID 5 RFC822.SIZE 99 INTERNALDATE "01-Jan-2026 00:00:00 +0000")'
                "\r\n{tag} OK done",
                f"* 2 FETCH (FLAGS ())\r\n* 2 FETCH (UID 5 BODY[] {literal})\r\n{{tag}} OK done",
            ],
        )
    )
    async with odd_server(store, clock, odd) as desk:
        await desk.has("new")
        await desk.read_to(5)
    assert any(each.startswith("UID STORE 5 +FLAGS.SILENT") for each in odd.heard)
    assert not any("EXPUNGE" in each for each in odd.heard)


async def test_a_mail_that_the_server_lists_and_never_shows_is_passed_by(
    store: Store, clock: SystemClock
) -> None:
    odd = Odd(usual(UID_SEARCH=["* SEARCH 5 6\r\n{tag} OK done", "* SEARCH 6\r\n{tag} OK done"]))
    async with odd_server(store, clock, odd) as desk:
        await desk.read_to(6)
        assert await desk.rows() == []


async def test_a_server_that_says_nothing_at_all_does_not_keep_a_gateway_from_stopping(
    store: Store, clock: SystemClock
) -> None:
    odd = Odd({}, greeting=None)
    async with odd_server(store, clock, odd) as desk:
        with anyio.fail_after(PATIENCE):
            await odd.connected.wait()
        await desk.stop()
