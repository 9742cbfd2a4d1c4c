"""Vera with the store's app on her phone: what the store's server says for her, signed."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from gateway.auth.shopper_references import ShopperReference, write
from gateway.channels.app.client import AppChannel
from gateway.channels.app.signature import headers_of
from gateway.clock import SECOND
from gateway.egress import Egress
from gateway.services import app_setup
from tests.integration.town.app_service import AppService
from tests.integration.town.building import PATIENCE, Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import Shopper

USER = "customer-4711"
SENTENCE = "Acme may notify me in its app when somebody answers."


@dataclass(eq=False)
class App:
    """The store's server, as far as it speaks to the gateway."""

    town: Town
    service: AppService
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def says(
        self,
        path: str,
        said: Any,
        *,
        method: str = "POST",
        name: str | None = None,
        secret: str | None = None,
        late: float = 0.0,
        raw: bytes | None = None,
    ) -> httpx2.Response:
        """A signed webhook of the store's; ``late`` seconds pass on its way."""
        body = raw if raw is not None else json.dumps(said).encode()
        name = name or f"msg_{next(self.numbers)}"
        at = self.town.clock.now() // SECOND
        signed = headers_of([secret or self.service.secret], name, at, body)
        self.town.clock.move_ahead(round(late * SECOND))
        return await self.town.web.request(
            method, f"/hooks/app/{KEY}/{path}", content=body, headers=dict(signed)
        )

    def reference(self, shopper: Shopper | None = None) -> str:
        """What the shop's page learnt of who is chatting."""
        whom = shopper or self.town.vera
        until = self.town.clock.now() // SECOND + 600
        named = ShopperReference(
            store_id=self.town.store_id, shopper_id=whom.shopper_id, until=until
        )
        return write(self.town.house.secrets[0], named)

    async def links(
        self, shopper: Shopper | None = None, *, user: str = USER, **more: Any
    ) -> httpx2.Response:
        """The store says that this shopper is its user, who agreed."""
        said = {"shopper": self.reference(shopper), "user": user, "consent": True}
        return await self.says("user", {**said, "sentence": SENTENCE, **more})

    async def unlinks(self, *, user: str = USER) -> httpx2.Response:
        """The user switched it off."""
        return await self.says("user", {"user": user}, method="DELETE")

    async def receipt(
        self, delivery: str, state: str, *, words: str = "", **more: Any
    ) -> httpx2.Response:
        """The app tells what became of a notification."""
        said = {"delivery": delivery, "state": state, "words": words}
        return await self.says("receipt", said, **more)

    async def answers(
        self, words: str, *, user: str = USER, id: str = "answer-1", **more: Any
    ) -> httpx2.Response:
        """The user answers from a notification."""
        return await self.says("message", {"user": user, "text": words, "id": id, **more})


@asynccontextmanager
async def open_app(town: Town) -> AsyncIterator[App]:
    """The town's store gets an app, which its policy names first."""
    service = AppService(town.clock)
    await service.open()
    channel = AppChannel(Egress(own=[service.base]), seconds=PATIENCE)
    town.house = replace(town.house, channels={**town.house.channels, "app": channel})
    await town.opens_doors()
    await app_setup.name(
        town.house.store, town.house.secrets, KEY, url=service.url, secret=service.secret
    )
    await town.policy(ladder=["app", "sms", "email"])
    try:
        yield App(town, service)
    finally:
        await service.close()
