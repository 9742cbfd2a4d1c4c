"""Text as search compares it: folded, and cut into tokens, the same on every database.

Case, accents and widths do not count: ``Straße`` is ``strasse``, ``Müller`` is ``muller``, every
Turkish i is one, Arabic is read without its vowel signs. What is written without spaces (Chinese,
Japanese, Korean, Thai …) is cut into overlapping pairs, so that any two characters of it are
found; a sign like 👟 is a token of its own. A token holds letters, digits or one sign, never
anything that a query language could read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST_TOKEN = 64  #: characters; more of a token tells nothing
_PLAIN = re.compile(r"[0-9a-z]+")

_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200f\u2060\ufe00-\ufe0f"
)
#: what belongs to the character before it: accents, voicing marks, the later parts of a syllable
_LATER = "\u3099\u309a\uff9e\uff9f\u1160-\u11ff" + _MARKS
_CLUSTER = re.compile(rf"[^\x00-\x7f][{_LATER}]*|[\x00-\x7f][{_LATER}]+")
_MARK = re.compile(f"[{_MARKS}]")
#: letters that Unicode takes for others of their own, and people for the same
_SAME = str.maketrans(
    {"\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe"}
    # Arabic's alef maksura, teh marbuta, and Persian's kaf and yeh
    | {"\u0649": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u06cc": "\u064a"}
)

#: scripts that are written without spaces, or hang so much on a word that its start is not enough
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f"
)
_SIGN = "\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_RUN = re.compile(rf"(?P<dense>[{_DENSE}]+)|(?P<sign>[{_SIGN}])|[^\W_{_DENSE}{_SIGN}]+")


class Token(NamedTuple):
    """One token and where in the text it stands: characters ``start`` to ``end``."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """The text without what search does not look at."""
    if text.isascii():
        return text.lower()
    return _CLUSTER.sub(lambda found: _folded(found[0]), text).lower()


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    if text.isascii():
        return [each[:LONGEST_TOKEN] for each in _PLAIN.findall(text.lower())]
    return [each.text for each in _cut(fold(text))]


def asked_tokens(text: str) -> list[str]:
    """The tokens of what is looked for: how it ends does not say that the text ends there too."""
    found = _cut(fold(text))
    # The last character of a run stands alone behind its pairs; in the text it may have a pair.
    if len(found) > 1 and found[-1].end == found[-2].end:
        del found[-1]
    return [each.text for each in found]


def spans(text: str) -> list[Token]:
    """The tokens of a text with their places in the text as it was written."""
    if text.isascii():
        return [
            Token(each[0][:LONGEST_TOKEN], each.start(), each.end())
            for each in _PLAIN.finditer(text.lower())
        ]
    folded, starts, ends = _with_places(text)
    return [
        Token(each.text, starts[each.start], ends[each.end - 1])
        for each in _cut(folded)
        if each.end > each.start
    ]


@lru_cache(maxsize=8_192)
def _folded(cluster: str) -> str:
    plain = _MARK.sub("", unicodedata.normalize("NFKD", cluster)).casefold()
    plain = _MARK.sub("", unicodedata.normalize("NFKD", plain)).translate(_SAME)
    return "".join(_digit(each) for each in unicodedata.normalize("NFC", plain))


def _digit(character: str) -> str:
    digit = unicodedata.decimal(character, -1)
    return character if digit < 0 else str(digit)


def _with_places(text: str) -> tuple[str, list[int], list[int]]:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in _CLUSTER.finditer(text):
        plain = text[at : found.start()]
        parts.append(plain.lower())
        starts.extend(range(at, found.start()))
        ends.extend(range(at + 1, found.start() + 1))
        folded = _folded(found[0]).lower()
        parts.append(folded)
        starts.extend([found.start()] * len(folded))
        ends.extend([found.end()] * len(folded))
        at = found.end()
    parts.append(text[at:].lower())
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return "".join(parts), starts, ends


def _cut(folded: str) -> list[Token]:
    found: list[Token] = []
    for run in _RUN.finditer(folded):
        if run["dense"] is None:
            found.append(Token(run[0][:LONGEST_TOKEN], run.start(), run.end()))
            continue
        for at in range(run.start(), run.end()):
            end = min(at + 2, run.end())
            found.append(Token(folded[at:end], at, end))
    return found
