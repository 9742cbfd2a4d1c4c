"""WhatsApp's 24 hours: until when somebody may be written to freely, and what goes through after.

Free words pass only within a day of their last message to the very number that writes; later only a
template does that WhatsApp has approved (twilio.com/docs/api/errors/63016). Whoever never wrote
there has no window at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.core.model import Address, Fact, Form
from gateway.core.policy import HOUR, MINUTE

if TYPE_CHECKING:
    from gateway.core.policy import Policy

WINDOWED: Final = frozenset({"whatsapp"})
LASTS: Final = 24 * HOUR
MARGIN: Final = MINUTE
"""Microseconds: what is handed over in the last minute may be with WhatsApp only after the end."""

NEVER_OPEN: Final = -(2**63)
"""Before every instant: the end of a window that nothing has opened."""


def closes(wrote_at: int) -> int:
    """When the window ends that a message of this instant opened: it is open in ``[…, end)``."""
    return wrote_at + LASTS - MARGIN


def is_free(address: Address, now: int) -> bool:
    """Whether words may go here as they were written."""
    return address.channel not in WINDOWED or now < _end(address)


def shuts_at(address: Address, form: Form) -> int | None:
    """From when on nothing of this form gets through here; None: no window ever stops it."""
    if address.channel not in WINDOWED or form in dict(address.templates):
        return None
    return _end(address)


def price_of(address: Address, form: Form, policy: Policy, now: int) -> int:
    """What one piece costs here at this moment, in millionths of the policy's currency.

    A template costs no less than free words: were it cheaper, the end of the window would open what
    the day's money has closed, and nobody would look.
    """
    usual = policy.price(address.channel, address.country)
    if is_free(address, now):
        return usual
    return max(usual, dict(address.templates).get(form) or 0)


def window_facts(address: Address) -> tuple[Fact, ...]:
    """When the window ended or will; nothing of one that never was open."""
    until = address.window_until
    return (("channel", address.channel),) + (() if until is None else (("closed", until),))


def _end(address: Address) -> int:
    return NEVER_OPEN if address.window_until is None else address.window_until
