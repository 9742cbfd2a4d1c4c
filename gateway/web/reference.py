"""Tells a shop's page who is chatting in it, as a reference that its server can use.

A hidden frame on the gateway's origin has the session, as the panel has; only the store's own pages
may frame it, and only they are answered. The page learns a reference for some minutes and nothing
else. It is a frame of its own, so that neither the loader, which every page of the shop pays for,
nor the panel has to know of it.
"""

from __future__ import annotations

import json as plain_json
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Forbidden
from gateway.services import shopper_references
from gateway.services.house import House
from gateway.store import house as houses
from gateway.store.tx import unpack
from gateway.web.answers import body_of, json
from gateway.web.origins import origin_of
from gateway.web.panel import LOADER_AGE, NO_NUL, cookie_name

_HERE: Final = Path(__file__).parent


class Asked(BaseModel):
    """The frame asks who this browser is."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    session: str | None = Field(None, max_length=200)


class Reference:
    """``/widget/reference``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The page's module, the frame with its script, and what that asks."""
        return [
            Route("/widget/reference.js", self.module),
            Route("/widget/reference-frame.js", self.script),
            Route("/widget/reference", self.frame),
            Route("/widget/reference", self.refer, methods=["POST"]),
        ]

    async def module(self, _request: Request) -> Response:
        """What the shop's page imports."""
        return _script("reference.js")

    async def script(self, _request: Request) -> Response:
        """What runs in the frame."""
        return _script("reference_frame.js")

    async def frame(self, request: Request) -> Response:
        """An empty document, which only the store's pages may frame."""
        key = request.query_params.get("key", "")
        row = await self._house.store.read(lambda tx: houses.store_by_key(tx, key))
        origins = [str(each) for each in unpack(row.origins)]
        # "<" as \u003c: a key that holds "</script>" must not end the element.
        boot = plain_json.dumps({"key": row.key, "origins": origins}).replace("<", "\\u003c")
        shops = " ".join(origins) or "'none'"
        policy = (
            "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none';"
            f" form-action 'none'; frame-ancestors {shops}"
        )
        return HTMLResponse(
            '<!doctype html><meta charset="utf-8"><title>Onethread</title>'
            f'<script type="application/json" id="boot">{boot}</script>'
            '<script src="/widget/reference-frame.js"></script>',
            headers={
                "Content-Security-Policy": policy,
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def refer(self, request: Request) -> Response:
        """A reference to the shopper of this browser; null while it has no session.

        Same-origin only, as for the panel: a page that could post here with the cookie could have
        a stranger's shopper.
        """
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the frame itself")
        asked = await body_of(request, Asked)
        cookie = request.cookies.get(cookie_name(asked.key))
        reference = await shopper_references.refer(self._house, asked.key, cookie, asked.session)
        return json({"reference": reference})


def _script(name: str) -> Response:
    return FileResponse(
        _HERE / name,
        media_type="text/javascript",
        headers={
            "Cache-Control": LOADER_AGE,
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
        },
    )
