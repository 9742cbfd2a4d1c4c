"""The words of mails and texts: the same things said in each language that the panel speaks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.clock import DAY, SECOND
from gateway.services.tongues import CATALOGUES, LANGUAGES, Tongue, catalogues, spoken, tongue

TOP = Path(__file__).resolve().parents[3]
NOON = 1_767_960_000 * SECOND  #: 9 January 2026, 12:00 UTC


FILES = {
    each.stem: json.loads(each.read_text())
    for each in (TOP / "gateway/services/words").glob("*.json")
}
SAME_HERE_AND_THERE = {"day", "sample.shopper", "sample.agent"}  #: an order, and names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_that_english_says_with_the_same_gaps(
    language: str,
) -> None:
    assert FILES[language].keys() == FILES["en"].keys()
    for section, english in FILES["en"].items():
        other = FILES[language][section]
        assert other.keys() == english.keys(), section
        for name, words in english.items():
            assert other[name].strip(), name
            assert sorted(re.findall(r"\{\w*\}", other[name])) == sorted(
                re.findall(r"\{\w*\}", words)
            ), name
            translated = language == "en" or other[name] != words
            assert translated or name in SAME_HERE_AND_THERE, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_months(language: str) -> None:
    assert len(set(CATALOGUES[language]["months"].split())) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_shopper_answers_to_a_text_is_asked_for_by_the_words_that_we_understand(
    language: str,
) -> None:
    words = CATALOGUES[language]
    for name in ("sms.stop", "sms.knock", "whatsapp.stop", "stop_all", "help.sms", "started.email"):
        assert "STOP" in words[name], name
    for name in ("stopped.sms", "stopped.email", "stopped.whatsapp"):
        assert "START" in words[name], name
    for name in ("sms.code", "sms.knock", "knock.email"):
        assert re.search(r"(?<![A-Za-z])Y(?![A-Za-z])", words[name]), name


def test_a_section_that_is_none_is_an_error() -> None:
    assert catalogues("thread").keys() == set(LANGUAGES)
    with pytest.raises(KeyError):
        catalogues("weather")


def test_mails_are_written_in_the_languages_of_the_panel() -> None:
    panel = {each.stem for each in (TOP / "widget/panel/words").glob("*.json")}
    assert set(LANGUAGES) == panel == {"ar", "de", "en", "es", "fr", "it", "ja", "pt"}
    assert LANGUAGES[0] == "en"


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


def test_the_tag_stays_whole_since_times_are_told_by_it() -> None:
    assert spoken("tlh", "pt-BR", "de") == "pt-BR"
    assert spoken("tlh", "") == "en"


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
    assert "\u2066Acme\u2069" in arabic.say("about", store="Acme")
    assert arabic.say("sms.choose", link="https://x").endswith(" https://x")
    assert not {"\u2066", "\u2068"} & set(Tongue("de").say("about", store="Acme"))
    assert "\u2068ليلى\u2069" in Tongue("de").say("about", store="ليلى")
