"""What the generator draws from: every number in one place, and the table that documents it.

They are chosen to look like a mid-sized shop and to exercise every rule, not fitted to anybody's
traffic. Each row of ``TABLE`` reads what is drawn from the constants beside it, so the table in the
guide cannot say anything else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from gateway.core.policy import HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Around:
    """Log-normal: half are shorter than ``median`` (microseconds), two in three within ``spread``.

    ``spread`` is a factor: with 3, two in three lie between a third of the median and thrice it.
    """

    median: int
    spread: float

    def draw(self, chance: Random) -> int:
        """One span, at least a microsecond."""
        return max(1, round(self.median * math.exp(chance.gauss(0.0, math.log(self.spread)))))

    @override
    def __str__(self) -> str:
        return f"log-normal, median {_span(self.median)}, spread x{self.spread:g}"


@dataclass(frozen=True, slots=True)
class Lasting:
    """Exponential: at any moment as likely to end as at any other; ``mean`` in microseconds."""

    mean: int

    def draw(self, chance: Random) -> int:
        """One span, at least a microsecond."""
        return max(1, round(chance.expovariate(1.0 / self.mean)))

    @override
    def __str__(self) -> str:
        return f"exponential, mean {_span(self.mean)}"


def _span(microseconds: int) -> str:
    for unit, name in ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if microseconds >= unit:
            return f"{microseconds / unit:g} {name}"
    return f"{microseconds / 1000:.0f} ms"


HOURS: Final = (*(1,) * 6, 2, 20, 40, 60, 70, 70, 65, 65, 60, 60, 65, 70, 80, 85, 80, 60, 8, 2)
"""How many conversations begin in each hour of the day (UTC), against each other."""

HOMES: Final = (
    ("US", "America/New_York", 35),
    ("US", "America/Los_Angeles", 15),
    ("GB", "Europe/London", 20),
    ("DE", "Europe/Berlin", 20),
    ("FR", "Europe/Paris", 10),
)
KNOWN: Final = 0.35
NUMBER: Final = 0.60
MAILBOX: Final = 0.65
PROVES: Final = 0.75
LEAVES_ADDRESS: Final = Around(25 * SECOND, 2.0)

TURNS_GO_ON: Final = 0.62
MOST_TURNS: Final = 6
MOST_DECISIONS: Final = 8
SAYS_MORE: Final = 0.35
ANSWERS_MORE: Final = 0.45
NEXT_WORDS: Final = Around(12 * SECOND, 1.8)
SHOPPER_LENGTH: Final = Around(60, 1.9)
STAFF_LENGTH: Final = Around(130, 1.7)
WIDE: Final = 0.12

DESK: Final = (7, 23)
ANSWERS: Final = Around(50 * SECOND, 2.6)
OPENS: Final = 0.10

LEAVES: Final = Lasting(4 * MINUTE)
HIDES: Final = 0.30
SEES: Final = Around(6 * SECOND, 2.0)
WRITES: Final = Around(40 * SECOND, 2.0)

RETURNS: Final = 0.45
RETURNS_AFTER: Final = Around(3 * HOUR, 3.0)
REACTS: Final = 0.75
REACTS_AFTER: Final = Around(6 * MINUTE, 3.0)
REPLIES: Final = 0.45
KNOCK_YES: Final = 0.50
KNOCK_AFTER: Final = Around(2 * MINUTE, 2.5)

BAD_NUMBER: Final = 0.025
BAD_MAILBOX: Final = 0.03
NO_RECEIPT: Final = 0.01
SMS_TAKEN: Final = Around(SECOND // 3, 1.5)
SMS_ARRIVES: Final = Around(4 * SECOND, 2.0)
MAIL_TAKEN: Final = Around(SECOND, 1.8)
MAIL_BOUNCES: Final = Around(40 * SECOND, 2.5)

TABLE: Final = (
    ("arriving", "the day", "one of 30, all alike"),
    ("arriving", "the hour (UTC), from 00 on", "weights " + " ".join(map(str, HOURS))),
    ("arriving", "where the shopper is", ", ".join(f"{z} {share}%" for _, z, share in HOMES)),
    ("arriving", "known from before, addresses proven", f"{KNOWN:.0%}"),
    ("arriving", "has a number; has a mailbox", f"{NUMBER:.0%}; {MAILBOX:.0%}; at least one"),
    ("arriving", "leaves what is not known, after", str(LEAVES_ADDRESS)),
    ("arriving", "proves a number that they left", f"{PROVES:.0%}"),
    ("writing", "another turn follows", f"{TURNS_GO_ON:.0%}, at most {MOST_TURNS} turns"),
    ("writing", "drawn again when it takes", f"more than {MOST_DECISIONS} decisions"),
    ("writing", "two messages in a turn", f"shopper {SAYS_MORE:.0%}, agent {ANSWERS_MORE:.0%}"),
    ("writing", "between two of a turn", str(NEXT_WORDS)),
    ("writing", "characters", f"shopper median {SHOPPER_LENGTH.median}, x{SHOPPER_LENGTH.spread}"),
    ("writing", "characters", f"agent median {STAFF_LENGTH.median}, x{STAFF_LENGTH.spread}"),
    ("writing", "not in the GSM alphabet", f"{WIDE:.0%}"),
    ("answering", "the desk is staffed", f"{DESK[0]:02}:00 to {DESK[1]:02}:00 UTC, every day"),
    ("answering", "an agent answers after", f"{ANSWERS}, from when the desk is staffed"),
    ("answering", "an agent opens it first", f"{OPENS:.0%}, halfway"),
    ("leaving", "the shopper leaves after", f"{LEAVES}; {HIDES:.0%} hide the tab first"),
    ("reading", "while they are there, after", str(SEES)),
    ("reading", "the next words after", str(WRITES)),
    ("reading", "come back by themselves", f"{RETURNS:.0%}, {RETURNS_AFTER}"),
    ("reading", "react to words that arrived", f"{REACTS:.0%}, {REACTS_AFTER}"),
    ("reading", "of these, answer there instead of coming back", f"{REPLIES:.0%}"),
    ("reading", "answer a knock with Y", f"{KNOCK_YES:.0%}, {KNOCK_AFTER}"),
    ("bouncing", "bad numbers; bad mailboxes", f"{BAD_NUMBER:.1%}; {BAD_MAILBOX:.1%}"),
    ("bouncing", "texts whose receipt never comes", f"{NO_RECEIPT:.0%}"),
    ("bouncing", "a text is taken after", str(SMS_TAKEN)),
    ("bouncing", "a text is delivered, or fails, after that", str(SMS_ARRIVES)),
    ("bouncing", "a mail is taken after", str(MAIL_TAKEN)),
    ("bouncing", "a mail bounces after that", str(MAIL_BOUNCES)),
)
"""Subject, what is drawn, and from what."""


def table() -> str:
    """The table as Markdown, as the guide has it."""
    rows = [f"| {subject} | {what} | {how} |" for subject, what, how in TABLE]
    return "\n".join(["| | what is drawn | from |", "|---|---|---|", *rows]) + "\n"
