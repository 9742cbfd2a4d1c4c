"""The page behind "Stop e-mails about this chat", and the button that mail programs make of it.

A mail program posts ``List-Unsubscribe=One-Click`` without cookies, from wherever it is, and is
obeyed (RFC 8058 section 3.2). A person is shown a page whose button posts the same. Taking it back
needs the page's own form.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Conflict, NotFound
from gateway.services.conversation_stops import Shown, look, resume, stop
from gateway.services.house import House
from gateway.web.origins import origin_of
from gateway.web.plain_page import plain_page, words_of
from gateway.web.preference_page import CATALOGUES, MOST_FORM, gone

ONE_CLICK = ("List-Unsubscribe", "One-Click")


class StopPage:
    """``/stop``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The page of each link, and where its forms and mail programs post."""
        return [Route("/stop/{store_key}/{token}", self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        """Show how it stands, or change it."""
        key, token = request.path_params["store_key"], request.path_params["token"]
        try:
            if request.method == "POST":
                return await self._take(request, key, token)
            shown = await look(self._house, key, token)
        except NotFound:
            return gone(request)
        return _page(shown, done="done" in request.query_params)

    async def _take(self, request: Request, key: str, token: str) -> Response:
        raw = await request.body()
        if len(raw) > MOST_FORM:
            raise NotFound
        given = parse_qs(raw.decode("utf-8", "replace"))
        form = given.get("form", [""])[0]
        if given.get(ONE_CLICK[0]) == [ONE_CLICK[1]]:
            await stop(self._house, key, token)
        elif form and request.headers.get("origin") in (None, self._origin):
            try:
                await resume(self._house, key, token, form)
            except Conflict:
                return _page(await look(self._house, key, token), stale=True)
        else:
            raise NotFound
        # A page that is read again must not be a form that is sent again. A mail program has been
        # obeyed by now, whatever it makes of the answer.
        return RedirectResponse("?done", 303, headers={"Cache-Control": "no-store"})


def _page(shown: Shown, *, done: bool = False, stale: bool = False) -> Response:
    language, words = words_of(CATALOGUES, shown.language)
    told = words["stop.done" if shown.stopped else "stop.again_done"] if done else ""
    told = words["stale"] if stale else told
    note = f'<p class="told{" done" if done else ""}" role="status">{escape(told)}</p>'
    about = words["stop.again_about" if shown.stopped else "stop.about"]
    name, value = ("form", shown.form) if shown.stopped else ONE_CLICK
    label = words["stop.again" if shown.stopped else "stop.button"]
    on = done and not shown.stopped
    title = words["stop.stopped" if shown.stopped else "stop.on" if on else "stop.title"]
    quiet = shown.stopped or on
    body = (
        f'<p class="store"><bdi>{escape(shown.store_name)}</bdi></p>'
        f"<h1>{escape(title)}</h1>{note if told else ''}<p>{escape(about)}</p>"
        f'<form method="post" action="?"><input type="hidden" name="{name}" value="{value}">'
        f'<button type="submit"{" class=other" if quiet else ""}>{escape(label)}</button>'
        f'</form><p class="small">{escape(words["stop"])}</p>'
    )
    status = Conflict.status if stale else 200
    return plain_page(language, f"{title} · {shown.store_name}", body, shown.accent, status)
