"""What agents make for the inbox, over HTTP: a store's labels, and the filters that one keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.protocol.inbox import ColourName, Narrowed
from gateway.services import filters, labels
from gateway.services.house import House
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door

Name = Annotated[str, Field(max_length=200, pattern=NO_NUL)]


class Label(BaseModel):
    """A label as it is to be."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    colour: ColourName = "grey"


class Kept(BaseModel):
    """A filter to be kept."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    asks: Narrowed


class Inbox:
    """The HTTP of labels and filters; what changes labels is told to every console."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Below ``/api/stores/{store_id}/labels`` and ``/api/me/filters``."""
        place = "/api/stores/{store_id}/labels"
        return [
            Route(place, self.create, methods=["POST"]),
            Route(place + "/{label_id}", self.change, methods=["PUT"]),
            Route(place + "/{label_id}", self.remove, methods=["DELETE"]),
            Route("/api/me/filters", self.filters),
            Route("/api/me/filters", self.keep, methods=["POST"]),
            Route("/api/me/filters/{filter_id}", self.forget, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """A new label, or the one that has this name."""
        await self._door(request, changes=True)
        given = await body_of(request, Label)
        store_id = request.path_params["store_id"]
        made = await labels.create(self._house, store_id, given.name, given.colour)
        return json(made.model_dump(), 201)

    async def change(self, request: Request) -> Response:
        """Another name or colour."""
        await self._door(request, changes=True)
        given = await body_of(request, Label)
        named = request.path_params["store_id"], request.path_params["label_id"]
        made = await labels.change_label(self._house, *named, given.name, given.colour)
        return json(made.model_dump())

    async def remove(self, request: Request) -> Response:
        """Off every conversation, for good."""
        await self._door(request, changes=True)
        named = request.path_params["store_id"], request.path_params["label_id"]
        await labels.remove(self._house, *named)
        return json({})

    async def filters(self, request: Request) -> Response:
        """The signed-in agent's filters."""
        signed = await self._door(request)
        return _answer(await filters.filters(self._house, signed.agent_id))

    async def keep(self, request: Request) -> Response:
        """One more, or another meaning for a name."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Kept)
        return _answer(await filters.keep(self._house, signed.agent_id, given.name, given.asks))

    async def forget(self, request: Request) -> Response:
        """One less."""
        signed = await self._door(request, changes=True)
        filter_id = request.path_params["filter_id"]
        return _answer(await filters.forget(self._house, signed.agent_id, filter_id))


def _answer(found: Sequence[filters.Filter]) -> Response:
    told = [
        {"filter_id": each.filter_id, "name": each.name, "asks": each.asks.model_dump()}
        for each in found
    ]
    return json({"filters": told})
