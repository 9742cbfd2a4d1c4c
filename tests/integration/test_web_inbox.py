"""Labels and kept filters over HTTP: who may make them, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from gateway.store import house as houses
from tests.integration.web_gateway import ACME, ADA, BEN, SignedIn, WebGateway, on_air

ASKS = {"view": "mine", "channel": "sms"}


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("inbox")) as started:
        yield started


@pytest.fixture
async def ada(air: WebGateway) -> SignedIn:
    air.clock.move_ahead(3_600_000_000)
    return await air.sign_in(ADA)


@pytest.fixture
async def place(air: WebGateway) -> str:
    row = await air.gateway.house.store.read(lambda tx: houses.store_by_key(tx, ACME))
    return f"/api/stores/{row.store_id}/labels"


async def asks(
    air: WebGateway, signed: SignedIn, method: str, path: str, body: dict[str, Any] | None = None
) -> httpx2.Response:
    return await air.http.request(method, path, json=body, headers=signed.headers)


async def test_ada_makes_a_label_renames_it_and_removes_it(
    air: WebGateway, ada: SignedIn, place: str
) -> None:
    made = await asks(air, ada, "POST", place, {"name": "Return", "colour": "amber"})
    assert (made.status_code, made.json()["name"]) == (201, "Return")
    label = f"{place}/{made.json()['label_id']}"
    changed = await asks(air, ada, "PUT", label, {"name": "Sent back", "colour": "red"})
    assert changed.json() == {**made.json(), "name": "Sent back", "colour": "red"}
    assert (await asks(air, ada, "DELETE", label)).status_code == 200
    assert (await asks(air, ada, "DELETE", label)).status_code == 404


async def test_ada_keeps_a_filter_and_ben_has_none_of_it(air: WebGateway, ada: SignedIn) -> None:
    path = "/api/me/filters"
    kept = await asks(air, ada, "POST", path, {"name": "My texts", "asks": ASKS})
    (one,) = kept.json()["filters"]
    assert (one["name"], one["asks"]["channel"], one["asks"]["store_id"]) == (
        "My texts",
        "sms",
        None,
    )
    again = await asks(air, ada, "POST", path, {"name": "my TEXTS", "asks": {"view": "open"}})
    assert [(each["name"], each["asks"]["view"]) for each in again.json()["filters"]] == [
        ("my TEXTS", "open")
    ]
    ben = await air.sign_in(BEN)
    assert (await asks(air, ben, "GET", path)).json() == {"filters": []}
    hers = f"{path}/{one['filter_id']}"
    assert (await asks(air, ben, "DELETE", hers)).status_code == 404
    assert (await asks(air, ada, "DELETE", hers)).json() == {"filters": []}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/me/filters", {"name": " ", "asks": ASKS}),
        ("/api/me/filters", {"name": "x" * 61, "asks": ASKS}),
        ("/api/me/filters", {"name": "x", "asks": {"view": "everything"}}),
        ("/api/me/filters", {"name": "x", "asks": {"view": "mine", "store_id": "../x"}}),
        ("{labels}", {"name": "x", "colour": "pink"}),
        ("{labels}", {"name": "\x00"}),
        ("{labels}", {"name": " "}),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    air: WebGateway, ada: SignedIn, place: str, path: str, body: dict[str, Any]
) -> None:
    answer = await asks(air, ada, "POST", path.format(labels=place), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")


async def test_whoever_is_not_signed_in_or_shows_no_token_changes_nothing(
    air: WebGateway, ada: SignedIn, place: str
) -> None:
    for method, path in (
        ("POST", place),
        ("PUT", f"{place}/l1"),
        ("DELETE", f"{place}/l1"),
        ("POST", "/api/me/filters"),
        ("DELETE", "/api/me/filters/f1"),
    ):
        nobody = await air.http.request(
            method, path, json={"name": "x"}, headers={"Origin": air.origin}
        )
        assert nobody.status_code == 401, path
        forged = await air.http.request(
            method, path, json={"name": "x"}, headers={**ada.headers, "X-Onethread-CSRF": "no"}
        )
        assert forged.status_code == 403, path


async def test_a_label_of_a_store_that_is_not_there_is_nowhere(
    air: WebGateway, ada: SignedIn
) -> None:
    answer = await asks(air, ada, "POST", "/api/stores/nobodys/labels", {"name": "x"})
    assert answer.status_code == 404
