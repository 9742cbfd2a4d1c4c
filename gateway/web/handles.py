"""``POST /widget/handle``: the panel trades what the shop's page has kept for a session."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Forbidden
from gateway.services import handles
from gateway.services.house import House
from gateway.web.answers import body_of, json
from gateway.web.origins import origin_of
from gateway.web.panel import NO_NUL, cookie_name


class Asked(BaseModel):
    """A handle to trade, or the session that wants its first."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    handle: str | None = Field(None, max_length=100)
    session: str | None = Field(None, max_length=200)


class Handles:
    """The one route."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """For the panel alone."""
        return [Route("/widget/handle", self.trade, methods=["POST"])]

    async def trade(self, request: Request) -> Response:
        """``{"session", "handle"}``, each null for nothing.

        Same-origin only: the shop's page holds the handle, and may not trade it.
        """
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the panel itself")
        asked = await body_of(request, Asked)
        housed = await handles.trade(
            self._house,
            asked.key,
            cookie=request.cookies.get(cookie_name(asked.key)),
            handle=asked.handle,
            session=asked.session,
        )
        return json({"session": housed.session, "handle": housed.handle})
