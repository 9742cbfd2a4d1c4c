"""What a person newly wrote in a mail, and nothing of what they answer to.

Two steps: HTML becomes lines, its structural quotes bearing ``>`` marks; then one set of rules
reads lines, wherever they came from. There is no recursion and no backtracking over more than a few
short lines, so the time is linear to the mail's length.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.channels.email import charsets, endings, marks, quoted_html
from gateway.channels.email.lines import Lines
from gateway.channels.email.openings import MARKER, is_forward, is_groupwise, opening

__all__ = ["MARKER", "newly_typed", "visible_reply"]

_MAX_ORPHAN: Final = 60
_RULE = re.compile(r"([.=*~#+\u2500\u2501\u2550-])\1{7,}")
_UNDERSCORES = re.compile("_{16,}")


def visible_reply(text: str | None, html: str | None) -> str:
    """Give the lines that this person newly typed, in order, answers between quotes included.

    ``text`` is read when it holds anything, else ``html``; with neither the answer is empty.
    Signatures below a delimiter line and footers of
    mail programs are left out; a name without a delimiter stays. A mail in which nothing is left
    (a forward, a quote or a footer alone) is given whole. Lines come without white space at their
    ends, runs of blank lines as one. Never raises.
    """
    typed = newly_typed(text, html)
    if typed:
        return typed
    if _is_read(text, html):
        return _whole(text or "")
    return _whole(quoted_html.to_lines(html, whole=True)) if html is not None else ""


def newly_typed(text: str | None, html: str | None) -> str:
    """The same, and empty for a mail in which nothing is left."""
    if _is_read(text, html):
        return _reply(text or "")
    return _reply(quoted_html.to_lines(html)) if html is not None else ""


def _is_read(text: str | None, html: str | None) -> bool:
    return text is not None and (bool(text.strip()) or html is None)


def _reply(source: str) -> str:
    lines = Lines(charsets.scrub(source))
    marks.settle(lines)
    return _joined(_typed(lines))


def _whole(source: str) -> str:
    lines = Lines(charsets.scrub(source))
    return _joined(["" if lines.is_blank(at) else line for at, line in enumerate(lines.raw)])


def _typed(lines: Lines) -> list[str]:
    kept: list[str] = []
    place = 0
    in_signature = in_footer = False
    while place < len(lines):
        below = _after_quote(lines, place)
        if below > place:
            in_signature = in_footer = False
            _drop_rule(kept)
            kept.append("")
        elif lines.is_blank(place):
            kept.append("")
        elif in_signature or endings.is_delimiter(lines, place):
            in_signature = True
        elif endings.is_footer(lines, place):
            in_footer = True
        elif in_footer and _goes_on(lines, place):
            kept.append("")
        else:
            in_footer = False
            kept.append(lines.raw[place])
        place = max(below, place + 1)
    return kept


def _goes_on(lines: Lines, place: int) -> bool:
    """Tell whether this line belongs to the footer above it."""
    if endings.is_excuse(lines, place) or endings.is_bare_target(lines, place):
        return True
    return not lines.is_blank(place - 1) and endings.is_tail(lines, place)


def _drop_rule(kept: list[str]) -> None:
    """Take back the row of dots or stars that a program drew above its quote."""
    while kept and (not kept[-1] or _RULE.fullmatch(kept[-1].strip())):
        kept.pop()


def _after_quote(lines: Lines, place: int) -> int:
    """Say which line follows the quote that begins here; ``place`` itself when none does.

    Quote marks end where they end, so answers below and between them count. A quote without marks
    (Outlook's) never ends, nor does a forwarded mail.
    """
    if lines.is_blank(place):
        return place
    if is_groupwise(lines, place):
        below = lines.next_filled(place + 1)
        return _after_marks(lines, below) if lines.is_quoted(below) else len(lines)
    if lines.is_quoted(place):
        return _after_marks(lines, place)
    taken = opening(lines, place)
    if not taken:
        return place
    below = lines.next_filled(place + taken)
    if taken > 1 and (is_forward(lines, place) or _is_outlooks(lines, place)):
        return len(lines)  # Marks below are those of the mail that is quoted or forwarded.
    return below if lines.is_quoted(below) else len(lines)


def _is_outlooks(lines: Lines, place: int) -> bool:
    """Tell whether a row of underscores stands above: Outlook puts no marks below its headers."""
    above = max(place - 1, 0)
    return _UNDERSCORES.fullmatch(lines.folded[above]) is not None


def _after_marks(lines: Lines, place: int) -> int:
    while place < len(lines) and (lines.is_quoted(place) or _is_orphan(lines, place)):
        place += 1
    return place


def _is_orphan(lines: Lines, place: int) -> bool:
    """Tell whether this is the tail of a quoted line that was wrapped on its way."""
    line = lines.raw[place].strip()
    above = lines.raw[place - 1].rstrip()
    return (
        0 < len(line) <= _MAX_ORPHAN
        and lines.is_quoted(place + 1)
        and lines.is_quoted(place - 1)
        and len(above) >= 68
        and len(line) < len(above)
        and above[-1].isalnum()
        and line[0].islower()
        and len(lines.raw[place + 1].lstrip("> \t")) > 0
    )


def _joined(kept: list[str]) -> str:
    out: list[str] = []
    for line in kept:
        if line or (out and out[-1]):
            out.append(line)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)
