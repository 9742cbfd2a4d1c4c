"""Where a browser is asked whether it may be notified, and the files that this takes.

A framed page may not ask. So the shop's own page does, with ``/widget/push.js`` and a service
worker of its own that imports ours; or this little window of the gateway's origin, which the panel
opens on a click and which hands what it gets to the panel, and to nobody else.
"""

from __future__ import annotations

import json as plain_json
from functools import cache
from html import escape
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import NotFound
from gateway.protocol.entry import NO_NUL, PushOffer
from gateway.services.house import House
from gateway.services.push_changes import changed
from gateway.services.push_keys import offered
from gateway.services.tongues import catalogues
from gateway.store import house as houses
from gateway.store.tables import StoreRow
from gateway.store.tx import Tx
from gateway.web.assets import STATIC
from gateway.web.languages import language_for
from gateway.web.origins import origin_of
from gateway.web.panel import LOADER_AGE
from gateway.web.plain_page import plain_page, words_of
from gateway.web.preference_page import gone

CATALOGUES: Final = catalogues("push")
#: what the window says once something has come of it; it shows none of them before
ENDS: Final = ("asking", "done", "blocked", "cannot", "failed", "alone")
_FILE: Final = {
    "Cache-Control": LOADER_AGE,
    "Access-Control-Allow-Origin": "*",
    # A shop that isolates its pages may import the worker's file all the same.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class Was(BaseModel):
    """The subscription that a browser had, and the proof that it was this browser."""

    model_config = ConfigDict(extra="forbid")
    endpoint: str = Field(min_length=12, max_length=2_048, pattern=NO_NUL)
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{22}$")


class Changed(BaseModel):
    """What a service worker hands over when its browser changed the subscription by itself."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    was: Was
    endpoint: str = Field(min_length=12, max_length=2_048, pattern=NO_NUL)
    p256dh: str = Field(pattern=r"^[A-Za-z0-9_-]{87}$")
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{22}$")


class PushPage:
    """``/push``, in a browser."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The window of each store, the files, and where a worker hands a change over."""
        return [
            Route("/widget/push.js", self.part),
            Route("/push/window.js", self.script),
            Route("/push/worker.js", self.worker),
            Route("/push/changed", self.changed, methods=["POST"]),
            Route("/push/{store_key}", self.page),
        ]

    async def part(self, _request: Request) -> Response:
        """What the loader fetches to ask on the shop's own page."""
        return _file("shop")

    async def script(self, _request: Request) -> Response:
        """The little window's script."""
        return _file("window")

    async def worker(self, _request: Request) -> Response:
        """The service worker; a shop's own imports it, so it is told whom to answer to."""
        return Response(
            f"const ONETHREAD_GATEWAY = {plain_json.dumps(self._origin)};\n{_built('worker')}",
            media_type="text/javascript",
            headers=_FILE,
        )

    async def changed(self, request: Request) -> Response:
        """Take a changed subscription; as text, which a shop's origin may send without asking.

        It needs no session and no origin: its proof is what only that browser knows.
        """
        try:
            said = Changed.model_validate_json(await request.body())
        except ValueError:
            raise NotFound from None
        await changed(
            self._house,
            said.key,
            said.was.endpoint,
            said.was.auth,
            endpoint=said.endpoint,
            p256dh=said.p256dh,
            auth=said.auth,
        )
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    async def page(self, request: Request) -> Response:
        """The window; without a panel that opened it, it asks nothing."""
        key = request.path_params["store_key"]

        def load(tx: Tx) -> tuple[StoreRow, str, PushOffer | None]:
            store = houses.store_by_key(tx, key)
            language = language_for(request, store.language)
            return store, language, offered(tx, store, language)

        try:
            store, language, offer = await self._house.store.read(load)
        except NotFound:
            return gone(request)
        if offer is None:
            return gone(request)
        return _asking(store, offer, language)


def _asking(store: StoreRow, offer: PushOffer, spoken: str) -> Response:
    language, words = words_of(CATALOGUES, spoken)
    ends = "".join(
        f'<p class="told{" done" if end == "done" else ""}" data-at="{end}" hidden>'
        f"{escape(words[end])}</p>"
        for end in ENDS
    )
    body = (
        f'<p class="store"><bdi>{escape(store.name)}</bdi></p>'
        f"<h1>{escape(words['title'])}</h1><p>{escape(words['about'])}</p>"
        f'<div role="status">{ends}</div>'
        # Until its script is there a click would come to nothing.
        f'<button type="button" disabled data-key="{escape(offer.key)}"'
        f' data-store="{escape(store.key)}">{escape(words["allow"])}</button>'
        f'<p class="small" dir="auto">{escape(offer.words)}</p>'
    )
    return plain_page(
        language,
        f"{words['title']} · {store.name}",
        body,
        store.accent,
        200,
        script="/push/window.js",
    )


def _file(name: str) -> Response:
    return FileResponse(
        STATIC / "widget" / "push" / f"{name}.js", media_type="text/javascript", headers=_FILE
    )


@cache
def _built(name: str) -> str:
    return (STATIC / "widget" / "push" / f"{name}.js").read_text("utf-8")
