"""Numbers for the panel's form: the countries to pick from, and what was typed, well spelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Forbidden
from gateway.services import numbers
from gateway.services.house import House
from gateway.web.answers import body_of, json
from gateway.web.origins import origin_of

AGE = "public, max-age=86400"


class Typed(BaseModel):
    """A number as far as somebody has typed it, and the country that they picked."""

    model_config = ConfigDict(extra="forbid")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    typed: Annotated[str, Field(max_length=numbers.MOST_TYPED)]


class Numbers:
    """The HTTP of the form for a number; nothing of it is kept or logged."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> Sequence[BaseRoute]:
        """For the panel alone."""
        return [
            Route("/widget/countries", self.countries),
            Route("/widget/number", self.number, methods=["POST"]),
        ]

    async def countries(self, request: Request) -> Response:
        """``{"home", "codes": {region: calling code}}``; their names the browser knows itself."""
        home = await numbers.home_of(self._house, request.query_params.get("key", ""))
        answer = json({"home": home, "codes": numbers.calling_codes()})
        answer.headers["Cache-Control"] = AGE
        return answer

    async def number(self, request: Request) -> Response:
        """``{"e164", "shown", "region"}``, or ``null`` while it is no number yet.

        By POST: a number does not belong into an address that is logged on the way.
        """
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the panel itself")
        typed = await body_of(request, Typed)
        found = numbers.read(typed.typed, typed.country)
        if found is None:
            return json(None)
        return json({"e164": found.e164, "shown": found.shown, "region": found.region})
