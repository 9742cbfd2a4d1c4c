"""The handle on the shop's page: what it opens for the panel, how long, and what it never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from gateway.auth.tokens import digest
from gateway.clock import MINUTE
from gateway.services.handles import LATECOMERS, UNUSED
from gateway.store.tables import HandleRow, ShopperSessionRow
from gateway.store.tx import Tx
from tests.integration.web_gateway import ACME, ACME_ORIGIN, OTHER, WebGateway, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def post(air: WebGateway, body: dict[str, object], **headers: str) -> httpx2.Response:
    return await air.http.post(
        "/widget/handle", json={"key": ACME} | body, headers={"Origin": air.origin} | headers
    )


async def let_in(air: WebGateway, session: str | None = None) -> dict[str, Any]:
    """A browser that keeps no cookie comes through the door."""
    answer = await air.http.post(
        "/widget/session",
        json={"key": ACME, "session": session},
        headers={"Origin": air.origin, "Cookie": ""},
    )
    assert answer.status_code == 200
    air.http.cookies.clear()
    found: dict[str, Any] = answer.json()
    return found


async def first_handle(air: WebGateway) -> tuple[dict[str, Any], str]:
    """Vera's session, and the handle that her shop's page is given for it."""
    vera = await let_in(air)
    answer = await post(air, {"session": vera["session"]})
    assert answer.json()["session"] is None
    return vera, answer.json()["handle"]


async def forget_age(air: WebGateway, handle: str, age: int) -> None:
    """Let a handle have been given so long ago."""

    def work(tx: Tx) -> None:
        row = next(
            each
            for each in tx.session.exec(select(HandleRow)).all()
            if each.handle_hash == digest(handle)
        )
        row.expires_at -= age
        tx.session.add(row)

    await air.gateway.house.store.write(work)


async def test_vera_is_the_same_shopper_on_the_shops_next_page(air: WebGateway) -> None:
    vera, handle = await first_handle(air)
    answer = (await post(air, {"handle": handle})).json()
    assert answer["handle"] not in (None, handle)
    assert answer["session"] not in (None, vera["session"])
    again = await let_in(air, answer["session"])
    assert again["shopper_id"] == vera["shopper_id"]
    assert again["known"]


async def test_a_handle_is_another_after_each_use_and_the_used_one_soon_ends(
    air: WebGateway,
) -> None:
    _, handle = await first_handle(air)
    following = (await post(air, {"handle": handle})).json()["handle"]
    await forget_age(air, handle, LATECOMERS)
    assert (await post(air, {"handle": handle})).json() == {"session": None, "handle": None}
    assert (await post(air, {"handle": following})).json()["session"] is not None


async def test_two_tabs_that_open_together_are_both_vera(air: WebGateway) -> None:
    vera, handle = await first_handle(air)
    tabs = [(await post(air, {"handle": handle})).json() for _ in range(2)]
    people = [(await let_in(air, tab["session"]))["shopper_id"] for tab in tabs]
    assert people == [vera["shopper_id"]] * 2
    assert tabs[0]["handle"] != tabs[1]["handle"]


async def test_a_handle_that_nobody_uses_for_a_day_is_worth_nothing(air: WebGateway) -> None:
    _, handle = await first_handle(air)
    await forget_age(air, handle, UNUSED - MINUTE)
    following = (await post(air, {"handle": handle})).json()["handle"]
    await forget_age(air, following, UNUSED)
    assert (await post(air, {"handle": following})).json() == {"session": None, "handle": None}


async def test_a_browser_that_has_its_cookie_is_given_no_handle(air: WebGateway) -> None:
    answer = await air.http.post(
        "/widget/session", json={"key": ACME}, headers={"Origin": air.origin}
    )
    cookie = answer.headers["set-cookie"].partition(";")[0]
    air.http.cookies.clear()
    session = answer.json()["session"]
    housed = await post(air, {"session": session}, Cookie=cookie)
    assert housed.json() == {"session": None, "handle": None}


async def test_a_handle_ends_with_the_session_that_it_stands_for(air: WebGateway) -> None:
    vera, handle = await first_handle(air)

    def end(tx: Tx) -> None:
        for row in tx.session.exec(select(ShopperSessionRow)).all():
            if row.token_hash == digest(vera["session"]):
                tx.session.delete(row)

    await air.gateway.house.store.write(end)
    assert (await post(air, {"handle": handle})).json() == {"session": None, "handle": None}


@pytest.mark.parametrize("handle", ["", "guessed", "x" * 100, "\u00e9"])
async def test_what_we_did_not_give_opens_nothing(air: WebGateway, handle: str) -> None:
    answer = await post(air, {"handle": handle, "session": handle})
    assert answer.json() == {"session": None, "handle": None}


async def test_a_handle_of_one_store_is_none_at_another(air: WebGateway) -> None:
    _, handle = await first_handle(air)
    answer = await post(air, {"key": OTHER, "handle": handle})
    assert answer.json() == {"session": None, "handle": None}


@pytest.mark.parametrize("origin", [ACME_ORIGIN, "null", "https://evil.example"])
async def test_the_shops_own_page_holds_the_handle_and_cannot_trade_it(
    air: WebGateway, origin: str
) -> None:
    _, handle = await first_handle(air)
    answer = await post(air, {"handle": handle}, Origin=origin)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert (await post(air, {"handle": handle})).json()["session"] is not None


async def test_only_the_hash_of_a_handle_is_kept(air: WebGateway) -> None:
    _, handle = await first_handle(air)

    def kept(tx: Tx) -> list[HandleRow]:
        return list(tx.session.exec(select(HandleRow)).all())

    rows = await air.gateway.house.store.read(kept)
    hashes = [row.handle_hash for row in rows]
    assert digest(handle) in hashes
    assert all(handle not in each.model_dump_json() for each in rows)


@pytest.mark.parametrize("body", [{"key": 1}, {"handle": 7}, {"handle": "x" * 101}, {"more": 1}])
async def test_what_is_none_of_the_panels_questions_is_refused(
    air: WebGateway, body: dict[str, object]
) -> None:
    assert (await post(air, body)).status_code == 400
    assert (await post(air, {"key": "nobody"})).status_code == 404
