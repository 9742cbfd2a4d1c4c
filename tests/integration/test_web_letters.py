"""Ada, the owner, words her shop's mails in her console; Ben looks at them; Eve does neither."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

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
    return f"/api/stores/{row.store_id}/mail"


async def look(air: WebGateway, who: SignedIn) -> dict[str, Any]:
    answer = await air.http.get(await place(air), headers={"Cookie": who.cookie})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put(air: WebGateway, who: SignedIn, words: object, seen: object) -> httpx2.Response:
    body = {"words": words, "seen": seen}
    return await air.http.put(await place(air), json=body, headers=who.headers)


async def test_ada_sees_our_words_and_all_that_she_needs_for_her_own(
    air: WebGateway, ada: SignedIn
) -> None:
    found = await look(air, ada)
    assert [each["name"] for each in found["parts"]] == [
        "subject",
        "greeting",
        "sign_off",
        "footer",
    ]
    assert found["ours"]["en"]["subject"] == "Your question to {{ store }} (#{{ number }})"
    assert found["ours"].keys() == set(found["languages"])
    assert (found["words"], found["broken"], found["logo"]) == ({}, {}, None)
    assert found["may_change"] is True


async def test_ada_saves_her_words_and_a_colleague_who_saw_the_old_ones_is_told(
    air: WebGateway, ada: SignedIn
) -> None:
    words = {"en": {"greeting": "Hi {{ shopper or 'there' }},", "footer": " "}}
    saved = await put(air, ada, words, {})
    assert saved.status_code == 200, saved.text
    assert saved.json()["words"] == {"en": {"greeting": "Hi {{ shopper or 'there' }},"}}
    late = await put(air, ada, {}, {})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (await look(air, ada))["words"] == saved.json()["words"]


async def test_words_that_do_not_work_are_refused_by_the_name_of_their_field(
    air: WebGateway, ada: SignedIn
) -> None:
    refused = await put(air, ada, {"de": {"footer": "{{ store"}}, {})
    assert refused.status_code == 400
    assert refused.json()["field"] == "de.footer"
    assert refused.json()["message"].startswith("de.footer: line 1:")
    assert (await look(air, ada))["words"] == {}


async def test_ben_looks_and_previews_and_changes_nothing(air: WebGateway) -> None:
    ben = await air.sign_in(BEN)
    assert (await look(air, ben))["may_change"] is False
    assert (await put(air, ben, {}, {})).status_code == 403
    home = await place(air)
    logo = await air.http.put(home + "/logo", json={"picture": None}, headers=ben.headers)
    assert logo.status_code == 403
    shown = await air.http.post(
        home + "/preview",
        json={"language": "ar", "words": {"ar": {"greeting": "مرحبًا"}}},
        headers=ben.headers,
    )
    assert shown.status_code == 200
    assert 'dir="rtl"' in shown.json()["html"]
    assert shown.json()["text"].startswith("مرحبًا\n\n")


async def test_eve_who_is_not_signed_in_sees_nothing(air: WebGateway) -> None:
    home = await place(air)
    assert (await air.http.get(home)).status_code == 401
    for answer in (
        await air.http.put(home, json={"words": {}, "seen": {}}),
        await air.http.put(home + "/logo", json={"picture": None}),
        await air.http.post(home + "/preview", json={"language": "en", "words": {}}),
    ):
        assert answer.status_code in (401, 403)


async def test_ada_sets_a_logo_and_takes_it_away(air: WebGateway, ada: SignedIn) -> None:
    out = io.BytesIO()
    Image.new("RGB", (320, 160), "#d9480f").save(out, "PNG")
    home = await place(air) + "/logo"
    picture = base64.b64encode(out.getvalue()).decode()
    with_logo = await air.http.put(home, json={"picture": picture}, headers=ada.headers)
    logo = with_logo.json()["logo"]
    assert logo["source"].startswith("data:image/png;base64,")
    assert (logo["width"], logo["height"]) == (80, 40)
    for wrong in ("!!!", base64.b64encode(b"GIF89a").decode()):
        refused = await air.http.put(home, json={"picture": wrong}, headers=ada.headers)
        assert refused.status_code == 400
    without = await air.http.put(home, json={"picture": None}, headers=ada.headers)
    assert without.json()["logo"] is None


async def test_a_preview_of_a_conversation_that_is_not_there_is_not_found(
    air: WebGateway, ada: SignedIn
) -> None:
    answer = await air.http.post(
        await place(air) + "/preview",
        json={"language": "en", "words": {}, "number": 999},
        headers=ada.headers,
    )
    assert answer.status_code == 404
