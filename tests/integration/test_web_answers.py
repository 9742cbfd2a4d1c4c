"""What the gateway answers over HTTP: one shape for every error, and nothing of other people's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from gateway.core.conversation import REOPEN_WITHIN
from gateway.services import explain
from gateway.store.ids import new_id
from gateway.web.app import MOST_BODY
from tests.integration.web_gateway import OTHER, PATIENCE, WebGateway, cmid, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def test_the_process_is_alive_ready_and_counted(air: WebGateway) -> None:
    healthy = await air.http.get("/healthz")
    assert (healthy.status_code, healthy.text) == (200, "ok\n")
    ready = await air.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "wrong": {}})
    metrics = await air.http.get("/metrics")
    assert metrics.status_code == 200
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "process_resident_memory_bytes" in metrics.text


async def behind(air: WebGateway) -> float:
    """Of how many conversations consoles are yet to be told, as operators see it."""
    lines = (await air.http.get("/metrics")).text.splitlines()
    (found,) = [each for each in lines if each.startswith("onethread_consoles_behind ")]
    return float(found.split()[1])


async def test_operators_see_of_how_many_conversations_consoles_are_yet_to_be_told(
    air: WebGateway,
) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _), air.console() as (desk, _):
        async with air.gateway.house.telling:
            await line.say("send", cmid=cmid(), body="Where is my order?")
            await line.hear("ack")
            assert await behind(air) >= 1
        await desk.hear("rows")
        with anyio.fail_after(PATIENCE):
            while await behind(air):
                continue


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("GET", "/widget/nowhere", 404),
        ("GET", "/widget/assets/nowhere.js", 404),
        ("GET", "/widget/assets/../../settings.py", 404),
        ("GET", "/widget/assets/..%2f..%2f..%2fsettings.py", 404),
        ("GET", "/console/assets/..%2f..%2f..%2fsettings.py", 404),
        ("GET", "/widget/config", 404),
        ("GET", "/widget/config?key=nobody", 404),
        ("GET", "/widget/panel?key=nobody", 404),
        ("GET", "/widget/panel?key=%00", 400),
        ("GET", "/api/stores/s%001/decisions/d1", 400),
        ("GET", "/ws/shopper", 404),
        ("GET", "/widget/session", 405),
        ("GET", "/api/login", 405),
        ("DELETE", "/api/me", 405),
        ("GET", "/api/me", 401),
        ("POST", "/api/ticket", 401),
        ("POST", "/api/logout", 401),
        ("GET", "/api/stores/s1/decisions/d1", 401),
        ("GET", "/api/stores/s1/conversations/c1/entries/e1/original", 401),
        ("POST", "/hooks/twilio/pk_acme/message", 403),
        ("POST", "/hooks/twilio/pk_acme/status", 403),
        ("POST", "/hooks/twilio/nobody/message", 403),
    ],
)
async def test_every_error_is_a_code_and_a_message(
    air: WebGateway, method: str, path: str, status: int
) -> None:
    answer = await air.http.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/widget/session", "/api/login", "/hooks/twilio/pk_acme/message"])
async def test_a_body_beyond_a_megabyte_is_not_read(air: WebGateway, path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_BODY // 50_000 + 2):
            yield b"x" * 50_000

    for body in (b"x" * (MOST_BODY + 1), pieces()):
        answer = await air.http.post(path, content=body, headers={"Origin": air.origin})
        assert answer.status_code == 413
        assert "xxx" not in answer.text


async def test_an_unknown_key_lets_nobody_in(air: WebGateway) -> None:
    answer = await air.http.post(
        "/widget/session", json={"key": "nobody"}, headers={"Origin": air.origin}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "set-cookie" not in answer.headers


async def test_a_failure_of_ours_tells_nothing_of_itself(
    air: WebGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(explain, "decision", broken)
    signed = await air.sign_in()
    answer = await air.http.get("/api/stores/s1/decisions/d1", headers={"Cookie": signed.cookie})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "42" not in answer.text


async def test_a_decision_and_an_original_that_are_not_there_read_alike(air: WebGateway) -> None:
    signed = await air.sign_in()
    async with air.tab() as (line, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        ack = await line.hear("ack")
        store = (await line.hear("snapshot"))["conversation"]["store_id"]
    unknown = new_id(air.clock.now())
    here = f"/api/stores/{store}/conversations/{ack['conversation_id']}/entries"
    answers = [
        await air.http.get(path, headers={"Cookie": signed.cookie})
        for path in (
            f"/api/stores/{store}/decisions/{unknown}",
            f"/api/stores/{unknown}/decisions/{unknown}",
            f"{here}/{unknown}/original",
            f"{here}/{ack['entry_id']}/original",  # it came by chat: no mail was kept
            f"/api/stores/{unknown}/conversations/{ack['conversation_id']}"
            f"/entries/{ack['entry_id']}/original",
        )
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1


async def test_another_stores_conversation_is_as_absent_as_one_that_never_was(
    air: WebGateway,
) -> None:
    async with air.tab() as (line, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        await line.hear("ack")
        real = (await line.hear("snapshot"))["conversation"]
    async with air.tab(await air.vera(OTHER)) as (line, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        await line.hear("ack")
        other = (await line.hear("snapshot"))["conversation"]
    unknown = new_id(air.clock.now())
    frames: list[tuple[str, dict[str, Any]]] = [
        ("open", {}),
        ("earlier", {"before": 9}),
        ("resolve", {}),
        ("reopen", {}),
        ("seen", {"seq": 1}),
        ("assign", {"agent_id": None}),
        ("send", {"cmid": "cmid-absent", "body": "Hi", "seen_seq": 1}),
        ("send", {"cmid": "cmid-absent", "body": "Hi", "seen_seq": 1, "note": True}),
    ]
    async with air.console() as (console, _):
        for name, more in frames:
            heard = []
            for store, conversation in (
                (other["store_id"], real["conversation_id"]),
                (real["store_id"], unknown),
                (unknown, real["conversation_id"]),
            ):
                where = {"store_id": store, "conversation_id": conversation}
                await console.say(name, **where, **more)
                heard.append(await console.hear("error", "page", "snapshot", "ack"))
            assert heard[0]["t"] == "error", name
            assert heard[0]["code"] == "not_found"
            assert heard[0] == heard[1] == heard[2]


async def test_vera_hears_no_notes_and_nothing_of_another_shopper(air: WebGateway) -> None:
    vera, walt = await air.vera(), await air.vera()
    async with air.tab(vera) as (veras, _), air.tab(walt) as (walts, _), air.console() as (ada, _):
        await veras.say("send", cmid=cmid(), body="Is it back?")
        head = (await veras.hear("snapshot"))["conversation"]
        where = {"store_id": head["store_id"], "conversation_id": head["conversation_id"]}
        await ada.say("open", **where)
        seq = (await ada.hear("snapshot"))["conversation"]["last_seq"]
        note = {"note": True, "seen_seq": seq, "body": "She sounds cross."}
        await ada.say("send", cmid=cmid(), **where, **note)
        await ada.hear("ack")
        await ada.say("typing", on=True, **where)
        await ada.say("send", cmid=cmid(), seen_seq=seq, body="It is.", **where)
        answer = (await veras.hear("entry"))["entry"]
        assert answer["body"] == "It is."
        assert answer["prev"] == seq  # the note in between does not exist for her
        await walts.say("send", cmid=cmid(), body="Me too")
        heard = await walts.hear("entry", "snapshot", "typing")
        assert heard["t"] == "snapshot"
        assert [each["body"] for each in heard["entries"]] == ["Me too"]
    async with air.tab(await air.vera(session=vera.session)) as (veras, _):
        kinds = {each["kind"] for each in (await veras.hear("snapshot"))["entries"]}
        assert kinds == {"message"}


async def test_a_tab_follows_the_newest_conversation_alone(air: WebGateway) -> None:
    async with air.tab() as (vera, _), air.console() as (ada, _):
        await vera.say("send", cmid=cmid(), body="Is it back?")
        old = (await vera.hear("snapshot"))["conversation"]
        where = {"store_id": old["store_id"], "conversation_id": old["conversation_id"]}
        await ada.say("resolve", **where)
        await vera.hear("entry")
        air.clock.move_ahead(REOPEN_WITHIN)
        await vera.say("send", cmid=cmid(), body="Another thing.")
        new = (await vera.hear("snapshot"))["conversation"]
        assert new["conversation_id"] != old["conversation_id"]
        await vera.say("earlier", before=50)
        await vera.say("send", cmid=cmid(), body="Are you there?")
        pages = []
        while (frame := await vera.hear("page", "ack"))["t"] == "page":
            pages.append(frame["conversation_id"])
        assert pages == [new["conversation_id"]]


async def test_every_tab_of_vera_gets_her_first_message_once(air: WebGateway) -> None:
    vera = await air.vera()
    other = await air.vera(session=vera.session)
    async with air.tab(vera) as (one, _), air.tab(other) as (two, _):
        await one.say("send", cmid=cmid(), body="Is it back?")
        for line in (one, two):
            snapshot = await line.hear("snapshot")
            assert [each["body"] for each in snapshot["entries"]] == ["Is it back?"]
        await two.say("send", cmid=cmid(), body="In 38?")
        with anyio.fail_after(PATIENCE):
            for line in (one, two):
                assert (await line.hear("entry", "snapshot"))["entry"]["body"] == "In 38?"
