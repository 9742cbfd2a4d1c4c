"""Twilio's error codes as a table: what each means for the delivery and for the address.

Each code has a page at twilio.com/docs/api/errors/<code>. The same codes arrive in the answer to a
send and, later, in status callbacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gateway.channels.port import Rejected

Blame = Literal["address", "person", "content", "us"]
TrueOf = Literal["", "country", "sender"]
OUTSIDE_WINDOW = "63016"
"""As it is kept with a delivery."""
UNTIL_STALE = 1_000  #: retries; the policy's ``stale_after`` ends them


class Effect(StrEnum):
    """What to do about a code."""

    RETRY = "retry"  #: it passes; the same delivery may be tried again later
    ESCALATE = "escalate"  #: this delivery is over; go on to the next address
    SUPPRESS = "suppress"  #: as escalate, and leave the address alone from now on
    STOP = "stop"  #: as escalate, and they have said STOP to Twilio: it counts as said to us
    ALERT = "alert"  #: as escalate, and an operator must change something


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One row.

    ``after`` counts failures: an address is suppressed after so many in a row. ``retries``: so
    often the same words may go there again, after some minutes, before the effect holds. ``down``:
    nothing of ours goes out at all until somebody has mended it. ``true_of``: what it is true of,
    where that is not everything. ``words`` are for an agent.
    """

    code: int
    effect: Effect
    blame: Blame
    words: str
    after: int = 1
    retries: int = 0
    down: bool = False
    true_of: TrueOf = ""


def _row(
    code: int,
    effect: Effect,
    blame: Blame,
    words: str,
    *,
    after: int = 1,
    retries: int = 0,
    down: bool = False,
    true_of: TrueOf = "",
) -> Verdict:
    return Verdict(
        code=code,
        effect=effect,
        blame=blame,
        words=words,
        after=after,
        retries=UNTIL_STALE if effect is Effect.RETRY else retries,
        down=down,
        true_of=true_of,
    )


_ROWS = (
    # The address.
    _row(21211, Effect.SUPPRESS, "address", "This is not a phone number"),
    _row(21217, Effect.SUPPRESS, "address", "This is not a phone number"),
    _row(21610, Effect.STOP, "person", "They texted STOP, and must text START first"),
    _row(21614, Effect.SUPPRESS, "address", "This number cannot receive texts"),
    _row(30003, Effect.ESCALATE, "address", "The phone is off or out of reach", retries=1),
    _row(30004, Effect.SUPPRESS, "address", "The phone or its network blocks us", after=2),
    _row(30005, Effect.SUPPRESS, "address", "The network does not know this number", after=2),
    _row(30006, Effect.SUPPRESS, "address", "A landline, or a network that takes no texts"),
    _row(30008, Effect.ESCALATE, "address", "The network gave no reason", retries=1),
    _row(63003, Effect.SUPPRESS, "address", "This number is not on WhatsApp"),
    _row(63014, Effect.SUPPRESS, "address", "They have blocked us"),
    _row(63024, Effect.SUPPRESS, "address", "This number is not on WhatsApp"),
    # The words.
    _row(21612, Effect.ESCALATE, "content", "No route from our number to this one"),
    _row(21617, Effect.ESCALATE, "content", "Longer than 1,600 characters"),
    _row(30007, Effect.ESCALATE, "content", "The network filtered this text as spam"),
    _row(30036, Effect.ESCALATE, "content", "It could not be brought in time"),
    _row(
        63016,
        Effect.ESCALATE,
        "content",
        "WhatsApp: more than 24 hours since they last wrote",
        retries=1,
    ),
    # Our own set-up.
    _row(20003, Effect.ALERT, "us", "Twilio does not accept our credentials", down=True),
    _row(20404, Effect.ALERT, "us", "Twilio does not know our account or sender"),
    _row(
        21408, Effect.ALERT, "us", "Our Twilio account may not text this country", true_of="country"
    ),
    _row(21603, Effect.ALERT, "us", "No sender number was given"),
    _row(21606, Effect.ALERT, "us", "Our sender number cannot send texts", true_of="sender"),
    _row(21608, Effect.ALERT, "us", "A trial account may only text verified numbers"),
    _row(21609, Effect.ALERT, "us", "Our address for receipts is none that Twilio can call"),
    _row(21659, Effect.ALERT, "us", "Our sender number is not ours", true_of="sender"),
    _row(30002, Effect.ALERT, "us", "Our Twilio account is suspended", down=True),
    _row(
        30034,
        Effect.ALERT,
        "us",
        "Our number is not registered for texting in the USA",
        down=True,
    ),
    _row(
        30032,
        Effect.ALERT,
        "us",
        "Our toll-free number is not verified for texting",
        true_of="sender",
    ),
    # The moment.
    _row(20429, Effect.RETRY, "us", "Too many requests at once"),
    _row(21611, Effect.RETRY, "us", "The queue of our sender number is full"),
    _row(30001, Effect.RETRY, "us", "Our queue at Twilio is full"),
    _row(30022, Effect.RETRY, "us", "More texts than the network allows us"),
    _row(30410, Effect.RETRY, "us", "The network did not answer in time"),
    _row(63018, Effect.RETRY, "us", "More texts than WhatsApp allows us"),
)

VERDICTS: dict[int, Verdict] = {row.code: row for row in _ROWS}


def verdict(code: int) -> Verdict:
    """Look a code up; one that is not in the table ends this delivery and harms nothing else."""
    known = VERDICTS.get(code)
    return known or _row(code, Effect.ESCALATE, "content", f"Twilio refused it with error {code}")


def rejection(code: int) -> Rejected:
    """What a code says as an outcome; of one that passes, what it comes to once it has not."""
    row = verdict(code)
    return Rejected(
        blame=row.blame,
        code=str(code),
        words=row.words,
        after=row.after if row.effect is Effect.SUPPRESS else 0,
        alert=row.effect is Effect.ALERT,
        down=row.down,
        true_of=row.true_of,
    )
