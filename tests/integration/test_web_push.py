"""The little window that asks for notifications, and the files that a shop's page takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.services import push_keys
from tests.integration.web_gateway import ACME, OTHER, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(
        tmp_path_factory.mktemp("web"), push_contact="mailto:ops@acme.example"
    ) as running:
        house = running.gateway.house
        await push_keys.turn_on(house.store, house.secrets[0], ACME)
        yield running


def directives(policy: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (each.split() for each in policy.split(";"))}


async def test_the_window_runs_our_script_alone_and_nobody_frames_it(air: WebGateway) -> None:
    answer = await air.http.get(f"/push/{ACME}")
    assert answer.status_code == 200
    policy = directives(answer.headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["worker-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    # It has to know who opened it.
    assert "cross-origin-opener-policy" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_the_window_has_the_store_s_key_and_its_name_is_no_markup(air: WebGateway) -> None:
    page = (await air.http.get(f"/push/{ACME}")).text
    house = air.gateway.house
    public = await push_keys.turn_on(house.store, house.secrets[0], ACME)
    assert f'data-key="{public}"' in page
    assert f'data-store="{ACME}"' in page
    assert "<script>alert" not in page
    assert "may notify me in this browser" in page


@pytest.mark.parametrize("key", [OTHER, "pk_nobody", "shown"])
async def test_a_store_that_notifies_nobody_has_no_window(air: WebGateway, key: str) -> None:
    answer = await air.http.get(f"/push/{key}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


async def test_the_worker_answers_to_this_gateway_wherever_it_runs(air: WebGateway) -> None:
    answer = await air.http.get("/push/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text.startswith(f'const ONETHREAD_GATEWAY = "{air.origin}";\n')
    # It is imported beside a shop's own: no name of ours may meet one of theirs.
    assert answer.text.splitlines()[1].startswith("(function(){")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/widget/push.js", "/push/window.js", "/push/worker.js"])
async def test_a_shop_s_page_may_load_each_file_and_keep_it_for_a_while(
    air: WebGateway, path: str
) -> None:
    answer = await air.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["x-content-type-options"] == "nosniff"
