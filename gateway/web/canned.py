"""Canned replies over HTTP, for the console; each answer holds all that this agent may use."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput, Conflict
from gateway.protocol.entry import MOST_BODY
from gateway.services import canned
from gateway.services.house import House
from gateway.services.tongues import LANGUAGES
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door

Body = Annotated[str, Field(max_length=MOST_BODY, pattern=NO_NUL)]


class New(BaseModel):
    """A canned reply that somebody has written."""

    model_config = ConfigDict(extra="forbid")
    shortcut: str = Field(max_length=64, pattern=NO_NUL)
    name: str = Field(max_length=200, pattern=NO_NUL)
    bodies: dict[str, Body] = Field(max_length=len(LANGUAGES))
    own: bool
    resolves: bool = False

    def wanted(self) -> canned.Wanted:
        """The same as the service takes it."""
        return canned.Wanted(
            shortcut=self.shortcut,
            name=self.name,
            bodies=self.bodies,
            own=self.own,
            resolves=self.resolves,
        )


class Changed(New):
    """One as it is to be, by somebody who has seen this version."""

    version: int = Field(ge=1)


class Canned:
    """The canned replies' HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/api/stores/{store_id}/canned``."""
        place = "/api/stores/{store_id}/canned"
        return [
            Route(place, self.look),
            Route(place, self.add, methods=["POST"]),
            Route(place + "/{canned_id}", self.change, methods=["PUT"]),
            Route(place + "/{canned_id}", self.remove, methods=["DELETE"]),
        ]

    async def look(self, request: Request) -> Response:
        """The store's, and one's own."""
        signed = await self._door(request)
        return await self._answer(request, signed.agent_id)

    async def add(self, request: Request) -> Response:
        """A new one; what is wrong is named by ``field``."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, New)
        store_id = request.path_params["store_id"]
        try:
            await canned.add(self._house, store_id, signed.agent_id, given.wanted())
        except (BadInput, Conflict) as wrong:
            return _refusal(wrong)
        return await self._answer(request, signed.agent_id, status=201)

    async def change(self, request: Request) -> Response:
        """Change one."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Changed)
        store_id, canned_id = (request.path_params[each] for each in ("store_id", "canned_id"))
        try:
            await canned.change(
                self._house,
                store_id,
                canned_id,
                signed.agent_id,
                given.wanted(),
                version=given.version,
            )
        except (BadInput, Conflict) as wrong:
            return _refusal(wrong)
        return await self._answer(request, signed.agent_id)

    async def remove(self, request: Request) -> Response:
        """Forget one."""
        signed = await self._door(request, changes=True)
        store_id, canned_id = (request.path_params[each] for each in ("store_id", "canned_id"))
        await canned.remove(self._house, store_id, canned_id, signed.agent_id)
        return await self._answer(request, signed.agent_id)

    async def _answer(self, request: Request, agent_id: str, *, status: int = 200) -> Response:
        store_id = request.path_params["store_id"]
        return json(await canned.look(self._house, store_id, agent_id), status)


def _refusal(wrong: BadInput | Conflict) -> Response:
    field = str(wrong.details.get("field", ""))
    return json({"code": wrong.code, "message": wrong.message, "field": field}, wrong.status)
