"""Agents see which colleagues have a conversation before their eyes, and who has gone again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.web_gateway import BEN, Line, WebGateway, cmid, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def vera_writes(air: WebGateway) -> dict[str, str]:
    """Vera has a conversation; its names, as a console says them."""
    async with air.tab() as (vera, _):
        await vera.say("send", cmid=cmid(), body="Is the blue one back?")
        return {"conversation_id": (await vera.hear("ack"))["conversation_id"]}


async def opened(line: Line, hers: dict[str, str], welcome: dict[str, Any]) -> list[str]:
    """Open it; who looks at it by then."""
    [store_id] = [each for each, name in welcome["stores"].items() if name != "Other"]
    hers["store_id"] = store_id
    await line.say("open", **hers)
    return await looking(line, hers)


async def looking(line: Line, hers: dict[str, str]) -> list[str]:
    while True:
        frame = await line.hear("looking")
        if frame["conversation_id"] == hers["conversation_id"]:
            found: list[str] = frame["agent_ids"]
            return found


async def test_ada_sees_that_ben_looks_too_and_when_his_console_has_closed(
    air: WebGateway,
) -> None:
    hers = await vera_writes(air)
    async with air.console() as (ada, known):
        me = known["agent"]["agent_id"]
        assert await opened(ada, hers, known) == [me]
        async with air.console(BEN) as (ben, his):
            both = sorted([me, his["agent"]["agent_id"]])
            assert await opened(ben, hers, his) == both
            assert await looking(ada, hers) == both
        assert await looking(ada, hers) == [me]


async def test_ben_goes_to_another_conversation_or_out_of_sight_and_comes_back(
    air: WebGateway,
) -> None:
    hers = await vera_writes(air)
    async with air.console() as (ada, known), air.console(BEN) as (ben, his):
        me = known["agent"]["agent_id"]
        both = sorted([me, his["agent"]["agent_id"]])
        await opened(ada, hers, known)
        await opened(ben, hers, his)
        assert await looking(ada, hers) == both
        await ben.say("tab", panel=True, visible=False, focus=False)
        assert await looking(ada, hers) == [me]
        await ben.say("tab", panel=True, visible=True, focus=True)
        assert await looking(ada, hers) == both
        await ben.say("close", **hers)
        assert await looking(ada, hers) == [me]


async def test_a_second_window_of_bens_is_no_news_and_neither_is_that_it_closes(
    air: WebGateway,
) -> None:
    hers = await vera_writes(air)
    async with air.console() as (ada, known), air.console(BEN) as (ben, his):
        me = known["agent"]["agent_id"]
        both = sorted([me, his["agent"]["agent_id"]])
        await opened(ada, hers, known)
        await opened(ben, hers, his)
        async with air.console(BEN) as (second, again):
            assert await opened(second, hers, again) == both
        await ben.say("close", **hers)
        assert [await looking(ada, hers) for _ in range(2)] == [both, [me]]


async def test_vera_is_told_nothing_of_who_looks(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (panel, _), air.console() as (ada, known):
        await panel.say("send", cmid=cmid(), body="Is the blue one back?")
        hers = {"conversation_id": (await panel.hear("ack"))["conversation_id"]}
        await opened(ada, hers, known)
        await ada.say("typing", **hers, on=True)
        typing = await panel.hear("looking", "typing")
        assert (typing["t"], typing["agent_id"]) == ("typing", None)


async def test_ada_is_told_which_colleague_writes_whatever_their_name(air: WebGateway) -> None:
    hers = await vera_writes(air)
    async with air.console() as (ada, known), air.console(BEN) as (ben, his):
        await opened(ada, hers, known)
        await opened(ben, hers, his)
        await ben.say("typing", **hers, on=True)
        assert (await ada.hear("typing"))["agent_id"] == his["agent"]["agent_id"]
