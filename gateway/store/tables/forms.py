"""What a store asks its shoppers, what they answered, and how they say that it went."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index

from gateway.store.tables.columns import Row, integer, key, one_of, text


class FormsRow(Row, table=True):
    """Every version of a store's forms; ``document`` is JSON, the highest version is in force."""

    __tablename__ = "forms"
    store_id: str = key()
    version: int = integer(primary_key=True)
    document: str = text()
    by: str = text(default="")
    at: int = integer()


class FormAnswerRow(Row, table=True):
    """A shopper's newest answer to one question, and the question as they were asked it.

    No ``value``: they would rather not say.
    """

    __tablename__ = "form_answer"
    store_id: str = key()
    shopper_id: str = key()
    question_id: str = key()
    asked: str = text()
    value: str | None = text(default=None)
    at: int = integer()


class RatingRow(Row, table=True):
    """How a conversation went that was resolved by its entry ``resolved_seq``.

    No ``score``: they were asked and would rather not say. ``steps`` is how many there were
    to pick from, ``agent_id`` who had it when it was resolved.
    """

    __tablename__ = "rating"
    __table_args__ = (
        one_of("via", "chat", "link"),
        CheckConstraint("score IS NULL OR (score >= 1 AND score <= steps)", name="score"),
        Index("ix_rating_agent", "store_id", "agent_id", "at"),
    )
    store_id: str = key()
    conversation_id: str = key()
    resolved_seq: int = integer(primary_key=True)
    shopper_id: str = text()
    agent_id: str | None = text(default=None)
    score: int | None = integer(default=None)
    steps: int = integer()
    comment: str = text(default="")
    via: str = text()
    at: int = integer()
    changed_at: int = integer()
