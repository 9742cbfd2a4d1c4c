"""What a shop's page is given: the loader, the panel's document, and the headers that guard it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from gateway.errors import BadInput
from gateway.services import looks, setup
from tests.integration.web_gateway import ACME, ACME_NAME, ACME_ORIGIN, OTHER, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


class Elements(HTMLParser):
    """The scripts of a document, with what stands in them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.handlers: list[str] = []
        self.title = ""
        self._open = ""
        self.feed(document)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    @override
    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    @override
    def handle_data(self, data: str) -> None:
        if self._open == "script":
            attrs, text = self.scripts.pop()
            self.scripts.append((attrs, text + data))
        if self._open == "title":
            self.title += data


def directives(policy: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (each.split() for each in policy.split(";"))}


async def test_only_the_stores_own_pages_may_frame_the_panel(air: WebGateway) -> None:
    answer = await air.http.get("/widget/panel", params={"key": ACME})
    assert answer.status_code == 200
    policy = directives(answer.headers["content-security-policy"])
    assert policy["frame-ancestors"] == [ACME_ORIGIN]
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["connect-src"] == ["'self'", air.origin.replace("http", "ws", 1)]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


async def test_a_store_without_pages_can_be_framed_by_nobody(air: WebGateway) -> None:
    await setup.ensure_store(
        air.gateway.house.store, setup.NewStore(key="pk_none", name="None", origins=())
    )
    answer = await air.http.get("/widget/panel", params={"key": "pk_none"})
    policy = directives(answer.headers["content-security-policy"])
    assert policy["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example; script-src *",
        "https://shop.example https://evil.example",
        "https://shop.example/path",
        "https://shop.example?x=1",
        "https://vera@shop.example",
        "https://*.example",
        "https://shop.example:port",
        "https://",
        "shop.example",
        "javascript:alert(1)",
        "null",
        "*",
        "",
    ],
)
async def test_what_is_no_origin_is_refused_when_the_store_is_set_up(
    air: WebGateway, origin: str
) -> None:
    new = setup.NewStore(key=OTHER, name="Other", origins=(origin,))
    with pytest.raises(BadInput, match="origin"):
        await setup.ensure_store(air.gateway.house.store, new)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
async def test_an_origin_is_kept_as_browsers_write_it(
    air: WebGateway, typed: str, meant: str
) -> None:
    new = setup.NewStore(key="pk_typed", name="Typed", origins=(typed,))
    await setup.ensure_store(air.gateway.house.store, new)
    answer = await air.http.get(
        "/widget/config", params={"key": "pk_typed"}, headers={"Origin": meant}
    )
    assert answer.headers["access-control-allow-origin"] == meant


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_panel_is_told_where_its_words_are_in_the_language_it_speaks(
    air: WebGateway, language: str
) -> None:
    answer = await air.http.get("/widget/panel", params={"key": ACME, "lang": language})
    page = Elements(answer.text)
    (boot,) = [json.loads(text) for attrs, text in page.scripts if attrs.get("id") == "boot"]
    for section, address in zip(("panel", "refusals"), boot["words"], strict=True):
        words = await air.http.get(address)
        assert words.status_code == 200
        assert f"as {section}" in words.text
        assert any("\u0600" <= each <= "\u06ff" for each in words.text) == (language == "ar")


async def test_a_name_that_holds_a_script_is_only_a_name(air: WebGateway) -> None:
    answer = await air.http.get("/widget/panel", params={"key": ACME})
    page = Elements(answer.text)
    assert page.title == ACME_NAME
    assert page.handlers == []
    (boot,) = [text for attrs, text in page.scripts if attrs.get("id") == "boot"]
    assert json.loads(boot)["name"] == ACME_NAME
    assert all(attrs.get("type") in ("module", "application/json") for attrs, _ in page.scripts)
    assert [text for attrs, text in page.scripts if attrs.get("src") and text] == []


