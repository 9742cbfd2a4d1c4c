"""The words of the pages behind the links in a message."""

from __future__ import annotations

import pytest

from gateway.core.policy import CHANNELS
from gateway.services.preference_links import SHOWN
from gateway.services.wire import masked
from gateway.web.plain_page import words_of
from gateway.web.preference_page import CATALOGUES


def test_every_way_that_may_be_shown_has_words() -> None:
    assert set(SHOWN) <= set(CHANNELS)
    for way in (*SHOWN, "chat"):
        assert {way, f"done.{way}"} <= CATALOGUES["en"].keys()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("de-AT", "de"), ("AR", "ar"), ("ar_EG", "ar"), ("tlh", "en"), ("", "en")],
)
def test_a_language_is_found_by_its_first_part_and_english_stands_in(
    tag: str, language: str
) -> None:
    assert words_of(CATALOGUES, tag)[0] == language


def test_an_address_is_shown_by_two_digits_or_one_letter() -> None:
    assert masked("sms", "+14155550142", abroad=True) == "••• 42"
    assert masked("whatsapp", "+14155550142", abroad=True) == "••• 42"
    assert masked("email", "vera@shopper.example", abroad=True) == "v•••@•••"
