"""The sentences that people agree to: which is shown to whom, and that old ones stay."""

from __future__ import annotations

import re

import phonenumbers
import pytest

from gateway.core.consent_sentences import ANYWHERE, COUNTRIES, SENTENCES, group_of, newest
from gateway.core.keywords import Keyword, keyword

LANGUAGES = ("en", "de", "fr", "es", "ar")
FIRST = ("en", "de", "fr", "es")  #: what could be agreed to from the first day


def test_every_channel_has_its_sentence_in_every_language() -> None:
    spoken = {(e.channel, e.language) for e in SENTENCES.values() if e.countries == ANYWHERE}
    channels = ("sms", "whatsapp", "email", "push")
    assert spoken == {(channel, language) for channel in channels for language in LANGUAGES}


def test_every_group_of_countries_has_its_words_for_texts_in_every_language() -> None:
    for group in COUNTRIES:
        for language in LANGUAGES:
            found = newest("sms", language, group)
            assert (found.language, found.countries) == (language, group)


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "email", "push"])
@pytest.mark.parametrize("language", ["pt", "it", "ja", "tlh", ""])
def test_whose_language_has_no_sentence_is_shown_the_english_one(
    language: str, channel: str
) -> None:
    assert newest(channel, language) == newest(channel, "en")
    assert newest(channel, language, "europe") == newest(channel, "en", "europe")


@pytest.mark.parametrize(("tag", "language"), [("de-AT", "de"), ("FR", "fr"), ("ar_EG", "ar")])
def test_a_tag_with_a_region_has_the_sentence_of_its_language(tag: str, language: str) -> None:
    assert newest("sms", tag, "europe").id == f"sms.support.{language}.europe.1"


def test_an_id_says_what_it_is_of() -> None:
    for key, each in SENTENCES.items():
        where = [each.countries] if each.countries else []
        parts = [each.channel, each.purpose, each.language, *where, str(each.version)]
        assert key == each.id == ".".join(parts)


@pytest.mark.parametrize("language", FIRST)
def test_what_was_agreed_to_before_countries_had_words_of_their_own_is_still_there(
    language: str,
) -> None:
    for channel in ("sms", "email"):
        assert SENTENCES[f"{channel}.support.{language}.1"].countries == ANYWHERE


def test_every_sentence_names_the_store_and_nothing_else_to_fill_in() -> None:
    for each in SENTENCES.values():
        assert re.findall(r"{(\w*)}", each.text) == ["store"]
        assert "Acme" in each.text.format(store="Acme")


def test_every_sentence_for_texts_offers_words_that_we_understand() -> None:
    for each in SENTENCES.values():
        if each.channel in ("sms", "whatsapp"):
            offered = {keyword(word) for word in re.findall(r"[A-Z]{4,}", each.text)}
            assert offered >= {Keyword.STOP, Keyword.HELP}, each.id


def test_in_north_america_it_says_what_carriers_want_said() -> None:
    """CTIA Messaging Principles 5.1."""
    text = newest("sms", "en", group_of("US")).text
    for words in ("Msg & data rates may apply", "frequency", "STOP", "HELP", "not a condition"):
        assert words in text


def test_in_europe_it_says_what_for_and_how_to_withdraw() -> None:
    """GDPR articles 4(11) and 7(3)."""
    text = newest("sms", "en", group_of("DE")).text
    assert "for nothing else" in text
    assert "withdraw" in text


def test_a_country_is_in_one_group_and_is_a_country() -> None:
    listed = [country for countries in COUNTRIES.values() for country in countries]
    assert len(listed) == len(set(listed))
    assert set(listed) <= phonenumbers.SUPPORTED_REGIONS
    assert (group_of("CA"), group_of("FR"), group_of("MX")) == ("northam", "europe", "latam")
    assert group_of("JP") == ANYWHERE


def test_no_calling_code_is_of_two_groups() -> None:
    """The panel knows no more of a number than what it begins with."""
    codes = {
        group: {phonenumbers.country_code_for_region(each) for each in countries}
        for group, countries in COUNTRIES.items()
    }
    assert sum(map(len, codes.values())) == len(set().union(*codes.values()))


def test_a_language_without_a_sentence_gets_the_english_one() -> None:
    assert newest("sms", "ja", group_of("US")).id == "sms.support.en.northam.1"


def test_nobody_agrees_to_a_channel_that_has_no_sentence() -> None:
    with pytest.raises(LookupError):
        newest("fax", "en")
