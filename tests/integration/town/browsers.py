"""Web push in a town: a push service, a store that notifies browsers, and Vera's browsers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from gateway.channels.push.client import PushChannel
from gateway.channels.push.hosts import PushHosts
from gateway.sandbox.browsers import Browser, Notification
from gateway.services import push_keys, subscriptions
from gateway.services.subscriptions import Subscription
from tests.integration.town.building import PATIENCE, Town
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.push_service import PushService
from tests.integration.town.townspeople import Shopper

CONTACT = "mailto:ops@acme.example"
SENTENCE = "push.support.en.1"
PUSH_FIRST: dict[str, object] = {"ladder": ["push", "sms", "email"]}


@dataclass
class Pushes:
    """The push service of a town, and what its people do with their browsers."""

    town: Town
    service: PushService

    async def key(self) -> str:
        """The key that the panel is told."""
        return await push_keys.turn_on(self.town.house.store, self.town.house.secrets[0], KEY)

    async def allows(
        self,
        shopper: Shopper | None = None,
        browser: Browser | None = None,
        *,
        replaces: str | None = None,
        key: str | None = None,
    ) -> Browser:
        """Somebody lets the store notify a browser, a new one unless it is named."""
        browser = browser or self.service.browser(await self.key())
        await subscriptions.subscribe(
            self.town.house,
            self.town.store_id,
            (shopper or self.town.vera).shopper_id,
            replace(self.subscription(browser), replaces=replaces, key=key),
            SENTENCE,
        )
        return browser

    def subscription(self, browser: Browser) -> Subscription:
        """What a browser gives the panel."""
        told = browser.subscription(self.service.base)
        keys = told["keys"]
        assert isinstance(keys, dict)
        return Subscription(endpoint=str(told["endpoint"]), **keys)

    async def shows(self, browser: Browser) -> Notification:
        """The newest notification, of which the service worker tells the gateway."""
        newest = list(browser.notifications.values())[-1]
        answer = await self.told(newest.token)
        assert answer == 204
        return newest

    async def told(self, token: Any) -> int:
        """A service worker tells of a token; returns the HTTP status."""
        answer = await self.town.web.post(
            f"{BASE_URL}/push/shown",
            content=json.dumps({"token": token}),
            headers={"Content-Type": "text/plain"},
        )
        return answer.status_code


@asynccontextmanager
async def pushes_in(town: Town) -> AsyncIterator[Pushes]:
    """Let the town's store notify browsers, before it tries anything that costs."""
    service = PushService(town.clock)
    await service.open()
    hosts = PushHosts.named([service.base])
    channel = PushChannel(CONTACT, hosts, clock=town.clock, timeout=PATIENCE)
    town.house = replace(
        town.house, channels={**town.house.channels, "push": channel}, push_hosts=hosts
    )
    await town.opens_doors()
    pushes = Pushes(town, service)
    await pushes.key()
    await town.policy(**PUSH_FIRST)
    try:
        yield pushes
    finally:
        await service.close()
