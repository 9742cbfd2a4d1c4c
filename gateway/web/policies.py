"""A store's policy over HTTP, for the console: seeing it, trying one out, putting one in force."""

from __future__ import annotations

from typing import Any, Protocol

import anyio
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput, BadPolicy
from gateway.services import policies, proposals
from gateway.services.house import House
from gateway.services.sessions import SignedIn
from gateway.web.answers import body_of, json

MOST_DAYS = 90  #: what happened is kept for so long


class Door(Protocol):
    """Says whose request it is, or refuses it."""

    async def __call__(self, request: Request, *, changes: bool = False) -> SignedIn:
        """The agent; one who ``changes`` something shows the console's token."""
        ...


class Proposed(BaseModel):
    """A policy that somebody is writing."""

    model_config = ConfigDict(extra="forbid")
    document: dict[str, Any]


class Put(Proposed):
    """One to be put in force, by somebody who has seen this version."""

    version: int = Field(ge=1)


class WhatIf(Proposed):
    """One to be tried on what happened in the last so many days."""

    days: int = Field(default=30, ge=1, le=MOST_DAYS)


class Policies:
    """The policies' HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door
        self._simulating = anyio.Semaphore(1)

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/api/stores/{store_id}/policy``."""
        place = "/api/stores/{store_id}/policy"
        return [
            Route(place, self.look),
            Route(place, self.put, methods=["PUT"]),
            Route(place + "/check", self.check, methods=["POST"]),
            Route(place + "/what_if", self.what_if, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """What is in force and all that is needed to change it; with ``?version=``, an old one."""
        signed = await self._door(request)
        store_id = request.path_params["store_id"]
        asked = request.query_params.get("version")
        if asked is None:
            return json(await policies.current(self._house, store_id, signed.agent_id))
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
            raise BadInput("a version is a number")
        return json(await policies.version(self._house, store_id, int(asked)))

    async def check(self, request: Request) -> Response:
        """Everything that is wrong with a document, or the document complete."""
        await self._door(request, changes=True)
        given = await body_of(request, Proposed)
        errors = policies.problems_of(given.document)
        if errors:
            return json({"ok": False, "errors": errors})
        return json({"ok": True, "document": policies.normal(given.document)})

    async def put(self, request: Request) -> Response:
        """Put a new version in force; an old document restores what it says."""
        signed = await self._door(request, changes=True)
        store_id = request.path_params["store_id"]
        given = await body_of(request, Put)
        try:
            await policies.change(
                self._house, store_id, signed.agent_id, given.document, given.version
            )
        except BadPolicy as wrong:
            errors = policies.problems_of(given.document)
            return json(
                {"code": wrong.code, "message": wrong.message, "errors": errors}, wrong.status
            )
        return json(await policies.current(self._house, store_id, signed.agent_id))

    async def what_if(self, request: Request) -> Response:
        """What a policy would have made of the last days, beside the one in force."""
        await self._door(request, changes=True)
        given = await body_of(request, WhatIf)
        # It is a lot of work: whoever asks while somebody else does waits for their turn.
        async with self._simulating:
            found = await proposals.what_if(
                self._house, request.path_params["store_id"], given.document, given.days
            )
        return json(found)
