"""The page behind the link in a message: where shall we answer you?

It is plain HTML without scripts and works without cookies. Reading it changes nothing, since mail
scanners follow every link; only its form does. Whatever is wrong with a link reads the same.
"""

from __future__ import annotations

import base64
import hashlib
import json as plain_json
import re
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.errors import Conflict, NotFound
from gateway.services.house import House
from gateway.services.preference_links import Asked, Choice, choose, look
from gateway.web.origins import origin_of

Words = dict[str, str]
CATALOGUES: Final[dict[str, Words]] = plain_json.loads(
    files("gateway.web").joinpath("preference_words.json").read_text("utf-8")
)
RIGHT_TO_LEFT = frozenset({"ar"})
MOST_FORM = 4_000
DEFAULT_ACCENT = "#2f5d50"
MIDDLE = 0.179  #: the luminance on which black and white stand out equally, at 4.58 to 1

_STYLE = """
:root{color-scheme:light dark;--canvas:#f7f7f5;--surface:#fff;--line:#e4e4e0;--outline:#8b8f96;
--muted:#6b6f76;--ink:#1c1f23;--good:#2f7d4f;--good-tint:#e7f4ec;--attention:#b45309;
--attention-tint:#fdf1e3}
@media(prefers-color-scheme:dark){:root{--canvas:#141618;--surface:#1c1f22;--line:#2c3034;
--outline:#6f757d;--muted:#9aa0a8;--ink:#eceef0;--good:#6fc492;--good-tint:#16301f;
--attention:#f0a04b;--attention-tint:#33260f}}
*{box-sizing:border-box;margin:0}
body{background:var(--canvas);color:var(--ink);padding:24px 16px;
font:400 1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:440px;margin:0 auto;padding:24px;border:1px solid var(--line);border-radius:12px;
background:var(--surface);display:grid;gap:16px}
.store,.small{color:var(--muted);font-size:.875rem}
.store,h1,.told,label{overflow-wrap:anywhere}
h1{font-size:1.25rem;font-weight:600;text-wrap:balance}
.told{padding:8px 12px;border-radius:6px;background:var(--attention-tint);color:var(--attention)}
.told.done{background:var(--good-tint);color:var(--good)}
form{display:grid;gap:16px}
fieldset{padding:0;border:0;display:grid;gap:8px;min-width:0}
legend{padding:0;margin-block-end:12px;color:var(--muted)}
label{display:flex;align-items:center;gap:12px;min-height:48px;padding:8px 12px;
border:1px solid var(--outline);border-radius:6px;cursor:pointer}
label:has(:checked){border-color:var(--ink);box-shadow:inset 0 0 0 1px var(--ink)}
label:has(:focus-visible),button:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
input{flex:none;width:20px;height:20px;margin:0;accent-color:var(--ink)}
input:focus-visible{outline:0}
button{min-height:48px;padding:8px 16px;border:0;border-radius:6px;font:inherit;font-weight:600;
cursor:pointer;background:var(--accent);color:var(--on)}
@media(max-width:360px){body{padding:0}main{border:0;border-radius:0;padding:16px;min-height:100vh;
align-content:start}}
@media(forced-colors:active){button{border:1px solid}}
"""


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
            return _gone(request)
        # Told only of what is shown: a typed address learns nothing of the shopper's others.
        shown = asked.chosen in {each.channel for each in asked.choices}
        done = shown and "done" in request.query_params
        told = words_of(asked.language)[1][f"done.{asked.chosen}"] if done else ""
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
            return _choice(asked, words_of(asked.language)[1]["stale"], status=Conflict.status)
        # A page that is read again must not be a form that is sent again.
        return RedirectResponse("?done", 303, headers={"Cache-Control": "no-store"})


def words_of(language: str) -> tuple[str, Words]:
    """The catalogue of a language tag, English when there is none."""
    short = re.split(r"[-_]", language.lower(), maxsplit=1)[0]
    return (short, CATALOGUES[short]) if short in CATALOGUES else ("en", CATALOGUES["en"])


def text_on(accent: str) -> str:
    """Black or white, whichever reads better on the colour ``#rrggbb`` (WCAG 2.2, 1.4.3)."""
    parts = [int(accent[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > MIDDLE else "#fff"


def _choice(asked: Asked, told: str, *, done: bool = False, status: int = 200) -> Response:
    language, words = words_of(asked.language)
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
    return _page(language, f"{words['title']} · {asked.store_name}", body, asked.accent, status)


def _way(choice: Choice, words: Words, chosen: str | None) -> str:
    # Isolated, or a number's dots wander about in a line from right to left.
    to = ", ".join(f'<bdi dir="ltr">{escape(each)}</bdi>' for each in choice.to)
    said = escape(words[choice.channel]).format(to=to)
    checked = " checked" if choice.channel == chosen else ""
    return (
        f'<label><input type="radio" name="channel" value="{choice.channel}" required{checked}>'
        f"<span>{said}</span></label>"
    )


def _gone(request: Request) -> Response:
    """One answer to every link that opens nothing, so that it tells nothing."""
    wanted = request.headers.get("accept-language", "").split(",")[0].split(";")[0]
    language, words = words_of(wanted.strip())
    body = f"<h1>{escape(words['gone'])}</h1><p>{escape(words['gone_about'])}</p>"
    return _page(language, words["gone"], body, DEFAULT_ACCENT, NotFound.status)


def _page(language: str, title: str, body: str, accent: str, status: int) -> Response:
    # It goes into a stylesheet, where nothing else may follow it.
    accent = accent if re.fullmatch(r"#[0-9a-fA-F]{6}", accent) else DEFAULT_ACCENT
    style = f":root{{--accent:{accent};--on:{text_on(accent)}}}{_STYLE}"
    seen = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return HTMLResponse(
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>",
        status_code=status,
        headers={
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{seen}'; base-uri 'none';"
                " form-action 'self'; frame-ancestors 'none'"
            ),
            "Cache-Control": "no-store",
            # Not `no-referrer`: with it a browser calls our own form's origin `null`.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        },
    )
