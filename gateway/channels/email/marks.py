"""Which lines bear a quote mark, judged by the whole mail and not by one line alone.

``>`` may begin a person's own line ("> 5 kg", a prompt), and some programs quote by other marks:
``Ada>``, or a bar, a colon or a tab under an attribution.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from gateway.channels.email.introductions import attribution

if TYPE_CHECKING:
    from gateway.channels.email.lines import Lines

_MAX_ORDINARY: Final = 6
_MAX_SPAN: Final = 5
_NAME = re.compile(r"\s{0,4}([^\W\d_][^\W\d_]{1,19}(?: [^\W\d_]{2,20})?)>(?:\s|$|>)")
_BAR = re.compile(r"\s{0,2}([|:\u2502\u00a6\u2503\u00bb\u203a])(?:\s|$)")
_NUMBER = re.compile(r">=? {0,2}[$\u20ac\u00a3]?\d")
_PYTHON = re.compile(r">>> ?(?=\S)[^?]*[=()\[\]{}'\"._]|>>> ?(?:import|from|print|del) ")
_COMMAND = re.compile(
    r"> ?(?:[a-z][\w./-]{0,30}(?: [^ ]{1,60}){0,6} --?\w|[^?]{1,200};$|\w{1,40}\([^?]{0,200}\)$"
    r"|(?:npm|pip|git|cd|ls|curl|ping|sudo|brew|docker) )"
)


def settle(lines: Lines) -> None:
    """Correct the marks of ``lines`` by what the mail as a whole says."""
    _clear_ordinary(lines)
    _mark_names(lines)
    _mark_bars(lines)
    _mark_tabs(lines)


def _clear_ordinary(lines: Lines) -> None:
    """Take the mark from the few lines that are figures or commands and answer nobody."""
    marked = [place for place in range(len(lines)) if lines.is_quoted(place)]
    if not 0 < len(marked) <= _MAX_ORDINARY:
        return
    if not all(_is_ordinary(lines.raw[place].strip()) for place in marked):
        return
    if not any(_is_introduced(lines, place) for place in marked):
        lines.mark(marked, quoted=False)


def _is_ordinary(line: str) -> bool:
    if line.endswith("?"):
        return False
    if line.endswith(">>>"):
        return False
    return any(shape.match(line) for shape in (_NUMBER, _PYTHON, _COMMAND))


def _is_introduced(lines: Lines, place: int) -> bool:
    """Tell whether an attribution ends in the last filled line above this one."""
    above = place - 1
    while above >= 0 and (lines.is_blank(above) or lines.is_quoted(above)):
        above -= 1
    for start in range(max(0, above - _MAX_SPAN + 1), above + 1):
        taken = attribution(lines, start)
        if taken and start + taken > above:
            return True
    return False


def _mark_names(lines: Lines) -> None:
    """Mark lines that begin ``Ada>`` when two or more begin so."""
    named: dict[int, str] = {}
    for place, line in enumerate(lines.raw):
        found = _NAME.match(line[:60])
        # `mysql>` is a prompt, `PS>` one too; a name has a capital, or a script without them.
        if found and found[1] != "PS" and not found[1][0].islower():
            named[place] = found[1]
    often = Counter(named.values())
    lines.mark([place for place, name in named.items() if often[name] > 1], quoted=True)


def _mark_bars(lines: Lines) -> None:
    """Mark the lines behind a bar or a colon when such lines stand right under an attribution."""
    barred: dict[str, list[int]] = {}
    for place, line in enumerate(lines.raw):
        found = _BAR.match(line[:8])
        if found:
            barred.setdefault(found[1], []).append(place)
    for places in barred.values():
        lines.mark(places, quoted=True)
        starts = [place for place in places if _heads(lines, place)]
        if not any(_is_introduced(lines, place) for place in starts[:_MAX_ORDINARY]):
            lines.mark(places, quoted=False)


def _mark_tabs(lines: Lines) -> None:
    """Mark the block that is set in by tabs right under an attribution (s-nail, mailx)."""
    place, tried = 0, 0
    while place < len(lines) and tried < _MAX_ORDINARY:
        if not lines.raw[place].startswith("\t"):
            place += 1
            continue
        end = place
        while end < len(lines) and (lines.raw[end].startswith("\t") or lines.is_blank(end)):
            end += 1
        tried += 1
        if _is_introduced(lines, place):
            block = range(place, end)
            lines.mark([at for at in block if not lines.is_blank(at)], quoted=True)
        place = end


def _heads(lines: Lines, place: int) -> bool:
    return place > 0 and not lines.is_quoted(place - 1)
