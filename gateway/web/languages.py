"""In which language somebody is spoken to: what the page says, then the browser, then the store."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from starlette.requests import Request

from gateway.services.tongues import RIGHT_TO_LEFT, catalogues, isolated, spoken
from gateway.store.tables import StoreRow
from gateway.web.plain_page import words_of

#: a tag is longer than any that is in use, or it is none (RFC 5646 section 4.4.1)
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")
_LOADER: Final = catalogues("loader")
_MOST: Final = 20  #: of what a header asks for


def language_for(request: Request, store: str) -> str:
    """The tag of the language to speak: ``?lang=`` of the page, the browser's, the store's.

    Only languages that we speak count. The tag comes whole (``de-AT``), since times are told by it.
    """
    asked = request.query_params.get("lang", "")
    return spoken(*(each for each in (asked, *accepted(request)) if _TAG.fullmatch(each)), store)


def loader_words(request: Request, row: StoreRow) -> dict[str, str]:
    """What the button on the shop's page says, and where the panel is that says the rest."""
    tag = language_for(request, row.language)
    language, words = words_of(_LOADER, tag)
    return {
        "language": tag,
        "dir": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "chat": words["chat"].format(name=isolated(row.name, language)),
        "refused": words["refused"],
        "panel": f"/widget/panel?key={quote(row.key)}&lang={quote(tag)}",
    }


def accepted(request: Request) -> list[str]:
    """The tags that a browser asks for, dearest first (RFC 9110 section 12.5.4)."""
    listed = request.headers.get("accept-language", "").split(",")[:_MOST]
    weighed = [(_weight(each), each.split(";")[0].strip()) for each in listed]
    # Sorting keeps the order of what is equally dear.
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _weight(given: str) -> float:
    found = re.search(r";\s*q=([01](?:\.\d{1,3})?)\s*$", given)
    return float(found.group(1)) if found else 1.0
