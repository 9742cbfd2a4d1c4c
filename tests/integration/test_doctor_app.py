"""The doctor asks a store's app whether it is there, and believes our signature."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.channels.app.signature import mint
from gateway.clock import SystemClock
from gateway.core.finding import Finding
from gateway.services import app_setup, setup
from gateway.services.doctor_app import look_at_apps
from gateway.settings import Settings, read_settings
from gateway.store import house as houses
from gateway.store.migrate import upgrade
from gateway.store.tx import Store
from tests.integration.town.app_service import AppService, Says

KEY = "pk_acme"
HOUSE = (b"a secret of the house, long enough for anybody",)


@pytest.fixture
async def service() -> AsyncIterator[AppService]:
    opened = AppService(SystemClock())
    await opened.open()
    yield opened
    await opened.close()


async def seen(
    tmp_path: Path, service: AppService, *, url: str | None = None, secret: str | None = None
) -> list[Finding]:
    """What is found of Acme's app; named are another address (none: "") or secret than its own."""
    settings = read_settings(data=tmp_path, app_origins=service.base, secret_key=HOUSE[0].decode())
    await upgrade(settings.database)
    async with _opened(settings) as store:
        await setup.ensure_store(store, setup.NewStore(key=KEY, name="Acme", origins=()))
        await setup.set_policy(store, KEY, {"ladder": ["app", "email"]})
        if url != "":
            own = secret or service.secret
            await app_setup.name(store, HOUSE, KEY, url=url or service.url, secret=own)
        stores = await store.read(houses.stores)
    return await look_at_apps(settings, SystemClock(), lambda: _opened(settings), stores)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    async with bootstrap.opened(settings, SystemClock()) as store:
        yield store


async def test_an_app_that_answers_our_ping_is_fine_but_for_plain_http(
    tmp_path: Path, service: AppService
) -> None:
    first, second = await seen(tmp_path, service)
    assert (first.level, second.level) == ("warning", "ok")
    assert "not https" in first.words
    (ping,) = service.taken
    assert ping == {"id": service.asked[0], "store": KEY, "kind": "ping"}


async def test_an_app_with_another_secret_is_told_of(tmp_path: Path, service: AppService) -> None:
    found = (await seen(tmp_path, service, secret=mint()))[-1]
    assert (found.level, found.about) == ("wrong", f"{KEY}: app")
    assert "does not believe our signature" in found.words
    assert service.secret not in f"{found.words} {found.advice}"


@pytest.mark.parametrize("status", [404, 422])
async def test_an_app_that_knows_no_ping_is_told_what_one_is(
    tmp_path: Path, service: AppService, status: int
) -> None:
    service.says(Says(status))
    found = (await seen(tmp_path, service))[-1]
    assert found.level == "wrong"
    assert "ping" in found.advice


async def test_an_address_where_nobody_is_or_that_is_not_allowed_is_told_of(
    tmp_path: Path, service: AppService
) -> None:
    await service.close()
    found = (await seen(tmp_path, service))[-1]
    assert (found.level, "cannot be reached" in found.words) == ("wrong", True)
    found = (await seen(tmp_path, service, url="https://127.0.0.1/x"))[-1]
    assert (found.level, "not a public one" in found.words) == ("wrong", True)


async def test_a_policy_that_names_an_app_that_is_not_there_is_told_of(
    tmp_path: Path, service: AppService
) -> None:
    (found,) = await seen(tmp_path, service, url="")
    assert found.level == "warning"
    assert "there is none" in found.words
