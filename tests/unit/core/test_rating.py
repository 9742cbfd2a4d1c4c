"""When Vera is asked how it went."""

from __future__ import annotations

from gateway.core.rating import ASKED_FOR, CHANGED_WITHIN, is_asked, may_change

AT = 1_000_000


def test_an_open_conversation_is_not_asked_about() -> None:
    assert not is_asked(None, None, AT)


def test_for_a_week_after_it_was_resolved() -> None:
    assert is_asked(AT, None, AT)
    assert is_asked(AT, None, AT + ASKED_FOR - 1)
    assert not is_asked(AT, None, AT + ASKED_FOR)


def test_an_answer_may_be_changed_for_a_day_from_the_first_on() -> None:
    first = AT + ASKED_FOR - 1
    assert is_asked(AT, first, first + CHANGED_WITHIN - 1)
    assert not is_asked(AT, first, first + CHANGED_WITHIN)
    assert may_change(first, first)
    assert not may_change(first, first + CHANGED_WITHIN)
