"""A store's forms: its questions, what it asks while nobody is there, and when all is done.

before = true                                # false: after the first message
offline = "form"                             # or "offer": the card after the message
transcript = true
rating = { steps = 5, comment = true, by_mail = false }
questions = [
  { id = "order", kind = "text", ask = "Which order is it?", again = true },
  { id = "topic", kind = "choice", ask = { en = "About?", de = "Worum geht es?" },
    choices = ["Returns", "Other"], needed = true },
]

Words are one text, or one for each language; the first stands in for a language that has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from gateway.errors import BadForms, BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Kind = Literal["text", "choice", "email", "phone"]
Said = tuple[tuple[str, str], ...]

KINDS: Final = ("text", "choice", "email", "phone")
OFFLINE: Final = ("offer", "form")
#: Answered by leaving an address, with consent, and by nothing else.
CONTACT: Final = {"email": frozenset({"email"}), "phone": frozenset({"sms", "whatsapp"})}
MOST_QUESTIONS: Final = 5
MOST_CHOICES: Final = 10
MOST_ASKED: Final = 200  #: characters of a question
MOST_CHOICE: Final = 60  #: characters of a choice
MOST_ANSWER: Final = 500  #: characters of an answer
MOST_LANGUAGES: Final = 20
STEPS: Final = range(2, 6)
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
#: Controls, other line ends, halves of characters; what languages are written with is none of it.
_NOT_A_LINE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that a store asks; ``again``: in each conversation, not once of each shopper."""

    question_id: str
    kind: Kind
    ask: Said
    choices: tuple[Said, ...] = ()
    needed: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How a store asks how it did; ``by_mail``: the next mail has a link for whoever has left."""

    steps: int = 5
    comment: bool = True
    by_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """All of a store's forms; the defaults ask nothing."""

    before: bool = True
    offline: Literal["offer", "form"] = "offer"
    transcript: bool = False
    rating: Rating | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a shopper answered once; ``value`` None: they would rather not say."""

    question_id: str
    value: str | None
    at: int


def forms_from(document: Mapping[str, object]) -> Forms:
    """Read a document; what it leaves out keeps its default.

    Raises:
        BadForms: an unknown field or a bad value; the message and ``details["field"]`` name it.
    """
    _known(document, "", ("before", "offline", "transcript", "rating", "questions"))
    return Forms(
        before=_flag(document, "", "before", default=True),
        offline=cast("Any", _one_of(document.get("offline", "offer"), "offline", OFFLINE)),
        transcript=_flag(document, "", "transcript"),
        rating=_rating(document.get("rating")),
        questions=_questions(document.get("questions", [])),
    )


def document_of(forms: Forms) -> dict[str, Any]:
    """The document that ``forms_from`` reads back to the same forms."""
    rating = forms.rating
    return {
        "before": forms.before,
        "offline": forms.offline,
        "transcript": forms.transcript,
        "rating": None
        if rating is None
        else {"steps": rating.steps, "comment": rating.comment, "by_mail": rating.by_mail},
        "questions": [_written(each) for each in forms.questions],
    }


def say(said: Said, language: str) -> str:
    """The words in a language, else in the first that there is."""
    return dict(said).get(language, said[0][1])


def due(
    forms: Forms,
    answers: Collection[Answered],
    channels: Collection[str],
    since: int,
) -> tuple[Question, ...]:
    """The questions that a shopper has not answered yet, in the store's order.

    ``channels`` are those by which they can be reached already; ``since``: when their last
    conversation before this one ended, 0 for none.
    """
    at = {each.question_id: each.at for each in answers}
    return tuple(
        each
        for each in forms.questions
        if not (CONTACT.get(each.kind, frozenset()) & set(channels))
        and at.get(each.question_id, -1) < (since if each.again else 0)
    )


def read_answer(question: Question, typed: str | None, language: str) -> str | None:
    """What is kept of an answer; a choice in this language, whatever it was read in.

    Raises:
        BadInput: this is no answer to it; the message says what would be.
    """
    if typed is None:
        if question.needed:
            raise BadInput("please answer this question, so that we can help you")
        return None
    answer = " ".join(typed.split())
    if question.kind in CONTACT:
        raise BadInput("leave this as an address, with the sentence that goes with it")
    if not answer:
        raise BadInput("please write an answer")
    if len(answer) > MOST_ANSWER:
        raise BadInput(f"at most {MOST_ANSWER} characters, please")
    if question.kind == "text":
        return answer
    for choice in question.choices:
        if answer in {words for _, words in choice}:
            return say(choice, language)
    raise BadInput("please pick one of the answers")


def _rating(value: object) -> Rating | None:
    if value is None:
        return None
    table = _table(value, "rating")
    _known(table, "rating", ("steps", "comment", "by_mail"))
    steps = table.get("steps", 5)
    if isinstance(steps, bool) or not isinstance(steps, int) or steps not in STEPS:
        raise _wrong("rating.steps", f"a whole number from {STEPS[0]} to {STEPS[-1]}")
    return Rating(
        steps=steps,
        comment=_flag(table, "rating", "comment", default=True),
        by_mail=_flag(table, "rating", "by_mail"),
    )


def _questions(value: object) -> tuple[Question, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_QUESTIONS:
        raise _wrong("questions", f"a list of at most {MOST_QUESTIONS} tables")
    found = [_question(each, f"questions[{index}]") for index, each in enumerate(value)]
    seen: set[str] = set()
    for index, each in enumerate(found):
        if each.question_id in seen:
            raise _wrong(f"questions[{index}].id", "another one than the questions before it have")
        seen.add(each.question_id)
    return tuple(found)


def _question(value: object, path: str) -> Question:
    table = _table(value, path)
    _known(table, path, ("id", "kind", "ask", "choices", "needed", "again"))
    name = table.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise _wrong(f"{path}.id", "a short name of small letters, like order_number")
    kind = _one_of(table.get("kind", "text"), f"{path}.kind", KINDS)
    return Question(
        question_id=name,
        kind=cast("Kind", kind),
        ask=_said(table.get("ask"), f"{path}.ask", MOST_ASKED),
        choices=_choices(table.get("choices", []), f"{path}.choices", kind),
        needed=_flag(table, path, "needed"),
        again=_flag(table, path, "again"),
    )


def _choices(value: object, field: str, kind: str) -> tuple[Said, ...]:
    least = 2 if kind == "choice" else 0
    most = MOST_CHOICES if kind == "choice" else 0
    if not isinstance(value, list | tuple) or not least <= len(value) <= most:
        raise _wrong(field, f"a list of {least} to {most} texts" if most else "left out here")
    found = [_said(each, f"{field}[{index}]", MOST_CHOICE) for index, each in enumerate(value)]
    words = [text for each in found for text in {text for _, text in each}]
    if len(set(words)) != len(words):
        raise _wrong(field, "answers that can be told apart in every language")
    return tuple(found)


def _said(value: object, field: str, most: int) -> Said:
    if isinstance(value, str):
        return (("", _text(value, field, most)),)
    if not isinstance(value, dict) or not 0 < len(value) <= MOST_LANGUAGES:
        raise _wrong(field, "a text, or a table of texts by language")
    for language in value:
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise _wrong(field, "a table of texts by language, like en or de")
    return tuple((name, _text(text, f"{field}.{name}", most)) for name, text in value.items())


def _text(value: object, field: str, most: int) -> str:
    if not isinstance(value, str) or not value.strip() or _NOT_A_LINE.search(value):
        raise _wrong(field, "a text on one line")
    if len(value) > most:
        raise _wrong(field, f"a text of at most {most} characters")
    return " ".join(value.split())


def _flag(table: Mapping[str, object], path: str, name: str, *, default: bool = False) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise _wrong(f"{path}.{name}" if path else name, "true or false")
    return value


def _one_of(value: object, field: str, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _wrong(field, f"one of {', '.join(allowed)}")
    return value


def _table(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(field, "a table")
    return value


def _known(table: Mapping[str, object], path: str, names: tuple[str, ...]) -> None:
    for name in table:
        if name not in names:
            field = f"{path}.{name}" if path else str(name)
            raise BadForms(f"the forms have no field {field!r}", field=field)


def _wrong(field: str, must: str) -> BadForms:
    return BadForms(f"{field} must be {must}", field=field)


def _written(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": question.question_id,
        "kind": question.kind,
        "ask": _told(question.ask),
        "needed": question.needed,
        "again": question.again,
    }
    if question.choices:
        found["choices"] = [_told(each) for each in question.choices]
    return found


def _told(said: Said) -> str | dict[str, str]:
    return said[0][1] if said[0][0] == "" else dict(said)
