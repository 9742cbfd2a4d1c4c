"""Vera's mail reaches the listener, which says 250 only for what it has kept."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiosmtplib
import anyio
import pytest
import structlog.testing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from gateway.channels.email.listener import MAX_RECIPIENTS, Envelope, Listener
from gateway.channels.email.listening import LONGEST_LINE, SESSION_SECONDS
from gateway.clock import SystemClock
from gateway.errors import StorageRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

OURS = "r+abc@in.shop.example"
VERA = "vera@example.com"
LETTER = b"From: vera@example.com\r\nSubject: Shoes\r\n\r\nWhere are they?\r\n"
PATIENCE = 30.0  #: seconds, on a machine with other work


class SteppedClock(SystemClock):
    """The machine's clock, whose monotonic hand a test may move."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    @override
    def monotonic(self) -> float:
        return super().monotonic() + self.passed


@dataclass
class House:
    """What stands behind the listener."""

    kept: list[Envelope] = field(default_factory=list)
    trouble: Exception | None = None
    storing: anyio.Event = field(default_factory=anyio.Event)
    may_store: anyio.Event | None = None
    clock: SteppedClock = field(default_factory=SteppedClock)
    listener: Listener = field(init=False)

    async def accepts(self, address: str) -> bool:
        if isinstance(self.trouble, LookupError):
            raise self.trouble
        return address.lower().endswith("@in.shop.example")

    async def store(self, envelope: Envelope) -> None:
        self.storing.set()
        if self.may_store is not None:
            await self.may_store.wait()
        if self.trouble is not None:
            raise self.trouble
        self.kept.append(envelope)


@asynccontextmanager
async def listening(**options: Any) -> AsyncIterator[House]:
    house = House()
    house.listener = Listener(
        "127.0.0.1", 0, accepts=house.accepts, store=house.store, clock=house.clock, **options
    )
    await house.listener.start()
    try:
        yield house
    finally:
        await house.listener.stop()


@asynccontextmanager
async def sender(house: House) -> AsyncIterator[aiosmtplib.SMTP]:
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1",
        port=house.listener.port,
        start_tls=False,
        local_hostname="mx.example.com",
        timeout=PATIENCE,
    )
    await client.connect()
    await client.ehlo()
    try:
        yield client
    finally:
        client.close()


async def refused(attempt: Awaitable[object]) -> tuple[int, str]:
    with pytest.raises(aiosmtplib.SMTPResponseException) as error:
        await attempt
    return error.value.code, error.value.message[:5]


