"""How the mailbox is reached: with TLS that is checked, or not at all unless somebody says so."""

from __future__ import annotations

import pytest
import structlog.testing

from gateway.clock import SystemClock
from gateway.store.tx import Store
from tests.integration.imap_desk import a_house, desk_at, letter, reading
from tests.integration.imap_server import (
    CERTIFICATES,
    MAILBOX_PASSWORDS,
    Protection,
    imap_server,
)


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def _our_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))


@pytest.mark.usefixtures("_our_authority")
@pytest.mark.parametrize("protection", ["tls", "starttls"])
async def test_a_mail_comes_in_over_tls(
    store: Store, clock: SystemClock, protection: Protection
) -> None:
    house = await a_house(store, clock)
    async with imap_server(protection) as server, reading(desk_at(house, server)) as desk:
        await server.idles()
        await server.deliver(letter("new"))
        await desk.has("new")
        assert ("STARTTLS" in server.commands) == (protection == "starttls")


@pytest.mark.parametrize("protection", ["tls", "starttls"])
async def test_a_certificate_of_nobody_knows_whom_gets_no_password(
    store: Store, clock: SystemClock, protection: Protection
) -> None:
    house = await a_house(store, clock)
    async with imap_server(protection) as server, reading(desk_at(house, server)) as desk:
        await desk.is_now("in_trouble untrusted")
        assert (
            desk.reader.state.words == "the mail server's TLS certificate is not good for its name"
        )
        assert not {"LOGIN", "AUTHENTICATE"} & set(server.commands)


async def test_without_starttls_no_password_is_sent(store: Store, clock: SystemClock) -> None:
    house = await a_house(store, clock)
    async with imap_server("none") as server:
        url = server.url().removesuffix("?tls=none")
        async with reading(desk_at(house, server, url=url)) as desk:
            await desk.is_now("in_trouble no_tls")
        assert not {"LOGIN", "AUTHENTICATE"} & set(server.commands)


@pytest.mark.parametrize("password", MAILBOX_PASSWORDS)
async def test_any_password_is_said_rightly_and_never_logged(
    store: Store, clock: SystemClock, password: str
) -> None:
    house = await a_house(store, clock)
    async with imap_server("none") as server:
        await server.password_is(password)
        url = server.url(password=password)
        with structlog.testing.capture_logs() as logs:
            async with reading(desk_at(house, server, url=url)) as desk:
                await desk.is_now("reading")
    assert password not in str(logs)
    assert password not in repr(desk.reader)
