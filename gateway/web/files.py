"""Files over HTTP: uploads, links for whoever may see a message, and the bytes behind a link.

The bytes come from our own origin, so nothing in them may ever run there: only pictures that we
drew ourselves are shown, everything else is a download, and each answer is of an origin that
is nobody's.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from anyio import to_thread
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.clock import MILLISECOND, SECOND
from gateway.errors import BadInput, Forbidden, NotFound, NotSignedIn
from gateway.files.names import disposition
from gateway.protocol.entry import Id
from gateway.services import file_links, uploads
from gateway.services.house import House
from gateway.web.answers import body_of, json
from gateway.web.origins import origin_of
from gateway.web.panel import NO_NUL, cookie_name
from gateway.web.policies import Door

SESSION: Final = "x-onethread-session"
MOST_LINKS: Final = 100
MOST_NAME: Final = 1_000
POLICY: Final = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
HEADERS: Final = {
    **POLICY,
    "X-Content-Type-Options": "nosniff",
    # The panel and the console are documents of this origin; nobody else shows our files.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
#: what a download may call itself; the rest is bytes, so that no browser finds a use for it
TOLD: Final = ("image/", "audio/", "video/", "application/pdf", "text/plain", "text/csv")


class Wanted(BaseModel):
    """Files of the panel's messages, to be shown."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    session: str | None = Field(None, max_length=200)
    ids: Annotated[list[Id], Field(max_length=MOST_LINKS)]


class Files:
    """The HTTP of files."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door
        self._origin = origin_of(house.base_url)

    def routes(self) -> Sequence[BaseRoute]:
        """Everything that moves files."""
        most, place = uploads.MOST_BYTES, "/api/stores/{store_id}/files"
        return [
            Route("/files/{token}", self.bytes_behind),
            Route(place, self.from_agent, methods=["POST"], max_body_size=most),
            Route(place + "/{attachment_id}", self.for_agent),
            Route("/widget/files", self.from_shopper, methods=["POST"], max_body_size=most),
            Route("/widget/files/links", self.for_shopper, methods=["POST"]),
        ]

    async def bytes_behind(self, request: Request) -> Response:
        """The file behind a link; whatever is wrong with a link reads the same."""
        served = await file_links.opened(self._house, request.path_params["token"])
        try:
            found = await to_thread.run_sync(os.stat, served.path)
        except FileNotFoundError:
            raise NotFound from None
        # Several ranges in one request serve nobody but who wants much work for few bytes.
        if "," in request.headers.get("range", ""):
            request.scope["headers"] = [
                each for each in request.scope["headers"] if each[0] != b"range"
            ]
        left = max(0, (served.until - self._house.clock.now()) // SECOND)
        return FileResponse(
            served.path,
            stat_result=found,
            media_type=served.kind if served.kind.startswith(TOLD) else "application/octet-stream",
            headers={
                **HEADERS,
                "Cache-Control": f"private, max-age={left}, immutable",
                "Content-Disposition": disposition(served.name, inline=served.inline),
                "ETag": f'"{served.digest}"',
            },
        )

    async def from_agent(self, request: Request) -> Response:
        """Keep what an agent is about to send; the body is the file, ``name`` what it is called."""
        signed = await self._door(request, changes=True)
        kept = await uploads.by_agent(
            self._house,
            request.path_params["store_id"],
            signed.agent_id,
            _name(request),
            chunks_of(request),
        )
        return json(kept.model_dump(mode="json"), 201)

    async def for_agent(self, request: Request) -> Response:
        """Lead the console to a file, by a link that is good for minutes."""
        await self._door(request)
        path, until = await file_links.for_agent(
            self._house,
            request.path_params["store_id"],
            request.path_params["attachment_id"],
            "small" if "small" in request.query_params else "whole",
        )
        left = (until - self._house.clock.now()) // SECOND
        return RedirectResponse(
            path, 307, headers={"Cache-Control": f"private, max-age={max(0, left - 60)}"}
        )

    async def from_shopper(self, request: Request) -> Response:
        """Keep what a shopper is about to send, for the panel alone, as ``/widget/session`` is."""
        self._panel_only(request)
        key = request.query_params.get("key", "")
        sessions = (request.cookies.get(cookie_name(key)), request.headers.get(SESSION))
        kept = await uploads.by_shopper(
            self._house, key, sessions, _name(request), chunks_of(request)
        )
        return json(kept.model_dump(mode="json"), 201)

    async def for_shopper(self, request: Request) -> Response:
        """Links to the files of a shopper's messages; those that are not theirs are left out.

        So are all of a session that is over: the page that asks may not have heard of its end yet.
        """
        self._panel_only(request)
        wanted = await body_of(request, Wanted)
        sessions = (request.cookies.get(cookie_name(wanted.key)), wanted.session)
        try:
            store_id, shopper_id = await uploads.shopper_of(self._house, wanted.key, sessions)
        except NotSignedIn:
            return json({"links": {}, "good_for_ms": 0})
        links, until = await file_links.for_shopper(self._house, store_id, shopper_id, wanted.ids)
        told = {name: {"whole": each.whole, "small": each.small} for name, each in links.items()}
        left = (until - self._house.clock.now()) // MILLISECOND
        return json({"links": told, "good_for_ms": left})

    def _panel_only(self, request: Request) -> None:
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the panel itself")


async def chunks_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    Raises:
        BadInput: it broke off.
    """
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise BadInput("the upload broke off") from None


def _name(request: Request) -> str:
    return request.query_params.get("name", "")[:MOST_NAME]
