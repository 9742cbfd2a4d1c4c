"""A store's forms as a document, which questions are due, and what is an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.forms import (
    MOST_ANSWER,
    MOST_QUESTIONS,
    Answered,
    Forms,
    Question,
    Rating,
    document_of,
    due,
    forms_from,
    read_answer,
    say,
)
from gateway.errors import BadForms, BadInput

ORDER: dict[str, Any] = {"id": "order", "ask": "Which order is it?"}
TOPIC: dict[str, Any] = {
    "id": "topic",
    "kind": "choice",
    "ask": {"en": "What is it about?", "de": "Worum geht es?"},
    "choices": [{"en": "Returns", "de": "Retoure"}, {"en": "Other", "de": "Anderes"}],
}


def questions(*documents: dict[str, Any]) -> tuple[Question, ...]:
    return forms_from({"questions": list(documents)}).questions


def test_without_a_document_nothing_is_asked() -> None:
    assert forms_from({}) == Forms()
    assert Forms().questions == ()
    assert Forms().rating is None
    assert Forms().offline == "offer"
    assert not Forms().transcript


def test_a_document_is_read_and_written_back_the_same() -> None:
    document = {
        "before": False,
        "offline": "form",
        "transcript": True,
        "rating": {"steps": 3, "comment": False, "by_mail": True},
        "questions": [
            {**ORDER, "kind": "text", "needed": True, "again": True},
            {**TOPIC, "needed": False, "again": False},
        ],
    }
    forms = forms_from(document)
    assert document_of(forms) == document
    assert forms_from(document_of(forms)) == forms
    assert forms.rating == Rating(steps=3, comment=False, by_mail=True)


@pytest.mark.parametrize(
    "ask",
    [
        "Quelle est votre commande\N{NO-BREAK SPACE}?",
        "\u3054\u6ce8\u6587\N{IDEOGRAPHIC SPACE}\u756a\u53f7",
        "\u0645\u06cc\N{ZERO WIDTH NON-JOINER}\u062e\u0648\u0627\u0647\u06cc\u062f",
    ],
)
def test_a_question_is_asked_as_its_language_is_written(ask: str) -> None:
    (question,) = questions({**ORDER, "ask": ask})
    assert say(question.ask, "en").split() == ask.split()


@pytest.mark.parametrize("ask", ["Two\nlines", "A\ttab", "NUL \x00", "Half \ud83d"])
def test_a_question_is_one_line_that_a_database_takes(ask: str) -> None:
    with pytest.raises(BadForms, match="on one line"):
        questions({**ORDER, "ask": ask})


def test_a_rating_has_five_steps_unless_told() -> None:
    assert forms_from({"rating": {}}).rating == Rating(steps=5, comment=True, by_mail=False)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"before": "yes"}, "before"),
        ({"offline": "never"}, "offline"),
        ({"transcript": 1}, "transcript"),
        ({"rating": 5}, "rating"),
        ({"rating": {"stars": 5}}, "rating.stars"),
        ({"rating": {"steps": 1}}, "rating.steps"),
        ({"rating": {"steps": 6}}, "rating.steps"),
        ({"rating": {"steps": True}}, "rating.steps"),
        ({"rating": {"comment": None}}, "rating.comment"),
        ({"questions": {}}, "questions"),
        ({"questions": [ORDER] * (MOST_QUESTIONS + 1)}, "questions"),
        ({"questions": ["order"]}, "questions[0]"),
        ({"questions": [{**ORDER, "id": "Order no"}]}, "questions[0].id"),
        ({"questions": [{"ask": "Which?"}]}, "questions[0].id"),
        ({"questions": [ORDER, ORDER]}, "questions[1].id"),
        ({"questions": [{**ORDER, "kind": "essay"}]}, "questions[0].kind"),
        ({"questions": [{"id": "order"}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": "  "}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": "Two\nlines"}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": "x" * 201}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": {"English": "Which?"}}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": {}}]}, "questions[0].ask"),
        ({"questions": [{**ORDER, "ask": {"de": 5}}]}, "questions[0].ask.de"),
        ({"questions": [{**ORDER, "needed": "yes"}]}, "questions[0].needed"),
        ({"questions": [{**ORDER, "hint": "8 digits"}]}, "questions[0].hint"),
        ({"questions": [{**ORDER, "choices": ["A", "B"]}]}, "questions[0].choices"),
        ({"questions": [{**TOPIC, "choices": ["A"]}]}, "questions[0].choices"),
        ({"questions": [{**TOPIC, "choices": ["A", "A"]}]}, "questions[0].choices"),
        ({"questions": [{**TOPIC, "choices": ["A", 2]}]}, "questions[0].choices[1]"),
    ],
)
def test_a_wrong_field_is_named(document: dict[str, Any], field: str) -> None:
    with pytest.raises(BadForms) as wrong:
        forms_from(document)
    assert wrong.value.details["field"] == field
    assert field in wrong.value.message


_NAMES = st.sampled_from(
    ["before", "offline", "transcript", "rating", "questions", "id", "ask", "kind", "choices", "x"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=5))
def test_whatever_is_written_is_forms_or_is_refused_by_name(document: dict[str, object]) -> None:
    try:
        forms = forms_from(document)
    except BadForms as wrong:
        named = wrong.details["field"]
    else:
        named = forms_from(document_of(forms)) == forms
    assert named


def test_a_language_that_is_missing_gets_the_first_one() -> None:
    (topic,) = questions(TOPIC)
    assert say(topic.ask, "de") == "Worum geht es?"
    assert say(topic.ask, "ja") == "What is it about?"
    (order,) = questions(ORDER)
    assert say(order.ask, "ja") == "Which order is it?"


def test_what_is_answered_is_asked_no_more_unless_it_is_asked_each_time() -> None:
    forms = forms_from({"questions": [ORDER, {**TOPIC, "again": True}]})
    answers = [
        Answered(question_id="order", value="A-1", at=10),
        Answered(question_id="topic", value=None, at=10),
    ]
    names = [each.question_id for each in due(forms, answers, (), 0)]
    assert names == []
    names = [each.question_id for each in due(forms, answers, (), 11)]
    assert names == ["topic"]
    assert [each.question_id for each in due(forms, (), (), 11)] == ["order", "topic"]


def test_who_can_be_reached_is_not_asked_how() -> None:
    forms = forms_from(
        {
            "questions": [
                {"id": "mail", "kind": "email", "ask": "Your e-mail?"},
                {"id": "number", "kind": "phone", "ask": "Your number?"},
            ]
        }
    )
    assert [each.question_id for each in due(forms, (), {"whatsapp"}, 0)] == ["mail"]
    assert [each.question_id for each in due(forms, (), {"email", "push"}, 0)] == ["number"]


def test_an_answer_is_kept_on_one_line_and_a_choice_in_one_language() -> None:
    (order, topic) = questions(ORDER, TOPIC)
    assert read_answer(order, "  A-1042\n please ", "en") == "A-1042 please"
    assert read_answer(topic, "Retoure", "en") == "Returns"
    assert read_answer(topic, "Returns", "ja") == "Returns"
    assert read_answer(order, None, "en") is None


@pytest.mark.parametrize(
    ("document", "typed"),
    [
        ({**ORDER, "needed": True}, None),
        (ORDER, "   "),
        (ORDER, "x" * (MOST_ANSWER + 1)),
        (TOPIC, "Refunds"),
        ({"id": "mail", "kind": "email", "ask": "Your e-mail?"}, "vera@shopper.example"),
    ],
)
def test_what_is_no_answer_says_what_would_be(document: dict[str, Any], typed: str | None) -> None:
    (question,) = questions(document)
    with pytest.raises(BadInput):
        read_answer(question, typed, "en")
