"""What a check of a live configuration found: good, doubtful or wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a report. ``about`` names the setting or record, ``advice`` what to put there."""

    level: Level
    about: str
    words: str
    advice: str = ""


def ok(about: str, words: str) -> Finding:
    """Nothing is to be done."""
    return Finding(level="ok", about=about, words=words)


def warning(about: str, words: str, advice: str = "") -> Finding:
    """It may be meant so, or could not be looked at from here."""
    return Finding(level="warning", about=about, words=words, advice=advice)


def wrong(about: str, words: str, advice: str = "") -> Finding:
    """Something will not work, or not safely."""
    return Finding(level="wrong", about=about, words=words, advice=advice)
