"""Blocking and merging over HTTP: for agents who are signed in, with the console's token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.web_gateway import ACME, ADA, SignedIn, WebGateway, cmid, on_air

SEEN = "0" * 64
CHANGES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("PUT", "shoppers/nobody/block", {"because": "spam"}),
    ("DELETE", "shoppers/nobody/block", None),
    ("POST", "shoppers/nobody/merge/somebody", {"seen": SEEN}),
    ("DELETE", "merges/none", None),
]
LOOKS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "shoppers/nobody", None),
    ("GET", "shoppers/nobody/merge/somebody", None),
    ("GET", "merges/none", None),
]
FIND: tuple[str, str, dict[str, Any] | None] = ("POST", "shoppers", {"query": "Vera"})


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("shoppers")) as started:
        yield started


@pytest.fixture
async def ada(air: WebGateway) -> SignedIn:
    air.clock.move_ahead(3_600_000_000)
    return await air.sign_in(ADA)


async def stores(air: WebGateway) -> dict[str, str]:
    """The stores' ids by key."""
    async with air.console() as (_, welcome):
        by_name = {name: store_id for store_id, name in welcome["stores"].items()}
    return {ACME: next(x for n, x in by_name.items() if n.startswith("Acme")), **by_name}


async def asks(
    air: WebGateway, signed: SignedIn, method: str, path: str, body: object = None
) -> tuple[int, dict[str, Any]]:
    answer = await air.http.request(method, path, json=body, headers=signed.headers)
    return answer.status_code, answer.json()


async def writes(air: WebGateway, words: str) -> str:
    """Somebody whom nobody knows writes to Acme; returns who they are."""
    vera = await air.vera()
    async with air.tab(vera) as (line, welcome):
        await line.say("send", cmid=cmid(), body=words)
        await line.hear("ack")
    return str(welcome["shopper_id"])


async def test_ada_compares_merges_and_parts_two_shoppers(air: WebGateway, ada: SignedIn) -> None:
    one, other = await writes(air, "Is it blue?"), await writes(air, "Is it green?")
    place = f"/api/stores/{(await stores(air))[ACME]}"
    path = f"{place}/shoppers/{one}/merge/{other}"
    status, told = await asks(air, ada, "GET", path)
    assert (status, told["elder"]["shopper_id"]) == (200, one)
    assert (await asks(air, ada, "POST", path, {"seen": SEEN}))[0] == 409
    status, done = await asks(air, ada, "POST", path, {"seen": told["seen"]})
    assert (status, done["shopper_id"]) == (200, one)
    merge = f"{place}/merges/{done['merge_id']}"
    status, parting = await asks(air, ada, "GET", merge)
    assert (status, len(parting["conversations"])) == (200, 1)
    assert await asks(air, ada, "DELETE", merge) == (200, {"shopper_id": other})
    assert (await asks(air, ada, "DELETE", merge))[0] == 404


async def test_ada_blocks_a_shopper_and_every_console_is_told(
    air: WebGateway, ada: SignedIn
) -> None:
    one = await writes(air, "Buy cheap watches")
    place = f"/api/stores/{(await stores(air))[ACME]}/shoppers/{one}"
    assert (await asks(air, ada, "PUT", f"{place}/block", {"because": " "}))[0] == 400
    async with air.console() as (line, _):
        await line.say("inbox", view="blocked")
        assert (await line.hear("inbox"))["rows"] == []
        assert (await asks(air, ada, "PUT", f"{place}/block", {"because": "spam"}))[0] == 200
        rows = (await line.hear("rows"))["rows"]
        assert [row["blocked"] for row in rows] == [True]
        await line.say("inbox", view="blocked")
        assert len((await line.hear("inbox"))["rows"]) == 1
    assert (await asks(air, ada, "DELETE", f"{place}/block"))[0] == 200


async def test_a_shopper_of_one_store_is_nobody_in_another(air: WebGateway, ada: SignedIn) -> None:
    one = await writes(air, "Is it blue?")
    ids = await stores(air)
    others = [each for each in ids.values() if each != ids[ACME]]
    assert others
    for store_id in others:
        assert (await asks(air, ada, "GET", f"/api/stores/{store_id}/shoppers/{one}"))[0] == 404
        path = f"/api/stores/{store_id}/shoppers"
        assert await asks(air, ada, "POST", path, {"query": one}) == (200, {"shoppers": []})
    path = f"/api/stores/{ids[ACME]}/shoppers"
    status, told = await asks(air, ada, "POST", path, {"query": one})
    assert (status, [each["shopper_id"] for each in told["shoppers"]]) == (200, [one])
    for query in ("a\x00b", "x" * 201):
        assert (await asks(air, ada, "POST", path, {"query": query}))[0] == 400


@pytest.mark.parametrize(("method", "path", "body"), [*CHANGES, *LOOKS])
async def test_what_is_not_there_is_a_404(
    air: WebGateway, ada: SignedIn, method: str, path: str, body: dict[str, Any] | None
) -> None:
    place = f"/api/stores/{(await stores(air))[ACME]}"
    assert (await asks(air, ada, method, f"{place}/{path}", body))[0] == 404


@pytest.mark.parametrize(("method", "path", "body"), [*CHANGES, *LOOKS, FIND])
async def test_nobody_without_a_session_is_answered(
    air: WebGateway, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await air.http.request(
        method, f"/api/stores/acme/{path}", json=body, headers={"Origin": air.origin}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), [*CHANGES, FIND])
async def test_a_change_needs_the_consoles_token(
    air: WebGateway, ada: SignedIn, method: str, path: str, body: dict[str, Any] | None
) -> None:
    headers = {name: each for name, each in ada.headers.items() if name != "X-Onethread-CSRF"}
    answer = await air.http.request(method, f"/api/stores/acme/{path}", json=body, headers=headers)
    assert answer.status_code == 403
