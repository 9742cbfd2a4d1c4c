"""The sandbox's push service and its browsers: strict as the vendors', readable on a page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Subscribed, Unavailable
from gateway.channels.push.client import PushChannel
from gateway.channels.push.hosts import PushHosts
from gateway.channels.push.vapid import VapidKey
from gateway.clock import SystemClock
from tests.integration.test_sandbox_process import PATIENCE, Sandbox, running, standing_gateway

KEY = VapidKey.make()
CONTACT = "mailto:ops@acme.example"


@pytest.fixture
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """Beside a gateway that only stands there."""
    async with (
        standing_gateway() as standing,
        running(tmp_path_factory.mktemp("sandbox"), standing) as opened,
    ):
        yield opened


async def subscribed(sandbox: Sandbox) -> dict[str, Any]:
    answer = await sandbox.http.post("/api/browsers", json={"key": KEY.public})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def sent(
    sandbox: Sandbox,
    to: dict[str, Any],
    title: str = "New reply",
    *,
    topic: str = "abc",
    **more: str,
) -> Outcome:
    hosts = PushHosts.named([f"http://127.0.0.1:{sandbox.port}"])
    channel = PushChannel(CONTACT, hosts, clock=SystemClock())
    return await channel.send(
        Outgoing(
            delivery_id="d1",
            channel="push",
            to=to["endpoint"],
            sender=KEY.public,
            text=json.dumps({"title": title, **more}),
            valid_for=600,
            browser=Subscribed(**to["keys"], signing=KEY.private, topic=topic),
        )
    )


async def notifications(sandbox: Sandbox) -> list[tuple[str, str]]:
    (browser,) = (await sandbox.state())["browsers"]
    return [(each["title"], each["status"]) for each in browser["notifications"]]


async def change(sandbox: Sandbox, browser: dict[str, Any], **wish: object) -> int:
    answer = await sandbox.http.post(f"/api/browsers/{browser['id']}", json=wish)
    return answer.status_code


async def test_a_browser_shows_what_was_sealed_for_it(sandbox: Sandbox) -> None:
    vera = await subscribed(sandbox)
    assert isinstance(await sent(sandbox, vera), Accepted)
    assert await notifications(sandbox) == [("New reply", "shown")]
    (line,) = sandbox.accepted("push")
    assert line["browser"] == vera["id"]
    assert "auth" not in json.dumps((await sandbox.state())["browsers"])


async def test_a_browser_tells_the_gateway_what_it_has_shown(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def hear(request: web.BaseRequest) -> web.Response:
        assert request.path == "/push/shown"
        told.put_nowait(json.loads(await request.text()))
        return web.Response(status=204)

    runner = web.ServerRunner(web.Server(hear))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with standing_gateway() as standing:
        standing.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with running(tmp_path_factory.mktemp("sandbox"), standing) as sandbox:
            vera = await subscribed(sandbox)
            await sent(sandbox, vera, token="pk_acme.d1abc")
            assert await asyncio.wait_for(told.get(), PATIENCE) == {"token": "pk_acme.d1abc"}
    await runner.cleanup()


async def test_a_browser_that_is_off_shows_the_newest_of_each_topic_when_it_is_on(
    sandbox: Sandbox,
) -> None:
    vera = await subscribed(sandbox)
    assert await change(sandbox, vera, on=False) == 200
    await sent(sandbox, vera, "First")
    await sent(sandbox, vera, "Second")
    await sent(sandbox, vera, "Of another chat", topic="other")
    assert await notifications(sandbox) == [
        ("First", "replaced"),
        ("Second", "waiting"),
        ("Of another chat", "waiting"),
    ]
    assert await change(sandbox, vera, on=True) == 200
    assert [status for _, status in await notifications(sandbox)] == ["replaced", "shown", "shown"]


@pytest.mark.parametrize(
    ("switch", "kind"),
    [
        ({"push": "reject"}, Rejected),
        ({"push": "reject", "push_code": 404}, Rejected),
        ({"push": "reject", "push_code": 413}, Rejected),
        ({"push": "reject", "push_code": 429}, Unavailable),
        ({"push": "down"}, Unavailable),
    ],
)
async def test_it_can_be_told_to_behave_badly(
    sandbox: Sandbox, switch: dict[str, object], kind: type[Outcome]
) -> None:
    vera = await subscribed(sandbox)
    await sandbox.switch(**switch)
    outcome = await sent(sandbox, vera)
    assert isinstance(outcome, kind)
    if switch.get("push_code") == 429:
        assert isinstance(outcome, Unavailable)
        assert outcome.retry_after == 30.0
    assert sandbox.accepted("push") == []
    await sandbox.switch(push="ok")
    assert isinstance(await sent(sandbox, vera), Accepted)


async def test_what_bounces_was_taken_and_is_never_shown(sandbox: Sandbox) -> None:
    vera = await subscribed(sandbox)
    await sandbox.switch(push="bounce")
    assert isinstance(await sent(sandbox, vera), Accepted)
    assert await notifications(sandbox) == [("New reply", "waiting")]


async def test_a_person_may_take_the_permission_back(sandbox: Sandbox) -> None:
    vera = await subscribed(sandbox)
    assert await change(sandbox, vera, gone=True) == 200
    outcome = await sent(sandbox, vera)
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.code) == ("address", "410")


@pytest.mark.parametrize("missing", ["Authorization", "TTL", "Content-Encoding"])
async def test_a_call_that_lacks_something_is_refused(sandbox: Sandbox, missing: str) -> None:
    vera = await subscribed(sandbox)
    headers = {
        "Authorization": KEY.authorization(vera["endpoint"], CONTACT, SystemClock().now()),
        "Content-Encoding": "aes128gcm",
        "TTL": "60",
    }
    del headers[missing]
    answer = await sandbox.http.post(f"/push/{vera['id']}", content=b"x", headers=headers)
    assert answer.status_code in (400, 401, 415)
    assert sandbox.accepted("push") == []


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("/api/browsers", {}),
        ("/api/browsers", {"key": "short"}),
        ("/api/browsers", {"key": 7}),
        ("/api/browsers/nobody", {"on": True}),
    ],
)
async def test_a_wish_that_is_none_is_refused(
    sandbox: Sandbox, path: str, wish: dict[str, object]
) -> None:
    answer = await sandbox.http.post(path, json=wish)
    assert answer.status_code in (400, 404)
    assert answer.json()["message"]


@pytest.mark.parametrize("wish", [{}, {"on": 1}, {"off": True}, {"on": True, "x": False}])
async def test_a_browser_is_only_turned_on_off_or_away(
    sandbox: Sandbox, wish: dict[str, object]
) -> None:
    assert await change(sandbox, await subscribed(sandbox), **wish) == 400


@pytest.mark.parametrize("code", [399, 600, "410", True, 4.5])
async def test_a_status_that_is_none_is_refused(sandbox: Sandbox, code: object) -> None:
    wish = {"push": "reject", "push_code": code}
    assert (await sandbox.http.post("/api/switches", json=wish)).status_code == 400
