"""HTML of a mail made safe to show, or turned into plain text.

The console shows sanitised HTML inside a frame that runs nothing as well: two walls, not one.
Pictures from elsewhere stay away until an agent asks for them: fetching one tells its sender who
reads, when and where.
"""

from __future__ import annotations

import html as standard
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import nh3
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from gateway.channels.email import charsets, inks, markup, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TAGS: Final = frozenset(
    {
        "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite",
        "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol",
        "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
        "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr",
        "tt", "u", "ul", "var", "wbr",
    }
)  # fmt: skip
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"dir", "lang", "title", "align", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "valign", "width", "height"},
    "th": {"colspan", "rowspan", "valign", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "col": {"span", "width"},
    "ol": {"start", "type"},
    "font": {"color", "face", "size"},
    "blockquote": {"type"},
}
_SCHEMES: Final = {"http", "https", "mailto", "tel", "cid", "data"}
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_FROM_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_PASTED = re.compile(r"data:image/[A-Za-z0-9+/=;,.\s-]+")
_FORMATTING: Final = frozenset(
    "a b big code em font i nobr s small strike strong tt u".split()  # noqa: SIM905
)
_BARRIERS: Final = frozenset({"table", "caption", "marquee", "applet", "button", "select"})
_TABLE: Final = frozenset({"table", "tbody", "thead", "tfoot", "caption"})
# Past these the cost of a standard-conforming parser grows with the square of the input.
_MAX_DEPTH: Final = 200
_MAX_FORMATTING: Final = 40
_MAX_ATTRIBUTES: Final = 1_000
_MAX_LENGTH: Final = 3_000_000
_MAX_TABLE_AREA: Final = 3_000_000
_BLANKS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page that is safe to show, and how many pictures from elsewhere were left out of it."""

    html: str
    held_back: int = 0


def sanitise(
    source: str, own: Mapping[str, str] | None = None, *, from_elsewhere: bool = False
) -> Shown:
    """Make mail HTML safe to show.

    Scripts, forms, frames and styles that hide, position or fetch are gone. ``src`` holds only a
    ``data:`` address of a raster picture: one that was pasted in, or one of ``own`` by its content
    id or location; ``from_elsewhere`` lets pictures of the web stay as well. ``href`` is only http,
    https, mailto and tel; links open elsewhere and give no referrer. HTML that is too large or too
    deep to clean in linear time comes out as its words alone, in one ``<pre>``.
    """
    source = charsets.scrub(source)
    if len(source) > _MAX_LENGTH:
        source = _PASTED.sub("", source)
    if not _is_tame(source):
        return Shown(html=f"<pre>{standard.escape(_plain(source))}</pre>")
    rules = _Rules(own or {}, from_elsewhere=from_elsewhere)
    clean = nh3.clean(
        source,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=rules.allowed,
        clean_content_tags={
            "script", "style", "title", "template", "iframe", "object", "noscript", "noframes",
        },
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )  # fmt: skip
    return Shown(html=clean, held_back=rules.held_back)


class _Rules:
    """What may stand in an attribute."""

    def __init__(self, own: Mapping[str, str], *, from_elsewhere: bool) -> None:
        self._own = own
        self._from_elsewhere = from_elsewhere
        self._left = pictures.MAX_TOGETHER
        self.held_back = 0

    def allowed(self, tag: str, name: str, value: str) -> str | None:
        """Give the value to keep, or ``None`` to leave the attribute out."""
        match name:
            case "src":
                return self._picture(value.strip()) if tag == "img" else None
            case "href":
                return value if _LINK.match(value) else None
            case "style":
                return inks.style(value)
            case "color":
                return value if inks.is_legible(value) else None
            case _:
                return value

    def _picture(self, address: str) -> str | None:
        if _FROM_ELSEWHERE.match(address) and address not in self._own:
            if self._from_elsewhere:
                return address
            self.held_back += 1
            return None
        if address[:4].lower() == "cid:":
            known = address[4:]
            found = self._own.get(known) or self._own.get(unquote(known))
        else:
            found = self._own.get(address) or pictures.checked(address)
        # One picture may be shown a thousand times.
        self._left -= len(found or "")
        return found if self._left >= 0 else None


def to_text(source: str) -> str:
    """Turn mail HTML into plain text.

    Layout as a browser would break it; a link whose words are not its target reads
    ``words (target)``. Runs of blank lines shrink to one.
    """
    source = charsets.scrub(source)
    text = _laid_out(source) if _is_tame(source) and _is_narrow(source) else _plain(source)
    lines = (line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return _BLANKS.sub("\n\n", charsets.scrub("\n".join(lines))).strip("\n")


def _laid_out(source: str) -> str:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError):
        return _plain(source)  # Nothing in it, or nothing that libxml2 can read.
    for link in tree.iter("a"):
        target = (link.get("href") or "").strip()
        if _LINK.match(target) and not _says(link.itertext(), target):
            link.tail = f" ({target}){link.tail or ''}"
    profile = CSS_PROFILES["strict"].copy()
    return str(Inscriptis(tree, ParserConfig(css=profile)).get_text())


def _says(words: Iterable[str], target: str) -> bool:
    """Tell whether the words of a link are its target, but for scheme and last slash."""
    return _bare("".join(words)) in ("", _bare(target))


def _bare(target: str) -> str:
    text = target.strip().lower()
    for scheme in ("https://", "http://", "mailto:", "tel:", "www."):
        text = text.removeprefix(scheme)
    return text.rstrip("/")


def _plain(source: str) -> str:
    """Give the words alone, a line a block: for what is too odd to lay out."""
    out: list[str] = []
    for item in markup.read(source):
        if isinstance(item, markup.Words):
            out.append(item.text)
        elif item.name == "br" or item.name in markup.BLOCKS:
            out.append("\n")
    return _BLANKS.sub("\n\n", "".join(out))


def _is_tame(source: str) -> bool:
    """Tell whether no more elements are open at once than people's mails have.

    The stack is kept as the HTML standard keeps it: an end tag that the standard ignores closes
    nothing here, or ``<span><div></span></div>`` would nest without being counted.
    """
    if len(source) > _MAX_LENGTH:
        return False
    stack: list[str] = []
    formatting = 0
    for item in markup.read(source):
        if isinstance(item, markup.Words) or item.name in markup.VOID:
            continue
        if item.is_end:
            place = _closes(stack, item.name)
            # A formatting element closes alone: the blocks inside it stay open.
            gone = stack[place : place + 1] if item.name in _FORMATTING else stack[place:]
            del stack[place : place + len(gone)]
            formatting -= sum(name in _FORMATTING for name in gone)
        elif item.name not in markup.CLOSES_ITSELF:
            stack.append(item.name)
            formatting += item.name in _FORMATTING
        if len(stack) > _MAX_DEPTH or formatting > _MAX_FORMATTING:
            return False
        if len(item.source) > _MAX_ATTRIBUTES and len(item.source.split()) > _MAX_ATTRIBUTES:
            return False
    return True


def _closes(stack: list[str], name: str) -> int:
    """Say down to which place an end tag closes; the length of the stack when it is ignored."""
    for place in range(len(stack) - 1, -1, -1):
        open_name = stack[place]
        if open_name == name:
            return place
        if open_name in _BARRIERS and name not in _TABLE:
            break
        if open_name in markup.BLOCKS and name not in markup.BLOCKS and name not in _FORMATTING:
            break
    return len(stack)


def _is_narrow(source: str) -> bool:
    """Tell whether its tables stay small: each cell is padded to the widest of its column."""
    rows = widest = tables = 0
    for item in markup.read(source):
        if isinstance(item, markup.Words):
            widest = max(widest, len(item.text))
        elif not item.is_end:
            rows += item.name in ("tr", "td", "th")
            tables += item.name == "table"
    return rows * max(widest, 40) <= _MAX_TABLE_AREA and tables <= 500
