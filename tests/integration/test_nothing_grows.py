"""Who came, wrote and went leaves rows in the database, and nothing in the process."""

from __future__ import annotations

import gc
from collections import Counter, deque
from pathlib import Path

import anyio

from gateway.clock import SECOND
from gateway.core.policy import Policy
from tests.integration.web_gateway import PATIENCE, WebGateway, cmid, on_air

VISITS = 12
CONTAINERS = (dict, set, list, deque)


def held() -> Counter[str]:
    """How many objects of ours there are, by class, and how much stands in what they keep."""
    gc.collect()
    found: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        if kind.__module__.startswith(("gateway.live", "gateway.services", "gateway.web")):
            found[kind.__qualname__] += 1
            for name, value in getattr(each, "__dict__", {}).items():
                if isinstance(value, CONTAINERS):
                    found[f"{kind.__qualname__}.{name}"] += len(value)
    return found


def left_behind(before: Counter[str]) -> dict[str, int]:
    """What is more by something for every other visit; what is made once may come late."""
    return {name: more for name, more in (held() - before).items() if more >= VISITS // 2}


async def visit(air: WebGateway) -> None:
    """A shopper whom nobody knows comes, writes, and goes."""
    async with air.tab(await air.vera()) as (line, _):
        await line.say("tab", panel=True, visible=True, focus=True)
        await line.say("send", cmid=cmid(), body="Where is my order?")
        await line.hear("ack")


async def gone(air: WebGateway, before: Counter[str]) -> None:
    """Wait until nothing is held of the visitors; what is, is told when that never comes."""
    more = left_behind(before)
    try:
        with anyio.fail_after(PATIENCE):
            while more:
                air.clock.skip(Policy().linger / SECOND)
                await air.http.get("/healthz")
                more = left_behind(before)
    except TimeoutError:
        raise AssertionError(f"still held: {more}") from None


async def test_a_gateway_holds_no_more_after_many_shoppers_than_after_few(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air, air.console():
        for _ in range(3):  # what is made once is made by them
            await visit(air)
        before = held()
        for _ in range(VISITS):
            await visit(air)
        await gone(air, before)
