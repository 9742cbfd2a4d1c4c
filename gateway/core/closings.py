"""What closes an address for a while, and when it is open again: windows of every kind.

Back-off, circuit, rest, spacing, cap and a day's money end once and for all; quiet hours and
somebody's own hours come round. So the end of the first kind may lie within the second, and what is
told is the instant at which nothing closes the address any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.hours import LOOK_AHEAD, Windows, in_at, out_at
from gateway.core.rules import quiet_of
from gateway.core.window import price_of

if TYPE_CHECKING:
    from gateway.core.model import Address, Person
    from gateway.core.policy import Rule
    from gateway.core.scene import Scene
    from gateway.core.trials import Trial

OPEN = "open"


class Opening(NamedTuple):
    """When an address is open: now, later, or (None) not as far as anybody can see.

    ``verdict`` names what is the last to end.
    """

    at: int | None
    verdict: str = OPEN


class Hours(NamedTuple):
    """The windows that come round for one address, each with the zones that it is read in."""

    awake: Windows
    own_zones: tuple[str, ...]
    quiet: Windows
    zones: tuple[str, ...]


def opening(
    scene: Scene,
    person: Person,
    address: Address,
    trial: Trial,
    hours: Hours | None,
    *,
    live: bool,
    asked: bool,
) -> Opening:
    """The first instant from now on at which this address may be used.

    ``live``: who has just written from here is not interrupted by what arrives now, but costs as
    much. ``asked``: who
    an agent asked to be told now is not spaced, but sleeps all the same.
    """
    at, verdict = scene.now, OPEN
    if trial.opens is not None and trial.opens > at:
        at, verdict = trial.opens, "backing_off"
    circuit = scene.circuits.get(address.channel)
    if circuit is not None and circuit > at:
        at, verdict = circuit, "circuit_open"
    if address.rests_until is not None and address.rests_until > at:
        at, verdict = address.rests_until, "resting"
    spent = scene.view.spent
    if spent is not None and spent.until > at:
        price = price_of(address, trial.form, scene.policy, scene.now)
        if not scene.policy.spends(spent.store, spent.person, price):
            at, verdict = spent.until, "spent"
    if person.told_from is None:
        return Opening(None, "do_not_disturb")
    if person.told_from > at:
        at, verdict = person.told_from, "do_not_disturb"
    if live:
        return Opening(at, verdict)
    rang = scene.rang.get(person.person_id)
    if rang is not None:
        spaced = rang[-1] + scene.policy.spacing
        if spaced > at and not asked:
            at, verdict = spaced, "spaced"
        capped = scene.capped_until(rang)
        if capped > at:
            at, verdict = capped, "capped"
    return Opening(at, verdict) if hours is None else _past_hours(hours, at, verdict)


def hours_of(scene: Scene, person: Person, address: Address, rule: Rule | None) -> Hours | None:
    """The hours in which this address is left alone, None if in none.

    The store's zone stands in where no other is known.
    """
    quiet = quiet_of(scene.policy, rule, address.channel)
    if not quiet and not person.awake:
        return None
    own_zones = person.zones or (scene.policy.zone,)
    # A number is mostly where its owner is, and a zone need not be asked twice.
    zones = address.zones if address.zones == person.zones else (*address.zones, *person.zones)
    return Hours(person.awake, own_zones, quiet, zones or own_zones)


def closes_at(hours: Hours, now: int) -> int | None:
    """When their own hours next end or quiet hours next begin; None: neither ever does."""
    ends = [out_at(hours.awake, (zone,), now) for zone in hours.own_zones] if hours.awake else []
    begins = [in_at(hours.quiet, (zone,), now) for zone in hours.zones] if hours.quiet else []
    return min((each for each in (*ends, *begins) if each is not None), default=None)


def _past_hours(hours: Hours, at: int, verdict: str) -> Opening:
    """The first instant from ``at`` on within their own hours and out of the quiet ones."""
    horizon = at + LOOK_AHEAD
    while at <= horizon:
        before = at
        if hours.awake:
            awake_at = in_at(hours.awake, hours.own_zones, at)
            if awake_at is None:
                return Opening(None, "own_hours")
            if awake_at > at:
                at, verdict = awake_at, "own_hours"
        if hours.quiet:
            quiet_until = out_at(hours.quiet, hours.zones, at)
            if quiet_until is None:
                return Opening(None, "quiet")
            if quiet_until > at:
                at, verdict = quiet_until, "quiet"
        if at == before or not (hours.awake and hours.quiet):
            return Opening(at, verdict)
    return Opening(None, verdict)
