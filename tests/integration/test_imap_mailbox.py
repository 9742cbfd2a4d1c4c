"""A polled mailbox: what comes in is stored once, whatever breaks, and nothing else is touched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import structlog.testing
from pymap.parsing.specials.flag import Deleted

from gateway.channels.email.imap import (
    FIRST_PAUSE,
    FIRST_PAUSE_REFUSED,
    MOST_TRIES,
    NOT_TAKEN,
    POLL,
    TOO_LARGE,
)
from gateway.channels.email.imap_books import NotHeld
from gateway.clock import SystemClock
from gateway.errors import StorageRefused
from gateway.services.house import House
from gateway.services.mailboxes import LEASE
from gateway.store import house as houses
from gateway.store.tx import Store, Tx, unpack
from tests.integration.imap_desk import (
    MAILBOX,
    PATIENCE,
    VERA,
    Desk,
    a_house,
    desk_at,
    letter,
    reading,
)
from tests.integration.imap_server import PASSWORD, ImapServer, imap_server


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as running:
        yield running


@pytest.fixture
async def house(store: Store, clock: SystemClock) -> House:
    return await a_house(store, clock)


async def watching(desk: Desk) -> None:
    """Wait until it has looked for the first time."""
    await desk.is_now("reading")


# --- what is taken -------------------------------------------------------------------------------


async def test_what_lay_in_the_mailbox_before_is_left_alone(
    house: House, server: ImapServer
) -> None:
    for number in range(5):
        await server.deliver(letter(f"old {number}"))
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(letter("new"))
        await desk.has("new")
        await desk.read_to(await server.last_uid())
    assert await server.unread() == 5


async def test_the_server_says_that_mail_has_come_and_nobody_waits_for_a_look(
    house: House, server: ImapServer
) -> None:
    async with reading(desk_at(house, server)) as desk:
        await server.idles(times=2)  # the first is a short one
        await server.deliver(letter("new"))
        await desk.has("new")
        assert server.commands.count("IDLE") <= 3
        assert server.connections == 1
        assert POLL not in desk.clock.slept


async def test_a_server_that_says_nothing_by_itself_is_asked(house: House) -> None:
    async with imap_server(idle=False) as server, reading(desk_at(house, server)) as desk:
        assert await desk.clock.pause() == POLL
        await server.deliver(letter("new"))
        desk.clock.pass_on(POLL)
        await desk.has("new")
        assert server.connections == 1


async def test_a_mail_is_kept_as_the_listener_keeps_one(house: House, server: ImapServer) -> None:
    raw = letter("new", more=f"Return-Path: <{VERA}>\r\nDelivered-To: {MAILBOX}\r\n")
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(raw)
        await desk.has("new")
        [row] = await desk.rows()
    assert row.raw == raw
    assert row.state == "stored"
    assert unpack(row.envelope) == {"sender": VERA, "recipients": [MAILBOX], "peer": ""}


async def test_what_was_taken_is_read_and_still_there(house: House, server: ImapServer) -> None:
    # Somebody has marked it and not yet expunged it: that is theirs to do.
    await server.deliver(letter("old"), flags={Deleted})
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(letter("new"))
        await desk.has("new")
        await desk.read_to(await server.last_uid())
    assert await server.unread() == 1
    assert await server.size() == 2


async def test_a_mailbox_that_may_only_be_read_is_read(house: House, server: ImapServer) -> None:
    (await server.folders.get_mailbox("INBOX"))._readonly = True
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(letter("new"))
        await desk.has("new")
        await desk.read_to(await server.last_uid())
    assert await server.unread() == 1
    assert "EXAMINE" in server.commands


async def test_a_head_that_no_database_can_hold_does_not_hold_up_the_next_mail(
    house: House, server: ImapServer
) -> None:
    odd = letter("odd").replace(b"<odd@", b"<o\x00d\xffd@").replace(b"To:", b"To: \x00\xfe,")
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(odd)
        await server.deliver(letter("good"))
        await desk.has("good", "odd")


async def test_a_mail_that_names_nobody_is_for_the_store_whose_mailbox_it_is(
    house: House, server: ImapServer
) -> None:
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(letter("hidden", to="undisclosed-recipients:;"))
        await desk.has("hidden")
        [row] = await desk.rows()
    assert unpack(row.envelope)["recipients"] == [MAILBOX]


async def test_bare_line_feeds_become_line_ends(house: House, server: ImapServer) -> None:
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        await server.deliver(letter("new").replace(b"\r\n", b"\n"))
        await desk.has("new")
        [row] = await desk.rows()
    assert row.raw == letter("new")


# --- once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["kept", "mark"])
async def test_a_crash_between_the_mail_and_the_bookmark_leaves_one_message(
    house: House, server: ImapServer, moment: str
) -> None:
    moments: list[str] = []

    def breaks(now: str, _raw: bytes) -> None:
        moments.append(now)
        if "keep" in moments and now == moment:
            raise Crash

    crashing = desk_at(house, server, breaks=breaks)
    crashing.start()
    await watching(crashing)
    await server.deliver(letter("new"))
    assert crashing.task is not None
    await asyncio.wait([crashing.task], timeout=PATIENCE)
    assert crashing.task.done()
    assert crashing.task.exception() is not None
    assert await crashing.words() == ["new"]
    before = (await crashing.bookmark()).last_uid
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        assert await desk.words() == ["new"]
        assert (await desk.bookmark()).last_uid > before
    assert await server.unread() == 0


async def test_a_folder_with_new_numbers_brings_no_storm_and_loses_nothing(
    house: House, server: ImapServer
) -> None:
    old = [(letter(f"old {number}"), timedelta(days=3 + number)) for number in range(20)]
    taken = [letter(f"taken {number}") for number in range(3)]
    await server.make("Support")
    for raw, ago in old:
        await server.deliver(raw, ago=ago, folder="Support")
    async with reading(desk_at(house, server, folder="Support")) as desk:
        await watching(desk)
        for raw in taken:
            await server.deliver(raw, folder="Support")
        await desk.has("taken 0", "taken 1", "taken 2")
    before = await desk.bookmark()

    await server.make("Support")
    for raw, ago in old:
        await server.deliver(raw, ago=ago, folder="Support")
    for raw in [*taken, letter("meanwhile")]:
        await server.deliver(raw, folder="Support")
    async with reading(desk_at(house, server, folder="Support")) as desk:
        await watching(desk)
        everything = ["taken 0", "taken 1", "taken 2", "meanwhile"]
        await desk.has(*everything)
        await server.deliver(letter("after"), folder="Support")
        await desk.has(*everything, "after")
    after = await desk.bookmark()
    assert after.uid_validity != before.uid_validity
    assert await server.unread("Support") == len(old)


# --- what breaks ---------------------------------------------------------------------------------


async def test_a_lost_connection_is_made_again_and_nothing_is_missed(
    house: House, server: ImapServer
) -> None:
    async with reading(desk_at(house, server)) as desk:
        await watching(desk)
        server.drop()
        pause = await desk.clock.pause()
        assert 0.75 * FIRST_PAUSE <= pause <= 1.25 * FIRST_PAUSE
        await server.deliver(letter("meanwhile"))
        desk.clock.pass_on(pause)
        await desk.has("meanwhile")
        await desk.is_now("reading", times=2)
    assert desk.books.states == ["reading", "in_trouble lost", "reading"]


async def test_a_server_that_is_away_is_tried_again_with_growing_pauses(
    house: House, server: ImapServer
) -> None:
    await server.stop()
    with structlog.testing.capture_logs() as logs:
        async with reading(desk_at(house, server)) as desk:
            pauses = []
            for number in range(4):
                pauses.append(await desk.clock.pause(after=number))
                if number < 3:
                    desk.clock.pass_on()
            assert all(each > 1.1 * last for last, each in pairwise(pauses))
            await server.start()
            desk.clock.pass_on()
            await watching(desk)
    told = [each for each in logs if each["event"] == "mailbox.state"]
    assert [each["state"] for each in told] == ["in_trouble", "reading"]
    assert told[0]["because"] == "the mail server cannot be reached"


async def test_a_wrong_password_is_said_in_words_and_rarely_tried(
    house: House, server: ImapServer
) -> None:
    await server.password_is("another")
    with structlog.testing.capture_logs() as logs:
        async with reading(desk_at(house, server)) as desk:
            pause = await desk.clock.pause()
            assert pause >= 0.75 * FIRST_PAUSE_REFUSED
            assert desk.reader.state.words.startswith(
                "the mail server refused the user or the password"
            )
            await server.password_is(PASSWORD)
            desk.clock.pass_on(pause)
            await watching(desk)
    assert PASSWORD not in str(logs)
    assert MAILBOX not in str(logs)


async def test_a_folder_that_is_gone_is_said_in_words(house: House, server: ImapServer) -> None:
    async with reading(desk_at(house, server, folder="Nowhere")) as desk:
        await desk.is_now("in_trouble no_folder")
        assert "no such folder" in desk.reader.state.words


async def test_what_cannot_be_stored_stays_unread_and_is_taken_later(
    house: House, server: ImapServer
) -> None:
    full = [True]

    def breaks(now: str, _raw: bytes) -> None:
        if now == "keep" and full[0]:
            raise StorageRefused("the disk is full")

    async with reading(desk_at(house, server, breaks=breaks)) as desk:
        await watching(desk)
        await server.deliver(letter("new"))
        for number in range(MOST_TRIES + 2):
            await desk.clock.pause(after=number)
            if number < MOST_TRIES + 1:
                desk.clock.pass_on()
        assert desk.reader.state.words == "what was read could not be stored"
        assert await server.unread() == 1
        full[0] = False
        desk.clock.pass_on()
        await desk.has("new")
    assert [row.state for row in await desk.rows()] == ["stored"]


async def test_a_mail_that_cannot_be_taken_does_not_hold_up_those_behind_it(
    house: House, server: ImapServer
) -> None:
    def breaks(now: str, raw: bytes) -> None:
        if now == "keep" and b"poison" in raw:
            raise ValueError("what it says is nobody's business")

    with structlog.testing.capture_logs() as logs:
        async with reading(desk_at(house, server, breaks=breaks)) as desk:
            await watching(desk)
            await server.deliver(letter("poison"))
            await server.deliver(letter("good"))
            for number in range(MOST_TRIES):
                await desk.clock.pause(after=number)
                desk.clock.pass_on()
            await desk.has("good", "poison")
            await desk.read_to(await server.last_uid())
            rows = {row.raw: row for row in await desk.rows()}
    aside = rows[letter("poison")]
    assert (aside.state, aside.outcome) == ("quarantined", NOT_TAKEN)
    assert rows[letter("good")].state == "stored"
    assert await server.unread() == 1
    assert "nobody's business" not in str(logs)


async def test_of_a_huge_mail_only_the_head_is_fetched_and_set_aside(
    house: House, server: ImapServer
) -> None:
    async with reading(desk_at(house, server, most_bytes=5_000)) as desk:
        await watching(desk)
        await server.deliver(letter("x" * 6_000, more="X-Kept: yes\r\n"))
        await server.deliver(letter("small"))
        await desk.has("", "small")
        await desk.read_to(await server.last_uid())
        rows = {row.state: row for row in await desk.rows()}
    assert rows["quarantined"].outcome == TOO_LARGE
    assert b"X-Kept: yes" in rows["quarantined"].raw
    assert await server.unread() == 1


async def test_without_a_store_that_has_a_mail_address_nothing_is_read(
    store: Store, clock: SystemClock, server: ImapServer
) -> None:
    house = await a_house(store, clock)

    def forget(tx: Tx) -> None:
        for row in houses.stores(tx):
            row.mail_from = row.mail_domain = None
            tx.session.add(row)

    await store.write(forget)
    async with reading(desk_at(house, server)) as desk:
        await desk.is_now("in_trouble no_store")
        assert "no store has a mail address" in desk.reader.state.words
    assert server.connections == 0


async def test_a_gateway_that_stops_waits_for_no_mail(house: House, server: ImapServer) -> None:
    desk = desk_at(house, server)
    desk.start()
    await watching(desk)
    await desk.stop()
    assert (await desk.bookmark()).holder is None
    assert desk.books.states == ["reading"]


async def test_what_goes_wrong_inside_neither_ends_the_gateway_nor_is_quoted(
    house: House, server: ImapServer
) -> None:
    def breaks(now: str, _raw: bytes) -> None:
        if now == "mark":
            raise LookupError(VERA)

    with structlog.testing.capture_logs() as logs:
        async with reading(desk_at(house, server, breaks=breaks)) as desk:
            await desk.is_now("in_trouble failed")
            assert desk.task is not None
            assert not desk.task.done()
    [told] = [each for each in logs if each["event"] == "mailbox.failed"]
    assert (told["error"], told["at"].partition(":")[0]) == ("LookupError", "breaks")
    assert VERA not in str(logs)


# --- two gateways --------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_gateways_one_reads_and_the_other_takes_over(
    store: Store, clock: SystemClock, server: ImapServer
) -> None:
    first = desk_at(await a_house(store, clock, "node1"), server)
    second = desk_at(await a_house(store, clock, "node2"), server)
    async with reading(first):
        await watching(first)
        async with reading(second):
            await second.is_now("standing_by")
            await server.deliver(letter("one"))
            await first.has("one")
            assert server.connections == 1
            await first.stop()
            second.clock.pass_on()
            await watching(second)
            await server.deliver(letter("two"))
            await second.has("one", "two")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_gateway_whose_lease_another_took_moves_no_bookmark(
    store: Store, clock: SystemClock, server: ImapServer
) -> None:
    first = desk_at(await a_house(store, clock, "node1"), server).books
    second = desk_at(await a_house(store, clock, "node2"), server).books
    bookmark = await first.hold()
    assert bookmark is not None
    assert await second.hold() is None
    clock.move_ahead(LEASE)
    assert await second.hold() == bookmark
    with pytest.raises(NotHeld):
        await first.mark(replace(bookmark, last_uid=9))
    await first.let_go()
    assert await first.hold() is None
    assert await second.hold() == bookmark


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_gateway_that_was_away_too_long_leaves_the_mailbox_to_the_other(
    store: Store, clock: SystemClock, server: ImapServer
) -> None:
    first = desk_at(await a_house(store, clock, "node1"), server)
    second = desk_at(await a_house(store, clock, "node2"), server)
    async with reading(first):
        await watching(first)
        clock.move_ahead(LEASE)
        async with reading(second):
            await watching(second)
            await server.deliver(letter("one"))
            await second.has("one")
            first.clock.pass_on()
            await first.is_now("standing_by")
    assert len(await second.rows()) == 1
