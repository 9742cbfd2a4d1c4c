"""Somebody else's client talks to a gateway that runs as anybody would run it."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.e2e.schema_client import SCHEMA, Client, check
from tests.e2e.served import EMAIL, KEY, PASSWORD, PATIENCE, Served, serve

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Migrated, with a store and an agent, all by the command line."""
    async with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


async def open_newest(ada: Client) -> dict[str, Any]:
    """Ada opens what waits longest at the top of her inbox."""
    await ada.say("inbox", view="open")
    row = (await ada.hear("inbox"))["rows"][0]
    where = {"store_id": row["store_id"], "conversation_id": row["conversation_id"]}
    await ada.say("open", **where, resume=None)
    await ada.hear("snapshot")
    return where


async def test_vera_asks_ada_answers_and_a_dropped_socket_loses_nothing(served: Served) -> None:
    vera, ada = Client(served.origin, "shopper"), Client(served.origin, "agent")
    ada.sign_in(EMAIL, PASSWORD)
    with anyio.fail_after(PATIENCE * 2):
        assert (await ada.come())["agent"]["name"] == "Ada"
        welcome = await vera.come(KEY)
        assert (welcome["store_name"], welcome["conversation_id"]) == ("Acme", None)
        assert [each["name"] for each in welcome["staff"]] == ["Ada"]
        await vera.say("tab", panel=True, visible=True, focus=True, url=None, title="Blue shoes")
        await vera.say("send", cmid="vera-0001", body="Is the blue one back?")
        ack = await vera.hear("ack")
        await vera.hear("snapshot")
        where = await open_newest(ada)
        assert ada.bodies == vera.bodies == ["Is the blue one back?"]

        await ada.say("seen", **where, seq=ada.log[-1]["seq"])
        assert (await vera.hear("seen"))["side"] == "staff"
        await ada.say("typing", **where, on=True)
        assert (await vera.hear("typing"))["name"] == "Ada"
        answer = {"cmid": "ada-00001", "body": "Yes! Back in 38.", "note": False}
        await ada.say("send", **where, **answer, seen_seq=ack["seq"])
        await vera.hear("entry")
        await vera.say("seen", seq=vera.log[-1]["seq"])
        while (await ada.hear("seen"))["side"] != "shopper":
            pass

        assert vera.socket is not None
        vera.socket.transport.abort()  # the train enters a tunnel
        for number in range(3):
            await ada.say("send", **where, cmid=f"ada-1000{number}", body=f"{number}", note=False,
                          seen_seq=ada.log[-1]["seq"])  # fmt: skip
            await ada.hear("ack")
        held = list(vera.log)
        again = await vera.come(KEY)
        assert again["shopper_id"] == welcome["shopper_id"]
        assert (await vera.hear("snapshot"))["recovered"]
        assert vera.log[: len(held)] == held
        assert vera.bodies[-4:] == ["Yes! Back in 38.", "0", "1", "2"]

        await vera.say("send", cmid="vera-0001", body="Is the blue one back?")
        assert await vera.hear("ack") == ack | {"dup": True}
        await vera.say("send", cmid="vera-0001", body="Is the red one back?")
        error = await vera.hear("error")
        assert (error["code"], error["cmid"]) == ("cmid_conflict", "vera-0001")
        await leave(vera, ada)


async def test_what_was_acknowledged_outlives_the_process(served: Served) -> None:
    vera, ada = Client(served.origin, "shopper"), Client(served.origin, "agent")
    ada.sign_in(EMAIL, PASSWORD)
    with anyio.fail_after(PATIENCE * 2):
        await vera.come(KEY)
        await vera.say("send", cmid="vera-0002", body="Before.")
        ack = await vera.hear("ack")
        await vera.hear("snapshot")
        served.end(signal.SIGKILL)
        served.start()
        await served.ready()
        await vera.come(KEY)
        assert (await vera.hear("snapshot"))["recovered"]
        await vera.say("send", cmid="vera-0002", body="Before.")
        assert await vera.hear("ack") == ack | {"dup": True}
        await vera.say("send", cmid="vera-0003", body="After.")
        await vera.hear("ack")
        await ada.come()
        await open_newest(ada)
        assert ada.bodies == ["Before.", "After."]
        await leave(vera, ada)


async def leave(*clients: Client) -> None:
    for each in clients:
        assert each.socket is not None
        await each.socket.close()


@pytest.mark.parametrize(
    "frame",
    [
        {"t": "zzz"},
        {"t": "ping"},
        {"t": "ping", "n": "1"},
        {"t": "ping", "n": True},
        {"t": "ping", "n": 1, "more": 1},
        {"t": "seen", "conversation_id": "c", "side": "nobody", "seq": 1},
        {"t": "seen", "conversation_id": "c", "side": "staff", "seq": -1},
        {"t": "staff", "staff": [{"agent_id": "a"}]},
    ],
)
def test_the_clients_check_would_notice(frame: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\$"):
        check(frame, SCHEMA["properties"]["shopper_hears"])


async def test_a_gateway_that_is_stopped_says_so_before_it_closes(tmp_path: Path) -> None:
    async with serve(tmp_path) as stopping:
        vera = Client(stopping.origin, "shopper")
        with anyio.fail_after(PATIENCE * 2):
            await vera.come(KEY)
            assert stopping.process is not None
            stopping.process.send_signal(signal.SIGTERM)
            assert (await vera.hear("drain"))["after_ms"] > 0
            assert vera.socket is not None
            await vera.socket.wait_closed()
            assert vera.socket.close_code == 1012
