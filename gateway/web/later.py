"""What an agent is about to send, over HTTP, for the console: for later, and as a mail.

Which messages for later there are comes by the socket.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.protocol.entry import MOST_BODY, Instant, Message, Seq
from gateway.protocol.writing import Wish
from gateway.services import answer_previews, scheduling
from gateway.services.house import House
from gateway.services.scheduling import Wanted
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door


class New(Message):
    """A message for later."""

    due_at: Instant
    seen_seq: Seq
    resolves: bool = False
    wish: Wish | None = None


class Changed(BaseModel):
    """One as it is to be now, by its author who has seen up to ``seen_seq``."""

    model_config = ConfigDict(extra="forbid")
    body: str = Field(max_length=MOST_BODY, pattern=NO_NUL)
    due_at: Instant
    seen_seq: Seq
    resolves: bool = False


class Now(BaseModel):
    """One that is to be sent at once, by its author who has seen up to ``seen_seq``."""

    model_config = ConfigDict(extra="forbid")
    seen_seq: Seq


class Shown(BaseModel):
    """An answer as far as it is written."""

    model_config = ConfigDict(extra="forbid")
    body: str = Field(max_length=MOST_BODY, pattern=NO_NUL)


class MessagesForLater:
    """Their HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """Everything about messages for later below ``/api/stores/{store_id}``."""
        place = "/api/stores/{store_id}"
        return [
            Route(
                place + "/conversations/{conversation_id}/later", self.schedule, methods=["POST"]
            ),
            Route(
                place + "/conversations/{conversation_id}/preview", self.preview, methods=["POST"]
            ),
            Route(place + "/later/{scheduled_id}", self.change, methods=["PUT"]),
            Route(place + "/later/{scheduled_id}", self.cancel, methods=["DELETE"]),
            Route(place + "/later/{scheduled_id}/now", self.send_now, methods=["POST"]),
        ]

    async def schedule(self, request: Request) -> Response:
        """Keep a message for later; the same ``cmid`` again is the same one."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, New)
        scheduled_id = await scheduling.schedule(
            self._house,
            request.path_params["store_id"],
            request.path_params["conversation_id"],
            signed.agent_id,
            Wanted(
                body=given.body,
                due_at=given.due_at,
                seen_seq=given.seen_seq,
                resolves=given.resolves,
            ),
            cmid=given.cmid,
            attachments=given.attachments,
            wish=given.wish,
        )
        return json({"scheduled_id": scheduled_id}, 201)

    async def preview(self, request: Request) -> Response:
        """The mail that would bring this answer."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Shown)
        store_id, conversation_id = (
            request.path_params[each] for each in ("store_id", "conversation_id")
        )
        return json(
            await answer_previews.preview(
                self._house, store_id, conversation_id, signed.agent_id, given.body
            )
        )

    async def change(self, request: Request) -> Response:
        """Other words, or another time."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Changed)
        await scheduling.change(
            self._house, *self._which(request), signed.agent_id, Wanted(**given.model_dump())
        )
        return json({})

    async def cancel(self, request: Request) -> Response:
        """It will not be sent; its words are its author's draft again."""
        signed = await self._door(request, changes=True)
        await scheduling.cancel(self._house, *self._which(request), signed.agent_id)
        return json({})

    async def send_now(self, request: Request) -> Response:
        """Its author wants it sent at once."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Now)
        await scheduling.send_now(
            self._house, *self._which(request), signed.agent_id, seen_seq=given.seen_seq
        )
        return json({})

    def _which(self, request: Request) -> tuple[str, str]:
        return request.path_params["store_id"], request.path_params["scheduled_id"]
