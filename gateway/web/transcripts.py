"""An agent sends a shopper the conversation by mail, over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import transcripts
from gateway.services.house import House
from gateway.web.answers import json
from gateway.web.policies import Door


class Transcripts:
    """The transcripts' HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Where a transcript is asked for."""
        place = "/api/stores/{store_id}/conversations/{conversation_id}/transcript"
        return [Route(place, self.send, methods=["POST"])]

    async def send(self, request: Request) -> Response:
        """Have it sent; answers with the masked address that it goes to."""
        signed = await self._door(request, changes=True)
        to = await transcripts.send(
            self._house,
            request.path_params["store_id"],
            request.path_params["conversation_id"],
            signed.agent_id,
        )
        return json({"to": to}, 202)
