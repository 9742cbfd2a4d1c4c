"""A load begins once the consoles have been told of everybody who came."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
import httpx2
import pytest

from bench.settling import QUIET, settled
from tests.integration.web_gateway import PATIENCE, cmid, on_air


async def test_a_load_waits_while_adas_console_is_yet_to_be_told_of_vera(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air, air.console() as (desk, _), air.tab() as (line, _):
        port = httpx2.URL(air.origin).port
        assert port is not None
        async with air.gateway.house.telling:
            await line.say("send", cmid=cmid(), body="Where is my order?")
            await line.hear("ack")
            waits = asyncio.create_task(settled(port))
            for _ in range(2 * QUIET):
                assert "onethread_consoles_behind 0.0" not in (await air.http.get("/metrics")).text
            assert not waits.done()
        await desk.hear("rows")
        with anyio.fail_after(PATIENCE):
            await waits


async def test_a_server_that_does_not_say_what_is_to_be_told_is_no_gateway() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(RuntimeError, match="does not say"):
            await settled(port)
