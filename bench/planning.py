"""What one decision costs: ``plan`` over the views that a busy shop makes.

The baseline is the copy of a value of the view's size, so that the ratio tells of ``plan`` and not
of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bench.row import Row, beside
from gateway.core.model import Address, Health, Interruption, Message, Person, Presence, View
from gateway.core.policy import HOUR, MINUTE, SECOND, Policy
from gateway.core.policy_document import policy_from
from gateway.core.reach import plan

NOON = 1_767_960_000_000_000  # 2026-01-09 12:00 UTC
MICRO = 1e6
RULES = {
    "zone": "Europe/Berlin",
    "hours": ["Mon-Fri 09:00-18:00"],
    "page_groups": {"checkout": ["/checkout*"]},
    "rules": [
        {"name": "Checkout", "pages": ["checkout"], "delay": 20},
        {"name": "At night", "open": False, "ladder": ["email"]},
        {"name": "First answer", "what": ["first_answer"], "delay": 45},
    ],
}


def view(messages: int) -> View:
    """Vera left with so many answers unread; she has a number and a mailbox."""
    support = frozenset({"support"})
    zones = ("Europe/Berlin",)
    phone = Address(address_id="a1", channel="sms", consents=support, proven=True, zones=zones)
    mailbox = Address(address_id="a2", channel="email", consents=support, proven=True)
    vera = Person(
        person_id="vera",
        presence=Presence.GONE,
        since=NOON,
        zones=zones,
        addresses=(phone, mailbox),
    )
    return View(
        side="shopper",
        messages=tuple(
            Message(seq=seq, at=NOON + seq * SECOND, author_id="ada")
            for seq in range(1, messages + 1)
        ),
        people=(vera,),
        interruptions=(Interruption(person_id="vera", channel="email", at=NOON - HOUR),),
    )


def rows(*, quick: bool) -> Iterator[Row]:
    """Planning with the default policy and with rules, early (it waits) and when it is time."""
    times = 300 if quick else 3_000
    usual, ruled = Policy(), policy_from(RULES)
    for name, policy in (("default policy", usual), ("three rules", ruled)):
        for messages, after in ((1, 10 * SECOND), (1, 5 * MINUTE), (3, 5 * MINUTE)):
            seen, now = view(messages), NOON + after
            took, other = beside(
                partial(plan, seen, policy, Health(), now), partial(replace, seen), times
            )
            verb = type(plan(seen, policy, Health(), now)).__name__.lower()
            yield Row(
                name=f"plan, {name}, {messages} unread: {verb}",
                value=round(took * MICRO, 1),
                unit="µs",
                baseline=round(other * MICRO, 2),
                must=30,
                aim=20,
            )
