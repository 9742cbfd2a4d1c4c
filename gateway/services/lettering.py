"""A mail as it reads, in text and in HTML, from plain values: the same for a shopper and a preview.

The text part says everything that the HTML says. The HTML is tables with inline styles, since that
is what Outlook draws; its stylesheet only adds the dark colours and the phone, and where it is
dropped the mail is light and still readable. Nothing in it is loaded from anywhere: its pictures
travel with it, so that none tells a sender who reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import urlize
from markupsafe import Markup, escape

from gateway.core.marks import Block, Piece, blocks, unmarked
from gateway.services.carried import quoted
from gateway.services.colours import accent_of, readable, text_on
from gateway.services.tongues import Tongue

LOGO: Final = "logo"  #: the Content-ID of the store's picture
FACE: Final = "face"  #: with a number behind it, those of the faces
LOGO_WIDTH, LOGO_HEIGHT = 160, 40  #: pixels that it is drawn in, at most
CLEAR: Final = 7.0  #: what is coloured on dark stands out so much: at 4.5 to 1 it looks dull
LIGHT, DARK = "#ffffff", "#1c1f22"  #: what a mail is drawn on
#: Gmail shows 102 kB of a mail's HTML and hides the rest, the way to stop such mails first of all.
MOST_HTML: Final = 96_000
PREVIEW: Final = 120  #: characters of a mail that a list of mails shows, at most
#: What is blank and no space that a list folds: without it the list goes on with what stands below.
_BLANK: Final = "\u034f\u200c\xa0"
_SHORTEST: Final = 200  #: characters of a message that is shortened
_TAGS: Final = {
    "b": Markup("strong"),
    "i": Markup("em"),
    "code": Markup("code"),
    "ul": Markup("ul"),
    "ol": Markup("ol"),
}

_PAGES: Final = Environment(
    loader=PackageLoader("gateway.services", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # which looks at the file before each mail
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message as a mail shows it; ``at`` is told already.

    ``face`` is the address of its author's picture, empty for one who has none. ``marked``: an
    agent wrote it, who may have made words stand out.
    """

    who: str
    at: str
    words: str
    face: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture, by the address that the HTML names and the size that it is drawn in."""

    source: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is tapped, and where it leads."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is new, of one conversation; a digest has several, each with a ``title``."""

    said: Sequence[Said]
    title: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a mail says, in order: ``links`` stand in its small print.

    ``left_out`` says where the beginning is when the HTML has no room for it.
    """

    tongue: Tongue
    store: str
    accent: str
    marker: str
    parts: Sequence[Part]
    small: Sequence[str]
    earlier: Sequence[Said] = ()
    greeting: str = ""
    sign_off: str = ""
    button: Link | None = None
    links: Sequence[Link] = ()
    logo: Logo | None = None
    left_out: str = ""


def text_of_page(page: Page) -> str:
    """The text part. A single message stands at the top as it was written."""
    several = len(page.parts) > 1
    blocks = [page.greeting] if page.greeting else []
    for part in page.parts:
        if several:
            blocks.append(part.title + "\n" + "\n".join(f"{s.who}: {s.words}" for s in part.said))
        elif len(part.said) == 1 and not part.title:
            blocks.append(part.said[0].words)
        else:
            blocks += [f"{each.who}, {each.at}:\n{each.words}" for each in part.said]
    if page.sign_off:
        blocks.append(page.sign_off)
    links = [*([page.button] if page.button else []), *page.links]
    small = [page.marker, *page.small, *(f"{each.label}: {each.href}" for each in links)]
    text = "\n\n".join(blocks) + "\n\n" + "\n".join(small) + "\n"
    if page.earlier:
        told = "\n".join(f"{each.who}, {each.at}: {each.words}" for each in page.earlier)
        text += f"\n{page.tongue.say('earlier')}:\n{quoted(told)}\n"
    return text


def html_of_page(page: Page) -> str:
    """The HTML part, in at most ``MOST_HTML`` bytes: the newest words stay, the text has all."""
    whole = page
    while (size := _length(page)) > MOST_HTML and (
        shorter := _shortened(page, MOST_HTML / size)
    ) != page:
        page = shorter  # which alone is drawn: that costs far more than to count
    html = _drawn(page, page.left_out if page != whole else "")
    while (size := len(html.encode())) > MOST_HTML and (
        shorter := _shortened(page, MOST_HTML / size)
    ) != page:
        page = shorter
        html = _drawn(page, page.left_out)
    return html


def _length(page: Page) -> int:
    said = (each for part in (*page.parts, Part(said=page.earlier)) for each in part.said)
    return sum(len(each.words) for each in said)


def _shortened(page: Page, share: float) -> Page:
    """The page with less of what is oldest, for about this share of its size."""
    if page.earlier:
        return replace(page, earlier=())
    share *= 0.95
    if any(len(part.said) > 1 for part in page.parts):
        return replace(page, parts=[_newest(part, share) for part in page.parts])
    begun = replace(page, parts=[_begun(part, share) for part in page.parts])
    if begun != page:
        return begun
    return replace(page, parts=page.parts[: max(1, int(len(page.parts) * share))])


def _newest(part: Part, share: float) -> Part:
    most = max(1, int(len(part.said) * share))
    return replace(part, said=part.said[-most:])


def _begun(part: Part, share: float) -> Part:
    """The part with the beginnings of its words: a whole message may be too long by itself."""
    return replace(part, said=[_shorter(each, share) for each in part.said])


def _shorter(said: Said, share: float) -> Said:
    most = max(_SHORTEST, int(len(said.words) * share))
    if len(said.words) <= most:
        return said
    return replace(said, words=said.words[: most - 1] + "\u2026")


def _drawn(page: Page, left_out: str = "") -> str:
    accent, first_words = accent_of(page.accent), _first_words(page)
    return _PAGES.get_template("letter.html").render(
        page=page,
        tongue=page.tongue,
        accent=accent,
        on_accent=text_on(accent),
        name_light=readable(accent, LIGHT),
        name_dark=readable(accent, DARK, CLEAR),
        first_words=first_words,
        padding=_BLANK * (PREVIEW - len(first_words)),
        left_out=left_out,
    )


def drawn(width: int, height: int) -> tuple[int, int]:
    """How large a logo of so many pixels is drawn: half its size at most, for dense screens."""
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height, 1)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _first_words(page: Page) -> str:
    """What a list of mails shows beside the subject."""
    said = (each for part in page.parts for each in part.said)
    found = " ".join(unmarked(each.words) if each.marked else each.words for each in said)
    return " ".join(found.split())[:PREVIEW]


def _lines(text: str) -> Markup:
    """Text with its line breaks."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def _linked(text: str, style: str) -> Markup:
    """What a person wrote: addresses can be tapped, and nothing else of it is HTML."""
    found = urlize(text, rel="noopener nofollow")  # which escapes first
    styled = found.replace("<a ", f'<a class="link" style="{style}" ')
    return Markup("<br>".join(styled.splitlines()))  # noqa: S704  # as above


