"""A small shoe shop, so that the widget has somewhere to live."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.requests import Request

_FILES: Final = Path(__file__).parent / "storefront"
_PLACE: Final = "<!-- the widget goes here -->"
_PAGES: Final = {"/": "index.html", "/shoes/blue": "blue.html", "/help": "help.html"}


def build(*, gateway_url: str, store_key: str) -> Starlette:
    """Return the shop; each page carries the widget by the one tag that a real shop would paste."""
    tag = (
        f'<script async src="{html.escape(gateway_url.rstrip("/"))}/widget/loader.js"'
        f' data-key="{html.escape(store_key)}"></script>'
    )
    pages = {
        path: (_FILES / name).read_text(encoding="utf-8").replace(_PLACE, tag)
        for path, name in _PAGES.items()
    }

    async def page(request: Request) -> Response:
        return HTMLResponse(pages[request.url.path], headers={"Cache-Control": "no-cache"})

    return Starlette(
        routes=[
            *(Route(path, page) for path in pages),
            Mount("/assets", StaticFiles(directory=_FILES / "assets")),
        ]
    )
