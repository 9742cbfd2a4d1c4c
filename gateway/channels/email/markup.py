"""HTML of a mail as a flat run of tags and words, in time linear to its length.

No tree is built here: trees invite recursion, and parsers that follow the HTML standard to the
letter are quadratic on nested tags (1 MB of ``<div>`` keeps html5ever busy for a minute).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.channels.email import charsets

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID: Final = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    }
)  # fmt: skip
# Their end tags are optional, so an open one says nothing of depth.
CLOSES_ITSELF: Final = frozenset({"p", "li", "tr", "td", "th", "dt", "dd", "option"})
BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_UNSEEN: Final = ("script", "style", "title", "template", "noframes", "iframe", "object", "svg")
_END_OF_UNSEEN: Final = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _UNSEEN}
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]{0,40})")
_QUOTE_OR_END = re.compile("[\"'>]")
_ATTRIBUTE = re.compile(
    r"""([A-Za-z][\w:.-]{0,60})\s{0,8}=\s{0,8}("[^"]*"|'[^']*'|[^\s"'>]{1,2000})""",
)
# Bounded digits: `html.unescape` raises on a number of 5,000 digits.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


@dataclass(frozen=True, slots=True)
class Words:
    """Text between tags, entities resolved, white space as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; ``source`` is its inside as written."""

    name: str
    is_end: bool
    source: str

    def attributes(self) -> dict[str, str]:
        """Read the attributes, names in lower case; the first of a name counts."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.source):
            text = value[1:-1] if value[0] in "\"'" else value
            found.setdefault(name.lower(), unescape(text))
        return found


def unescape(text: str) -> str:
    """Resolve entities, never raising; what no database takes becomes U+FFFD."""
    if "&" not in text:
        return text
    return charsets.scrub(_ENTITY.sub(lambda match: html.unescape(match[0]), text))


def read(source: str) -> Iterator[Tag | Words]:
    """Yield the tags and words in order.

    Comments, declarations and what is never shown (scripts, styles) are left out. An unfinished tag
    or comment ends the document, as it does in a browser.
    """
    source = charsets.scrub(source)
    place = 0
    while place < len(source):
        start = source.find("<", place)
        if start != place:
            yield Words(unescape(source[place : start if start >= 0 else len(source)]))
        if start < 0:
            return
        name = _NAME.match(source, start)
        if name is None:
            end = _after_odd(source, start)
            if source[start : start + 2] not in ("<!", "<?", "</"):
                yield Words("<")
        else:
            end = _tag_end(source, name.end())
            tag = Tag(name[2].lower(), bool(name[1]), source[name.end() : max(end - 1, 0)])
            if end >= 0 and tag.name in _END_OF_UNSEEN and not tag.is_end:
                unseen = _END_OF_UNSEEN[tag.name].search(source, end)
                end = unseen.start() if unseen else -1
            elif end >= 0:
                yield tag
        if end < 0:
            return
        place = end


def _after_odd(source: str, start: int) -> int:
    """Say where a comment, a declaration or a lone ``<`` ends; -1 when never."""
    if source.startswith("<!--", start):
        end = source.find("-->", start + 4)
        return end + 3 if end >= 0 else -1
    if source.startswith(("<!", "<?", "</"), start):
        return source.find(">", start) + 1 or -1
    return start + 1


def _tag_end(source: str, place: int) -> int:
    """Say where the tag ends. A quote mark counts only after ``=``, else it is a typing error.

    A quote that never closes is an ordinary character; as then no second one follows anywhere, this
    search fails at most twice in a document, so the whole stays linear.
    """
    while True:
        found = _QUOTE_OR_END.search(source, place)
        if found is None:
            return -1
        if found[0] == ">":
            return found.end()
        close = -1
        if source[max(0, found.start() - 9) : found.start()].rstrip().endswith("="):
            close = source.find(found[0], found.end())
        place = close + 1 if close >= 0 else found.end()
