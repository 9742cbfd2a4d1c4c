"""A store's rules for reaching, as data: one document, validated, with defaults right for a shop.

In the document durations are seconds; in here they are microseconds, like every other span.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from gateway.errors import BadPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

CHANNELS = ("sms", "email")
PROOFS = ("knock", "straight")

AT_LEAST_A_SECOND = ("recheck", "grace", "backoff_first", "backoff_most")
"""Spans that come round again: at 0 the clockwork would ask without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every field of reaching, each with a default that is right for a shop."""

    reading: int = 10 * MINUTE  #: delay while the shopper has the panel open and the tab visible
    on_page: int = 5 * MINUTE
    hidden: int = 2 * MINUTE
    gone: int = 30 * SECOND
    elsewhere: int = 15 * SECOND  #: somebody whose last act was by SMS or mail
    longest_gone: int = 3 * MINUTE  #: from the first unread message, however many follow
    longest: int = 10 * MINUTE
    receipt_deadline: int = 10 * MINUTE  #: SMS and WhatsApp, counted from accepted
    on_unknown: int = 15 * MINUTE  #: how long an unknown outcome holds its entries
    stale_after: int = 24 * HOUR  #: from the first attempt; then the entry is unreachable
    backoff_first: int = 30 * SECOND
    backoff_most: int = 2 * HOUR
    patience: int = 10 * MINUTE  #: a closed rung that opens within this is waited for
    spacing: int = 5 * MINUTE  #: between two interruptions of one person
    act_counts: int = 2 * HOUR  #: how long a last act says where somebody is
    grace: int = 90 * SECOND  #: how long a lost node's last word on presence counts
    linger: int = 5 * SECOND  #: from a close to ``gone``, since a reload looks like leaving
    knock_wait: int = 20 * MINUTE
    staff_first: int = 2 * MINUTE  #: unanswered before the first notice
    staff_first_present: int = 5 * MINUTE  #: the same while an agent has the console open
    rung: int = 10 * MINUTE  #: how long a told agent has before the next is told
    answer_within: int = 5 * MINUTE  #: pause after an agent who may answer opens it
    recheck: int = 6 * HOUR  #: a safety net, not a rule of correctness
    ladder: tuple[str, ...] = ("sms", "email")
    staff_ladder: tuple[str, ...] = ("email", "sms")
    prove_first_sms: str = "knock"
    prove_first_email: str = "straight"

    def prove_first(self, channel: str) -> str:
        """How a typed address of this channel is treated: ``knock`` or ``straight``."""
        return self.prove_first_sms if channel == "sms" else self.prove_first_email


def policy_from(document: Mapping[str, object]) -> Policy:
    """Read a policy document; fields that it leaves out keep their default.

    Raises:
        BadPolicy: an unknown field or a bad value; the message and ``details["field"]`` name it.
    """
    changes = {name: _value(name, value) for name, value in document.items()}
    policy = replace(Policy(), **changes)  # type: ignore[arg-type]  # _value matched each to its field
    if policy.longest < policy.gone or policy.longest_gone < policy.gone:
        raise BadPolicy("longest and longest_gone must not be shorter than gone", field="longest")
    if policy.backoff_most < policy.backoff_first:
        raise BadPolicy("backoff_most must not be less than backoff_first", field="backoff_most")
    return policy


def document_of(policy: Policy) -> dict[str, object]:
    """The document that ``policy_from`` reads back to the same policy."""
    found: dict[str, object] = {}
    for each in fields(Policy):
        value = getattr(policy, each.name)
        if isinstance(value, tuple):
            found[each.name] = list(value)
        elif isinstance(value, int):
            found[each.name] = value / SECOND
        else:
            found[each.name] = value
    return found


def _value(name: str, value: object) -> int | str | tuple[str, ...]:
    known = {each.name for each in fields(Policy)}
    if name not in known:
        raise BadPolicy(f"the policy has no field {name!r}", field=name)
    if name in ("ladder", "staff_ladder"):
        return _ladder(name, value)
    if name.startswith("prove_first_"):
        if value not in PROOFS:
            raise BadPolicy(f"{name} must be one of {', '.join(PROOFS)}", field=name)
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**8:
        raise BadPolicy(f"{name} must be a number of seconds, 0 or more", field=name)
    span = round(value * SECOND)
    if name in AT_LEAST_A_SECOND and span < SECOND:
        raise BadPolicy(f"{name} must be at least one second", field=name)
    return span


def _ladder(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise BadPolicy(f"{name} must be a list of channels", field=name)
    rungs = tuple(str(each) for each in value)
    if len(set(rungs)) != len(rungs) or not set(rungs) <= set(CHANNELS):
        raise BadPolicy(f"{name} must list channels once each: {', '.join(CHANNELS)}", field=name)
    return rungs
