"""What a shop's page asks for: the loader, its one request, the panel's document, a session.

Where a shop's origin is checked (see ``docs/decisions``): ``frame-ancestors`` of the document, CORS
of the loader's request, and ``event.origin`` of the opening hand-shake inside the panel.
"""

from __future__ import annotations

import gzip
import json as plain_json
from functools import cache
from html import escape
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from typing_extensions import override

from gateway.errors import Forbidden
from gateway.services import looks, sessions
from gateway.services.house import House
from gateway.services.tongues import short
from gateway.store import house as houses
from gateway.store.tables import StoreRow
from gateway.store.tx import unpack
from gateway.web.answers import body_of, json
from gateway.web.assets import STATIC, panel_assets, words_assets
from gateway.web.languages import language_for, loader_words
from gateway.web.origins import allowed, origin_of

LOADER_AGE = "public, max-age=300"
NO_NUL = r"^[^\x00]*$"
CONFIG_AGE = "private, max-age=300"
SESSION_AGE = sessions.SHOPPER_SESSION // 1_000_000
IMMUTABLE = "public, max-age=31536000, immutable"


class Knock(BaseModel):
    """The panel asks to be let in."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=100, pattern=NO_NUL)
    session: str | None = Field(None, max_length=200)
    #: what the panel speaks: what is brought elsewhere says it in the same language
    language: str = Field("", max_length=35, pattern=r"^[A-Za-z0-9_-]*$")


class Immutable(StaticFiles):
    """Hashed file names never change what they name."""

    @override
    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, with headers that let every cache keep it."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = IMMUTABLE
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


class Panel:
    """The widget's HTTP."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/widget``."""
        return [
            Route("/widget/loader.js", self.loader),
            Route("/widget/frame.js", self.frame),
            Route("/widget/config", self.config),
            Route("/widget/panel", self.document),
            Route("/widget/session", self.session, methods=["POST"]),
            Mount(
                "/widget/assets",
                GZipMiddleware(Immutable(directory=STATIC / "widget" / "assets", check_dir=False)),
            ),
        ]

    async def loader(self, request: Request) -> Response:
        """The script tag's file."""
        return _script(request, "loader.js")

    async def frame(self, request: Request) -> Response:
        """What the loader fetches once somebody wants the chat."""
        return _script(request, "frame.js")

    async def config(self, request: Request) -> Response:
        """The loader's one request, as a module; only the store's own pages may read it.

        A module, since the shop's page may have put anything in the place of ``fetch``, and nothing
        in that of ``import``: it is fetched as CORS has it (HTML standard, "fetch a single module
        script"), and the shop's policy needs no ``connect-src`` for it.
        """
        row = await self._store(request)
        answer = {
            "name": row.name,
            "accent": row.accent,
            **looks.read(row.look),
            **loader_words(request, row),
        }
        answer.setdefault("position", "left" if answer["dir"] == "rtl" else "right")
        response = Response(
            f"export default {plain_json.dumps(answer)};\n", media_type="text/javascript"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = CONFIG_AGE
        response.headers["Vary"] = "Origin, Accept-Language"
        origin = request.headers.get("origin")
        if allowed(origin, frozenset(unpack(row.origins))) and origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
        return response

    async def document(self, request: Request) -> Response:
        """The panel's document, which only the store's pages may frame."""
        row = await self._store(request)
        return self.document_of(request, row)

    def document_of(self, request: Request, row: StoreRow, *, alone: bool = False) -> Response:
        """The panel, for the store's pages to frame or ``alone``: a page that nobody frames."""
        origins = [] if alone else [str(each) for each in unpack(row.origins)]
        language = language_for(request, row.language)
        words = words_assets(short(language))
        boot: dict[str, object] = {
            "key": row.key,
            "name": row.name,
            "accent": row.accent,
            "language": language,
            "words": words,
            # A greeting is said in the language that the store wrote it in, or not at all.
            "greeting": row.greeting if short(language) == short(row.language) else "",
            "origins": origins,
            "alone": alone,
            "socket": self._house.base_url.replace("http", "ws", 1) + "/ws/shopper",
        }
        return HTMLResponse(
            _page(row.name, language, boot, words[0]),
            headers={
                "Content-Security-Policy": self._policy(origins),
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def session(self, request: Request) -> Response:
        """Trade a cookie (or the panel's second copy of it) for a one-time ticket.

        Same-origin only: a page that could post here with the cookie could read the thread.
        """
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the panel itself")
        knock = await body_of(request, Knock)
        name = cookie_name(knock.key)
        visit = await sessions.visit(
            self._house,
            knock.key,
            request.cookies.get(name),
            knock.session,
            language=knock.language,
        )
        response = json(
            {
                "ticket": visit.ticket,
                "session": visit.session,
                "shopper_id": visit.shopper_id,
                "known": visit.known,
            }
        )
        keep_session(response, name, visit.session)
        return response

    async def _store(self, request: Request) -> StoreRow:
        key = request.query_params.get("key", "")
        return await self._house.store.read(lambda tx: houses.store_by_key(tx, key))

    def _policy(self, origins: list[str]) -> str:
        socket = self._origin.replace("http", "ws", 1)
        return "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"connect-src 'self' {socket}",
                "img-src 'self' data: blob:",
                "base-uri 'none'",
                "form-action 'none'",
                f"frame-ancestors {' '.join(origins) or chr(39) + 'none' + chr(39)}",
            )
        )


def _script(request: Request, name: str) -> Response:
    headers = {
        "Cache-Control": LOADER_AGE,
        "Access-Control-Allow-Origin": "*",
        # A shop that isolates its pages may load it all the same.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    file = STATIC / "widget" / name
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(file, media_type="text/javascript", headers=headers)
    headers["Content-Encoding"] = "gzip"
    packed = _packed(file, file.stat().st_mtime_ns)
    return Response(packed, media_type="text/javascript", headers=headers)


@cache
def _packed(file: Path, _changed_at: int) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)


def keep_session(response: Response, name: str, session: str) -> None:
    """Give the browser the cookie that buys tickets, in the partition of this page."""
    response.headers.append(
        "Set-Cookie",
        f"{name}={session}; Path=/; Max-Age={SESSION_AGE}; HttpOnly; Secure;"
        " SameSite=None; Partitioned",
    )


def forget_session(response: Response, name: str) -> None:
    """Take the cookie away again, in the partition of this page."""
    response.headers.append(
        "Set-Cookie",
        f"{name}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None; Partitioned",
    )


def cookie_name(key: str) -> str:
    """The session cookie of one store: partitions are per site, so two stores may share one."""
    return "__Host-onethread-" + "".join(c for c in key if c.isalnum() or c in "-_")


def _page(
    name: str,
    language: str,
    boot: dict[str, object],
    words: str,
) -> str:
    scripts, styles = panel_assets()
    # "<" as \u003c: a name that holds "</script>" must not end the element.
    data = plain_json.dumps(boot).replace("<", "\\u003c")
    links = "".join(f'<link rel="stylesheet" href="{escape(each)}">' for each in styles)
    # Fetched beside the script instead of after it.
    links += f'<link rel="modulepreload" href="{escape(words)}">'
    modules = "".join(f'<script type="module" src="{escape(each)}"></script>' for each in scripts)
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}</title>{links}</head><body>"
        f'<main id="app"></main><script type="application/json" id="boot">{data}</script>'
        f"{modules}</body></html>"
    )
