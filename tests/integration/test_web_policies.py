"""Ada, the owner, changes the policy in her console; Ben looks at it; Eve does neither."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.core.policy import Policy, Rule
from gateway.store import house as houses
from tests.integration.web_gateway import ACME, BEN, SignedIn, WebGateway, on_air


@pytest.fixture
async def air(tmp_path: Path, database_url: str) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path / "data", database_url) as running:
        yield running


@pytest.fixture
async def ada(air: WebGateway) -> SignedIn:
    """The first agent of the house, who owns it."""
    return await air.sign_in()


async def place(air: WebGateway) -> str:
    row = await air.gateway.house.store.read(lambda tx: houses.store_by_key(tx, ACME))
    return f"/api/stores/{row.store_id}/policy"


async def look(air: WebGateway, who: SignedIn, query: str = "") -> dict[str, Any]:
    answer = await air.http.get(await place(air) + query, headers={"Cookie": who.cookie})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def put(air: WebGateway, who: SignedIn, document: object, version: object) -> httpx2.Response:
    return await air.http.put(
        await place(air), json={"document": document, "version": version}, headers=who.headers
    )


async def post(air: WebGateway, who: SignedIn, path: str, **body: object) -> httpx2.Response:
    return await air.http.post(await place(air) + path, json=body, headers=who.headers)


async def test_ada_sees_the_usual_policy_and_all_that_she_needs_to_change_it(
    air: WebGateway, ada: SignedIn
) -> None:
    found = await look(air, ada)
    names = {each.name for each in fields(Policy)}
    assert found["version"] == 1
    assert set(found["document"]) == set(found["schema"]["properties"]) == names
    assert set(found["sentences"]) == names | {f"rules.{each.name}" for each in fields(Rule)}
    assert {each["name"] for each in found["starters"]} >= {"europe", "no_paid_channels"}
    assert all(set(each["document"]) == names for each in found["starters"])
    assert [each["version"] for each in found["versions"]] == [1]
    assert found["may_change"] is True


async def test_ada_puts_a_new_version_in_force_and_it_counts(
    air: WebGateway, ada: SignedIn
) -> None:
    before = await look(air, ada)
    document = before["document"] | {
        "page_groups": {"checkout": ["/checkout"]},
        "rules": [{"name": "Checkout", "pages": ["checkout"], "delay": 20, "ladder": ["sms"]}],
    }
    answer = await put(air, ada, document, before["version"])
    assert answer.status_code == 200
    after = answer.json()
    assert (after["version"], after["by"]) == (2, "Ada")
    assert after["document"] == document
    assert [each["version"] for each in after["versions"]] == [2, 1]
    in_force = await air.gateway.house.store.read(
        lambda tx: houses.policy(tx, houses.store_by_key(tx, ACME))
    )
    assert in_force.rules[0].delay == 20_000_000
    # The old one can still be looked at.
    assert (await look(air, ada, "?version=1"))["document"] == before["document"]


async def test_ada_goes_back_and_the_list_says_to_what(air: WebGateway, ada: SignedIn) -> None:
    first = await look(air, ada)
    await put(air, ada, first["document"] | {"gone": 5}, 1)
    restored = (await put(air, ada, first["document"], 2)).json()
    assert restored["document"] == first["document"]
    told = [(each["version"], each["by"], each["same_as"]) for each in restored["versions"]]
    assert told == [(3, "Ada", 1), (2, "Ada", None), (1, "", None)]


async def test_ben_may_look_and_try_but_changes_nothing(air: WebGateway, ada: SignedIn) -> None:
    ben = await air.sign_in(BEN)
    found = await look(air, ben)
    assert found["may_change"] is False
    assert (await post(air, ben, "/check", document=found["document"])).json()["ok"] is True
    refused = await put(air, ben, found["document"] | {"gone": 5}, 1)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await look(air, ada))["version"] == 1


async def test_eve_gets_nowhere_without_a_session_the_token_or_the_page(
    air: WebGateway, ada: SignedIn
) -> None:
    path = await place(air)
    assert (await air.http.get(path)).status_code == 401
    body = {"document": {}, "version": 1}
    for lacking in ("X-Onethread-CSRF", "Origin"):
        headers = {name: value for name, value in ada.headers.items() if name != lacking}
        assert (await air.http.put(path, json=body, headers=headers)).status_code == 403
        checked = await air.http.post(path + "/check", json={"document": {}}, headers=headers)
        assert checked.status_code == 403
    assert (await look(air, ada))["version"] == 1


async def test_a_store_or_a_version_that_is_not_there_is_not_found(
    air: WebGateway, ada: SignedIn
) -> None:
    headers = {"Cookie": ada.cookie}
    nowhere = await air.http.get("/api/stores/nowhere/policy", headers=headers)
    assert nowhere.status_code == 404
    for version, status in (("2", 404), ("0", 404), ("one", 400), ("-1", 400), ("9" * 30, 400)):
        found = await air.http.get(f"{await place(air)}?version={version}", headers=headers)
        assert found.status_code == status, version


async def test_two_owners_who_save_at_once_do_not_overwrite_each_other(
    air: WebGateway, ada: SignedIn
) -> None:
    document = (await look(air, ada))["document"]
    answers = await asyncio.gather(
        *(put(air, ada, document | {"gone": seconds}, 1) for seconds in (5, 6, 7))
    )
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    won = next(each.json() for each in answers if each.status_code == 200)
    now = await look(air, ada)
    assert (now["version"], now["document"]) == (2, won["document"])


async def test_a_wrong_document_is_told_field_by_field_and_nothing_changes(
    air: WebGateway, ada: SignedIn
) -> None:
    document = (await look(air, ada))["document"]
    wrong = document | {
        "gone": "soon",
        "zone": "Middle/Earth",
        "nonsense": 1,
        "quiet": {"sms": ["late"]},
        "rules": [
            {"name": "Fine", "delay": 5},
            {"pages": ["unnamed"], "delay": "20 x"},
            {"side": "staff", "where": ["gone"]},
        ],
    }
    expected = {
        "gone",
        "zone",
        "nonsense",
        "quiet.sms[0]",
        "rules[1].delay",
        "rules[1].pages",
        "rules[2].where",
    }
    checked = (await post(air, ada, "/check", document=wrong)).json()
    assert checked["ok"] is False
    assert {each["field"] for each in checked["errors"]} == expected
    assert all(each["message"] for each in checked["errors"])
    refused = await put(air, ada, wrong, 1)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_policy")
    assert {each["field"] for each in refused.json()["errors"]} == expected
    assert (await look(air, ada))["version"] == 1


async def test_what_follows_from_an_error_is_no_error_of_its_own(
    air: WebGateway, ada: SignedIn
) -> None:
    wrong = {"page_groups": "none", "rules": [{"pages": ["checkout"]}]}
    told = (await post(air, ada, "/check", document=wrong)).json()["errors"]
    assert [each["field"] for each in told] == ["page_groups"]
    late = {"gone": 700, "backoff_first": 60, "backoff_most": 30}
    told = (await post(air, ada, "/check", document=late)).json()["errors"]
    assert [each["field"] for each in told] == ["longest", "backoff_most"]


async def test_checking_gives_the_document_complete(air: WebGateway, ada: SignedIn) -> None:
    checked = (await post(air, ada, "/check", document={"gone": 45})).json()
    assert checked["ok"] is True
    assert checked["document"] == (await look(air, ada))["document"] | {"gone": 45}


async def test_a_body_that_is_no_proposal_is_refused(air: WebGateway, ada: SignedIn) -> None:
    headers = ada.headers | {"Content-Type": "application/json"}
    for body in ("[]", "{}", '{"document": []}', '{"document": {}, "more": 1}', "nonsense"):
        for path in ("/check", "/what_if"):
            refused = await air.http.post(await place(air) + path, content=body, headers=headers)
            assert refused.status_code == 400, body


async def test_what_would_have_been_is_told_in_two_columns(air: WebGateway, ada: SignedIn) -> None:
    answer = await post(air, ada, "/what_if", document={"gone": 5, "currency": "EUR"}, days=30)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["conversations"] == 0
    assert found["since"] < air.clock.now() // 1_000
    assert set(found["policies"]) == {"current", "proposed"}
    assert found["policies"]["current"]["currency"] == "USD"
    assert found["policies"]["proposed"] == {
        "interruptions": {},
        "notices": {},
        "segments": 0,
        "cost": 0,
        "currency": "EUR",
        "reached_p50_ms": None,
        "reached_p90_ms": None,
        "never_reached": 0,
    }
    for days in (0, 91):
        assert (await post(air, ada, "/what_if", document={}, days=days)).status_code == 400
    wrong = await post(air, ada, "/what_if", document={"gone": "soon"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_policy")
