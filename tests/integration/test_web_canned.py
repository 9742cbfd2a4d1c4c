"""Canned replies over HTTP: the store's are an owner's to change, one's own are one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.protocol.entry import MOST_BODY
from gateway.services.canned import MOST_BYTES, MOST_NAME
from gateway.services.tongues import LANGUAGES
from gateway.store import house as houses
from tests.integration.web_gateway import ACME, ADA, BEN, OTHER, SignedIn, WebGateway, on_air

PARCEL = {
    "shortcut": "parcel",
    "name": "Where is it?",
    "bodies": {"en": "Hi {{shopper.first_name}}, it is on its way.", "de": "Es ist unterwegs."},
    "own": False,
}


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as started:
        yield started


async def place(air: WebGateway, key: str = ACME) -> str:
    store = await air.gateway.house.store.read(lambda tx: houses.store_by_key(tx, key))
    return f"/api/stores/{store.store_id}/canned"


async def adds(air: WebGateway, who: SignedIn, **changes: Any) -> httpx2.Response:
    return await air.http.post(await place(air), json={**PARCEL, **changes}, headers=who.headers)


async def seen_by(air: WebGateway, who: SignedIn, key: str = ACME) -> list[dict[str, Any]]:
    answer = await air.http.get(await place(air, key), headers=who.headers)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["canned"]
    return found


async def test_what_ada_who_owns_the_house_writes_is_bens_to_use_and_not_to_change(
    air: WebGateway,
) -> None:
    ada, ben = await air.sign_in(ADA), await air.sign_in(BEN)
    assert (await adds(air, ada, resolves=True)).status_code == 201
    (found,) = await seen_by(air, ben)
    assert (found["shortcut"], found["bodies"], found["resolves"], found["own"]) == (
        "parcel",
        PARCEL["bodies"],
        True,
        False,
    )
    at = f"{await place(air)}/{found['canned_id']}"
    changed = {**PARCEL, "name": "Mine", "version": 1}
    assert (await air.http.put(at, json=changed, headers=ben.headers)).status_code == 403
    assert (await air.http.delete(at, headers=ben.headers)).status_code == 403
    assert (await adds(air, ben, shortcut="bens")).status_code == 403
    assert await seen_by(air, ada) == [found]
    assert await seen_by(air, ada, OTHER) == []


async def test_bens_own_are_his_alone_and_may_be_called_like_the_stores(air: WebGateway) -> None:
    ada, ben = await air.sign_in(ADA), await air.sign_in(BEN)
    await adds(air, ada)
    assert (await adds(air, ben, own=True, name="My way")).status_code == 201
    assert [each["name"] for each in await seen_by(air, ben)] == ["My way", "Where is it?"]
    assert [each["name"] for each in await seen_by(air, ada)] == ["Where is it?"]
    mine = (await seen_by(air, ben))[0]
    at = f"{await place(air)}/{mine['canned_id']}"
    # As though it were not there: not even its owner of the house may look.
    assert (await air.http.delete(at, headers=ada.headers)).status_code == 404
    assert (await air.http.delete(at, headers=ben.headers)).status_code == 200
    assert (await air.http.delete(at, headers=ben.headers)).status_code == 404


async def test_of_two_who_change_the_same_at_once_the_second_is_told(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    await adds(air, ada)
    (found,) = await seen_by(air, ada)
    at = f"{await place(air)}/{found['canned_id']}"
    changed = {**PARCEL, "name": "On its way", "version": found["version"]}
    assert (await air.http.put(at, json=changed, headers=ada.headers)).status_code == 200
    again = await air.http.put(at, json=changed, headers=ada.headers)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    (after,) = await seen_by(air, ada)
    assert (after["name"], after["version"]) == ("On its way", 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shortcut": "Where is it"}, "shortcut"),
        ({"shortcut": ""}, "shortcut"),
        ({"name": " "}, "name"),
        ({"name": "x" * (MOST_NAME + 1)}, "name"),
        ({"bodies": {}}, "bodies"),
        ({"bodies": {"en": "   "}}, "bodies.en"),
        ({"bodies": {"tlh": "nuqneH"}}, "bodies"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_kept(
    air: WebGateway, changes: dict[str, Any], field: str
) -> None:
    ada = await air.sign_in(ADA)
    answer = await adds(air, ada, **changes)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert await seen_by(air, ada) == []


async def test_a_shortcut_that_is_taken_is_refused(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    await adds(air, ada)
    again = await adds(air, ada, name="Another")
    assert (again.status_code, again.json()["field"]) == (409, "shortcut")
    assert "/parcel" in again.json()["message"]


async def test_words_without_end_are_refused_and_room_is_found_by_removing_some(
    air: WebGateway,
) -> None:
    ada = await air.sign_in(ADA)
    # Characters of three bytes, in every language that there is.
    bodies = dict.fromkeys(LANGUAGES, "話" * MOST_BODY)
    fits = MOST_BYTES // (len(bodies) * MOST_BODY * 3 + 200)
    for n in range(fits):
        assert (await adds(air, ada, shortcut=f"long-{n}", bodies=bodies)).status_code == 201
    more = await adds(air, ada, shortcut="more", bodies=bodies)
    assert (more.status_code, more.json()["field"]) == (400, "bodies")
    assert "remove some" in more.json()["message"]
    found = await seen_by(air, ada)
    assert len(found) == fits
    # One's own are counted by themselves, and what is there can always be made shorter.
    assert (await adds(air, ada, own=True)).status_code == 201
    shorter = {**PARCEL, "shortcut": "long-0", "version": found[0]["version"]}
    at = f"{await place(air)}/{found[0]['canned_id']}"
    assert (await air.http.put(at, json=shorter, headers=ada.headers)).status_code == 200
    assert (await adds(air, ada, shortcut="more", bodies=bodies)).status_code == 201


async def test_nobody_else_sees_or_changes_any_and_another_page_cannot(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    at = await place(air)
    assert (await air.http.get(at)).status_code == 401
    assert (await air.http.post(at, json=PARCEL)).status_code == 401
    bare = {"Cookie": ada.cookie}
    assert (await air.http.post(at, json=PARCEL, headers=bare)).status_code == 403
    nowhere = "/api/stores/nowhere/canned"
    assert (await air.http.get(nowhere, headers=ada.headers)).status_code == 404
