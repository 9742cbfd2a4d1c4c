"""The matrix: which of a policy's rules holds for a message, and what it leaves of the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.hours import is_open, turns_at
from gateway.core.model import Person, Presence

if TYPE_CHECKING:
    from gateway.core.hours import Windows
    from gateway.core.model import Message, Side
    from gateway.core.policy import Policy, Rule


def usual_delay(where: str, policy: Policy) -> int:
    """The delay D of a presence, or of somebody who is elsewhere, when no rule says otherwise."""
    match where:
        case "reading":
            return policy.reading
        case "on_page":
            return policy.on_page
        case "hidden":
            return policy.hidden
        case "gone":
            return policy.gone
        case _:
            return policy.elsewhere


def least_delay(presence: Presence, policy: Policy) -> int:
    """The least that anybody of this presence may be given, whatever rule holds."""
    ruled = (
        rule.delay
        for rule in policy.rules
        if rule.side == "shopper"
        and rule.delay is not None
        and (not rule.where or presence in rule.where)
    )
    return min((usual_delay(presence, policy), *ruled))


def shortest_delay(policy: Policy, side: Side) -> int:
    """The least that any message to this side waits before ``plan`` could want it sent."""
    ruled = (rule.delay for rule in policy.rules if rule.side == side and rule.delay is not None)
    if side == "staff":
        return min(policy.staff_first, policy.staff_first_present, policy.elsewhere, *ruled)
    return min(policy.elsewhere, *(usual_delay(each, policy) for each in Presence), *ruled)


def depends_on_hours(policy: Policy, side: Side) -> bool:
    """Whether some rule for this side asks if the store is open."""
    # A list and no generator: it is asked for each decision, and costs half as much.
    asking = [rule for rule in policy.rules if rule.side == side and rule.open is not None]
    return bool(asking)


def store_is_open(policy: Policy, now: int) -> bool:
    """Whether the store is open at ``now``."""
    return is_open(policy.hours, policy.holidays, policy.zone, now)


def store_turns_at(policy: Policy, now: int) -> int | None:
    """When it next opens or closes; None when it does neither."""
    return turns_at(policy.hours, policy.holidays, policy.zone, now)


def rule_for(
    policy: Policy,
    side: Side,
    message: Message,
    person: Person | None,
    where: str,
    *,
    is_open: bool,
) -> Rule | None:
    """The first rule that holds, None when none does; ``person`` is the shopper to be reached."""
    for rule in policy.rules:
        if rule.side != side or (rule.open is not None and rule.open is not is_open):
            continue
        if _holds_there(rule, person, where) and _holds(rule, message, person):
            return rule
    return None


def rules_ahead(
    policy: Policy, side: Side, message: Message, person: Person | None, *, is_open: bool | None
) -> list[Rule | None]:
    """The rules that hold now, or may once the shopper has moved or the store has turned.

    Where the shopper is, and on which page, may change at any time; ``is_open`` is None if the
    store's hours will. All else that a rule asks changes by nothing but an event.
    """
    found: list[Rule | None] = []
    for rule in policy.rules:
        shut = is_open is not None and rule.open is not None and rule.open is not is_open
        if rule.side != side or shut or not _holds(rule, message, person):
            continue
        found.append(rule)
        may_turn = rule.open is not None and is_open is None
        if not rule.where and not rule.pages and not may_turn:
            return found
    return [*found, None]


def ladder_of(policy: Policy, side: Side, rule: Rule | None) -> tuple[str, ...]:
    """The channels to try, in order."""
    if rule is not None and rule.ladder is not None:
        return rule.ladder
    return policy.staff_ladder if side == "staff" else policy.ladder


def quiet_of(policy: Policy, rule: Rule | None, channel: str) -> Windows:
    """The quiet hours of a channel."""
    told = policy.quiet if rule is None or rule.quiet is None else rule.quiet
    for name, windows in told:
        if name == channel:
            return windows
    return ()


def _holds_there(rule: Rule, person: Person | None, where: str) -> bool:
    page = None if person is None else person.page
    return (not rule.where or where in rule.where) and (not rule.pages or page in rule.pages)


def _holds(rule: Rule, message: Message, person: Person | None) -> bool:
    if rule.what and message.what not in rule.what:
        return False
    if person is None:
        return rule.known is None and not rule.proven
    if rule.known is not None and rule.known is not person.known:
        return False
    return not rule.proven or any(
        address.proven and address.channel in rule.proven for address in person.addresses
    )
