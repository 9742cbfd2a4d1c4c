"""The house's own mail server hands mail over by LMTP (RFC 2033)."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.channels.email.from_settings import listeners
from gateway.channels.email.listener import SOCKET_MODE, Envelope, Listener
from gateway.clock import SystemClock
from gateway.errors import StorageRefused
from gateway.settings import read_settings

VERAS, BENS = "r+vera@in.shop.example", "r+ben@in.shop.example"
LETTER = b"From: vera@example.com\r\nSubject: Shoes\r\n\r\n..Where are they?\r\n"


class House:
    """What stands behind the listener."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.trouble: Exception | None = None

    async def accepts(self, address: str) -> bool:
        return address.endswith("@in.shop.example")

    async def store(self, envelope: Envelope) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.kept.append(envelope)


class MailServer:
    """A mail server at the other end of the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def hears(self) -> str:
        """One whole reply; its last line."""
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 5)).decode().rstrip()
            if line[3:4] != "-":
                return line

    async def says(self, line: bytes) -> str:
        self.writer.write(line + b"\r\n")
        await self.writer.drain()
        return await self.hears()

    async def brings(self, *recipients: str) -> None:
        assert (await self.says(b"LHLO mx.shop.example")).startswith("250")
        assert (await self.says(b"MAIL FROM:<vera@example.com>")).startswith("250")
        for each in recipients:
            await self.says(f"RCPT TO:<{each}>".encode())
        assert (await self.says(b"DATA")).startswith("354")
        self.writer.write(LETTER.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        await self.writer.drain()


@asynccontextmanager
async def connected(house: House, host: str | Path) -> AsyncIterator[MailServer]:
    listener = Listener(
        host, 0, accepts=house.accepts, store=house.store, clock=SystemClock(), lmtp=True
    )
    await listener.start()
    reader, writer = (
        await asyncio.open_connection(host, listener.port)
        if isinstance(host, str)
        else await asyncio.open_unix_connection(host)
    )
    server = MailServer(reader, writer)
    assert (await server.hears()).startswith("220")
    try:
        yield server
    finally:
        writer.close()
        await listener.stop()


@pytest.mark.parametrize("by", ["port", "socket"])
async def test_each_recipient_has_a_reply_and_only_after_the_mail_is_kept(
    by: str, tmp_path: Path
) -> None:
    house = House()
    async with connected(
        house, tmp_path / "mail.lmtp" if by == "socket" else "127.0.0.1"
    ) as server:
        await server.brings(VERAS, "nobody@elsewhere.example", BENS)
        assert [(await server.hears())[:3] for _ in range(2)] == ["250", "250"]
        assert house.kept == [
            Envelope(sender="vera@example.com", recipients=(VERAS, BENS), raw=LETTER, peer="")
        ]
        assert (await server.says(b"QUIT")).startswith("221")


async def test_what_cannot_be_kept_is_brought_again_for_each() -> None:
    house = House()
    house.trouble = StorageRefused("the disk is full")
    async with connected(house, "127.0.0.1") as server:
        await server.brings(VERAS, BENS)
        assert [(await server.hears())[:3] for _ in range(2)] == ["451", "451"]
        house.trouble = None
        await server.brings(VERAS)
        assert (await server.hears()).startswith("250")
    assert len(house.kept) == 1


@pytest.mark.parametrize("greeting", [b"HELO mx", b"EHLO mx"])
async def test_a_greeting_of_smtp_is_none_of_lmtp(greeting: bytes) -> None:
    async with connected(House(), "127.0.0.1") as server:
        assert (await server.says(greeting)).startswith("500")
        assert (await server.says(b"MAIL FROM:<vera@example.com>")).startswith("503")


async def test_the_socket_is_for_the_group_and_one_of_a_killed_process_is_replaced(
    tmp_path: Path,
) -> None:
    place = tmp_path / "mail.lmtp"
    for _ in range(2):
        house = House()
        async with connected(house, place) as server:
            assert stat.S_IMODE(place.stat().st_mode) == SOCKET_MODE
            await server.brings(VERAS)
            assert (await server.hears()).startswith("250")


async def test_an_operator_may_have_mail_brought_by_smtp_and_by_lmtp_at_once(
    tmp_path: Path,
) -> None:
    house, place = House(), tmp_path / "mail.lmtp"
    settings = read_settings(
        inbound_smtp_port=0, inbound_lmtp_port=0, inbound_lmtp_socket=str(place)
    )
    found = listeners(settings, SystemClock(), accepts=house.accepts, store=house.store)
    greetings = []
    for each in found:
        await each.start()
        reader, writer = (
            await asyncio.open_connection("127.0.0.1", each.port)
            if each.port
            else await asyncio.open_unix_connection(place)
        )
        server = MailServer(reader, writer)
        await server.hears()
        greetings.append((await server.says(b"LHLO mx"))[:3])
        writer.close()
        await each.stop()
    assert greetings == ["500", "250", "250"]
    nothing = read_settings()
    assert listeners(nothing, SystemClock(), accepts=house.accepts, store=house.store) == ()
