"""What a caller hears from a gateway whose database is away: come back after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from bench.postgres_server import PostgresServer
from tests.integration.losing import Road
from tests.integration.web_gateway import ACME_ORIGIN, WebGateway, on_air

pytestmark = pytest.mark.postgres


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    """Every line; a clockwork whose database is away writes many, and drawing each takes long."""
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
async def road(postgres_server: PostgresServer) -> AsyncIterator[Road]:
    async with Road("127.0.0.1", postgres_server.port) as found:
        yield found


@pytest.fixture
async def air(
    logs: list[Any],
    road: Road,
    postgresql_url: str,
    postgres_server: PostgresServer,
    tmp_path: Path,
) -> AsyncIterator[WebGateway]:
    url = postgresql_url.replace(f":{postgres_server.port}/", f":{road.port}/")
    async with on_air(tmp_path, url) as running:
        yield running


async def test_a_shops_own_client_is_asked_to_come_back_while_the_database_is_away(
    air: WebGateway, road: Road, logs: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    address = air.origin.replace("http", "ws", 1) + "/ws/shopper"
    await road.break_off()
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, origin=Origin(ACME_ORIGIN), proxy=None)
    assert refused.value.response.status_code == 503
    assert b"storage_refused" in (refused.value.response.body or b"")
    said = [each["code"] for each in logs if each["event"] == "socket.not_upgraded"]
    assert said == ["storage_refused"]
    assert "Traceback" not in caplog.text

    await road.lead_there()
    async with connect(address, origin=Origin(ACME_ORIGIN), proxy=None):
        pass


async def test_veras_panel_is_asked_to_come_back_while_the_database_is_away(
    air: WebGateway, road: Road
) -> None:
    vera = await air.vera()
    async with air.line("/ws/shopper") as line:
        await road.break_off()
        await line.say("hello", ticket=vera.ticket)
        assert await line.closed() == 1013
    await road.lead_there()
    async with air.tab(vera) as (_, welcome):
        assert welcome["shopper_id"] == vera.shopper_id
