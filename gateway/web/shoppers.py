"""What agents do about a shopper, over HTTP: find another, merge two, take it back, block."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import blocking, merging_by_agents, shopper_finding
from gateway.services.blocking import Whose
from gateway.services.house import House
from gateway.services.sessions import SignedIn
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door


class Sought(BaseModel):
    """Whom an agent looks for; in a body, for addresses end up in other people's logs."""

    model_config = ConfigDict(extra="forbid")
    query: Annotated[str, Field(max_length=200, pattern=NO_NUL)]


class Because(BaseModel):
    """Why a shopper is blocked."""

    model_config = ConfigDict(extra="forbid")
    because: Annotated[str, Field(max_length=1_000, pattern=NO_NUL)]


class Agreed(BaseModel):
    """The preview to which an agent has agreed."""

    model_config = ConfigDict(extra="forbid")
    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Shoppers:
    """The HTTP of shoppers; consoles hear by socket of what changes."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Below ``/api/stores/{store_id}/shoppers`` and ``…/merges``."""
        store = "/api/stores/{store_id}"
        one = store + "/shoppers/{shopper_id}"
        return [
            Route(store + "/shoppers", self.find, methods=["POST"]),
            Route(one, self.about),
            Route(one + "/block", self.block, methods=["PUT"]),
            Route(one + "/block", self.unblock, methods=["DELETE"]),
            Route(one + "/merge/{other_id}", self.preview),
            Route(one + "/merge/{other_id}", self.merge, methods=["POST"]),
            Route(store + "/merges/{merge_id}", self.parting),
            Route(store + "/merges/{merge_id}", self.unmerge, methods=["DELETE"]),
        ]

    async def find(self, request: Request) -> Response:
        """By name, address, trait, id, or a conversation's number."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Sought)
        found = await shopper_finding.find(
            self._house, request.path_params["store_id"], given.query, agent_id=signed.agent_id
        )
        return json({"shoppers": found})

    async def about(self, request: Request) -> Response:
        """Their conversations, their merges, and who may be the same person."""
        await self._door(request)
        named = request.path_params["store_id"], request.path_params["shopper_id"]
        return json(await shopper_finding.about(self._house, *named))

    async def block(self, request: Request) -> Response:
        """From now on they ring nobody, and nothing is brought to them."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Because)
        await blocking.block(self._house, _whose(request, signed), given.because)
        return json({})

    async def unblock(self, request: Request) -> Response:
        """They are as anybody is."""
        signed = await self._door(request, changes=True)
        await blocking.unblock(self._house, _whose(request, signed))
        return json({})

    async def preview(self, request: Request) -> Response:
        """What a merge would make of both."""
        await self._door(request)
        return json(await merging_by_agents.preview(self._house, *_two(request)))

    async def merge(self, request: Request) -> Response:
        """Make them one, as the preview showed it."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Agreed)
        told = await merging_by_agents.merge(
            self._house, *_two(request), by=signed.agent_id, seen=given.seen
        )
        return json(told)

    async def parting(self, request: Request) -> Response:
        """What taking a merge back would do."""
        await self._door(request)
        named = request.path_params["store_id"], request.path_params["merge_id"]
        return json(await merging_by_agents.parting(self._house, *named))

    async def unmerge(self, request: Request) -> Response:
        """They are two."""
        signed = await self._door(request, changes=True)
        named = request.path_params["store_id"], request.path_params["merge_id"]
        return json(await merging_by_agents.unmerge(self._house, *named, by=signed.agent_id))


def _whose(request: Request, signed: SignedIn) -> Whose:
    named = request.path_params["store_id"], request.path_params["shopper_id"]
    return Whose(*named, by=signed.agent_id)


def _two(request: Request) -> tuple[str, str, str]:
    path = request.path_params
    return path["store_id"], path["shopper_id"], path["other_id"]
