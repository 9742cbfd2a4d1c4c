"""Search over HTTP: for agents alone, in a body, and no word of it in a log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.store import search_late
from tests.integration.web_gateway import ADA, WebGateway, cmid, on_air

WORDS = "My parcel <b>and</b> the Straße 👟"


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as started:
        yield started


async def test_ada_finds_what_vera_wrote_and_where_it_stands(air: WebGateway) -> None:
    async with air.tab() as (vera, _):
        await vera.say("send", cmid=cmid(), body=WORDS)
        await vera.hear("ack")
    await search_late.index_due(air.gateway.house.store)
    ada = await air.sign_in(ADA)
    with capture_logs() as logs:
        answer = await air.http.post(
            "/api/search", headers=ada.headers, json={"query": "strasse 👟", "zone": "Asia/Tokyo"}
        )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = answer.json()
    (found,) = page["conversations"]
    (hit,) = found["hits"]
    assert hit["text"] == WORDS
    assert [WORDS[start:end] for start, end in hit["marks"][:1]] == ["Straße"]
    assert hit["marks"][1] == [32, 34]  # JavaScript counts two for a sign
    assert (hit["what"], hit["side"], page["before"]) == ("message", "shopper", None)
    assert isinstance(hit["seq"], int)
    assert "strasse" not in repr(logs).lower()


async def test_nobody_else_finds_anything(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    vera = await air.vera()
    asked = {"query": "parcel"}
    assert (await air.http.post("/api/search", json=asked)).status_code == 401
    theirs = {"Cookie": vera.cookie.partition(";")[0], "Origin": air.origin}
    assert (await air.http.post("/api/search", headers=theirs, json=asked)).status_code == 401
    # Ada's cookie alone, as another page would send it.
    bare = {"Cookie": ada.cookie}
    assert (await air.http.post("/api/search", headers=bare, json=asked)).status_code == 403
    # Words in an address would stand in other people's logs.
    shown = await air.http.get("/api/search?query=parcel", headers=ada.headers)
    assert shown.status_code == 405


ASKED: list[tuple[dict[str, object], int]] = [
    ({"query": ""}, 200),
    ({"query": "x" * 10_000}, 200),
    ({"query": "a\x00b", "best": True}, 200),
    ({"query": "x" * 20_001}, 400),
    ({}, 400),
    ({"query": "a", "before": "nowhere"}, 400),
    ({"query": "a", "before": "1.x.1"}, 200),
    ({"query": "a", "zone": "Mars/Olympus"}, 400),
    ({"query": "a", "zone": "../../etc/passwd"}, 400),
    ({"query": "a", "zone": ""}, 400),
    ({"query": 1}, 400),
    ({"query": "a", "more": 1}, 400),
]


async def test_what_is_asked_is_answered_or_refused_without_repeating_it(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    for body, status in ASKED:
        answer = await air.http.post("/api/search", headers=ada.headers, json=body)
        assert answer.status_code == status, (body, answer.text)
        assert "x" * 50 not in answer.text
