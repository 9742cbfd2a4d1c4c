"""Ada's own settings over HTTP: who may read and change them, and what is refused.

How a code goes out and comes back is walked in ``town/test_own_settings.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.integration.web_gateway import ADA, BEN, SignedIn, WebGateway, on_air

CHANGES = (
    ("PUT", "/api/me/hours", {"hours": [], "zone": ""}),
    ("PUT", "/api/me/name", {"name": "Ada"}),
    ("POST", "/api/me/addresses", {"channel": "sms", "value": "+14155550181"}),
    ("POST", "/api/me/addresses/a1/code", {"code": "123456"}),
    ("DELETE", "/api/me/addresses/a1", None),
)


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("own")) as started:
        yield started


@pytest.fixture
async def ada(air: WebGateway) -> SignedIn:
    air.clock.move_ahead(3_600_000_000)
    return await air.sign_in(ADA)


async def asks(
    air: WebGateway, signed: SignedIn, method: str, path: str, body: dict[str, Any] | None = None
) -> httpx2.Response:
    return await air.http.request(method, path, json=body, headers=signed.headers)


async def test_ada_sees_who_she_is_and_what_she_set(air: WebGateway, ada: SignedIn) -> None:
    answer = await air.http.get("/api/me", headers={"Cookie": ada.cookie})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["agent"] == {"agent_id": told["agent_id"], "name": "Ada"}
    assert told["csrf"] == ada.csrf
    assert {name: told[name] for name in ("name", "email", "owner", "duty", "zone", "on_call")} == {
        "name": "Ada",
        "email": ADA,
        "owner": True,  # whoever was first
        "duty": "online",
        "zone": "",
        "on_call": 0,
    }
    assert (told["hours"], told["addresses"]) == ([], [])


async def test_ada_sets_her_hours_and_ben_keeps_his(air: WebGateway, ada: SignedIn) -> None:
    body = {"hours": ["Mon,Tue 09:00-18:00"], "zone": "Europe/Berlin"}
    answer = await asks(air, ada, "PUT", "/api/me/hours", body)
    assert answer.status_code == 200
    assert (answer.json()["hours"], answer.json()["zone"]) == (body["hours"], body["zone"])
    ben = await air.sign_in(BEN)
    told = (await air.http.get("/api/me", headers={"Cookie": ben.cookie})).json()
    assert (told["hours"], told["zone"]) == ([], "")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"hours": ["noon"], "zone": ""}, "hours[0]"),
        ({"hours": ["09:00-18:00", "Mon-Fry 09:00-18:00"]}, "hours[1]"),
        ({"hours": ["09:00-18:00"], "zone": "Mars/Base"}, "zone"),
        ({"hours": "09:00-18:00"}, "hours"),
        ({"hours": [9]}, "hours.0"),
        ({"hours": ["\x00"]}, "hours.0"),
        ({"hours": ["09:00-18:00"] * 51}, "hours"),
        ({"zone": "UTC"}, "hours"),
        ({"hours": [], "agent_id": "ben"}, "agent_id"),
    ],
)
async def test_hours_that_are_none_are_a_400_that_names_the_field(
    air: WebGateway, ada: SignedIn, body: dict[str, Any], named: str
) -> None:
    answer = await asks(air, ada, "PUT", "/api/me/hours", body)
    assert answer.status_code == 400
    assert named in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "pigeon", "value": "+14155550181"},
        {"channel": "sms", "value": ""},
        {"channel": "sms", "value": "\x00\x00\x00"},
        {"channel": "email", "value": "a" * 300},
        {"channel": "sms", "value": "+14155550181", "proven": True},
        {"channel": "sms"},
    ],
)
async def test_what_is_no_address_is_a_400(
    air: WebGateway, ada: SignedIn, body: dict[str, Any]
) -> None:
    answer = await asks(air, ada, "POST", "/api/me/addresses", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_input"


async def test_a_house_that_cannot_text_says_so(air: WebGateway, ada: SignedIn) -> None:
    body = {"channel": "sms", "value": "+14155550181"}
    answer = await asks(air, ada, "POST", "/api/me/addresses", body)
    assert answer.status_code == 400
    assert "nothing can be sent there" in answer.json()["message"]
    assert (await air.http.get("/api/me", headers={"Cookie": ada.cookie})).json()["addresses"] == []


async def test_an_address_that_is_not_hers_is_not_there(air: WebGateway, ada: SignedIn) -> None:
    for method, path, body in CHANGES[3:]:
        assert (await asks(air, ada, method, path, body)).status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize(
    "change",
    [
        {"X-Onethread-CSRF": None},
        {"X-Onethread-CSRF": "x" * 22},
        {"Origin": None},
        {"Origin": "https://evil.example"},
    ],
)
async def test_a_change_needs_the_consoles_token_and_origin(
    air: WebGateway,
    ada: SignedIn,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    change: dict[str, str | None],
) -> None:
    headers = {name: value for name, value in (ada.headers | change).items() if value is not None}
    answer = await air.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), [("GET", "/api/me", None), *CHANGES])
async def test_nobody_without_a_session_is_answered(
    air: WebGateway, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await air.http.request(method, path, json=body, headers={"Origin": air.origin})
    assert answer.status_code == 401
