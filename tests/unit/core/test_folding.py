"""Text as search compares it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.folding import LONGEST_TOKEN, asked_tokens, fold, spans, tokens

TEXTS = st.text(max_size=200)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Straße MÜLLER", ["strasse", "muller"]),
        ("cafe\u0301 CAFÉ", ["cafe", "cafe"]),
        ("İstanbul ISPARTA \u0131\u015f\u0131k", ["istanbul", "isparta", "isik"]),
        ("靴を買", ["靴を", "を買", "買"]),
        ("Nike靴", ["nike", "靴"]),
        ("\uff76\uff9e", ["ガ"]),
        ("ﷺ", ["صلي", "الله", "عليه", "وسلم"]),
        ("٢٠٤١", ["2041"]),
        ("👟🏽 ❤\ufe0f", ["👟", "❤"]),
        ("a_b-c.d", ["a", "b", "c", "d"]),
        ("", []),
        ("\ue000store \x00 \ud800", ["store"]),
    ],
)
def test_what_does_not_count_is_left_out(written: str, found: list[str]) -> None:
    assert tokens(written) == found


def test_a_query_that_ends_within_a_run_goes_on_in_the_text() -> None:
    assert asked_tokens("靴を買") == ["靴を", "を買"]
    assert asked_tokens("靴") == ["靴"]


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    written = "Die Straße, Cafe\u0301!"
    assert [written[each.start : each.end] for each in spans(written)] == [
        "Die",
        "Straße",
        "Cafe\u0301",
    ]


@given(TEXTS)
def test_any_text_is_cut_into_the_same_tokens_with_and_without_places(written: str) -> None:
    found = spans(written)
    assert [each.text for each in found] == tokens(written)
    assert all(0 <= each.start < each.end <= len(written) for each in found)
    assert [each.start for each in found] == sorted(each.start for each in found)


@given(TEXTS)
def test_a_token_holds_nothing_that_a_query_language_reads(written: str) -> None:
    for each in (*tokens(written), *asked_tokens(written)):
        assert 0 < len(each) <= LONGEST_TOKEN
        assert not set(each) & set(" \t\n\x00\"'\\:*&|!()<>^-+{}\ue000")


@given(TEXTS)
def test_folding_twice_changes_nothing_more(written: str) -> None:
    assert tokens(fold(written)) == tokens(written)


@given(TEXTS, TEXTS)
def test_what_is_asked_for_alone_is_found_where_it_was_written(before: str, written: str) -> None:
    text = f"{before} | {written}"
    asked, found = asked_tokens(written), tokens(text)
    starts = [
        at for at in range(len(found) - len(asked) + 1) if found[at : at + len(asked)] == asked
    ]
    assert starts or not asked