_PAGES.filters["lines"] = _lines


def _said(said: Said, style: str) -> Markup:
    """What somebody wrote; an agent may have made words of it stand out."""
    if not said.marked:
        return _linked(said.words, style)
    return Markup("").join(_block(block, style) for block in blocks(said.words))


def _block(block: Block, style: str) -> Markup:
    if block.kind == "text":
        return Markup("").join(_piece(each, style) for each in block.of[0])
    numbers = block.numbers or (None,) * len(block.of)
    items = Markup("").join(
        Markup("<li{}>{}</li>").format(
            Markup(' value="{}"').format(number) if number is not None else "",
            Markup("").join(_piece(each, style) for each in of),
        )
        for number, of in zip(numbers, block.of, strict=True)
    )
    tag = _TAGS[block.kind]
    return Markup('<{0} style="margin:0;padding:0 24px">{1}</{0}>').format(tag, items)


def _piece(piece: Piece, style: str) -> Markup:
    if isinstance(piece, str):
        return Markup("<br>").join(escape(line) for line in piece.split("\n"))
    inner = Markup("").join(_piece(each, style) for each in piece.of)
    if piece.kind == "a":
        link = Markup('<a class="link" style="{}" href="{}" rel="noopener nofollow">{}</a>')
        return link.format(style, piece.href, inner)
    return Markup("<{0}>{1}</{0}>").format(_TAGS[piece.kind], inner)


_PAGES.filters["said"] = _said
