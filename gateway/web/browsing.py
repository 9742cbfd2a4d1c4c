"""A conversation's files and days, over HTTP, for the console; the bytes come by ``files``."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput
from gateway.services import browsing
from gateway.services.house import House
from gateway.web.answers import json
from gateway.web.policies import Door

_SPOT = re.compile(r"([1-9][0-9]{0,9})\.([0-9a-z]{1,40})")
_INSTANT = re.compile(r"-?[0-9]{1,15}")


class Browsing:
    """Its HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """A conversation's ``/files`` and ``/day``."""
        place = "/api/stores/{store_id}/conversations/{conversation_id}"
        return [Route(place + "/files", self.files), Route(place + "/day", self.day)]

    async def files(self, request: Request) -> Response:
        """A page of its files; ``?before=`` is what the page before it said."""
        await self._door(request)
        asked = request.query_params.get("before")
        spot = None if asked is None else _SPOT.fullmatch(asked)
        if asked is not None and spot is None:
            raise BadInput("no page of these files ended there")
        before = None if spot is None else (int(spot[1]), spot[2])
        return json((await browsing.files(self._house, *_which(request), before)).model_dump())

    async def day(self, request: Request) -> Response:
        """Where a day stands that begins at ``?begins=`` (milliseconds UTC)."""
        await self._door(request)
        begins = request.query_params.get("begins", "")
        if _INSTANT.fullmatch(begins) is None:
            raise BadInput("a day begins at an instant, in milliseconds")
        return json((await browsing.day(self._house, *_which(request), int(begins))).model_dump())


def _which(request: Request) -> tuple[str, str]:
    return request.path_params["store_id"], request.path_params["conversation_id"]
