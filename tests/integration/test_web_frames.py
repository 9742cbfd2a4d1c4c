"""What a socket does with frames that are too large, too many, or not frames at all."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from gateway.protocol.entry import MOST_BODY
from gateway.protocol.session import BURST, MOST_BYTES, MOST_MISTAKES
from gateway.store.tables import EntryRow
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.web_gateway import (
    PATIENCE,
    Line,
    WebGateway,
    cmid,
    on_air,
)

MANY = 60


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def still_works(line: Line) -> None:
    """Vera's socket takes a message after whatever was tried on it."""
    name = cmid()
    await line.say("send", cmid=name, body="Are you there?")
    assert (await line.hear("ack"))["cmid"] == name


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "{}",
        "not JSON",
        '{"t":"send"',
        "[" * 60_000,
        '{"t":' * 10_000,
        '{"t":"pong","n":NaN}',
        '{"t":"pong","n":Infinity}',
        '{"t":"pong","n":' + "9" * 5_000 + "}",
        '{"t":"zzz"}',
        '{"t":7}',
        '{"t":"seen","seq":"1"}',
        '{"t":"seen","seq":1.5}',
        '{"t":"seen","seq":-1}',
        '{"t":"seen","seq":true}',
        '{"t":"seen","seq":9007199254740993}',
        '{"t":"seen","seq":1,"admin":true}',
        '{"t":"typing","on":1}',
        '{"t":"tab","panel":true,"visible":true,"focus":true,"title":"\\u0000"}',
        '{"t":"earlier","before":1,"limit":0}',
        '{"t":"earlier","before":1,"limit":201}',
        '{"t":"give_code","address_id":"../x","code":"123456"}',
        '{"t":"open","store_id":"a","conversation_id":"b"}',
        b'{"t":"bye"}',
        b"\xff\xfe",
    ],
)
async def test_what_is_no_frame_gets_a_typed_error_and_the_socket_lives(
    air: WebGateway, frame: str | bytes
) -> None:
    async with air.tab() as (line, _):
        await line.raw(frame)
        error = await line.hear("error")
        assert error["code"] == "bad_frame"
        assert "Traceback" not in error["message"]
        await still_works(line)


@pytest.mark.parametrize("extra", [{"body": "x" * (MOST_BODY + 1)}, {"body": ""}, {"note": True}])
async def test_a_refused_message_is_named_so_that_vera_does_not_send_it_for_ever(
    air: WebGateway, extra: dict[str, Any]
) -> None:
    name = cmid()
    async with air.tab() as (line, _):
        await line.say("send", **({"cmid": name, "body": "Hello?"} | extra))
        error = await line.hear("error")
        assert (error["code"], error["about"], error["cmid"]) == ("bad_frame", "send", name)
        await still_works(line)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('"a\\u0000b"', "bad_input"),
        ('" \\n\\t "', "bad_input"),
        ('"half \\ud800 a character"', "bad_frame"),
    ],
)
async def test_words_that_no_database_takes_are_refused_by_name(
    air: WebGateway, body: str, code: str
) -> None:
    name = cmid()
    async with air.tab() as (line, _):
        await line.raw(f'{{"t":"send","cmid":"{name}","body":{body}}}')
        error = await line.hear("error")
        assert (error["code"], error["about"], error["cmid"]) == (code, "send", name)
        await still_works(line)


