"""An agent's own settings over HTTP: where they are told of who waits, and in which hours."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import own_addresses
from gateway.services.house import House
from gateway.services.own_addresses import MOST_WINDOWS
from gateway.services.sessions import SignedIn
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door

Text = Annotated[str, Field(max_length=100, pattern=NO_NUL)]


class Hours(BaseModel):
    """When an agent may be told: windows like ``Mon-Fri 09:00-18:00``, none for any hour."""

    model_config = ConfigDict(extra="forbid")
    hours: list[Text] = Field(max_length=MOST_WINDOWS)
    zone: Text = ""


class Called(BaseModel):
    """What an agent wants to be called."""

    model_config = ConfigDict(extra="forbid")
    name: Text


class Typed(BaseModel):
    """An address that a code shall go to."""

    model_config = ConfigDict(extra="forbid")
    channel: Literal["sms", "email"]
    value: str = Field(min_length=3, max_length=254, pattern=NO_NUL)


class Digits(BaseModel):
    """The code that came there."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[0-9]{4,8}$")


class OwnSettings:
    """The HTTP of an agent's own settings; each answers with all of them as they are then."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/api/me``."""
        return [
            Route("/api/me", self.me),
            Route("/api/me/hours", self.set_hours, methods=["PUT"]),
            Route("/api/me/name", self.rename, methods=["PUT"]),
            Route("/api/me/addresses", self.add, methods=["POST"]),
            Route("/api/me/addresses/{address_id}/code", self.prove, methods=["POST"]),
            Route("/api/me/addresses/{address_id}", self.remove, methods=["DELETE"]),
        ]

    async def me(self, request: Request) -> Response:
        """Who is signed in, their settings, and the token that every change has to carry."""
        return await self._answer(await self._door(request))

    async def set_hours(self, request: Request) -> Response:
        """Be told in these hours only."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Hours)
        await own_addresses.set_hours(self._house, signed.agent_id, given.hours, given.zone)
        return await self._answer(signed)

    async def rename(self, request: Request) -> Response:
        """Be called so from now on."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Called)
        await own_addresses.rename(self._house, signed.agent_id, given.name)
        return await self._answer(signed)

    async def add(self, request: Request) -> Response:
        """Have a code sent to an address."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Typed)
        address_id = await own_addresses.add(
            self._house, signed.agent_id, given.channel, given.value
        )
        return await self._answer(signed, status=201, address_id=address_id)

    async def prove(self, request: Request) -> Response:
        """Type the code that came there."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Digits)
        address_id = request.path_params["address_id"]
        await own_addresses.prove(self._house, signed.agent_id, address_id, given.code)
        return await self._answer(signed)

    async def remove(self, request: Request) -> Response:
        """Be told there no longer."""
        signed = await self._door(request, changes=True)
        address_id = request.path_params["address_id"]
        await own_addresses.remove(self._house, signed.agent_id, address_id)
        return await self._answer(signed)

    async def _answer(self, signed: SignedIn, *, status: int = 200, **more: str) -> Response:
        found = await own_addresses.own(self._house, signed.agent_id)
        told: dict[str, Any] = asdict(found)
        told["addresses"] = [each.model_dump(mode="json") for each in found.addresses]
        agent = {"agent_id": found.agent_id, "name": found.name}
        return json({"agent": agent, "csrf": signed.csrf, **told, **more}, status)
