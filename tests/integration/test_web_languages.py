"""The language that Vera's page and browser ask for, in the panel's document."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.services.tongues import LANGUAGES
from tests.integration.web_gateway import ACME, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def boot(air: WebGateway, lang: str, browser: str = "") -> tuple[str, dict[str, Any]]:
    """The panel's document for a page and a browser, and what it starts with."""
    headers = {"Accept-Language": browser} if browser else {}
    answer = await air.http.get(f"/widget/panel?key={ACME}&lang={lang}", headers=headers)
    found = re.search(r'id="boot">(.*?)</script>', answer.text)
    assert found is not None
    return answer.text, json.loads(found.group(1))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_document_fetches_the_words_of_one_language(
    air: WebGateway, language: str
) -> None:
    page, found = await boot(air, language, "en")
    assert found["language"] == language
    assert f'<html lang="{language}">' in page
    (words,) = re.findall(r'rel="modulepreload" href="([^"]+)"', page)
    assert f"/{language}-" in words
    assert (await air.http.get(words)).status_code == 200


async def test_a_page_that_says_nothing_leaves_it_to_the_browser(air: WebGateway) -> None:
    assert (await boot(air, "", "tlh, pt-BR;q=0.8"))[1]["language"] == "pt-BR"


async def test_a_language_that_is_no_tag_is_refused(air: WebGateway) -> None:
    origin = {"Origin": str(air.http.base_url).rstrip("/")}
    knock = {"key": ACME, "language": "de<script>"}
    answer = await air.http.post("/widget/session", json=knock, headers=origin)
    assert answer.status_code == 400
