"""A mail as it reads, in text and in HTML, from plain values: the same for a shopper and a preview.

The text part says everything that the HTML says. The HTML is tables with inline styles, since that
is what Outlook draws; its stylesheet only adds the dark colours and the phone, and where it is
dropped the mail is light and still readable. Nothing in it is loaded from anywhere: no picture
tells a sender who reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import urlize
from markupsafe import Markup, escape

from gateway.services.carried import quoted
from gateway.services.colours import accent_of, readable, text_on
from gateway.services.tongues import Tongue

LOGO: Final = "logo"  #: the Content-ID of the one picture that a mail may bear
LOGO_WIDTH, LOGO_HEIGHT = 160, 40  #: pixels that it is drawn in, at most
CLEAR: Final = 7.0  #: what is coloured on dark stands out so much: at 4.5 to 1 it looks dull
_LIGHT, _DARK = "#ffffff", "#1c1f22"

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
    """One message as a mail shows it; ``at`` is told already."""

    who: str
    at: str
    words: str


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
    """Everything that a mail says, in order: ``links`` stand in its small print."""

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
    """The HTML part."""
    accent = accent_of(page.accent)
    return _PAGES.get_template("letter.html").render(
        page=page,
        tongue=page.tongue,
        accent=accent,
        on_accent=text_on(accent),
        name_light=readable(accent, _LIGHT),
        name_dark=readable(accent, _DARK, CLEAR),
        first_words=_first_words(page),
    )


def drawn(width: int, height: int) -> tuple[int, int]:
    """How large a logo of so many pixels is drawn: half its size at most, for dense screens."""
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height, 1)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _first_words(page: Page) -> str:
    """What a list of mails shows beside the subject."""
    found = " ".join(each.words for part in page.parts for each in part.said)
    return " ".join(found.split())[:120]


def _lines(text: str) -> Markup:
    """Text with its line breaks."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def _linked(text: str, style: str) -> Markup:
    """What a person wrote: addresses can be tapped, and nothing else of it is HTML."""
    found = urlize(text, rel="noopener nofollow")  # which escapes first
    styled = found.replace("<a ", f'<a class="link" style="{style}" ')
    return Markup("<br>".join(styled.splitlines()))  # noqa: S704  # as above


_PAGES.filters["lines"] = _lines
_PAGES.filters["linked"] = _linked
