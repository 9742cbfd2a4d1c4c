"""What a store's token says, and the edges of how long it may say it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.identity import LEEWAY, LONGEST_LIFE, Signed, mint_secret, read
from gateway.errors import NotSignedIn
from tests.signed_shoppers import part, token

KEY, NOW = "pk_acme", 1_700_000_000
SECRET = mint_secret()


def told(**claims: Any) -> Signed:
    return read([SECRET], token(SECRET, now=NOW, key=KEY, **claims), audience=KEY, now=NOW)


def test_a_token_says_who_it_is_and_until_when() -> None:
    assert told(name="Vera", zone="Europe/Berlin", language="pt-BR", plan="gold") == Signed(
        sub="vera-17", until=NOW + 600, name="Vera", zone="Europe/Berlin", language="pt-BR"
    )


def test_what_a_template_leaves_empty_is_not_said() -> None:
    assert told(name="", email=None) == told()


def test_names_are_of_all_scripts() -> None:
    for name in ("Zoë", "مریم‌السادات", "山田 太郎", "👩‍💻"):
        assert told(name=name).name == name


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW + 1},
        {"exp": NOW + 0.5},
        {"exp": NOW + LONGEST_LIFE + LEEWAY},
        {"iat": NOW - LONGEST_LIFE + 600},
        {"iat": NOW + LEEWAY, "nbf": NOW + LEEWAY},
    ],
)
def test_the_last_instant_that_is_good(claims: dict[str, object]) -> None:
    assert told(**claims).sub == "vera-17"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW},
        {"exp": NOW + LONGEST_LIFE + LEEWAY + 1},
        {"iat": NOW - LONGEST_LIFE + 599},
        {"nbf": NOW + LEEWAY + 1},
        {"exp": 10**400},
    ],
)
def test_the_first_instant_that_is_not(claims: dict[str, object]) -> None:
    with pytest.raises(NotSignedIn):
        told(**claims)


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=5), st.integers(), max_size=3))
def test_whatever_is_not_signed_is_refused_and_nothing_else_happens(
    text: str, header: dict[str, int]
) -> None:
    made = f"{part({'alg': 'HS256', **header})}.{part({'sub': 'vera', 'aud': KEY})}."
    for each in (text, made + text, f"{text}.{text}.{text}"):
        with pytest.raises(NotSignedIn):
            read([SECRET], each, audience=KEY, now=NOW)
