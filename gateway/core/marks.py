"""What agents type to make words stand out: ``*bold*``, ``_italic_``, code, links and lists.

A message is stored as it was typed, and read like this where it is shown. Linear in the length of
the text: any string is read, nothing of it is HTML, and a link is http, https, mailto or tel. The
consoles and panels read the same by ``widget/link/marks.ts``; both are held to
``tests/corpus/marks.json``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

_GAP: Final = r"\x00-\x20\xa0\u2000-\u200b\u2028\u2029\u3000"
#: Never with a name before the host: that reads as the one place and leads to another.
_ADDRESS: Final = re.compile(
    rf"https?://(?![^/?#{_GAP}]*@)[^{_GAP}<>\"'`\\\[\]{{}}|^]+", re.I | re.A
)
_NAMED: Final = re.compile(
    r"\[([^\[\]]+)\]\("
    rf"(https?://(?![^/?#{_GAP}]*@)[^{_GAP}<>\"'`\\\[\]{{}}|^()]+"
    rf"|mailto:[^{_GAP}<>\"'()\[\]]+|tel:[0-9+-]+)\)",
    re.I | re.A,
)
_TAIL: Final = ".,;:!?…*_~)"  #: a sentence's own punctuation after an address is not part of it
_ITEM: Final = re.compile(r"(?:[-*•]|([0-9]{1,3})[.)]) +(?=[^ ])")
_PLAIN: Final = re.compile(r"[^*_`\[\nhH]+")  #: no sign of it means anything
_BLANK: Final = re.compile(f"[{_GAP}]")
_SHORTEST: Final = 8  #: characters of an address that names nothing yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Some pieces that stand out; ``href`` is a link's."""

    kind: Literal["b", "i", "code", "a"]
    of: tuple[Piece, ...]
    href: str = ""


