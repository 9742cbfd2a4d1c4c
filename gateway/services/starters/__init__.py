"""Policies to begin with, one TOML file per part of the world; each says why in its comments."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gateway.errors import NotFound

_TOLD = {
    "north_america": (
        "North America",
        "Push, then SMS, then e-mail. Phones are left alone from 20:00 to 8:00, as the strictest "
        "states ask.",
    ),
    "europe": (
        "Europe",
        "Push, then WhatsApp, SMS and e-mail. Phones are left alone from 21:00 to 8:00.",
    ),
    "latin_america": (
        "Latin America",
        "WhatsApp first, push and e-mail after it; SMS is the last way.",
    ),
    "asia": (
        "Asia",
        "WhatsApp, then push, then SMS and e-mail, with a later start on Saturdays too.",
    ),
    "no_paid_channels": (
        "Nothing that costs",
        "Push, then e-mail; no text is ever paid for.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A policy to begin with; ``document`` is what ``policy_from`` reads."""

    name: str
    title: str
    says: str
    document: dict[str, Any]


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, in the order in which they are offered."""
    home = resources.files(__name__)
    return tuple(
        Starter(
            name=name,
            title=title,
            says=says,
            document=tomllib.loads((home / f"{name}.toml").read_text(encoding="utf-8")),
        )
        for name, (title, says) in _TOLD.items()
    )


def starter(name: str) -> Starter:
    """One of them by its name.

    Raises:
        NotFound: there is none; the message names those that there are.
    """
    for each in starters():
        if each.name == name:
            return each
    raise NotFound(f"there is no starter {name!r}; there are {', '.join(_TOLD)}")