async def test_a_refusal_that_shoppers_meet_says_why_in_a_word(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        sentence = "sms.support.en.1"
        await line.say("leave_address", channel="sms", value="12345", sentence_id=sentence)
        error = await line.hear("error")
        assert (error["code"], error["why"]) == ("bad_input", "no_number")
        await line.say("send", cmid=cmid(), body="Look!", attachments=["lost"])
        error = await line.hear("error")
        assert (error["code"], error["why"]) == ("bad_input", "no_file")


async def test_an_error_says_where_and_never_what(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        await line.say("leave_address", channel="fax", value="+14155550199", sentence_id="x")
        error = await line.hear("error")
        assert "channel" in error["message"]
        assert "fax" not in error["message"]
        await line.say("send", cmid="short", body="a secret")
        assert "a secret" not in json.dumps(await line.hear("error"))


async def test_the_longest_message_passes_in_any_script(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        for letter in ("x", "ж", "語", "👟"):
            await line.say("send", cmid=cmid(), body=letter * MOST_BODY)
            await line.hear("ack")


@pytest.mark.parametrize("path", ["/ws/shopper", "/ws/agent"])
async def test_a_frame_beyond_64_kib_ends_the_socket_before_anybody_reads_it(
    air: WebGateway, path: str
) -> None:
    async with air.line(path) as line:
        await line.raw("x" * (MOST_BYTES + 1))
        assert await line.closed() == 1009


async def test_a_frame_in_many_pieces_is_no_larger(air: WebGateway) -> None:
    async with air.line("/ws/shopper") as line:
        with anyio.fail_after(PATIENCE):
            await line.connection.send(iter(["x" * 1_000] * 70))
        assert await line.closed() == 1009


async def test_a_client_that_errs_and_errs_is_shown_out(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        for _ in range(MOST_MISTAKES - 1):
            await line.raw("{}")
            await line.hear("error")
        await line.raw("{}")
        assert await line.closed() == 1008


async def test_a_client_that_says_more_than_a_person_could_is_shown_out(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        for _ in range(int(BURST) * 3):
            await line.say("typing", on=True)
        assert await line.closed() == 4429


@behaviour(34)
async def test_the_same_message_twice_is_the_same_ack_and_another_body_an_error(
    air: WebGateway,
) -> None:
    vera, name = await air.vera(), cmid()
    async with air.tab(vera) as (line, _):
        await line.say("send", cmid=name, body="Is the blue one back?")
        first = await line.hear("ack")
        await line.say("send", cmid=name, body="Is the blue one back?")
        second = await line.hear("ack")
        assert (first["dup"], second["dup"]) == (False, True)
        assert second == first | {"dup": True}
        await line.say("send", cmid=name, body="Is the red one back?")
        error = await line.hear("error")
        assert (error["code"], error["about"], error["cmid"]) == ("cmid_conflict", "send", name)


async def test_a_message_is_on_disk_when_its_ack_arrives(air: WebGateway) -> None:
    def bodies(tx: Tx) -> str | None:
        row = tx.session.get(EntryRow, (store, ack["conversation_id"], ack["seq"]))
        return row.body if row else None

    async with air.tab() as (line, _):
        await line.say("send", cmid=cmid(), body="Keep this.")
        ack = await line.hear("ack")
        store = (await line.hear("snapshot"))["conversation"]["store_id"]
    assert await air.gateway.house.store.read(bodies) == "Keep this."


async def long_conversation(air: WebGateway, messages: int) -> tuple[str, list[dict[str, Any]]]:
    """Vera's session, and the log of a conversation with so many messages as long as allowed."""
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        for number in range(messages):
            air.clock.skip(1)
            await line.say("send", cmid=cmid(), body=f"{number:05d}" + "x" * (MOST_BODY - 5))
            await line.hear("ack")
    return vera.session, await whole_log(air, vera.session)


async def whole_log(air: WebGateway, session: str) -> list[dict[str, Any]]:
    async with air.tab(await air.vera(session=session)) as (line, _):
        held: list[dict[str, Any]] = (await line.hear("snapshot"))["entries"]
        while held[0]["prev"] != 0:
            await line.say("earlier", before=held[0]["seq"], limit=50)
            held = (await line.hear("page"))["entries"] + held
    return held


@behaviour(33)
async def test_a_resume_is_whole_however_much_was_missed(air: WebGateway) -> None:
    session, log = await long_conversation(air, 130)
    first = log[0]
    async with air.tab(await air.vera(session=session)) as (line, welcome):
        epoch = welcome["epoch"]
    cursor = {"epoch": epoch, "seq": first["seq"], "entry_id": first["id"]}
    async with air.tab(await air.vera(session=session), cursor) as (line, _):
        missed = await line.hear("snapshot")
        assert missed["recovered"]
        assert missed["entries"] == log[1:]
        await still_works(line)


async def test_a_cursor_that_does_not_fit_gets_a_snapshot_instead(air: WebGateway) -> None:
    session, log = await long_conversation(air, 3)
    async with air.tab(await air.vera(session=session)) as (line, welcome):
        epoch = welcome["epoch"]
    last = {"epoch": epoch, "seq": log[-1]["seq"], "entry_id": log[-1]["id"]}
    for wrong in ({"epoch": epoch + 1}, {"seq": 1}, {"seq": 99}, {"entry_id": log[0]["id"]}):
        async with air.tab(await air.vera(session=session), last | wrong) as (line, _):
            found = await line.hear("snapshot")
            assert (found["recovered"], found["entries"]) == (False, log)
    async with air.tab(await air.vera(session=session), last) as (line, _):
        found = await line.hear("snapshot")
        assert (found["recovered"], found["entries"]) == (True, [])


async def test_a_reader_who_stops_is_cut_off_and_resumes_complete(air: WebGateway) -> None:
    session, log = await long_conversation(air, MANY)
    vera = await air.vera(session=session)
    hub = air.gateway.house.hub
    with socket.create_connection(("127.0.0.1", int(air.origin.rpartition(":")[2]))) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        async with air.line("/ws/shopper", sock=slow) as line:
            await line.say("hello", ticket=vera.ticket)
            await line.hear("welcome")
            line.connection.transport.pause_reading()  # from now on Vera's browser reads nothing
            for _ in range(12):
                await line.say("earlier", before=10_000, limit=MANY)
            with anyio.fail_after(PATIENCE):
                while hub.sockets_of("shopper", vera.shopper_id):
                    air.clock.skip(1)
                    await air.clock.sleep(0.02)
            line.connection.transport.abort()
    assert await whole_log(air, session) == log


async def test_a_slow_reader_who_reads_on_in_time_is_told_why(air: WebGateway) -> None:
    session, log = await long_conversation(air, MANY)
    vera = await air.vera(session=session)
    hub = air.gateway.house.hub
    with socket.create_connection(("127.0.0.1", int(air.origin.rpartition(":")[2]))) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        async with air.line("/ws/shopper", sock=slow) as line:
            await line.say("hello", ticket=vera.ticket)
            await line.hear("welcome")
            line.connection.transport.pause_reading()
            for _ in range(12):
                await line.say("earlier", before=10_000, limit=MANY)
            (theirs,) = hub.sockets_of("shopper", vera.shopper_id)
            with anyio.fail_after(PATIENCE):
                while theirs.close_code is None:
                    await air.clock.sleep(0.02)
            line.connection.transport.resume_reading()
            assert await line.closed() == 4008
    assert await whole_log(air, session) == log
