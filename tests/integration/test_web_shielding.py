"""Every page that the gateway serves forbids scripts of its own words, and guessing what it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Route

from tests.integration.web_gateway import ACME, ADA, WebGateway, on_air

PLACE = re.compile(r"{(\w+)(:\w+)?}")
CONSOLE = "/console/{path:path}"
#: Where a page is, whatever the link to it says; a mail's own page is in `test_web_originals`.
PAGES = {
    CONSOLE,
    "/p/{store_key}/{token}",
    "/push/{store_key}",
    "/rate/{store_key}/{token}",
    "/stop/{store_key}/{token}",
    "/t/{store_key}",
    "/t/{store_key}/{token}",
    "/widget/panel",
    "/widget/reference",
}


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as started:
        yield started


def policy_of(answer: httpx2.Response) -> dict[str, str]:
    """What a page may do, directive by directive."""
    told = {}
    for one in answer.headers.get("content-security-policy", "").split(";"):
        name, _, allowed = one.strip().partition(" ")
        told[name] = allowed
    return told


async def test_no_page_runs_inline_words_or_is_taken_for_something_else(air: WebGateway) -> None:
    ada = await air.sign_in(ADA)
    pages = set()
    for route in air.gateway.app.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        asked = PLACE.sub(lambda place: ACME if place[1] == "store_key" else "1", route.path)
        answer = await air.http.get(asked, params={"key": ACME}, headers=ada.headers)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        pages.add(route.path)
        policy = policy_of(answer)
        assert policy["default-src"] == "'none'", route.path
        assert policy.get("script-src", "'self'") == "'self'", route.path
        assert policy["base-uri"] == "'none'", route.path
        assert "frame-ancestors" in policy, route.path
        if route.path == CONSOLE:  # the frame in which a mail is looked at inherits its policy
            assert policy.pop("style-src") == "'self' 'unsafe-inline'"
        assert not re.search("unsafe|\\*", str(policy)), route.path
        assert answer.headers["x-content-type-options"] == "nosniff", route.path
    assert pages == PAGES


async def test_what_is_no_page_says_what_it_is(air: WebGateway) -> None:
    """Strangers' words as JSON are JSON, even in a browser that likes to guess."""
    ada = await air.sign_in(ADA)
    for path in ("/api/me", "/api/quarantine", f"/widget/config?key={ACME}", "/nowhere"):
        answer = await air.http.get(path, headers=ada.headers)
        assert answer.headers["x-content-type-options"] == "nosniff", path
