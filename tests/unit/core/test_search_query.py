"""What somebody typed into the search, understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.search_query import MOST_TERMS, MOST_TOKENS, Phrase, Query, understand
from tests.unit.core.search_cases import HOSTILE

WORDS = (
    "from:",
    "label:",
    "is:",
    "before:2026-",
    "#",
    '"',
    "+44 ",
    "store:",
    "a",
    "靴",
    "AND ",
    " ",
)


def words(text: str) -> list[tuple[str, ...]]:
    return [term[0].tokens for term in understand(text).terms]


def test_each_word_is_a_term_and_may_go_on() -> None:
    (term, _) = understand("refund shoes").terms
    assert term == (Phrase(tokens=("refund",), is_start=True),)
    assert understand("it").terms == ((Phrase(tokens=("it",)),),)
    assert understand("靴").terms == ((Phrase(tokens=("靴",), is_start=True),),)


def test_quotation_marks_ask_for_exactly_these_words() -> None:
    assert understand('"not arrived"').terms == ((Phrase(tokens=("not", "arrived")),),)
    assert words('"left open') == [("left", "open")]


def test_what_other_searches_want_between_words_is_no_word() -> None:
    assert words("black AND white OR NOT red") == [("black",), ("white",), ("red",)]
    assert words("black and white") == [("black",), ("and",), ("white",)]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("from:Ada", Query(authors=(("ada",),))),
        ('FROM:"Ada Moreau"', Query(authors=(("ada", "moreau"),))),
        ("label:Größe", Query(labels=("grosse",))),
        ("is:open is:MINE", Query(states=frozenset({"open", "mine"}))),
        ("assignee:none", Query(assignee="none")),
        ("via:mail", Query(channel="email")),
        ("channel:sms", Query(channel="sms")),
        ("has:attachment", Query(has=frozenset({"file"}))),
        ("before:2026-05-01", Query(before=date(2026, 5, 1))),
        ("since:2026-05-01", Query(since=date(2026, 5, 1))),
        ("after:2026-05-01", Query(since=date(2026, 5, 2))),
        ("on:2026-05-01", Query(since=date(2026, 5, 1), before=date(2026, 5, 2))),
        ("store:acme", Query(store="acme")),
        ("#1042", Query(number=1042)),
        ("", Query()),
        ("AND", Query()),
    ],
)
def test_filters_are_typed_as_words(typed: str, understood: Query) -> None:
    assert understand(typed) == understood


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("is:everything", [("is", "everything")]),
        ("before:yesterday", [("before", "yesterday")]),
        ("on:2026-02-30", [("on", "2026", "02", "30")]),
        ("after:9999-12-31", [("after", "9999", "12", "31")]),
        ("https://shop.example", [("https", "shop", "example")]),
        ("from:", [("from",)]),
        ("via:pigeon", [("via", "pigeon")]),
        ("re:order", [("re", "order")]),
        ("12:30", [("12", "30")]),
    ],
)
def test_what_is_no_filter_of_ours_is_looked_for(typed: str, found: list[tuple[str, ...]]) -> None:
    assert words(typed) == found


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+44 7700 900123", "447700900123"),
        ("07700 900 123", "7700900123"),
        ("(020) 7946-0018", "2079460018"),
        ("0044 7700900123", "447700900123"),
        ("+٤٤ ٧٧٠٠ ٩٠٠١٢٣", "447700900123"),
    ],
)
def test_a_phone_number_is_one_however_it_is_written(typed: str, digits: str) -> None:
    (term,) = understand(typed).terms
    assert term[0] == Phrase(tokens=(digits,), is_start=True)


def test_numbers_beside_each_other_are_no_phone_number() -> None:
    assert words("1042 2041") == [("1042",), ("2041",)]
    assert words("2026-05-01") == [("2026", "05", "01")]


def test_what_a_query_asks_decides_where_it_is_looked_for() -> None:
    assert understand("vera").asks_facts
    assert understand("vera").asks_messages
    assert not understand("vera from:me").asks_facts
    assert not understand("is:open").asks_messages
    assert understand("").is_empty


@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS)).map("".join))
def test_any_string_is_a_query(typed: str) -> None:
    found = understand(typed)
    assert max(map(len, (found.terms, found.authors, found.labels))) <= MOST_TERMS
    assert all(0 < len(each.tokens) <= MOST_TOKENS for term in found.terms for each in term)


def test_of_a_thousand_filters_the_first_are_looked_at() -> None:
    for key, read in (("from", "authors"), ("label", "labels")):
        typed = " ".join(f"{key}:n{n}" for n in range(1_000))
        assert len(getattr(understand(typed), read)) == MOST_TERMS


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_so_is_what_somebody_types_who_means_harm(typed: str) -> None:
    assert len(understand(typed).terms) <= MOST_TERMS
