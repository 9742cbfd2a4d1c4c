"""The shop's other pages: each of a kind that the widget has to live on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_FILES: Final = Path(__file__).parent / "storefront" / "kinds"
_WIDGET: Final = "<!-- the widget goes here -->"
_OTHERS: Final = "<!-- the other pages go here -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A page; ``attributes`` is what its tag says beside the store's key."""

    paths: tuple[str, ...]
    file: str
    name: str
    attributes: str = ""


KINDS: Final = (
    Kind(
        paths=("/plain", "/plain/checkout"),
        file="plain.html",
        name="Plain",
        attributes=' data-position="left" data-accent="#6d2e6b" data-hide="/plain/checkout*"',
    ),
    Kind(
        paths=("/single", "/single/blue", "/single/checkout"),
        file="single.html",
        name="Single page",
        attributes=' data-hide="/single/checkout"',
    ),
    Kind(
        paths=("/strict", "/strict/list", "/strict/nonce", "/strict/types"),
        file="strict.html",
        name="Strict policy",
    ),
    Kind(
        paths=("/banner",),
        file="banner.html",
        name="Consent banner",
        attributes=' data-start="manual"',
    ),
    Kind(paths=("/right",), file="right.html", name="Right to left"),
    Kind(paths=("/hostile",), file="hostile.html", name="Hostile"),
)
_NONCE: Final = "script-src 'nonce-{nonce}' 'strict-dynamic'"
_SCRIPTS: Final = {
    "list": "script-src 'self' {gateway}",
    "nonce": _NONCE,
    "types": f"{_NONCE}; require-trusted-types-for 'script'; trusted-types 'none'",
}
_REST: Final = (
    "; default-src 'none'; style-src 'self'; img-src 'self'; frame-src {gateway};"
    " base-uri 'none'; object-src 'none'"
)


def others() -> str:
    """Links to each kind, for a page's foot."""
    links = " · ".join(f'<a href="{kind.paths[0]}">{kind.name}</a>' for kind in KINDS)
    return f'<p>The chat on other pages: <a href="/">Usual</a> · {links}</p>'


def routes(*, gateway_url: str, tag: str) -> list[Route]:
    """The pages, each with ``tag``: a format of the script element that wants its attributes."""
    return [Route(path, _page(kind, gateway_url, tag)) for kind in KINDS for path in kind.paths]


def _page(kind: Kind, gateway_url: str, tag: str) -> Callable[[Request], Response]:
    text = (_FILES / kind.file).read_text(encoding="utf-8").replace(_OTHERS, others())
    parts = urlsplit(gateway_url)
    gateway = f"{parts.scheme}://{parts.netloc}"

    def page(request: Request) -> Response:
        headers = {"Cache-Control": "no-cache"}
        attributes = kind.attributes
        policy = _SCRIPTS.get(request.url.path.rpartition("/")[2])
        if policy is not None:
            nonce = secrets.token_urlsafe(16)
            headers["Content-Security-Policy"] = (policy + _REST).format(
                nonce=nonce, gateway=gateway
            )
            attributes += f' nonce="{nonce}"'
        return HTMLResponse(text.replace(_WIDGET, tag % attributes), headers=headers)

    return page
