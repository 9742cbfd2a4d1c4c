"""Who is shopping, what the shop's page tells of them, and the end of it: the panel asks these.

Same-origin only, as ``/widget/session``. A session comes as the cookie or in the body.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput, Forbidden
from gateway.services import identity, traits
from gateway.services.house import House
from gateway.services.sessions import Visit
from gateway.services.traits import MOST_AT_ONCE, Told
from gateway.web.answers import NO_STORE, body_of, json
from gateway.web.origins import origin_of
from gateway.web.panel import NO_NUL, cookie_name, forget_session, keep_session

MOST_BODY: Final = 16_384  #: bytes of a post
Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Values = dict[str, StrictBool | StrictInt | Finite | StrictStr | None]


class Reset(BaseModel):
    """The shop's page says that whoever was here is gone."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    session: str | None = Field(None, max_length=200)


class Identify(Reset):
    """The shop's page says who is here: signed, or not."""

    token: str | None = None
    claims: Values | None = None


class Thing(BaseModel):
    """One thing told, under an id that the page gave it; ``at`` in milliseconds since 1970."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1, max_length=64)
    at: int | None = Field(None, ge=0, lt=1 << 53)
    track: str | None = None
    data: Values | None = None
    set: Values | None = None


class Telling(Reset):
    """What a page tells, the oldest first."""

    told: list[Thing] = Field(max_length=MOST_AT_ONCE)


class Identity:
    """``/widget/identify``, ``/widget/reset`` and ``/widget/told``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The three of them."""
        return [
            Route("/widget/identify", self.identify, methods=["POST"]),
            Route("/widget/reset", self.reset, methods=["POST"]),
            Route("/widget/told", self.told, methods=["POST"]),
        ]

    async def identify(self, request: Request) -> Response:
        """Say who is shopping; answers as ``/widget/session`` does, with another session."""
        await self._own(request)
        asked = await body_of(request, Identify)
        held = _sessions(request, asked)
        if asked.token is not None:
            visit = await identity.identify(
                self._house, asked.key, *held, token=asked.token, claims=asked.claims
            )
        elif asked.claims is not None:
            visit = await identity.claim(self._house, asked.key, *held, claims=asked.claims)
        else:
            raise BadInput("name a token or claims")
        return _let_in(asked.key, visit)

    async def reset(self, request: Request) -> Response:
        """End this browser's session; there need be none."""
        await self._own(request)
        asked = await body_of(request, Reset)
        await identity.reset(self._house, asked.key, *_sessions(request, asked))
        response = Response(status_code=204, headers=NO_STORE)
        forget_session(response, cookie_name(asked.key))
        return response

    async def told(self, request: Request) -> Response:
        """Keep what a page tells of the shopper; said again, it changes nothing."""
        await self._own(request)
        asked = await body_of(request, Telling)
        told = [_thing(each) for each in asked.told]
        await traits.tell(self._house, asked.key, *_sessions(request, asked), told=told)
        return Response(status_code=204, headers=NO_STORE)

    async def _own(self, request: Request) -> None:
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the panel itself")
        if len(await request.body()) > MOST_BODY:
            raise BadInput(f"a post has at most {MOST_BODY} bytes")


def _sessions(request: Request, asked: Reset) -> tuple[str | None, str | None]:
    return request.cookies.get(cookie_name(asked.key)), asked.session


def _thing(each: Thing) -> Told:
    if (each.track is None) == (each.set is None):
        raise BadInput("each thing told is either a track or a set")
    return Told(told_id=each.id, at=each.at, track=each.track, data=each.data or {}, set=each.set)


def _let_in(key: str, visit: Visit) -> Response:
    response = json(
        {
            "ticket": visit.ticket,
            "session": visit.session,
            "shopper_id": visit.shopper_id,
            "known": visit.known,
        }
    )
    keep_session(response, cookie_name(key), visit.session)
    return response
