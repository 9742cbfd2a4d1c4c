"""Ada signs in, stays signed in, and signs out; Eve does none of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from gateway.services.sessions import AGENT_SESSION, MOST_SIGN_INS, SIGN_IN_WINDOW
from gateway.store.tables import AgentSessionRow, ShopperSessionRow, TicketRow
from gateway.store.tx import Tx
from tests.integration.web_gateway import (
    ADA,
    BEN,
    PASSWORD,
    SignedIn,
    WebGateway,
    on_air,
)

CHANGES = ("/api/ticket", "/api/logout")


@pytest.fixture(scope="module", autouse=True)
def _quick_passwords() -> None:
    """None here: what a hash costs is looked at."""


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as started:
        yield started


@pytest.fixture
def air(running: WebGateway) -> WebGateway:
    """The gateway, with every sign-in window fresh."""
    running.clock.move_ahead(SIGN_IN_WINDOW)
    return running


async def try_signing_in(
    air: WebGateway, email: str, password: str, origin: str | None = "own"
) -> httpx2.Response:
    headers = {} if origin is None else {"Origin": air.origin if origin == "own" else origin}
    return await air.http.post(
        "/api/login", json={"email": email, "password": password}, headers=headers
    )


async def test_ada_signs_in_and_her_cookie_is_out_of_reach(air: WebGateway) -> None:
    answer = await try_signing_in(air, ADA.upper(), PASSWORD)
    assert answer.status_code == 200
    assert set(answer.json()) == {"agent", "csrf"}
    assert answer.json()["agent"]["name"] == "Ada"
    assert answer.headers["cache-control"] == "no-store"
    name, _, rest = answer.headers["set-cookie"].partition("=")
    token, *flags = rest.split("; ")
    assert name == "__Host-onethread-agent"
    assert len(token) >= 43
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Strict"} <= set(flags)
    assert not any(each.lower().startswith("domain") for each in flags)
    assert token not in answer.text


async def test_a_wrong_password_and_an_unknown_e_mail_read_the_same(air: WebGateway) -> None:
    wrong = await try_signing_in(air, ADA, "wrong horse battery")
    unknown = await try_signing_in(air, "nobody@acme.example", "wrong horse battery")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json()["code"] == "not_signed_in"
    dated = {"date"}
    assert {k: v for k, v in wrong.headers.items() if k not in dated} == {
        k: v for k, v in unknown.headers.items() if k not in dated
    }


async def test_an_unknown_e_mail_costs_eve_as_much_as_a_known_one(air: WebGateway) -> None:
    async def seconds(email: str) -> float:
        began = air.clock.monotonic()
        await try_signing_in(air, email, "wrong horse battery")
        return air.clock.monotonic() - began

    known, unknown = [], []
    for _ in range(5):
        known.append(await seconds(BEN))
        unknown.append(await seconds("nobody@acme.example"))
    # Without the check against nobody's password it is a fiftieth.
    assert median(unknown) > median(known) / 3


async def test_eve_gets_ten_guesses_in_a_quarter_of_an_hour(air: WebGateway) -> None:
    for _ in range(MOST_SIGN_INS):
        assert (await try_signing_in(air, ADA, "wrong horse battery")).status_code == 401
    for email in (ADA, ADA.upper()):
        refused = await try_signing_in(air, email, PASSWORD)
        assert refused.status_code == 429
        assert refused.json()["code"] == "too_many"
    assert (await try_signing_in(air, BEN, PASSWORD)).status_code == 200
    air.clock.move_ahead(SIGN_IN_WINDOW)
    assert (await try_signing_in(air, ADA, PASSWORD)).status_code == 200


async def test_ada_who_knows_her_password_may_come_and_go_as_she_likes(air: WebGateway) -> None:
    for _ in range(2):
        for _ in range(MOST_SIGN_INS - 1):
            assert (await try_signing_in(air, ADA, "wrong horse battery")).status_code == 401
        assert (await try_signing_in(air, ADA, PASSWORD)).status_code == 200


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "https://shop.example"])
async def test_another_page_signs_nobody_in(air: WebGateway, origin: str | None) -> None:
    refused = await try_signing_in(air, ADA, PASSWORD, origin)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"not JSON",
        b"email=ada@acme.example&password=correct+horse+battery",
        b'{"email":"ada@acme.example","password":"correct horse battery","admin":true}',
        b'{"email":"ada@acme.example","password":["correct horse battery"]}',
        b'{"email":"' + b"a" * 300 + b'","password":"x"}',
        b"[" * 100_000,
        b"\xff",
    ],
)
async def test_what_is_no_sign_in_is_a_400_that_repeats_nothing(
    air: WebGateway, body: bytes
) -> None:
    answer = await air.http.post("/api/login", content=body, headers={"Origin": air.origin})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_input"
    assert "correct horse" not in answer.text


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize(
    "change",
    [
        {"X-Onethread-CSRF": None},
        {"X-Onethread-CSRF": ""},
        {"X-Onethread-CSRF": "x" * 22},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_a_change_needs_the_consoles_token_and_origin(
    air: WebGateway, path: str, change: dict[str, str | None]
) -> None:
    signed = await air.sign_in()
    headers = {k: v for k, v in (signed.headers | change).items() if v is not None}
    answer = await air.http.post(path, headers=headers)
    assert answer.status_code == 403
    assert (await me(air, signed)).status_code == 200


async def test_bens_token_is_no_good_for_adas_session(air: WebGateway) -> None:
    ada, ben = await air.sign_in(ADA), await air.sign_in(BEN)
    mixed = SignedIn(cookie=ada.cookie, csrf=ben.csrf, origin=air.origin)
    assert (await air.http.post("/api/ticket", headers=mixed.headers)).status_code == 403


async def test_every_sign_in_is_a_session_of_its_own(air: WebGateway) -> None:
    first, second = await air.sign_in(), await air.sign_in()
    assert first.cookie != second.cookie
    assert first.csrf != second.csrf


async def test_a_cookie_that_eve_planted_is_not_adas_session(air: WebGateway) -> None:
    planted = "__Host-onethread-agent=" + "x" * 43
    answer = await air.http.post(
        "/api/login",
        json={"email": ADA, "password": PASSWORD},
        headers={"Origin": air.origin, "Cookie": planted},
    )
    assert planted not in answer.headers["set-cookie"]
    assert (await air.http.get("/api/me", headers={"Cookie": planted})).status_code == 401


async def test_signing_out_ends_the_session_and_its_socket_and_no_other(air: WebGateway) -> None:
    ben = await air.sign_in(BEN)
    ada = await air.sign_in(ADA)
    async with air.console(BEN) as (bens, _), air.line("/ws/agent") as adas:
        await adas.say("hello", ticket=await air.agent_ticket(ada))
        await adas.hear("welcome")
        answer = await air.http.post("/api/logout", headers=ada.headers)
        assert answer.status_code == 200
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert await adas.closed() == 4401
        await bens.say("inbox", view="open")
        await bens.hear("inbox")
    assert (await me(air, ada)).status_code == 401
    assert (await air.http.post("/api/ticket", headers=ada.headers)).status_code == 401
    assert (await me(air, ben)).status_code == 200


async def test_a_session_runs_out(air: WebGateway) -> None:
    signed = await air.sign_in()
    air.clock.move_ahead(AGENT_SESSION)
    assert (await me(air, signed)).status_code == 401


async def test_the_database_holds_no_token_that_opens_anything(air: WebGateway) -> None:
    def stored(tx: Tx) -> list[str]:
        kinds: list[Any] = [AgentSessionRow, ShopperSessionRow, TicketRow]
        return [row.token_hash for kind in kinds for row in tx.session.exec(select(kind))]

    signed, vera = await air.sign_in(), await air.vera()
    hashes = await air.gateway.house.store.read(stored)
    assert len(hashes) >= 3
    for token in (signed.cookie.partition("=")[2], vera.session, vera.ticket):
        assert token not in hashes


async def me(air: WebGateway, signed: SignedIn) -> httpx2.Response:
    return await air.http.get("/api/me", headers={"Cookie": signed.cookie})
