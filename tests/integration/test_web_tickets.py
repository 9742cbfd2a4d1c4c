"""How a client gets on its socket: a ticket for one use, in the first frame, soon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import ConnectionClosed

from gateway.clock import SECOND
from gateway.protocol.session import HELLO_WITHIN
from gateway.services.sessions import TICKET
from tests.integration.web_gateway import ACME, OTHER, WebGateway, cmid, on_air


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


async def tried(air: WebGateway, path: str, ticket: str) -> int | None:
    """The close code of a socket that says hello with this ticket; None when it is welcomed."""
    async with air.line(path) as line:
        await line.say("hello", ticket=ticket)
        try:
            await line.hear("welcome")
        except ConnectionClosed:
            return await line.closed()
        return None


async def test_veras_ticket_opens_one_socket_and_no_second(air: WebGateway) -> None:
    vera = await air.vera()
    assert await tried(air, "/ws/shopper", vera.ticket) is None
    assert await tried(air, "/ws/shopper", vera.ticket) == 4401


async def test_adas_ticket_opens_one_socket_and_no_second(air: WebGateway) -> None:
    ticket = await air.agent_ticket(await air.sign_in())
    assert await tried(air, "/ws/agent", ticket) is None
    assert await tried(air, "/ws/agent", ticket) == 4401


async def test_a_ticket_is_good_for_half_a_minute(air: WebGateway) -> None:
    early, late = await air.vera(), await air.vera()
    air.clock.move_ahead(TICKET - 5 * SECOND)
    assert await tried(air, "/ws/shopper", early.ticket) is None
    air.clock.move_ahead(5 * SECOND)
    assert await tried(air, "/ws/shopper", late.ticket) == 4401


async def test_a_ticket_of_the_other_kind_opens_nothing_and_is_not_spent(air: WebGateway) -> None:
    vera = await air.vera()
    ada = await air.agent_ticket(await air.sign_in())
    assert await tried(air, "/ws/agent", vera.ticket) == 4401
    assert await tried(air, "/ws/shopper", ada) == 4401
    assert await tried(air, "/ws/shopper", vera.ticket) is None
    assert await tried(air, "/ws/agent", ada) is None


@pytest.mark.parametrize("ticket", ["x" * 16, "0" * 43, "é" * 43, "x" * 15, "", "x" * 201, None])
async def test_a_guessed_ticket_opens_nothing(air: WebGateway, ticket: str | None) -> None:
    async with air.line("/ws/shopper") as line:
        await line.say("hello", ticket=ticket)
        assert await line.closed() == 4401


async def test_neither_a_session_nor_a_cookie_is_a_ticket(air: WebGateway) -> None:
    vera, ada = await air.vera(), await air.sign_in()
    assert await tried(air, "/ws/shopper", vera.session) == 4401
    assert await tried(air, "/ws/agent", ada.cookie.partition("=")[2]) == 4401


async def test_a_ticket_in_the_address_is_not_looked_at(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.line(f"/ws/shopper?ticket={vera.ticket}") as line:
        await line.say("send", cmid=cmid(), body="Hello?")
        assert await line.closed() == 4401
    assert await tried(air, "/ws/shopper", vera.ticket) is None


@pytest.mark.parametrize(
    "frame",
    [
        '{"t":"send","cmid":"cmid-0000","body":"Hello?"}',
        '{"t":"pong","n":1}',
        '{"t":"bye"}',
        '{"t":"zzz"}',
        "not JSON",
        "",
        b'{"t":"hello"}',
    ],
)
@pytest.mark.parametrize("path", ["/ws/shopper", "/ws/agent"])
async def test_whatever_is_said_before_hello_ends_the_socket(
    air: WebGateway, path: str, frame: str | bytes
) -> None:
    async with air.line(path) as line:
        await line.raw(frame)
        assert await line.closed() == 4401


async def test_a_second_hello_ends_the_socket(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        await line.say("hello", ticket=(await air.vera()).ticket)
        assert await line.closed() == 1008


@pytest.mark.parametrize("path", ["/ws/shopper", "/ws/agent"])
async def test_somebody_who_says_nothing_is_shown_out_after_five_seconds(
    air: WebGateway, path: str
) -> None:
    async with air.line(path) as line:
        air.clock.skip(HELLO_WITHIN)
        assert await line.closed() == 4401


async def test_a_session_is_found_again_and_a_made_up_one_is_somebody_new(
    air: WebGateway,
) -> None:
    vera = await air.vera()
    again = await air.vera(session=vera.session)
    assert (again.shopper_id, again.known, again.session) == (vera.shopper_id, True, vera.session)
    for made_up in ("x" * 43, vera.shopper_id, vera.ticket, ""):
        stranger = await air.vera(session=made_up)
        assert not stranger.known
        assert stranger.shopper_id != vera.shopper_id
        assert stranger.session != made_up


async def test_a_session_of_one_store_is_nobody_at_another(air: WebGateway) -> None:
    vera = await air.vera(ACME)
    elsewhere = await air.vera(OTHER, session=vera.session)
    assert not elsewhere.known
    assert elsewhere.shopper_id != vera.shopper_id


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    air: WebGateway,
) -> None:
    vera = await air.vera()
    name, _, rest = vera.cookie.partition("=")
    value, *flags = rest.split("; ")
    assert name == f"__Host-onethread-{ACME}"
    assert value == vera.session
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"} <= set(flags)
    assert not any(each.lower().startswith("domain") for each in flags)


async def test_the_cookie_wins_over_the_second_copy(air: WebGateway) -> None:
    vera, copy = await air.vera(), await air.vera()
    answer = await air.http.post(
        "/widget/session",
        json={"key": ACME, "session": copy.session},
        headers={"Origin": air.origin, "Cookie": vera.cookie.partition(";")[0]},
    )
    assert answer.json()["shopper_id"] == vera.shopper_id
