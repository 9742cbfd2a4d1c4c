"""When a shopper is asked how it went, and for how long they may change their mind."""

from __future__ import annotations

from typing import Final

from gateway.core.policy import HOUR

ASKED_FOR: Final = 7 * 24 * HOUR
"""After resolving; later nobody remembers, and to be asked would be a surprise."""
CHANGED_WITHIN: Final = 24 * HOUR
"""After the first answer: it may be given anew, and the newest counts."""


def is_asked(resolved_at: int | None, rated_at: int | None, now: int) -> bool:
    """Whether a panel still shows the question (or the answer, which may still be changed)."""
    if resolved_at is None:
        return False
    if rated_at is not None:
        return may_change(rated_at, now)
    return now < resolved_at + ASKED_FOR


def may_change(rated_at: int, now: int) -> bool:
    """Whether an answer that was first given at ``rated_at`` may be given anew."""
    return now < rated_at + CHANGED_WITHIN
