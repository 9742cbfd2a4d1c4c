"""Agents' pictures over HTTP: an agent changes their own, and everybody sees them all.

A picture's address is made of randomness alone and is the same for everybody. It is cached for as
long as browsers like: another picture has another address.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import faces
from gateway.services.house import House
from gateway.web.answers import json
from gateway.web.files import POLICY, chunks_of
from gateway.web.policies import Door

HEADERS: Final = {
    **POLICY,
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    # The store's own pages may show who is on.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Faces:
    """The HTTP of agents' pictures."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """The agent's own, and everybody's."""
        most = faces.MOST_BYTES + 1  # what is larger is refused by name
        return [
            Route("/faces/{face_id}", self.look),
            Route("/api/me/face", self.keep, methods=["PUT"], max_body_size=most),
            Route("/api/me/face", self.remove, methods=["DELETE"]),
        ]

    async def look(self, request: Request) -> Response:
        """A picture."""
        found = await faces.look(self._house, request.path_params["face_id"])
        return Response(found, media_type="image/jpeg", headers=HEADERS)

    async def keep(self, request: Request) -> Response:
        """Show this picture of the agent from now on; the body is the file."""
        signed = await self._door(request, changes=True)
        await faces.keep(self._house, signed.agent_id, chunks_of(request))
        return json({"ok": True})

    async def remove(self, request: Request) -> Response:
        """Show the agent's initials again."""
        signed = await self._door(request, changes=True)
        await faces.remove(self._house, signed.agent_id)
        return json({"ok": True})
