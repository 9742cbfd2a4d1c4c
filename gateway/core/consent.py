"""Consent as append-only evidence, and the fold that says what it allows.

``stop`` takes support and marketing away from an address; ``start`` gives back what that took and
nothing more. Neither edits a row: what was agreed to, when and in which words can always be shown.
CTIA Messaging Principles 5.1; 47 CFR 64.1200(a)(10), (12) for STOP by any reasonable means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SUPPORT: Final = "support"
MARKETING: Final = "marketing"
VERIFY: Final = "verify"
PURPOSES: Final = (SUPPORT, MARKETING, VERIFY)
STOPPED_PURPOSES: Final = (SUPPORT, MARKETING)
"""What a STOP ends. A code that the person asks for in the panel afterwards is still theirs."""

BY_STOP: Final = "stop"
BY_PROVIDER: Final = "provider"
STOPS: Final = frozenset({BY_STOP, BY_PROVIDER})
"""How a STOP came: they said it to us, or the carrier tells that they said it there."""

BY_START: Final = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One row: from ``at`` on, this purpose is granted or withdrawn for one address.

    ``source`` is ``stop``, ``provider`` (a STOP of which the carrier tells), ``start`` or however
    else it came (widget, message, agent, signature); ``sentence_id`` names the sentence that was
    agreed to, if one was.
    """

    purpose: str
    granted: bool
    at: int
    source: str = ""
    sentence_id: str = ""


def may(rows: Iterable[Evidence]) -> frozenset[str]:
    """The purposes that an address may be used for, by its rows in any order.

    Rows of the same instant count in the order in which they are given.
    """
    return frozenset(_fold(rows)[0])


def stop(at: int, source: str = BY_STOP) -> tuple[Evidence, ...]:
    """The rows that a STOP adds to *every* address with that value in the store.

    The phone is asked to be quiet, whoever typed its number. What was not granted is withdrawn too:
    the row is evidence of what was said.
    """
    return tuple(
        Evidence(purpose=purpose, granted=False, at=at, source=source)
        for purpose in STOPPED_PURPOSES
    )


def start(rows: Iterable[Evidence], at: int) -> tuple[Evidence, ...]:
    """The rows that a START adds to one address: what the STOP took, in the words agreed to before.

    None when no STOP is in force or it took nothing: nobody consents to more than they had.
    """
    taken = _fold(rows)[1]
    return tuple(
        Evidence(purpose=purpose, granted=True, at=at, source=BY_START, sentence_id=taken[purpose])
        for purpose in STOPPED_PURPOSES
        if purpose in taken
    )


def _fold(rows: Iterable[Evidence]) -> tuple[dict[str, str], dict[str, str]]:
    """What is granted, and what a STOP took; each with the sentence that it rests on."""
    given: dict[str, str] = {}
    taken: dict[str, str] = {}
    for row in sorted(rows, key=lambda each: each.at):
        if row.granted:
            given[row.purpose] = row.sentence_id
            taken.pop(row.purpose, None)
        elif row.source in STOPS:
            # A second STOP takes nothing, and must not forget what the first one took.
            if row.purpose in given:
                taken[row.purpose] = given.pop(row.purpose)
        else:
            given.pop(row.purpose, None)
            taken.pop(row.purpose, None)
    return given, taken
