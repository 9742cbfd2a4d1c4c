"""Original mails over HTTP, for the console: what is in one, its page, its files, its bytes.

The page is a document of its own because a frame's ``srcdoc`` would inherit the console's policy.
Its own policy says the same again as the frame does: no scripts, no forms, no origin, no requests.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Final
from urllib.parse import quote

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import NotFound
from gateway.services import originals
from gateway.services.house import House
from gateway.services.originals import Which
from gateway.web.answers import json
from gateway.web.policies import Door

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
AT_ONCE = 2  #: mails opened at the same time; each takes a process
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{pictures}; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
_FRAME: Final = {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox",
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Mails are written for paper: they stay black on white whatever the console looks like.
_PAGE: Final = (
    '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light">'
    '<meta name="viewport" content="width=device-width"><title>Mail</title><style>'
    "html{{background:#fff;color:#1c1f23}}body{{margin:16px;font:14px/1.5 system-ui,sans-serif;"
    "overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}pre{{white-space:pre-wrap}}"
    "table{{max-width:100%}}a{{color:#0b57d0}}blockquote{{margin:8px 0 8px 4px;padding-left:12px;"
    "border-left:2px solid #d5d5d0;color:#565b61}}"
    "img:not([src]){{display:inline-block;box-sizing:border-box;min-width:24px;min-height:24px;"
    "padding:2px 6px;border:1px dashed #b4b8bd;border-radius:4px;background:#f3f3f0;color:#565b61;"
    "font-size:12px}}img:not([src]):is([width='0'],[width='1'],[height='0'],[height='1'])"
    "{{display:none}}</style>{html}"
)


class Originals:
    """The originals' HTTP."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door
        self._turn = anyio.Semaphore(AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        """Everything below an entry's ``/original``."""
        place = "/api/stores/{store_id}/conversations/{conversation_id}/entries/{entry_id}/original"
        return [
            Route(place, self.facts),
            Route(place + "/page", self.page),
            Route(place + "/files/{number:int}", self.file),
            Route(place + "/raw", self.raw),
        ]

    async def facts(self, request: Request) -> Response:
        """What is in the mail that an entry came from."""
        which = await self._which(request)
        async with self._turn:
            found = await originals.mail(
                self._house, which.store_id, which.conversation_id, which.entry_id
            )
        return json(asdict(found))

    async def page(self, request: Request) -> Response:
        """Its HTML as a document; with ``?pictures=1`` those from elsewhere may be fetched."""
        which = await self._which(request)
        pictures = request.query_params.get("pictures") == "1"
        async with self._turn:
            found = await originals.page(self._house, which, pictures=pictures)
        policy = _POLICY.format(pictures=" https: http:" if pictures else "")
        response = HTMLResponse(_PAGE.format(html=found), headers={**_HEADERS, **_FRAME})
        # Two policies: what either forbids is forbidden.
        response.headers.append("Content-Security-Policy", policy)
        return response

    async def file(self, request: Request) -> Response:
        """One of its files, as a download and as nothing else."""
        which = await self._which(request)
        number = request.path_params["number"]
        if number > 10_000:
            raise NotFound
        async with self._turn:
            name, data = await originals.file(self._house, which, number)
        return _download(data, name, "application/octet-stream")

    async def raw(self, request: Request) -> Response:
        """The bytes as they came, as a download."""
        which = await self._which(request)
        data = await originals.raw(self._house, which)
        return _download(data, f"{which.entry_id}.eml", "message/rfc822")

    async def _which(self, request: Request) -> Which:
        await self._door(request)
        return Which(
            store_id=request.path_params["store_id"],
            conversation_id=request.path_params["conversation_id"],
            entry_id=request.path_params["entry_id"],
        )


def _download(data: bytes, name: str, media_type: str) -> Response:
    """A file that no browser opens in place (RFC 6266, RFC 8187)."""
    plain = _NOT_PLAIN.sub("_", name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        data,
        media_type=media_type,
        headers={
            **_HEADERS,
            "Content-Disposition": named,
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
