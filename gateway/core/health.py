"""Health of a channel or of one address: a circuit breaker as a value.

    closed ──failures in a row──► open ──its time is over──► tried again ──► closed, or open longer

Only what is the fault of the way counts: a provider that cannot take anything, an outcome that
nobody knows, a text that did not arrive. A refusal of one message says nothing about the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.policy import Policy

MOST_DOUBLINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """How often in a row something failed, and until when it is left alone for that."""

    failures: int = 0
    open_until: int = 0  #: 0 while it is closed


def after_success(circuit: Circuit) -> Circuit:
    """Something arrived: the way is good."""
    return replace(circuit, failures=0, open_until=0)


def after_failure(circuit: Circuit, now: int, *, most: int, first: int, longest: int) -> Circuit:
    """One more failure: after ``most`` in a row it opens, each time for twice as long.

    A failure that was under way while the circuit was already open says nothing new.
    """
    if now < circuit.open_until:
        return circuit
    failures = circuit.failures + 1
    if failures < most:
        return replace(circuit, failures=failures)
    doublings = min(failures - most, MOST_DOUBLINGS)
    return Circuit(failures=failures, open_until=now + min(first << doublings, longest))


def channel_failed(circuit: Circuit, policy: Policy, now: int) -> Circuit:
    """A provider could not take a message, or nobody knows whether it did."""
    return after_failure(
        circuit,
        now,
        most=policy.circuit_after,
        first=policy.circuit_first,
        longest=policy.circuit_most,
    )


def channel_down(circuit: Circuit, policy: Policy, now: int) -> Circuit:
    """The provider carries nothing of ours until somebody has done something about it."""
    return after_failure(
        circuit, now, most=1, first=policy.circuit_first, longest=policy.circuit_most
    )


def address_failed(circuit: Circuit, policy: Policy, now: int) -> Circuit:
    """What was handed over for this address did not arrive, as far as anybody knows."""
    return after_failure(
        circuit,
        now,
        most=policy.address_after,
        first=policy.address_rests,
        longest=policy.address_rests,
    )
