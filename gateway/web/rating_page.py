"""The page behind "Tell us how it went" in a mail: looking says nothing, only its form does."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput, Conflict, NotFound, TooMany
from gateway.protocol.forms import MOST_COMMENT, RatingAsked
from gateway.services.forms import WORDS
from gateway.services.house import House
from gateway.services.ratings import Shown, look, rate_by_link
from gateway.services.tongues import Words
from gateway.web.origins import origin_of
from gateway.web.plain_page import plain_page, words_of
from gateway.web.preference_page import gone

MOST_FORM = 8_000  #: bytes: a comment in a script of four bytes a character, and the rest
#: Which of the five words each step is called by, the worst first.
STEPS = {2: (2, 4), 3: (2, 3, 4), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}


class RatingPage:
    """``/rate``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """The page of each link, and where its form posts."""
        return [Route("/rate/{store_key}/{token}", self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        """Ask, or take the answer."""
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
        if len(raw) > MOST_FORM or request.headers.get("origin") not in (None, self._origin):
            raise NotFound
        given = parse_qs(raw.decode("utf-8", "replace"))
        form, score, comment = (given.get(name, [""])[0] for name in ("form", "score", "comment"))
        shown = await look(self._house, key, token)
        if not (score.isascii() and score.isdecimal() and len(score) == 1):
            return _page(shown, wrong="pick", said=comment)
        try:
            # A browser counts a line break as one character and sends two.
            words = comment.replace("\r\n", "\n").replace("\x00", "")[:MOST_COMMENT]
            await rate_by_link(self._house, key, token, form, int(score), words)
        except BadInput:
            return _page(shown, wrong="pick", said=comment)
        except (Conflict, TooMany):
            return _page(await look(self._house, key, token), wrong="stale", said=comment)
        return RedirectResponse("?done", 303, headers={"Cache-Control": "no-store"})


def _page(shown: Shown, *, done: bool = False, wrong: str = "", said: str = "") -> Response:
    language, words = words_of(WORDS, shown.language)
    asked = shown.asked
    title = words["rate" if asked else "gone"]
    # Too late is too late, and what is wrong with a pick is said where it is picked.
    told = words["thanks"] if done else words["stale"] if wrong == "stale" and asked else ""
    note = f'<p class="told{" done" if done else ""}" role="status">{escape(told)}</p>'
    body = (
        f'<p class="store"><bdi>{escape(shown.store_name)}</bdi></p><h1>{escape(title)}</h1>'
        f"{note if told else ''}"
        + (
            _form(words, asked, shown.form, said=said, wrong=wrong == "pick")
            if asked
            else f"<p>{escape(words['gone_about'])}</p>"
        )
    )
    status = Conflict.status if wrong == "stale" else BadInput.status if wrong else 200
    return plain_page(language, f"{title} · {shown.store_name}", body, shown.accent, status)


def _form(words: Words, asked: RatingAsked, form: str, *, said: str, wrong: bool) -> str:
    picks = "".join(
        f'<label><input type="radio" name="score" value="{step}"'
        f"{' checked' if step == asked.score else ''}>{escape(words[f'r{name}'])}</label>"
        for step, name in enumerate(STEPS[asked.steps], 1)
    )
    comment = (
        f'<div class="field"><label for="comment">{escape(words["comment"])}</label>'
        f'<textarea id="comment" name="comment" rows="4" maxlength="{MOST_COMMENT}" dir="auto">'
        f"{escape(said or asked.said)}</textarea></div>"
        if asked.comment
        else ""
    )
    marked = ' class="told" role="status"' if wrong else ""
    return (
        f'<form method="post" action="?"><input type="hidden" name="form" value="{form}">'
        f"<fieldset><legend{marked}>"
        f"{escape(words['pick'])}</legend>{picks}</fieldset>{comment}"
        f'<button type="submit">{escape(words["send"])}</button></form>'
    )