Piece = str | Mark
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines as they are, with their breaks, or a list: one of ``of`` for each of its items."""

    kind: Literal["text", "ul", "ol"]
    of: tuple[Pieces, ...]
    numbers: tuple[int, ...] = ()


def blocks(text: str) -> tuple[Block, ...]:
    """The text as what is shown, in order."""
    lines, found, plain = text.split("\n"), list[Block](), list[str]()

    def flush() -> None:
        if plain:
            found.append(Block(kind="text", of=(_pieces("\n".join(plain)),)))
            plain.clear()

    at = 0
    while at < len(lines):
        items = _items(lines, at)
        # One line alone may begin with a dash or a number for any other reason.
        if len(items) < 2:
            plain.append(lines[at])
            at += 1
            continue
        flush()
        of = tuple(
            _pieces(line[item.end() :])
            for line, item in zip(lines[at : at + len(items)], items, strict=True)
        )
        numbered = items[0][1] is not None
        numbers = tuple(int(item[1]) for item in items) if numbered else ()
        found.append(Block(kind="ol" if numbered else "ul", of=of, numbers=numbers))
        at += len(items)
    flush()
    return tuple(found)


def unmarked(text: str) -> str:
    """The words without the signs, where nothing can stand out; a named link keeps its address."""
    told = []
    for block in blocks(text):
        signs = [f"{n}. " for n in block.numbers] or ["- " if block.kind == "ul" else ""]
        signs = signs * len(block.of) if len(signs) == 1 else signs
        told += [
            sign + "".join(_bare(piece) for piece in of)
            for sign, of in zip(signs, block.of, strict=True)
        ]
    return "\n".join(told)


def _bare(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    words = "".join(_bare(each) for each in piece.of)
    address = piece.href.partition(":")[2] if piece.href[:4] in ("mail", "tel:") else piece.href
    return f"{words} ({address})" if piece.href and words not in (piece.href, address) else words


def _items(lines: Sequence[str], at: int) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for n in range(at, len(lines)):
        item = _ITEM.match(lines[n])
        if item is None or (found and (found[0][1] is None) != (item[1] is None)):
            break
        found.append(item)
    return found


class _Reader:
    """Goes through a text once, sign by sign."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[Piece] = []
        #: Where in ``_out`` a mark was begun: nothing is closed across what encloses it, or a line.
        self._begun: dict[str, int] = {}
        self._no_tick = -1
        self._from = 0

    def read(self) -> Pieces:
        at = 0
        while at < len(self._text):
            plain = _PLAIN.match(self._text, at)
            at = plain.end() if plain else self._step(at, self._text[at])
        self._push(len(self._text))
        return _joined(self._out)

    def _step(self, at: int, sign: str) -> int:
        if sign in "*_":
            # "**bold**" is what many type who mean the same.
            signs = sign * 2 if self._text.startswith(sign, at + 1) else sign
            self._emphasis(at, signs)
            return at + len(signs)
        if sign == "\n":
            self._begun.clear()
        found = self._code(at) if sign == "`" else self._link(at, sign)
        if found is None:
            return at + 1
        mark, end = found
        self._push(at)
        self._out.append(mark)
        self._from = end
        return end

    def _push(self, to: int) -> None:
        if to > self._from:
            self._out.append(self._text[self._from : to])

    def _code(self, at: int) -> tuple[Mark, int] | None:
        if at <= self._no_tick:
            return None
        close, line = self._text.find("`", at + 1), self._text.find("\n", at)
        if close < 0 or 0 <= line < close:
            self._no_tick = len(self._text) if close < 0 else close - 1
            return None
        if close == at + 1:
            return None
        return Mark(kind="code", of=(self._text[at + 1 : close],)), close + 1

    def _link(self, at: int, sign: str) -> tuple[Mark, int] | None:
        if sign == "[":
            named = _NAMED.match(self._text, at)
            if named is None or "\n" in named[1]:
                return None
            return Mark(kind="a", of=(named[1],), href=named[2]), named.end()
        if sign not in "hH" or self._is_word(at - 1):
            return None
        found = _ADDRESS.match(self._text, at)
        href = _trimmed(found[0]) if found else ""
        if len(href) <= _SHORTEST:
            return None
        return Mark(kind="a", of=(href,), href=href), at + len(href)

    def _emphasis(self, at: int, signs: str) -> None:
        opener = self._begun.get(signs)
        if opener is not None and self._closes(at, signs):
            self._push(at)
            inner = self._out[opener + 1 :]
            del self._out[opener + 1 :]
            if not inner:
                self._from = at
                return
            self._out[opener] = Mark(kind="b" if signs[0] == "*" else "i", of=tuple(inner))
            self._from = at + len(signs)
            self._begun = {s: place for s, place in self._begun.items() if place < opener}
        elif self._opens(at, signs):
            self._push(at)
            self._begun[signs] = len(self._out)
            self._out.append(signs)
            self._from = at + len(signs)

    def _opens(self, at: int, signs: str) -> bool:
        end = at + len(signs)
        after = self._text[end : end + 1]
        return not self._is_word(at - 1) and after not in ("", signs[0]) and not _BLANK.match(after)

    def _closes(self, at: int, signs: str) -> bool:
        before = self._text[at - 1 : at] or " "
        return not _BLANK.match(before) and not self._is_word(at + len(signs))

    def _is_word(self, at: int) -> bool:
        # Beyond the first plane a browser's text has two halves, and neither is a letter.
        return 0 <= at < len(self._text) and self._text[at].isalnum() and self._text[at] <= "\uffff"


def _trimmed(address: str) -> str:
    # "(see https://a.example/b)" closes its own bracket, "https://a.example/b_(c)" the address's.
    end, spare = len(address), address.count(")") - address.count("(")
    while end and address[end - 1] in _TAIL:
        if address[end - 1] == ")":
            if spare <= 0:
                break
            spare -= 1
        end -= 1
    return address[:end]


def _pieces(text: str) -> Pieces:
    return _Reader(text).read()


def _joined(found: Sequence[Piece]) -> Pieces:
    """Signs that came to nothing are words again."""
    out: list[Piece] = []
    for each in found:
        last = out[-1] if out else None
        if isinstance(each, str) and isinstance(last, str):
            out[-1] = last + each
        elif isinstance(each, str):
            out.append(each)
        else:
            out.append(Mark(kind=each.kind, of=_joined(each.of), href=each.href))
    return tuple(out)
