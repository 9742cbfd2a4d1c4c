"""What Vera's tabs say of where to answer her, and of where she is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.store import house as houses
from gateway.store import people
from gateway.store.tx import Tx
from tests.integration.web_gateway import ACME, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def zone_of(air: WebGateway, shopper_id: str) -> str:
    def load(tx: Tx) -> str:
        row = people.shopper(tx, houses.store_by_key(tx, ACME).store_id, shopper_id)
        assert row is not None
        return row.zone

    return await air.gateway.house.store.read(load)


async def test_what_vera_prefers_is_told_to_all_her_tabs_and_to_the_next(air: WebGateway) -> None:
    first = await air.vera()
    second = await air.vera(ACME, first.session)
    async with air.tab(first) as (one, welcome), air.tab(second) as (other, _):
        assert welcome["preference"] == []
        await one.say("prefer", channels=["chat"])
        for line in (one, other):
            assert (await line.hear("addresses"))["preference"] == ["chat"]
    async with air.tab(await air.vera(ACME, first.session)) as (_, welcome):
        assert welcome["preference"] == ["chat"]


@pytest.mark.parametrize("channels", [["sms"], ["chat", "chat"]])
async def test_a_preference_that_cannot_be_kept_is_refused_and_the_tab_lives_on(
    air: WebGateway, channels: list[str]
) -> None:
    async with air.tab() as (line, _):
        await line.say("prefer", channels=channels)
        refused = await line.hear("error")
        assert (refused["about"], refused["code"]) == ("prefer", "bad_input")
        await line.say("prefer", channels=["chat"])
        assert (await line.hear("addresses"))["preference"] == ["chat"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [("Europe/Berlin", "Europe/Berlin"), ("Mars/Olympus", ""), ("", ""), (None, "")],
)
async def test_the_zone_of_veras_browser_is_kept_when_it_is_one(
    air: WebGateway, told: str | None, kept: str
) -> None:
    vera = await air.vera()
    async with air.line("/ws/shopper") as line:
        await line.say("hello", ticket=vera.ticket, resume=None, zone=told)
        await line.hear("welcome")
        # What is answered comes after everything that the hello brought.
        await line.say("prefer", channels=["chat"])
        await line.hear("addresses")
    assert await zone_of(air, vera.shopper_id) == kept
