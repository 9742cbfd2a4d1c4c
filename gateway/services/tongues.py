"""The words of mails, texts and small pages to shoppers, in each language that the panel speaks.

Each is one file in ``words/``; the panel's own stand beside it (``docs/languages.md``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from importlib.resources import files
from typing import Final

from gateway.clock import SECOND
from gateway.core import hours

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_FROM_THE_RIGHT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_UNISOLATED: Final = frozenset({"link", "code"})
"""What is tapped or copied stands as it is: a mark beside it would be taken along."""

Words = dict[str, str]  #: name → words

_FILES: Final[dict[str, dict[str, Words]]] = {
    each.name.removesuffix(".json"): json.loads(each.read_text("utf-8"))
    for each in files("gateway.services").joinpath("words").iterdir()
}
LANGUAGES: Final = ("en", *sorted(_FILES.keys() - {"en"}))


def catalogues(section: str) -> dict[str, Words]:
    """One section of each language's file, by language.

    Raises:
        KeyError: there is no such section.
    """
    return {language: _FILES[language][section] for language in LANGUAGES}


CATALOGUES: Final = catalogues("letters")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language."""

    language: str

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, name: str, **values: object) -> str:
        """The words of this name with ``{value}`` filled in.

        Raises:
            KeyError: nothing of that name is said.
        """
        said = CATALOGUES[self.language][name]
        return said.format(**{each: self._isolated(each, v) for each, v in values.items()})

    def names(self, names: Sequence[str]) -> str:
        """``Ada and Ben``; "We" for nobody."""
        distinct = list(dict.fromkeys(name for name in names if name))
        if not distinct:
            return self.say("us")
        return reduce(lambda one, two: self.say("and", first=one, second=two), distinct)

    def either(self, choices: Sequence[str]) -> str:
        """``#2 or #1``; empty for none."""
        if not choices:
            return ""
        return reduce(lambda one, two: self.say("or", first=one, second=two), choices)

    def moment(self, at: int, now: int, zone: str) -> str:
        """An instant (microseconds) as a reader in this zone tells it, with its day if another."""
        there, today = (
            datetime.fromtimestamp(each / SECOND, hours.zone(zone)) for each in (at, now)
        )
        time = f"{there:%H:%M}"
        if there.date() == today.date():
            return time
        month = CATALOGUES[self.language]["months"].split()[there.month - 1]
        return self.say("day", day=there.day, month=month, time=time)

    def _isolated(self, name: str, value: object) -> str:
        return str(value) if name in _UNISOLATED else isolated(value, self.language)


def isolated(value: object, language: str) -> str:
    """A value as it stands in a sentence of this language (UAX #9 section 2.4.2, isolates).

    Or a number's sign and a Latin name wander about in a line from right to left, and an Arabic
    name takes along what stands beside it in any other. What has no letters is never turned
    around. A value that needs no mark gets none: a text that has one costs as much as two.
    """
    text = str(value)
    if _FROM_THE_RIGHT.search(text):
        return f"\u2068{text}\u2069"
    return f"\u2066{text}\u2069" if language in RIGHT_TO_LEFT else text


def tongue(*tags: str) -> Tongue:
    """The language of the first of these tags that is one of ours, else English."""
    for tag in tags:
        if short(tag) in CATALOGUES:
            return Tongue(short(tag))
    return Tongue("en")


def spoken(*tags: str) -> str:
    """The first of these tags whose language is one of ours, whole; else ``en``."""
    return next((tag for tag in tags if short(tag) in CATALOGUES), "en")


def short(tag: str) -> str:
    """The language alone of a tag like ``en-GB``."""
    return re.split(r"[-_]", tag.lower(), maxsplit=1)[0]
