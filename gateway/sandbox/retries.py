"""How long the outside world goes on knocking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.clock import Clock

PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0)
"""Seconds between tries. Longer than Twilio's 15 in all, since here people restart a gateway by
hand; far shorter than a mail server's days, since somebody is waiting for the page to answer."""

LIMIT: Final = 60.0
"""Seconds after which no further try is begun."""

Outcome = TypeVar("Outcome")


async def persist(
    attempt: Callable[[int], Awaitable[Outcome]],
    *,
    settled: Callable[[Outcome], bool],
    clock: Clock,
) -> Outcome:
    """Call ``attempt(1)``, ``attempt(2)`` … until one is settled or patience ends.

    Returns the last outcome, settled or not; whatever an attempt raises goes through.
    """
    end = clock.monotonic() + LIMIT
    outcome = await attempt(1)
    for number, pause in enumerate(PAUSES, start=2):
        if settled(outcome) or clock.monotonic() + pause > end:
            break
        await clock.sleep(pause)
        outcome = await attempt(number)
    return outcome
