"""The words of mails and texts: the same things said in each language that the panel speaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.clock import DAY, SECOND
from gateway.services.tongues import CATALOGUES, LANGUAGES, Tongue, tongue

TOP = Path(__file__).resolve().parents[3]
NOON = 1_767_960_000 * SECOND  #: 9 January 2026, 12:00 UTC


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_that_english_says_with_the_same_gaps(
    language: str,
) -> None:
    english, other = CATALOGUES["en"], CATALOGUES[language]
    assert other.keys() == english.keys()
    for name, words in english.items():
        assert other[name].strip(), name
        assert set(re.findall(r"\{\w*\}", other[name])) == set(re.findall(r"\{\w*\}", words)), name
        assert other is english or other[name] != words, name
    assert len(other["months"].split()) == 12


def test_mails_are_written_in_the_languages_of_the_panel() -> None:
    panel = {each.stem for each in (TOP / "widget/panel/words").glob("*.json")}
    assert set(LANGUAGES) == panel


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (("de-AT", "en"), "de"),
        (("", "ar_EG"), "ar"),
        (("tlh", "de"), "de"),
        (("tlh",), "en"),
        ((), "en"),
    ],
)
def test_the_first_language_that_we_have_counts_and_english_stands_in(
    tags: tuple[str, ...], language: str
) -> None:
    assert tongue(*tags).language == language


def test_names_are_joined_once_each_and_nobody_is_we() -> None:
    assert Tongue("en").names(["Ada", "Ben", "Ada", ""]) == "Ada and Ben"
    assert Tongue("de").names(["Ada", "Ben"]) == "Ada und Ben"
    assert Tongue("en").names([]) == "We"


def test_an_instant_is_told_where_its_reader_is_and_with_its_day_when_that_is_another() -> None:
    english = Tongue("en")
    assert english.moment(NOON, NOON, "UTC") == "12:00"
    assert english.moment(NOON, NOON, "Europe/Berlin") == "13:00"
    assert english.moment(NOON, NOON + DAY, "UTC") == "9 January, 12:00"
    assert Tongue("de").moment(NOON, NOON + DAY, "Nowhere/At_All") == "9. Januar, 12:00"


def test_values_are_isolated_from_right_to_left_but_for_what_is_tapped_or_copied() -> None:
    arabic = Tongue("ar")
    assert "\u2068Acme\u2069" in arabic.say("about", store="Acme")
    assert arabic.say("sms.choose", link="https://x").endswith(" https://x")
    assert "\u2068" not in Tongue("de").say("about", store="Acme")
