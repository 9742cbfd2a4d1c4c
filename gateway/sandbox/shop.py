"""A small shoe shop, so that the widget has somewhere to live."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gateway.errors import OnethreadError
from gateway.sandbox import shop_kinds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Endpoint = Callable[[Request], Awaitable[Response]]

_FILES: Final = Path(__file__).parent / "storefront"
_PLACE: Final = "<!-- the widget goes here -->"
_OTHERS: Final = "<!-- the other pages go here -->"
_WORKER: Final = "/onethread-worker.js"
_WITHOUT: Final = "/help"
_PAGES: Final = {"/": "index.html", "/shoes/blue": "blue.html", "/help": "help.html"}


def build(*, gateway_url: str, store_key: str, link: Endpoint) -> Starlette:
    """Return the shop; each page carries the widget by the one tag that a real shop would paste.

    ``link`` is the shop's server, which is told who is chatting: see ``shop_app``.
    Beside it the shop serves one line of its own, so that its pages can ask for notifications. Its
    help page does without, as other shops do: there a window of the gateway's asks.
    """
    gateway = gateway_url.rstrip("/")
    tag = (
        f'<script async src="{html.escape(gateway)}/widget/loader.js"'
        f' data-key="{html.escape(store_key)}"%s></script>'
    )
    pages = {
        path: (_FILES / name)
        .read_text(encoding="utf-8")
        .replace(_OTHERS, shop_kinds.others())
        .replace(_PLACE, tag % ("" if path == _WITHOUT else f' data-worker="{_WORKER}"'))
        for path, name in _PAGES.items()
    }

    async def page(request: Request) -> Response:
        return HTMLResponse(pages[request.url.path], headers={"Cache-Control": "no-cache"})

    async def worker(_request: Request) -> Response:
        line = f"importScripts({json.dumps(gateway + '/push/worker.js')});\n"
        headers = {"Cache-Control": "no-cache"}
        return Response(line, media_type="text/javascript", headers=headers)

    return Starlette(
        routes=[
            Route(_WORKER, worker),
            Route("/app/link", link, methods=["POST"]),
            *(Route(path, page) for path in pages),
            *shop_kinds.routes(gateway_url=gateway, tag=tag),
            Mount("/assets", StaticFiles(directory=_FILES / "assets")),
        ],
        exception_handlers={OnethreadError: _refused},
    )


async def _refused(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, 400)
