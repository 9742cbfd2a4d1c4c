"""Ada's picture over HTTP: who may change it, who may see it, and what a browser is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from gateway.services.faces import MOST_BYTES
from tests.integration.web_gateway import ADA, SignedIn, WebGateway, on_air
from tests.unit.files.drawing import SCRIPT, photo


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("faces")) as started:
        yield started


@pytest.fixture
async def ada(air: WebGateway) -> SignedIn:
    air.clock.move_ahead(3_600_000_000)
    return await air.sign_in(ADA)


async def puts(air: WebGateway, ada: SignedIn, data: bytes) -> httpx2.Response:
    return await air.http.put("/api/me/face", content=data, headers=ada.headers)


async def path_of(air: WebGateway, ada: SignedIn) -> str | None:
    told = (await air.http.get("/api/me", headers={"Cookie": ada.cookie})).json()
    found: str | None = told["face"]
    return found


async def test_anybody_may_see_it_and_keep_it_for_ever(air: WebGateway, ada: SignedIn) -> None:
    assert (await puts(air, ada, photo())).status_code == 200
    path = await path_of(air, ada)
    assert path is not None
    answer = await air.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert answer.content.startswith(b"\xff\xd8")


async def test_without_it_there_is_none(air: WebGateway, ada: SignedIn) -> None:
    await puts(air, ada, photo())
    path = await path_of(air, ada)
    assert path is not None
    assert (await air.http.delete("/api/me/face", headers=ada.headers)).status_code == 200
    assert await path_of(air, ada) is None
    assert (await air.http.get(path)).status_code == 404
    assert (await air.http.get("/faces/" + "0" * 32)).status_code == 404


async def test_what_is_no_picture_or_too_large_is_refused_in_words(
    air: WebGateway, ada: SignedIn
) -> None:
    script = await puts(air, ada, SCRIPT)
    assert (script.status_code, script.json()["code"]) == (400, "bad_input")
    assert "PNG" in script.json()["message"]
    large = await puts(air, ada, bytes(MOST_BYTES + 2))
    assert large.status_code == 413


@pytest.mark.parametrize("without", ["Cookie", "X-Onethread-CSRF", "Origin"])
async def test_a_change_needs_the_consoles_cookie_token_and_origin(
    air: WebGateway, ada: SignedIn, without: str
) -> None:
    headers = {name: value for name, value in ada.headers.items() if name != without}
    answer = await air.http.put("/api/me/face", content=photo(), headers=headers)
    assert answer.status_code in (401, 403)
    assert (await air.http.delete("/api/me/face", headers=headers)).status_code in (401, 403)
    assert await path_of(air, ada) is None


async def test_ada_is_called_what_she_says(air: WebGateway, ada: SignedIn) -> None:
    answer = await air.http.put("/api/me/name", json={"name": "  Ada  M. "}, headers=ada.headers)
    assert answer.json()["name"] == "Ada M."
    for name in ("", "   ", "x" * 61):
        refused = await air.http.put("/api/me/name", json={"name": name}, headers=ada.headers)
        assert refused.status_code == 400
    await air.http.put("/api/me/name", json={"name": "Ada"}, headers=ada.headers)