async def test_the_panel_is_told_what_it_needs_and_no_secret(air: WebGateway) -> None:
    answer = await air.http.get("/widget/panel", params={"key": ACME})
    page = Elements(answer.text)
    (boot,) = [json.loads(text) for attrs, text in page.scripts if attrs.get("id") == "boot"]
    assert set(boot) == {
        "key",
        "name",
        "accent",
        "language",
        "greeting",
        "origins",
        "alone",
        "socket",
        "words",
    }
    assert boot["origins"] == [ACME_ORIGIN]
    assert boot["socket"] == air.origin.replace("http", "ws", 1) + "/ws/shopper"
    assert "set-cookie" not in answer.headers


async def config_of(air: WebGateway, **params: str) -> dict[str, str]:
    """What the loader's import brings."""
    answer = await air.http.get(
        "/widget/config", params={"key": ACME} | params, headers={"Origin": ACME_ORIGIN}
    )
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = re.fullmatch(r"export default (\{.*\});\n", answer.text)
    assert told is not None
    found: dict[str, str] = json.loads(told[1])
    return found


async def test_the_loader_is_told_where_the_panel_is(air: WebGateway) -> None:
    config = await config_of(air)
    words = {"name", "language", "dir", "chat", "refused", "panel"}
    look = {"accent", "scheme", "radius", "position", "x", "y", "hide", "title"}
    assert set(config) == words | look
    assert config["name"] == ACME_NAME
    assert (await air.http.get(config["panel"])).status_code == 200


async def test_the_chat_stands_at_the_end_of_the_line_unless_the_store_says_where(
    air: WebGateway,
) -> None:
    assert (await config_of(air, lang="en"))["position"] == "right"
    assert (await config_of(air, lang="ar"))["position"] == "left"
    store = air.gateway.house.store
    told = {"position": "left", "x": 8, "hide": "/checkout*, /cart", "accent": "#6d2e6b"}
    await looks.set_look(store, ACME, told)
    config = await config_of(air, lang="en")
    assert told.items() <= config.items()
    assert config["radius"] == looks.USUAL["radius"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", "top"),
        ("scheme", "sepia"),
        ("accent", "plum"),
        ("hide", "checkout"),
        ("hide", "/a*b"),
        ("radius", -1),
        ("x", looks.MOST_PIXELS + 1),
    ],
)
async def test_a_look_that_is_none_is_refused_by_name_and_changes_nothing(
    air: WebGateway, name: str, value: object
) -> None:
    before = await config_of(air)
    with pytest.raises(BadInput, match=name):
        await looks.set_look(air.gateway.house.store, ACME, {"y": 99, name: value})
    assert await config_of(air) == before


async def test_any_page_may_load_the_loader_and_caches_keep_it_for_minutes(
    air: WebGateway,
) -> None:
    answer = await air.http.get("/widget/loader.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-encoding"] == "gzip"
    plain = await air.http.get("/widget/loader.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text
    part = await air.http.get("/widget/frame.js")
    assert part.status_code == 200
    assert dict(part.headers) | {"content-length": "", "etag": "", "last-modified": ""} == dict(
        answer.headers
    ) | {"content-length": "", "etag": "", "last-modified": ""}


async def test_the_panels_files_are_there_and_never_change(air: WebGateway) -> None:
    document = (await air.http.get("/widget/panel", params={"key": ACME})).text
    files = re.findall(r'(?:src|href)="(/widget/assets/[^"]+)"', document)
    assert len(files) >= 2
    for each in files:
        answer = await air.http.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        if len(answer.content) > 2_000:
            assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/console/", "/console/anything/below", "/console/index.html"])
async def test_the_console_is_framed_by_nobody_and_runs_its_own_scripts_alone(
    air: WebGateway, path: str
) -> None:
    answer = await air.http.get(path)
    assert answer.status_code == 200
    policy = directives(answer.headers["content-security-policy"])
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_an_agents_browser_gets_the_consoles_code_compressed_and_may_keep_it(
    air: WebGateway,
) -> None:
    document = (await air.http.get("/console/")).text
    named = re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"', document)
    assert named
    for each in named:
        answer = await air.http.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["..%2fsettings.py", "%2e%2e/%2e%2e/settings.py", "/etc/passwd"])
async def test_the_console_hands_out_no_other_file(air: WebGateway, path: str) -> None:
    answer = await air.http.get(f"/console/{path}")
    assert "class Settings" not in answer.text
    assert "root:" not in answer.text
