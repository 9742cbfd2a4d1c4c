"""The pages behind the link in a message that opens its conversation.

First a plain page with one button, which changes nothing; then, once that was pressed, the panel as
a page of its own. The panel is given to nobody whom a link has not let in: whoever comes without
the session reads the same as with a link that opens nothing.
"""

from __future__ import annotations

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import NotFound
from gateway.services.colours import DEFAULT_ACCENT
from gateway.services.house import House
from gateway.services.thread_links import Linked, is_in, look, open_link
from gateway.services.tongues import catalogues, isolated
from gateway.web.languages import language_for
from gateway.web.origins import origin_of
from gateway.web.panel import Panel, cookie_name, keep_session
from gateway.web.plain_page import plain_page, words_of

CATALOGUES: Final = catalogues("thread")
NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class ThreadPage:
    """``/t``."""

    def __init__(self, house: House, panel: Panel) -> None:
        self._house = house
        self._panel = panel
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The page of each link, where its button goes, and the conversation behind it."""
        return [
            Route("/t/{store_key}", self.conversation, methods=["GET"]),
            Route("/t/{store_key}/{token}", self.page, methods=["GET", "POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Offer to open the conversation, or open it."""
        key, token = request.path_params["store_key"], request.path_params["token"]
        held = request.cookies.get(cookie_name(key))
        try:
            if request.method == "POST":
                return await self._open(request, key, token, held)
            linked = await look(self._house, key, token, held)
        except NotFound:
            return _nothing(request)
        return _to(key) if linked.open else _offer(linked)

    async def conversation(self, request: Request) -> Response:
        """The panel, for a browser that a link has let in."""
        key = request.path_params["store_key"]
        try:
            store = await is_in(self._house, key, request.cookies.get(cookie_name(key)))
        except NotFound:
            store = None
        if store is None:
            return _nothing(request)
        return self._panel.document_of(request, store, alone=True)

    async def _open(self, request: Request, key: str, token: str, held: str | None) -> Response:
        # Nobody else's page may let a browser into a conversation that is not its owner's.
        if request.headers.get("origin") not in (None, self._origin):
            raise NotFound
        try:
            session = await open_link(self._house, key, token, held)
        except NotFound:
            # Used or too old meanwhile: the page of the link says so.
            return _offer(await look(self._house, key, token, held))
        response = _to(key)
        keep_session(response, cookie_name(key), session)
        return response


def _to(key: str) -> Response:
    return RedirectResponse(f"/t/{key}", 303, headers=NOT_KEPT)


def _offer(linked: Linked) -> Response:
    language, words = words_of(CATALOGUES, linked.language)
    title = words["title"].format(store=isolated(linked.store_name, language))
    if linked.state == "ready":
        head, about, status = title, words["about"], 200
        act = f'<form method="post"><button type="submit">{escape(words["open"])}</button></form>'
    else:
        head, about = words[linked.state], words[f"{linked.state}_about"]
        act, status = "", 410
    body = (
        f'<p class="store"><bdi>{escape(linked.store_name)}</bdi></p>'
        f"<h1>{escape(head)}</h1><p>{escape(about)}</p>{act}"
    )
    return plain_page(language, title, body, linked.accent, status)


def _nothing(request: Request) -> Response:
    language, words = words_of(CATALOGUES, language_for(request, ""))
    body = f"<h1>{escape(words['gone'])}</h1><p>{escape(words['gone_about'])}</p>"
    return plain_page(language, words["gone"], body, DEFAULT_ACCENT, NotFound.status)
