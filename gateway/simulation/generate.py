"""Histories that never happened, the same for the same seed: to try the simulator without one.

Each conversation lives once under the default policy (or another), so what "really happened" is
there to be compared with. What is drawn, and from what, is in ``distributions``.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from gateway.core.model import Address, Presence
from gateway.core.policy import DAY, HOUR, Policy
from gateway.simulation import distributions as drawn
from gateway.simulation.story import Agent, Rate, Setting, Stands, Story, Whereabouts
from gateway.simulation.tale import Tale

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVED: Final = Policy()  #: what a made-up history was lived under
FIRST_DAY: Final = 1_767_225_600_000_000  # 2026-01-01 00:00:00 UTC
DAYS: Final = 30
MOST_DRAWS: Final = 50  #: a policy under which all are long gets long ones
SUPPORT: Final = frozenset({"support", "verify"})


def setting() -> Setting:
    """Two agents on call whose console is open while the desk is staffed."""
    return Setting(
        agents=(
            _agent("ada", 1),
            _agent("ben", 2),
        ),
        rates=(
            Rate(
                channel="sms",
                bad=drawn.BAD_NUMBER,
                accepted_after=drawn.SMS_TAKEN.median,
                delivered_after=drawn.SMS_ARRIVES.median,
                failed_after=drawn.SMS_ARRIVES.median,
            ),
            Rate(
                channel="email",
                bad=drawn.BAD_MAILBOX,
                accepted_after=drawn.MAIL_TAKEN.median,
                delivered_after=drawn.MAIL_TAKEN.median,
                failed_after=drawn.MAIL_BOUNCES.median,
            ),
        ),
    )


def stories(
    count: int,
    seed: int,
    setting: Setting,
    *,
    policy: Policy | None = None,
    most_decisions: int = drawn.MOST_DECISIONS,
) -> Iterator[Story]:
    """So many conversations; each depends on nothing but the seed and its number.

    One for which the policy (the default one) is asked more than ``most_decisions`` times is drawn
    again: an endless exchange by SMS teaches nothing that a long one does not.
    """
    lived = policy or LIVED
    for number in range(count):
        yield _story(f"{seed}:{number}", number, setting, lived, most_decisions)


def _story(seed: str, number: int, setting: Setting, policy: Policy, most: int) -> Story:
    for again in range(MOST_DRAWS):
        # Seeded by text: a sum would make the second story of a seed the first one of the next.
        chance = Random(f"{seed}:{again}")  # noqa: S311  # nothing here is a secret
        tale = Tale(chance, number, _arrives(chance), setting, policy)
        story = tale.story()
        if tale.decisions <= most or again == MOST_DRAWS - 1:
            return story
    raise AssertionError("the last draw is taken as it is")


def _arrives(chance: Random) -> int:
    (hour,) = chance.choices(range(24), drawn.HOURS)
    return FIRST_DAY + chance.randrange(DAYS) * DAY + hour * HOUR + chance.randrange(HOUR)


def _agent(name: str, on_call: int) -> Agent:
    opens, closes = (hour * HOUR for hour in drawn.DESK)
    whereabouts = []
    for day in range(DAYS + 4):
        midnight = FIRST_DAY + day * DAY
        for at, presence in (
            (midnight + opens, Presence.READING),
            (midnight + closes, Presence.GONE),
        ):
            whereabouts.append(Whereabouts(at=at, presence=presence, since=at))
    return Agent(
        agent_id=name,
        mailbox=f"{name}@desk.example",
        on_call=on_call,
        stands=tuple(
            Stands(
                at=0,
                address=Address(
                    address_id=f"{name}-{channel}",
                    channel=channel,
                    consents=SUPPORT,
                    proven=True,
                    country=country,
                    zones=zones,
                ),
            )
            for channel, country, zones in (("email", "", ()), ("sms", "US", ("UTC",)))
        ),
        whereabouts=tuple(whereabouts),
    )
