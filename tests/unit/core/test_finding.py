"""What a check found, as values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.core.finding import Finding, ok, warning, wrong


@pytest.mark.parametrize("made", [warning, wrong])
def test_what_is_not_well_says_what_to_do(made: Callable[..., Finding]) -> None:
    found = made("SMTP_HOST", "It does not answer", "Open port 587")
    assert (found.level, found.advice) == (getattr(made, "__name__", ""), "Open port 587")
    assert made("SMTP_HOST", "It does not answer").advice == ""


def test_what_is_well_needs_no_advice() -> None:
    assert ok("DATABASE_URL", "It answers") == Finding(
        level="ok", about="DATABASE_URL", words="It answers", advice=""
    )
