"""What becomes of one delivery, as tables and look-ups; everything that moves its state is here.

    queued ─┬─► submitting ─► unknown · deferred · accepted · sent · returned · answered
            │                 failed · bounced · delivered · read        (rank decides)
            ├─► superseded    the claim's second look wanted something else
            └─► withdrawn     what it stood for is gone: STOP, an erasure

The three arrows out of ``queued`` are taken by compare-and-set, so a late claim is refused. After
that outcomes and receipts come in any order and number; the higher rank wins and every order ends
alike, which is why nothing here knows which of them came first.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.core.model import Delivery, DeliveryState, Form, Side

if TYPE_CHECKING:
    from gateway.core.policy import Policy

FOREVER: Final = 2**63 - 1
"""Later than every instant: a hold that only an event ends."""

RECEIPTED: Final = frozenset({"sms", "whatsapp", "push", "app"})
"""Channels that tell of success: of a push the browser does, once it has shown it.

A push service keeps what it took for a browser that is off, drops it in the end, and tells nobody.
Elsewhere (mail) success is silent, only failure speaks.
"""

BY_COMPARE_AND_SET: Final = MappingProxyType(
    {
        DeliveryState.QUEUED: frozenset(
            {
                DeliveryState.SUBMITTING,  # the claim was granted and the provider is being called
                DeliveryState.SUPERSEDED,  # at the claim another answer was right
                DeliveryState.WITHDRAWN,  # nobody may carry this any more
            }
        )
    }
)

RANK: Final = MappingProxyType(
    {
        DeliveryState.SUBMITTING: 0,  # the provider is being called, no outcome yet
        DeliveryState.UNKNOWN: 1,  # it may have gone out: no answer, or the lease lapsed
        DeliveryState.DEFERRED: 2,  # certainly not sent; the same address may be tried again
        DeliveryState.ACCEPTED: 3,  # the provider took it
        DeliveryState.SENT: 4,  # the provider handed it to the carrier
        # What ``deferred`` is before it was taken. Were they one, a receipt of what was deferred by
        # mistake could not undo that, or a mail that came back would be forgotten.
        DeliveryState.RETURNED: 5,  # it came back for now; the same address may be tried again
        DeliveryState.ANSWERED: 6,  # the person wrote back, which a later failure may outrank
        DeliveryState.FAILED: 7,  # it will not arrive: rejected, or a receipt says so
        # One step above failed, though they mean the same, so that both in either order end alike.
        DeliveryState.BOUNCED: 8,  # it came back for good
        DeliveryState.DELIVERED: 9,  # it is on their phone or in their mailbox
        DeliveryState.READ: 10,  # they have seen it
    }
)

LIVE: Final = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING})
NEVER_SENT: Final = frozenset({DeliveryState.SUPERSEDED, DeliveryState.WITHDRAWN})
NOT_NOW: Final = frozenset({DeliveryState.DEFERRED, DeliveryState.RETURNED})
"""Certainly not there, and the same address may be tried again."""

ENDED_BADLY: Final = NOT_NOW | {DeliveryState.FAILED, DeliveryState.BOUNCED}


def advance(state: DeliveryState, event_state: DeliveryState) -> DeliveryState | None:
    """Take an outcome or a receipt in; None when it changes nothing.

    What was never handed over (queued, superseded, withdrawn) takes no outcome: whatever speaks of
    it is mistaken.
    """
    if state not in RANK or event_state not in RANK:
        return None
    return event_state if RANK[event_state] > RANK[state] else None


def may_become(state: DeliveryState, target: DeliveryState) -> bool:
    """Whether a compare-and-set from ``state`` to ``target`` is a legal one."""
    return target in BY_COMPARE_AND_SET.get(state, frozenset())


def may_claim(state: DeliveryState) -> bool:
    """Whether a worker may take it for hand-over."""
    return may_become(state, DeliveryState.SUBMITTING)


def is_live(state: DeliveryState) -> bool:
    """Whether it is still an intention or in the provider's hands, without outcome."""
    return state in LIVE


def handed_at(delivery: Delivery) -> int:
    """When it was handed over, or when it was queued for one that never was."""
    return delivery.queued_at if delivery.handed_at is None else delivery.handed_at


def entered_at(delivery: Delivery) -> int:
    """When it entered its state; never before it was handed over."""
    return max(delivery.state_at, handed_at(delivery))


def held_until(delivery: Delivery, policy: Policy, side: Side = "shopper") -> int | None:
    """Until when it keeps its entries from being brought again: ``[…, until)``.

    Returns:
        None when it holds nothing, ``FOREVER`` when only an event ends the hold, else an instant,
        which may lie in the past. A staff notice holds whatever is unanswered, not its own entries
        alone; see ``holds``.
    """
    if delivery.form not in (Form.WORDS, Form.KNOCK):
        return None
    if delivery.state in LIVE:
        return FOREVER
    if delivery.state in ENDED_BADLY or delivery.state in NEVER_SENT:
        return None
    if delivery.form is Form.KNOCK:
        return _knock_until(delivery, policy)
    if side == "staff":
        return handed_at(delivery) + policy.rung
    return _words_until(delivery, policy)


def _words_until(delivery: Delivery, policy: Policy) -> int:
    if delivery.state is DeliveryState.UNKNOWN:
        return entered_at(delivery) + policy.on_unknown
    unconfirmed = delivery.state in (DeliveryState.ACCEPTED, DeliveryState.SENT)
    if unconfirmed and delivery.channel in RECEIPTED:
        accepted_at = delivery.accepted_at
        # A receipt may overtake the outcome: then nothing ever said "accepted".
        return (entered_at(delivery) if accepted_at is None else accepted_at) + (
            policy.receipt_deadline
        )
    return FOREVER


def _knock_until(delivery: Delivery, policy: Policy) -> int | None:
    if delivery.state is DeliveryState.ANSWERED:
        return None
    wait = handed_at(delivery) + policy.knock_wait
    if delivery.state is DeliveryState.UNKNOWN:
        return min(wait, entered_at(delivery) + policy.on_unknown)
    return wait
