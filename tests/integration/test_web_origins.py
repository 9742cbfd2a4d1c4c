"""Where a socket may come from: everything else is refused before the upgrade."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.integration.web_gateway import (
    ACME,
    ACME_ORIGIN,
    OTHER,
    OTHER_ORIGIN,
    WebGateway,
    on_air,
)

SOCKETS = ("/ws/shopper", "/ws/agent")


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def knock(air: WebGateway, path: str, origin: str | None) -> int:
    """The status with which an upgrade from this origin is answered; 101 when it is accepted."""
    try:
        async with connect(
            air.origin.replace("http", "ws", 1) + path,
            origin=None if origin is None else Origin(origin),
            compression=None,
            proxy=None,
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "https://evil.example",
        "{own}.evil.example",
        "{own}@evil.example",
        "{own}/",
        "{own}1",
        "{own} https://evil.example",
        "https://evil.example/{own}",
        "https://{host}",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "HTTP://{host}",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "https://x.shop.example",
        "http://shop.example",
        "https://shop.example:444",
        "https://SHOP.example",
        "https://vera@shop.example",
        "https://shop.example/",
        "https://other.example",
    ],
)
async def test_eve_at_another_origin_is_refused_before_the_upgrade(
    air: WebGateway, path: str, origin: str | None
) -> None:
    host = air.origin.removeprefix("http://")
    port = host.rpartition(":")[2]
    sent = origin and origin.format(own=air.origin, host=host, port=port)
    assert await knock(air, path, sent) == 403


@pytest.mark.parametrize("path", SOCKETS)
async def test_the_gateways_own_pages_are_let_in(air: WebGateway, path: str) -> None:
    assert await knock(air, path, air.origin) == 101


async def test_two_origin_headers_are_refused(air: WebGateway) -> None:
    address = air.origin.replace("http", "ws", 1) + "/ws/agent"
    both = [("Origin", air.origin), ("Origin", "https://evil.example")]
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, additional_headers=both, proxy=None):
            pass
    assert refused.value.response.status_code in (400, 403)


@pytest.mark.parametrize("origin", [ACME_ORIGIN, OTHER_ORIGIN])
async def test_a_listed_shop_may_bring_a_client_of_its_own_but_no_console(
    air: WebGateway, origin: str
) -> None:
    assert await knock(air, "/ws/shopper", origin) == 101
    assert await knock(air, "/ws/agent", origin) == 403


async def test_a_shop_lets_veras_client_in_at_its_own_store(air: WebGateway) -> None:
    vera = await air.vera(ACME)
    async with air.line("/ws/shopper", ACME_ORIGIN) as line:
        await line.say("hello", ticket=vera.ticket)
        assert (await line.hear("welcome"))["shopper_id"] == vera.shopper_id


@pytest.mark.parametrize(("key", "origin"), [(ACME, OTHER_ORIGIN), (OTHER, ACME_ORIGIN)])
async def test_a_ticket_of_one_store_opens_nothing_from_another_stores_shop(
    air: WebGateway, key: str, origin: str
) -> None:
    vera = await air.vera(key)
    async with air.line("/ws/shopper", origin) as line:
        await line.say("hello", ticket=vera.ticket)
        assert await line.closed() == 4403
    async with air.line("/ws/shopper") as line:
        await line.say("hello", ticket=vera.ticket)
        assert await line.closed() == 4401  # it was spent on the first try


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", ACME_ORIGIN, "http://127.0.0.1"]
)
async def test_only_the_panel_itself_may_ask_for_a_session(
    air: WebGateway, origin: str | None
) -> None:
    answer = await air.http.post(
        "/widget/session",
        json={"key": ACME, "session": None},
        headers={} if origin is None else {"Origin": origin},
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", [ACME_ORIGIN, OTHER_ORIGIN])
async def test_the_loaders_one_request_can_be_read_by_the_stores_own_pages_alone(
    air: WebGateway, origin: str
) -> None:
    answer = await air.http.get("/widget/config", params={"key": ACME}, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["vary"] == "Origin, Accept-Language"
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == (ACME_ORIGIN if origin == ACME_ORIGIN else None)
    assert "access-control-allow-credentials" not in answer.headers
