"""The page behind the link in a message: where shall we answer you?

It is plain HTML without scripts and works without cookies. Reading it changes nothing, since mail
scanners follow every link; only its form does. Whatever is wrong with a link reads the same.
"""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Conflict, NotFound
from gateway.services.colours import DEFAULT_ACCENT
from gateway.services.house import House
from gateway.services.preference_links import Asked, Choice, choose, look
from gateway.services.tongues import Words, catalogues
from gateway.web.languages import language_for
from gateway.web.origins import origin_of
from gateway.web.plain_page import plain_page, words_of

CATALOGUES: Final = catalogues("preference")
MOST_FORM = 4_000


class PreferencePage:
    """``/p``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The page of each link, and where its form goes."""
        return [Route("/p/{store_key}/{token}", self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        """Show the choice, or take it."""
        key, token = request.path_params["store_key"], request.path_params["token"]
        try:
            if request.method == "POST":
                return await self._take(request, key, token)
            asked = await look(self._house, key, token)
        except NotFound:
            return gone(request)
        # Told only of what is shown: a typed address learns nothing of the shopper's others.
        shown = asked.chosen in {each.channel for each in asked.choices}
        done = shown and "done" in request.query_params
        told = words_of(CATALOGUES, asked.language)[1][f"done.{asked.chosen}"] if done else ""
        return _choice(asked, told, done=done)

    async def _take(self, request: Request, key: str, token: str) -> Response:
        origin = request.headers.get("origin")
        raw = await request.body()
        if (origin is not None and origin != self._origin) or len(raw) > MOST_FORM:
            raise NotFound
        given = parse_qs(raw.decode("utf-8", "replace"))
        channel, form = (given.get(name, [""])[0] for name in ("channel", "form"))
        try:
            await choose(self._house, key, token, channel, form)
        except Conflict:
            asked = await look(self._house, key, token)
            return _choice(
                asked, words_of(CATALOGUES, asked.language)[1]["stale"], status=Conflict.status
            )
        # A page that is read again must not be a form that is sent again.
        return RedirectResponse("?done", 303, headers={"Cache-Control": "no-store"})


def _choice(asked: Asked, told: str, *, done: bool = False, status: int = 200) -> Response:
    language, words = words_of(CATALOGUES, asked.language)
    note = f'<p class="told{" done" if done else ""}" role="status">{escape(told)}</p>'
    ways = "".join(_way(choice, words, asked.chosen) for choice in asked.choices)
    form = (
        f'<form method="post" action="?"><input type="hidden" name="form" value="{asked.form}">'
        f"<fieldset><legend>{escape(words['about'])}</legend>{ways}</fieldset>"
        f'<button type="submit">{escape(words["save"])}</button></form>'
    )
    body = (
        f'<p class="store"><bdi>{escape(asked.store_name)}</bdi></p>'
        f"<h1>{escape(words['title'])}</h1>{note if told else ''}"
        f"{form if asked.choices else '<p>' + escape(words['no_say']) + '</p>'}"
        f'<p class="small">{escape(words["stop"])}</p>'
    )
    return plain_page(
        language, f"{words['title']} · {asked.store_name}", body, asked.accent, status
    )


def _way(choice: Choice, words: Words, chosen: str | None) -> str:
    # Isolated, or a number's dots wander about in a line from right to left.
    to = ", ".join(f'<bdi dir="ltr">{escape(each)}</bdi>' for each in choice.to)
    said = escape(words[choice.channel]).format(to=to)
    checked = " checked" if choice.channel == chosen else ""
    return (
        f'<label><input type="radio" name="channel" value="{choice.channel}" required{checked}>'
        f"<span>{said}</span></label>"
    )


def gone(request: Request) -> Response:
    """One answer to every link that opens nothing, so that it tells nothing."""
    language, words = words_of(CATALOGUES, language_for(request, ""))
    body = f"<h1>{escape(words['gone'])}</h1><p>{escape(words['gone_about'])}</p>"
    return plain_page(language, words["gone"], body, DEFAULT_ACCENT, NotFound.status)
