"""The demo's shop signs for its customers, as ``onethread store identity`` lets it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import anyio
from playwright.async_api import Page

from gateway import bootstrap
from gateway.clock import SECOND, SystemClock
from gateway.services import identity_secrets
from gateway.settings import read_settings
from tests.e2e.demo_house import DemoHouse
from tests.signed_shoppers import token


class SigningShop:
    """The shop's server; it has a secret while it is open."""

    def __init__(self, house: DemoHouse, secret: str) -> None:
        self._house = house
        self._secret = secret

    def signs(self, **claims: Any) -> str:
        """A token for a customer."""
        now = SystemClock().now() // SECOND
        return token(self._secret, now=now, key=self._house.key, **claims)


@contextmanager
def signing_shop(house: DemoHouse, database: str | None = None) -> Iterator[SigningShop]:
    """The shared house's shop, which afterwards signs nobody again."""
    settings = read_settings(data=house.data, database_url=database)

    async def begin() -> str:
        async with bootstrap.opened(settings, SystemClock()) as store:
            keys = (bootstrap.secret_of(settings),)
            made = await identity_secrets.begin(store, keys, house.key)
        assert made.secret is not None
        return made.secret

    async def forget() -> None:
        async with bootstrap.opened(settings, SystemClock()) as store:
            await identity_secrets.forget(store, house.key)

    with ThreadPoolExecutor(1) as apart:  # from any loop that asks
        secret = apart.submit(anyio.run, begin).result()
        try:
            yield SigningShop(house, secret)
        finally:
            apart.submit(anyio.run, forget).result()


async def identify(page: Page, signed: str) -> None:
    """The shop's page hands on what its server signed."""
    await page.evaluate("(token) => Onethread('identify', { token })", signed)
