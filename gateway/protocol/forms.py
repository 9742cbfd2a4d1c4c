"""A store's forms on a shopper's socket: what it asks, the answers, how it went, the transcript."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import NO_NUL, Id, Instant, Seq, Wire

MOST_ANSWER = 500  #: characters of an answer
MOST_COMMENT = 1_000  #: characters beside a rating


class Question(Wire):
    """Something that the store asks; an ``email`` or ``phone`` is answered by leaving an address.

    ``choices`` are what to pick from, none for the other kinds.
    """

    id: str
    kind: Literal["text", "choice", "email", "phone"]
    ask: str
    needed: bool
    choices: list[str]


class RatingAsked(Wire):
    """How did it go? ``seq`` names the entry that resolved the conversation.

    ``score``, of ``steps``, and ``said`` are what was answered already; it may still be changed.
    """

    seq: Seq
    steps: int
    comment: bool
    score: int | None
    said: str


class TranscriptFact(Wire):
    """The conversation can be sent by mail to this address, masked; None: leave one first.

    ``sent_at``: it was asked for then. Until the address is ``proven``, a code comes first.
    """

    address_id: str | None
    to: str
    proven: bool
    sent_at: Instant | None


class Forms(Wire):
    """What the store's forms want of this shopper now; it replaces what the client holds.

    ``before``: ask the questions before the first message. ``offline``: while the store is shut,
    ask for a way to answer along with that message. ``words`` are those of the forms, in the
    shopper's language.
    """

    t: Literal["forms"] = "forms"
    before: bool
    offline: bool
    questions: list[Question]
    rating: RatingAsked | None
    transcript: TranscriptFact | None
    words: dict[str, str]


class RatingFact(Wire):
    """How a conversation went: ``score`` of ``steps``."""

    score: int
    steps: int


class AskForms(Wire):
    """Tell me the store's forms as they are now; ``forms`` comes, unless the store has none."""

    t: Literal["ask_forms"] = "ask_forms"


class Answer(Wire):
    """The answer to a question; null: rather not."""

    t: Literal["answer"] = "answer"
    question: Annotated[str, Field(min_length=1, max_length=30, pattern=NO_NUL)]
    value: Annotated[str, Field(max_length=MOST_ANSWER, pattern=NO_NUL)] | None


class Rate(Wire):
    """How it went until the entry ``seq`` resolved it; without a ``score``: rather not say."""

    t: Literal["rate"] = "rate"
    seq: Seq
    score: Annotated[int, Field(ge=1, le=5)] | None
    comment: Annotated[str, Field(max_length=MOST_COMMENT, pattern=NO_NUL)] = ""


class AskTranscript(Wire):
    """Send the conversation by mail to this address of mine."""

    t: Literal["transcript"] = "transcript"
    address_id: Id
