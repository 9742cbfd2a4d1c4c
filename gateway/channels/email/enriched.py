"""``text/enriched`` and ``text/richtext`` as plain words. Sources: RFC 1896, RFC 1341, 7.1.3."""

from __future__ import annotations

import re
from typing import Final

_MARK = re.compile(r"<<|<(/?)([A-Za-z][A-Za-z0-9-]{0,59})>|(\n+)")
_SHOWN: Final = {"lt": "<", "nl": "\n", "np": "\n\n", "br": "\n", "p": "\n\n"}


def to_text(source: str) -> str:
    """Drop the marks; one line break is a blank there, and n of them are n - 1."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    out: list[str] = []
    place = hidden = as_is = 0
    for mark in _MARK.finditer(source):
        if not hidden:
            out.append(source[place : mark.start()])
        place = mark.end()
        name = (mark[2] or "").lower()
        if name in ("param", "comment"):
            hidden = max(hidden + (-1 if mark[1] else 1), 0)
        elif name in ("nofill", "verbatim"):
            as_is = max(as_is + (-1 if mark[1] else 1), 0)
        elif hidden:
            continue
        elif mark[3]:
            out.append(mark[3] if as_is else "\n" * (len(mark[3]) - 1) or " ")
        elif not name:
            out.append("<")
        elif not mark[1]:
            out.append(_SHOWN.get(name, ""))
    # What hides and never ends would hide all that follows.
    return source if hidden else "".join([*out, source[place:]])
