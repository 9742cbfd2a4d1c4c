"""What an agent picked for themselves, and what it comes to at an instant.

Presence is observed; duty is said. It tells whether shoppers may expect an answer from somebody,
and whether anything may disturb them. What they pick for a while ends by itself, and by schedule
they are online in their own hours and away outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.core.hours import Windows, in_at, is_in, out_at

SCHEDULE: Final = "schedule"


class Duty(StrEnum):
    """What somebody's duty is now."""

    ONLINE = "online"  #: shoppers may expect an answer from them
    AWAY = "away"  #: nothing is expected of them here; being on call, they are told elsewhere
    DO_NOT_DISTURB = "do_not_disturb"  #: as away, and nothing rings or is sent to them


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What an agent chose: ``always`` is a duty or ``SCHEDULE``, ``for_now`` holds until ``until``.

    ``windows`` in ``zone`` are their own hours; ``SCHEDULE`` without any is online.
    """

    always: str
    for_now: Duty | None = None
    until: int | None = None
    windows: Windows = ()
    zone: str = ""


class Standing(NamedTuple):
    """A duty, and the instant at which time alone turns it; None: never."""

    duty: Duty
    until: int | None


def duty_at(picked: Picked, now: int) -> Standing:
    """What an agent's choice comes to at this instant."""
    if picked.for_now is not None and picked.until is not None and now < picked.until:
        return Standing(picked.for_now, picked.until)
    if picked.always != SCHEDULE:
        return Standing(Duty(picked.always), None)
    if not picked.windows:
        return Standing(Duty.ONLINE, None)
    zones = (picked.zone,)
    if is_in(picked.windows, picked.zone, now):
        return Standing(Duty.ONLINE, out_at(picked.windows, zones, now))
    return Standing(Duty.AWAY, in_at(picked.windows, zones, now))


def told_from(stands: Standing) -> int | None:
    """From when on they may be disturbed: 0 for now; None: not before they say so."""
    return stands.until if stands.duty is Duty.DO_NOT_DISTURB else 0
