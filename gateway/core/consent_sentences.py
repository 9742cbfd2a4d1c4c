"""The exact words that somebody agrees to, by language and country, as they stand in a JSON file.

What has been shown once is never changed or taken away: evidence names its sentence by id, and a
new wording is a new version. ``countries`` in the file are groups whose law, or whose carriers,
want words of their own: CTIA Messaging Principles 5.1 (what a message costs, how often, STOP, HELP,
no condition of a purchase); GDPR articles 4(11) and 7(3) (what for, and how to withdraw).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SPOKEN_AT_LEAST: Final = "en"  #: for whoever's language has no sentence
ANYWHERE: Final = ""  #: the group of all countries that are in no other


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One of them; ``{store}`` stands for the store's name, ``countries`` names a group."""

    id: str
    channel: Literal["sms", "email", "push", "whatsapp"]
    purpose: str
    language: str
    countries: str
    version: int
    text: str


_FILE: Final = json.loads(
    files("gateway.core").joinpath("consent_sentences.json").read_text("utf-8")
)

SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {each["id"]: Sentence(**each) for each in _FILE["sentences"]}
)
"""Every sentence ever shown, by id."""

COUNTRIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {group: tuple(countries) for group, countries in _FILE["countries"].items()}
)
"""The groups, each with its countries (ISO 3166)."""


def group_of(country: str) -> str:
    """The group that a country is in."""
    found = (group for group, countries in COUNTRIES.items() if country in countries)
    return next(found, ANYWHERE)


def newest(channel: str, language: str, group: str = ANYWHERE) -> Sentence:
    """What is shown now, to whoever speaks a language (a tag such as ``pt-BR``).

    A language without one for this group has one for anywhere; a language without any for this
    channel has the English ones, since nobody agrees to words that nobody wrote.

    Raises:
        LookupError: nobody agrees to this channel by a sentence.
    """
    offered = [each for each in SENTENCES.values() if each.channel == channel]
    short = language.replace("_", "-").partition("-")[0].lower()
    spoken = [each for each in offered if each.language == short]
    spoken = spoken or [each for each in offered if each.language == SPOKEN_AT_LEAST]
    fitting = [each for each in spoken if each.countries == group]
    fitting = fitting or [each for each in spoken if each.countries == ANYWHERE]
    if not fitting:
        raise LookupError(f"there is no sentence for {channel}")
    return max(fitting, key=lambda each: each.version)
