"""What was set aside, over HTTP, for owners: seeing it, and having it read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import quarantine
from gateway.services.house import House
from gateway.services.quarantine import SetAside
from gateway.services.wire import ms
from gateway.web.answers import json
from gateway.web.policies import Door


class Quarantine:
    """The quarantine's HTTP; each answer holds all that is still set aside."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/api/quarantine``."""
        return [
            Route("/api/quarantine", self.look),
            Route("/api/quarantine/{name}/release", self.release, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """What was set aside, in every store of the house."""
        signed = await self._door(request)
        return _answer(await quarantine.look(self._house, signed.agent_id))

    async def release(self, request: Request) -> Response:
        """Have one read again."""
        signed = await self._door(request, changes=True)
        name = request.path_params["name"]
        return _answer(await quarantine.release_as(self._house, name, signed.agent_id))


def _answer(found: Sequence[SetAside]) -> Response:
    return json({"mails": [{**asdict(each), "came_at": ms(each.came_at)} for each in found]})
