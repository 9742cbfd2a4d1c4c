"""Search over HTTP. What is looked for comes in a body: addresses end up in other people's logs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.services import searching
from gateway.services.house import House
from gateway.services.searching import Found, Hit, Page
from gateway.services.wire import NAMELESS, ms, ms_or_none
from gateway.web.answers import body_of, json
from gateway.web.panel import NO_NUL
from gateway.web.policies import Door


class Wanted(BaseModel):
    """What an agent looks for; ``zone`` is their browser's, ``before`` what the last page told."""

    model_config = ConfigDict(extra="forbid")
    query: Annotated[str, Field(max_length=20_000)]
    best: bool = False
    before: Annotated[str, Field(max_length=100)] | None = None
    zone: Annotated[str, Field(max_length=64, pattern=NO_NUL)] = "UTC"


class Search:
    """The search's HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door

    def routes(self) -> list[BaseRoute]:
        """``/api/search``."""
        return [Route("/api/search", self.look, methods=["POST"])]

    async def look(self, request: Request) -> Response:
        """A page of conversations with what in them answers."""
        signed = await self._door(request, changes=True)
        given = await body_of(request, Wanted)
        page = await searching.search_for(
            self._house,
            signed.agent_id,
            given.query,
            best=given.best,
            before=given.before,
            zone=given.zone,
        )
        return json(_page(page))


def _page(page: Page) -> dict[str, Any]:
    return {"conversations": [_found(each) for each in page.found], "before": page.before}


def _found(found: Found) -> dict[str, Any]:
    row = found.row
    return {
        "store_id": row.store_id,
        "conversation_id": row.conversation_id,
        "number": row.number,
        "shopper": row.shopper or f"{NAMELESS} #{row.number}",
        "subject": row.subject,
        "preview": row.preview,
        "state": row.state,
        "snoozed": row.snoozed_until is not None,
        "assignee_id": row.assignee_id,
        "channel": row.last_channel,
        "last_at": ms(row.last_at),
        "hits": [_hit(each) for each in found.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "what": hit.what,
        "name": hit.name,
        "text": hit.excerpt.text,
        "marks": hit.excerpt.marks,
        "seq": hit.seq,
        "at": ms_or_none(hit.at),
        "author": hit.author,
        "side": hit.side,
        "channel": hit.channel,
    }
