"""Consent: what evidence allows, what STOP takes and START gives back."""

from __future__ import annotations

import pytest

from gateway.core.consent import Evidence, may, start, stop


def granted(purpose: str, at: int, sentence: str = "") -> Evidence:
    return Evidence(purpose=purpose, granted=True, at=at, source="widget", sentence_id=sentence)


def withdrawn(purpose: str, at: int) -> Evidence:
    return Evidence(purpose=purpose, granted=False, at=at, source="agent")


def test_nothing_is_allowed_without_evidence() -> None:
    assert may([]) == frozenset()


def test_vera_agrees_to_each_purpose_for_itself() -> None:
    assert may([granted("support", 1), granted("verify", 2)]) == {"support", "verify"}


def test_the_last_row_of_a_purpose_decides_in_whatever_order_rows_come() -> None:
    rows = [granted("support", 1), withdrawn("support", 2)]
    assert may(rows) == may(rows[::-1]) == frozenset()
    assert may([*rows, granted("support", 3)]) == {"support"}


def test_stop_takes_support_and_marketing_and_leaves_the_code_that_she_asks_for() -> None:
    rows = [granted("support", 1), granted("marketing", 1), granted("verify", 1), *stop(2)]
    assert may(rows) == {"verify"}


def test_start_gives_back_what_stop_took_in_the_words_agreed_to_and_nothing_more() -> None:
    rows = [granted("support", 1, "sms.support.en.1"), *stop(2)]
    back = start(rows, 3)
    assert [(each.purpose, each.sentence_id, each.source) for each in back] == [
        ("support", "sms.support.en.1", "start")
    ]
    assert may([*rows, *back]) == {"support"}


def test_a_second_stop_does_not_forget_what_the_first_one_took() -> None:
    rows = [granted("support", 1), *stop(2), *stop(3)]
    assert may([*rows, *start(rows, 4)]) == {"support"}


def test_start_gives_back_nothing_that_she_withdrew_herself() -> None:
    rows = [granted("support", 1), withdrawn("support", 2), *stop(3)]
    assert start(rows, 4) == ()
    taken = [granted("support", 1), *stop(2), withdrawn("support", 3)]
    assert start(taken, 4) == ()


@pytest.mark.parametrize("rows", [[], [granted("support", 1)], [*stop(1)]])
def test_start_without_a_stop_that_took_something_grants_nothing(rows: list[Evidence]) -> None:
    assert start(rows, 2) == ()


def test_start_counts_once() -> None:
    rows = [granted("support", 1), *stop(2)]
    rows += start(rows, 3)
    assert start(rows, 4) == ()