@dataclass
class Wire:
    """A sender that says exactly what it is told, byte by byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        with anyio.fail_after(PATIENCE):
            while True:
                line = (await self.reader.readline()).decode()
                if line[3:4] != "-":
                    return line.rstrip("\r\n")

    async def say(self, line: bytes) -> str:
        self.writer.write(line)
        return await self.reply()

    async def begin(self) -> None:
        for line in (
            b"EHLO x\r\n",
            f"MAIL FROM:<{VERA}>\r\n".encode(),
            f"RCPT TO:<{OURS}>\r\n".encode(),
        ):
            assert (await self.say(line)).startswith("250")
        assert (await self.say(b"DATA\r\n")).startswith("354")

    async def ended(self) -> bool:
        with anyio.fail_after(PATIENCE):
            return await self.reader.read() == b""


@asynccontextmanager
async def wire(house: House) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.listener.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


async def test_vera_s_mail_is_kept_as_it_came() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        await client.rcpt(OURS)
        assert (await client.data(LETTER)).code == 250
    assert house.kept == [Envelope(sender=VERA, recipients=(OURS,), raw=LETTER, peer="127.0.0.1")]


async def test_250_is_said_only_after_the_mail_is_kept() -> None:
    async with listening() as house, wire(house) as line:
        house.may_store = anyio.Event()
        await line.reply()
        await line.begin()
        line.writer.write(LETTER + b".\r\n")
        await house.storing.wait()
        with anyio.move_on_after(0.1) as patience:
            await line.reader.readline()
        assert patience.cancelled_caught
        house.may_store.set()
        assert (await line.reply()).startswith("250")
        assert len(house.kept) == 1


async def test_a_bounce_has_no_sender() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail("")
        await client.rcpt(OURS)
        await client.data(LETTER)
    assert house.kept[0].sender == ""


async def test_a_stranger_s_address_is_refused_at_rcpt() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        assert await refused(client.rcpt("ada@elsewhere.example")) == (550, "5.1.1")
        assert await refused(client.rcpt("bob@elsewhere.example")) == (550, "5.1.1")
        await client.rcpt(OURS)
        await client.data(LETTER)
    assert house.kept[0].recipients == (OURS,)


async def test_a_mail_for_nobody_is_not_read() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        assert (await refused(client.data(LETTER)))[0] == 503
    assert house.kept == []


async def test_each_recipient_is_kept_once() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        for address in (OURS, "b+x@in.shop.example", OURS):
            await client.rcpt(address)
        await client.data(LETTER)
    assert house.kept[0].recipients == (OURS, "b+x@in.shop.example")


async def test_a_mail_to_everybody_is_bounded() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        for n in range(MAX_RECIPIENTS):
            await client.rcpt(f"r+{n}@in.shop.example")
        assert await refused(client.rcpt(OURS)) == (452, "4.5.3")


async def test_vera_may_write_from_an_address_in_her_script() -> None:
    async with listening() as house, sender(house) as client:
        await client.mail("вера@example.com", options=["SMTPUTF8"], encoding="utf-8")
        await client.rcpt(OURS)
        await client.data(LETTER)
    assert house.kept[0].sender == "вера@example.com"


@pytest.mark.parametrize(
    "trouble", [StorageRefused(), ValueError(f"cannot read {VERA}"), TimeoutError()]
)
async def test_what_cannot_be_kept_now_is_asked_for_again(trouble: Exception) -> None:
    async with listening() as house, sender(house) as client:
        house.trouble = trouble
        for _ in range(2):
            await client.mail(VERA)
            await client.rcpt(OURS)
            assert (await refused(client.data(LETTER)))[0] == 451
        house.trouble = None
        await client.mail(VERA)
        await client.rcpt(OURS)
        assert (await client.data(LETTER)).code == 250
    assert len(house.kept) == 1


async def test_when_nobody_can_tell_whose_it_is_the_sender_tries_again() -> None:
    async with listening() as house, sender(house) as client:
        house.trouble = LookupError("database away")
        await client.mail(VERA)
        assert await refused(client.rcpt(OURS)) == (451, "4.3.0")


async def test_no_log_line_names_vera_or_quotes_her(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        async with listening() as house, sender(house) as client:
            house.trouble = ValueError(f"cannot read {VERA}: Where are they?")
            await client.mail(VERA)
            await client.rcpt(OURS)
            await refused(client.data(LETTER))
    assert [line["error"] for line in lines] == ["ValueError"]
    written = f"{lines} {[record.getMessage() for record in caplog.records]}"
    for private in (VERA, OURS, "Where are they"):
        assert private not in written


# Size


async def test_the_size_that_is_taken_is_said_at_once() -> None:
    async with listening(max_size=5_000) as house, sender(house) as client:
        assert client.esmtp_extensions["size"] == "5000"
        assert (await refused(client.mail(VERA, options=["SIZE=5001"])))[0] == 552
        await client.mail(VERA, options=["SIZE=5000"])


async def test_a_mail_over_the_size_is_refused_and_the_next_is_taken() -> None:
    async with listening(max_size=5_000) as house, sender(house) as client:
        for size, code in ((5_001, 552), (5_000, 250)):
            await client.mail(VERA)
            await client.rcpt(OURS)
            letter = b"x" * (size - 2) + b"\r\n"
            if code == 250:
                await client.data(letter)
            else:
                assert await refused(client.data(letter)) == (code, "5.3.4")
    assert [len(envelope.raw) for envelope in house.kept] == [5_000]


async def test_a_line_longer_than_any_buffer_is_kept_whole() -> None:
    letter = (
        b"y" * (LONGEST_LINE * 3 + 7) + b"\r\n.dotted\r\n" + b"." * (LONGEST_LINE + 1) + b"\r\n"
    )
    async with listening() as house, sender(house) as client:
        await client.mail(VERA)
        await client.rcpt(OURS)
        await client.data(letter)
    assert house.kept[0].raw == letter


# SMTP smuggling, CERT VU#302671

SMUGGLED = b"MAIL FROM:<m@x.example>\r\nRCPT TO:<r+victim@in.shop.example>\r\nDATA\r\nforged\r\n"


@pytest.mark.parametrize(
    "ending",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\n\n.\r\r\n",
        b"\r\n\x00.\r\n",
    ],
)
async def test_nothing_but_the_true_ending_ends_a_mail(ending: bytes) -> None:
    async with listening() as house, wire(house) as line:
        await line.reply()
        await line.begin()
        reply = await line.say(b"Subject: x\r\n\r\nhello" + ending + SMUGGLED + b".\r\n")
        assert reply.startswith("250")
        assert (await line.say(b"NOOP\r\n")).startswith("250")
    [envelope] = house.kept
    assert b"forged" in envelope.raw
    assert envelope.recipients == (OURS,)


@given(text=st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\x00"]), max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_whatever_line_ends_a_mail_holds_only_proper_ones_are_kept(text: list[bytes]) -> None:
    sent = b"".join(text)
    stuffed = b"\r\n".join(
        b"." + part if part.startswith(b".") else part for part in sent.split(b"\r\n")
    )
    async with listening() as house, wire(house) as line:
        await line.reply()
        await line.begin()
        assert (await line.say(stuffed + b"\r\n.\r\n")).startswith("250")
    [envelope] = house.kept
    kept = envelope.raw
    assert b"\r" not in kept.replace(b"\r\n", b"")
    assert b"\n" not in kept.replace(b"\r\n", b"")
    as_lines = (sent + b"\r\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert kept.replace(b"\r\n", b"\n") == as_lines


@pytest.mark.parametrize(
    "address",
    [
        b"<a\rb@x.example>",
        b"<a\x00b@x.example>",
        b"<a b@x.example>",
        b"<\xff\xfe@x.example>",
        b"<",
        b"<@",
    ],
)
async def test_an_address_that_is_none_is_refused(address: bytes) -> None:
    async with listening() as house, wire(house) as line:
        await line.reply()
        await line.say(b"EHLO x\r\n")
        assert (await line.say(b"MAIL FROM:" + address + b"\r\n"))[:3] in ("501", "553")
        assert (await line.say(b"MAIL FROM:<>\r\n")).startswith("250")
        assert (await line.say(b"RCPT TO:" + address + b"\r\n"))[:3] in ("501", "550", "553")


async def test_nobody_learns_which_addresses_exist() -> None:
    async with listening() as house, wire(house) as line:
        await line.reply()
        await line.say(b"EHLO x\r\n")
        answers = {
            await line.say(b"VRFY " + who + b"\r\n") for who in (OURS.encode(), b"no", b"\xff")
        }
        assert len(answers) == 1


# Time and crowds


async def test_a_silent_sender_is_sent_away() -> None:
    async with listening(timeout=0.1) as house, wire(house) as line:
        await line.reply()
        assert (await line.reply()).startswith("421 4.4.2")
        assert await line.ended()


async def test_a_sender_that_goes_silent_in_the_middle_keeps_nothing() -> None:
    # Long enough that what she says first is heard in time, on a machine with other work.
    async with listening(timeout=1) as house, wire(house) as line:
        await line.reply()
        await line.begin()
        line.writer.write(b"Subject: x\r\n")
        assert (await line.reply()).startswith("421 4.4.2")
        assert await line.ended()
    assert house.kept == []


async def test_a_busy_sender_does_not_stay_for_ever() -> None:
    async with listening() as house, wire(house) as line:
        await line.reply()
        house.clock.passed = SESSION_SECONDS + 1
        line.writer.write(b"NOOP\r\n")
        replies = [await line.reply(), await line.reply()]
        assert replies[0].startswith("250")
        assert replies[1].startswith("421")


async def test_a_sender_that_hangs_up_before_the_dot_keeps_nothing() -> None:
    async with listening() as house:
        async with wire(house) as line:
            await line.reply()
            await line.begin()
            line.writer.write(LETTER)
            await line.writer.drain()
        async with sender(house) as client:
            assert (await client.noop()).code == 250
    assert house.kept == []


async def test_one_too_many_is_turned_away_until_another_leaves() -> None:
    async with listening(max_connections=2) as house, wire(house) as first:
        assert (await first.reply()).startswith("220")
        async with wire(house) as second:
            assert (await second.reply()).startswith("220")
            async with wire(house) as third:
                assert (await third.reply()).startswith("421 4.3.2")
                assert await third.ended()
            await second.say(b"QUIT\r\n")
            assert await second.ended()
        async with wire(house) as fourth:
            assert (await fourth.reply()).startswith("220")


async def test_a_guesser_of_addresses_is_cut_off() -> None:
    async with listening() as house, wire(house) as line:
        await line.reply()
        await line.say(b"EHLO x\r\n")
        replies = [await line.say(b"NOOP\r\n") for _ in range(21)]
        assert replies[-1].startswith("421")
        assert await line.ended()


async def test_stopping_lets_the_mail_in_hand_be_kept_and_answered() -> None:
    async with listening() as house, wire(house) as line, wire(house) as idle:
        house.may_store = anyio.Event()
        await idle.reply()
        await line.reply()
        await line.begin()
        line.writer.write(LETTER + b".\r\n")
        await house.storing.wait()
        port = house.listener.port
        async with anyio.create_task_group() as stopping:
            stopping.start_soon(house.listener.stop)
            assert (await idle.reply()).startswith("421 4.3.2")
            house.may_store.set()
            assert (await line.reply()).startswith("250")
            assert await line.ended()
        assert house.listener.port == 0
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
    assert len(house.kept) == 1


async def test_a_listener_can_start_again() -> None:
    async with listening() as house:
        await house.listener.stop()
        await house.listener.stop()
        await house.listener.start()
        async with sender(house) as client:
            assert (await client.noop()).code == 250
