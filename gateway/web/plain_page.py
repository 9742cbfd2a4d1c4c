"""The plain page behind a link in a message: one card, no cookies, in any language.

It has no script, but where it is for what only a script can do.

Reading such a page changes nothing, since mail scanners follow every link; only its form does.
Whatever is wrong with a link reads the same, so that it tells nothing.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final

from starlette.responses import HTMLResponse, Response

from gateway.services.colours import accent_of, text_on
from gateway.services.tongues import RIGHT_TO_LEFT, Words, short

_STYLE: Final = """
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
.field{display:grid;gap:8px}
.field label{display:block;min-height:0;padding:0;border:0;color:var(--muted)}
textarea{width:100%;padding:8px 12px;border:1px solid var(--outline);border-radius:6px;font:inherit;
color:inherit;background:var(--surface);resize:vertical}
textarea:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
button{min-height:48px;padding:8px 16px;border:0;border-radius:6px;font:inherit;font-weight:600;
cursor:pointer;background:var(--accent);color:var(--on)}
button.other{background:none;color:var(--ink);box-shadow:inset 0 0 0 1px var(--outline)}
@media(max-width:360px){body{padding:0}main{border:0;border-radius:0;padding:16px;min-height:100vh;
align-content:start}}
@media(forced-colors:active){button{border:1px solid}}
"""


def words_of(catalogues: dict[str, Words], language: str) -> tuple[str, Words]:
    """The catalogue of a language tag, English when there is none."""
    found = short(language) if short(language) in catalogues else "en"
    return found, catalogues[found]


def plain_page(
    language: str, title: str, body: str, accent: str, status: int, *, script: str = ""
) -> Response:
    """The page: ``body`` is HTML, ``title`` is not.

    ``accent`` is ``#rrggbb``; anything else is ours. ``script`` is the path of the one script that
    the page needs, for what HTML cannot do; it may start a service worker.
    """
    accent = accent_of(accent)
    style = f":root{{--accent:{accent};--on:{text_on(accent)}}}{_STYLE}"
    seen = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    runs = "script-src 'self'; worker-src 'self'; " if script else ""
    tag = f'<script defer src="{escape(script)}"></script>' if script else ""
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return HTMLResponse(
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow">'
        f"<title>{escape(title)}</title><style>{style}</style>{tag}</head>"
        f"<body><main>{body}</main></body></html>",
        status_code=status,
        headers={
            "Content-Security-Policy": (
                f"default-src 'none'; {runs}style-src 'sha256-{seen}'; base-uri 'none';"
                " form-action 'self'; frame-ancestors 'none'"
            ),
            "Cache-Control": "no-store",
            # Not `no-referrer`: with it a browser calls our own form's origin `null`.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        },
    )
