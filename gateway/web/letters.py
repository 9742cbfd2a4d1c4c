"""A store's mails over HTTP, for the console: its own words, its logo, and how a mail looks."""

from __future__ import annotations

import base64
import binascii

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput
from gateway.services import mail_settings
from gateway.services.house import House
from gateway.web.answers import body_of, json
from gateway.web.policies import Door

Words = dict[str, dict[str, str]]


class Put(BaseModel):
    """An owner's words, and those that they began from."""

    model_config = ConfigDict(extra="forbid")
    words: Words
    seen: Words


class Shown(BaseModel):
    """What is to be looked at; ``number`` is a conversation's, None makes one up."""

    model_config = ConfigDict(extra="forbid")
    language: str
    words: Words
    number: int | None = Field(default=None, ge=1)


class Picture(BaseModel):
    """A logo in base64; None takes it away."""

    model_config = ConfigDict(extra="forbid")
    picture: str | None


class Letters:
    """The mails' HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/api/stores/{store_id}/mail``."""
        place = "/api/stores/{store_id}/mail"
        return [
            Route(place, self.look),
            Route(place, self.put, methods=["PUT"]),
            Route(place + "/preview", self.preview, methods=["POST"]),
            Route(place + "/logo", self.logo, methods=["PUT"]),
        ]

    async def look(self, request: Request) -> Response:
        """The words that hold, ours, and what is needed to change them."""
        signed = await self._door(request)
        return await self._answer(request, signed.agent_id)

    async def put(self, request: Request) -> Response:
        """Put an owner's words into the mails; a wrong one is named by ``field``."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Put)
        store_id = request.path_params["store_id"]
        try:
            await mail_settings.change(
                self._house, store_id, signed.agent_id, given.words, given.seen
            )
        except BadInput as wrong:
            field = str(wrong.details.get("field", ""))
            return json(
                {"code": wrong.code, "message": wrong.message, "field": field}, wrong.status
            )
        return await self._answer(request, signed.agent_id)

    async def preview(self, request: Request) -> Response:
        """A mail with these words."""
        await self._door(request, changes=True)
        given = await body_of(request, Shown)
        return json(
            await mail_settings.preview(
                self._house,
                request.path_params["store_id"],
                given.language,
                given.words,
                given.number,
            )
        )

    async def logo(self, request: Request) -> Response:
        """Set or take away the logo."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Picture)
        try:
            picture = (
                None if given.picture is None else base64.b64decode(given.picture, validate=True)
            )
        except (binascii.Error, ValueError):
            raise BadInput("a logo is sent in base64") from None
        store_id = request.path_params["store_id"]
        await mail_settings.set_logo(self._house, store_id, signed.agent_id, picture)
        return await self._answer(request, signed.agent_id)

    async def _answer(self, request: Request, agent_id: str) -> Response:
        store_id = request.path_params["store_id"]
        return json(await mail_settings.current(self._house, store_id, agent_id))
