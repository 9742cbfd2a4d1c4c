"""What the panel's form for a number is given: countries, and numbers well spelled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.web_gateway import ACME, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("numbers")) as running:
        yield running


async def read(air: WebGateway, typed: str, country: str = "GB") -> object:
    answer = await air.http.post(
        "/widget/number",
        json={"country": country, "typed": typed},
        headers={"Origin": air.origin},
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def test_the_countries_come_with_the_stores_own_one_first_named(air: WebGateway) -> None:
    answer = await air.http.get("/widget/countries", params={"key": ACME})
    told = answer.json()
    assert told["codes"][told["home"]]
    assert told["codes"]["GB"] == "44"
    assert told["codes"]["US"] == told["codes"]["CA"] == "1"
    assert len(told["codes"]) > 200
    assert answer.headers["cache-control"] == "public, max-age=86400"


async def test_no_store_no_countries(air: WebGateway) -> None:
    answer = await air.http.get("/widget/countries", params={"key": "pk_nobody"})
    assert answer.status_code == 404


async def test_veras_number_is_read_in_the_country_that_she_picked(air: WebGateway) -> None:
    assert await read(air, "0151 12345678", "DE") == {
        "e164": "+4915112345678",
        "shown": "+49 1511 2345678",
        "region": "DE",
    }


async def test_a_calling_code_wins_over_the_country_that_is_picked(air: WebGateway) -> None:
    found = await read(air, "+44 7400 123456", "DE")
    assert found == {"e164": "+447400123456", "shown": "+44 7400 123456", "region": "GB"}


@pytest.mark.parametrize("typed", ["", "07", "hello", "0000000000"])
async def test_what_is_no_number_yet_is_nothing(air: WebGateway, typed: str) -> None:
    assert await read(air, typed) is None


async def test_only_the_panel_may_have_numbers_read(air: WebGateway) -> None:
    answer = await air.http.post(
        "/widget/number",
        json={"country": "GB", "typed": "07400 123456"},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"country": "gb", "typed": "1"},
        {"country": "GB"},
        {"country": "GB", "typed": "1" * 41},
        {"country": "GB", "typed": "1", "more": 1},
    ],
)
async def test_anything_else_is_refused_in_words(air: WebGateway, body: dict[str, object]) -> None:
    answer = await air.http.post("/widget/number", json=body, headers={"Origin": air.origin})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_input"
